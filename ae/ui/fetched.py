"""What a page fetches by itself, at an address of its own: the weights of networks, and pictures that components share.

An address names its content by a digest, so the browser keeps it for good: neither the next run of a page, nor the next
visit sends it again.
"""

import hashlib
import threading

from ae.ui.component import server_address

MOST_BYTES = 512 * 2**20
"""The most that is kept for pages to fetch. Each run of a page offers again what it needs, and fetches it at once."""

_kept: dict[str, bytes] = {}
"""The contents by digest; those offered last come last."""
_lock = threading.Lock()


def digest(content: bytes) -> str:
    """Return the name of a content."""
    return hashlib.sha256(content).hexdigest()[:32]


def offer(content: bytes, name: str = "") -> str:
    """Keep a content for pages to fetch; return its address.

    Args:
        content: what to keep.
        name: its ``digest``, if it is known.
    """
    name = name or digest(content)
    with _lock:
        _kept.pop(name, None)
        _kept[name] = content
        total = sum(map(len, _kept.values()))
        while total > MOST_BYTES and len(_kept) > 1:
            total -= len(_kept.pop(next(iter(_kept))))
    return server_address("content", name=name)


def content(name: str) -> bytes | None:
    """Return a content by its name, or None if it is not kept."""
    return _kept.get(name)
