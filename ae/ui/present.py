"""Which pages watch what, by their requests."""

import threading
import time

SECONDS = 20.0
"""A page that has asked within this many seconds watches: longer than the pauses of a page that shares a machine."""

FREE = 2
"""So many pages ask as often as one."""

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


def shared(seconds: float, pages: int) -> float:
    """Return the pause between two requests of each of some pages, if ``seconds`` is that of one page alone.

    It is so short that none of the pages is forgotten meanwhile.
    """
    return min(seconds * max(1.0, pages / FREE), 0.7 * SECONDS)
