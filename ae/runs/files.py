"""Bytes on disk: whole files replaced or not at all, lines appended, and locks that die with their holder."""

import fcntl
import json
import os
import tempfile
from pathlib import Path
from typing import Any

LARGEST_TEXT = 64 * 2**20
"""Bytes; nobody's history is that long, so what is larger is not read."""


def to_json(content: dict[str, Any]) -> bytes:
    """Give ``content`` as JSON for people: indented, with a line end."""
    return (json.dumps(content, indent=2) + "\n").encode()


def replace(path: Path, content: bytes, *, sync: bool = True) -> None:
    """Put ``content`` at ``path``, whole or not at all, also where the machine stops (``sync``)."""
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            if sync:
                os.fsync(file.fileno())
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def append(path: Path, content: str | bytes, *, sync: bool = True) -> None:
    """Add ``content`` at the end of ``path``; with ``sync`` it is there even if the machine stops."""
    with path.open("ab") as file:
        file.write(content.encode() if isinstance(content, str) else content)
        file.flush()
        if sync:
            os.fsync(file.fileno())


def read_text(path: Path) -> str:
    """Give the text of a file that somebody else may have put there.

    Raises:
        OSError: it is not there, or can't be read.
        ValueError: it is not a file, or larger than it can be.
    """
    if path.exists() and not path.is_file():
        raise ValueError(f"{path.name} is not a file")
    if path.stat().st_size > LARGEST_TEXT:
        raise ValueError(f"{path.name} is larger than it can be")
    return path.read_text(encoding="utf-8", errors="replace")


def held(path: Path) -> bool:
    """Tell whether a living process holds the lock file at ``path``."""
    try:
        handle = os.open(path, os.O_RDWR)
    except OSError:
        return False
    try:  # a shared lock, so that those who look do not take each other for the holder
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        return False
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        os.close(handle)
