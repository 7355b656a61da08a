"""Which pages watch what, by their requests."""

import threading
import time

SECONDS = 6.0
"""A page that has asked within this many seconds watches."""

_seen: dict[tuple[str, str], float] = {}
_lock = threading.Lock()


def count(what: str, page: str) -> int:
    """Note that a page has asked about something; return how many pages watch it, with this one."""
    with _lock:
        now = time.monotonic()
        _seen[what, page] = now
        for each, last in list(_seen.items()):
            if now - last > SECONDS:
                del _seen[each]
        return sum(watched == what for watched, _ in _seen)
