"""Bytes on disk: files replaced whole or not at all, lines appended, and locks that end with their process."""

import json
import os
import random
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

from filelock import FileLock, Timeout

Result = TypeVar("Result")

LARGEST_TEXT = 64 * 2**20
"""Bytes. No history is that long, so a larger file is not read."""

ABANDONED_SECONDS = 3600
"""A temporary file this old has no writer any more: a write takes seconds."""

PATIENCE_SECONDS = 2.0
"""How long Windows gets to close a file that another process has open."""

PROBES = 6
"""How often a lock is tried before it counts as locked, since another process may be trying it at this moment."""

_probing = threading.Lock()  # so that two threads of this process never take each other's probe for a lock


def to_json(content: dict[str, Any]) -> bytes:
    """Return ``content`` as JSON for people: indented, with a newline at the end."""
    return (json.dumps(content, indent=2) + "\n").encode()


def replace(path: Path, content: bytes, *, sync: bool = True) -> None:
    """Write ``content`` to ``path``, whole or not at all; with ``sync`` even if the machine stops."""
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            if sync:
                os.fsync(file.fileno())
        Path(temporary).chmod(0o644)
        _patiently(lambda: Path(temporary).replace(path))
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def append(path: Path, content: str | bytes, *, sync: bool = True) -> None:
    """Add ``content`` at the end of ``path``; with ``sync`` it is on the disk when this returns."""
    with path.open("ab") as file:
        file.write(content.encode() if isinstance(content, str) else content)
        file.flush()
        if sync:
            os.fsync(file.fileno())


def remove(path: Path) -> None:
    """Delete a file if it exists."""
    _patiently(lambda: path.unlink(missing_ok=True))


def read_bytes(path: Path, most: int) -> bytes:
    """Return the content of a file that may come from elsewhere.

    Raises:
        OSError: it does not exist, or can't be read.
        ValueError: it is not a file, or has more than ``most`` bytes.
    """
    if path.exists() and not path.is_file():
        raise ValueError(f"{path.name} is not a file")
    if _patiently(path.stat).st_size > most:
        raise ValueError(f"{path.name} is larger than it can be")
    return _patiently(path.read_bytes)


def read_text(path: Path) -> str:
    """Return the text of a file that may come from elsewhere.

    Raises:
        OSError: it does not exist, or can't be read.
        ValueError: it is not a file, or larger than it can be.
    """
    return read_bytes(path, LARGEST_TEXT).decode("utf-8", errors="replace").replace("\r\n", "\n")


def sweep(folder: Path, names: Iterable[str], *, older_than: float = ABANDONED_SECONDS) -> None:
    """Delete the temporary files that killed processes left where ``replace`` was to write one of ``names``.

    Args:
        folder: where the files lie.
        names: the files' own names.
        older_than: seconds; 0 where the caller alone writes these files.
    """
    for name in names:
        for left in folder.glob(f".{name}-*"):
            _discard(left, older_than)


def sweep_folders(folder: Path, prefix: str, *, older_than: float = ABANDONED_SECONDS) -> None:
    """Delete the folders that killed processes left, whose names begin with ``prefix``."""
    for left in folder.glob(f"{prefix}*"):
        _discard(left, older_than)


def locked(path: Path) -> bool:
    """Whether a process, this one included, has locked the file at ``path``; asking leaves nothing behind."""
    with _probing:
        for attempt in range(PROBES):
            if not path.is_file():
                return False
            try:
                with FileLock(path, timeout=0):
                    return False
            except Timeout:
                if attempt < PROBES - 1:
                    time.sleep(random.uniform(0.0005, 0.003))
            except (OSError, NotImplementedError):  # it can't be locked here
                return False
    return True


def _discard(left: Path, older_than: float) -> None:
    try:
        if time.time() - left.lstat().st_mtime < older_than:
            return
        if left.is_dir() and not left.is_symlink():
            shutil.rmtree(left, ignore_errors=True)
        else:
            left.unlink(missing_ok=True)
    except OSError:  # gone, or not ours to delete
        pass


def _patiently(action: Callable[[], Result]) -> Result:
    """Do what Windows refuses while another process has the file open, again and again for a while."""
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return action()
        except PermissionError:
            if sys.platform != "win32" or time.monotonic() > until:
                raise
            time.sleep(0.01)
