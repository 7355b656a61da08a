"""Files: atomic replacement, appending, and locks that the system frees when their process ends."""

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
"""In bytes. No history is that long, so a larger file is not read."""

ABANDONED_SECONDS = 3600
"""A temporary file older than this is abandoned: writing one takes seconds."""

PATIENCE_SECONDS = 2.0
"""How long to retry on Windows while another process has a file open."""

PROBES = 6
"""How often to try a lock before it counts as locked: another process may be probing it at the same moment."""

_probing = threading.Lock()  # so that no thread of this process mistakes another's probe for a lock


def to_json(content: dict[str, Any]) -> bytes:
    """Return ``content`` as readable JSON: indented, with a newline at the end."""
    return (json.dumps(content, indent=2) + "\n").encode()


def replace(path: Path, content: bytes, *, sync: bool = True) -> None:
    """Write ``content`` to ``path`` atomically; with ``sync`` this holds even if the machine crashes."""
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
    """Append ``content`` to ``path``; with ``sync`` it is on the disk when this returns."""
    with path.open("ab") as file:
        file.write(content.encode() if isinstance(content, str) else content)
        file.flush()
        if sync:
            os.fsync(file.fileno())


def remove(path: Path) -> None:
    """Delete a file if it exists."""
    _patiently(lambda: path.unlink(missing_ok=True))


def read_bytes(path: Path, most: int) -> bytes:
    """Return the content of a file that may come from an untrusted source.

    Raises:
        OSError: it does not exist, or can't be read.
        ValueError: it is not a regular file, or has more than ``most`` bytes.
    """
    if path.exists() and not path.is_file():
        raise ValueError(f"{path.name} is not a file")
    if _patiently(path.stat).st_size > most:
        raise ValueError(f"{path.name} is too large")
    return _patiently(path.read_bytes)


def read_text(path: Path) -> str:
    """Return the text of a file that may come from an untrusted source.

    Raises:
        OSError: it does not exist, or can't be read.
        ValueError: it is not a regular file, or is too large.
    """
    return read_bytes(path, LARGEST_TEXT).decode("utf-8", errors="replace").replace("\r\n", "\n")


def sweep(folder: Path, names: Iterable[str], *, older_than: float = ABANDONED_SECONDS) -> None:
    """Delete the temporary files that processes left when they were killed in ``replace``.

    Args:
        folder: the folder of the files.
        names: the names of the files that were being replaced.
        older_than: the least age in seconds; 0 if only the caller writes these files.
    """
    for name in names:
        for left in folder.glob(f".{name}-*"):
            _discard(left, older_than)


def sweep_folders(folder: Path, prefix: str, *, older_than: float = ABANDONED_SECONDS) -> None:
    """Delete the folders that killed processes left and whose names begin with ``prefix``."""
    for left in folder.glob(f"{prefix}*"):
        _discard(left, older_than)


def locked(path: Path) -> bool:
    """Whether a process, this one included, has locked the file at ``path``. Checking creates no file."""
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
            except (OSError, NotImplementedError):  # this file can't be locked
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
    except OSError:  # already deleted, or not ours to delete
        pass


def _patiently(action: Callable[[], Result]) -> Result:
    """Run an action, and retry it for a while if Windows refuses because another process has the file open."""
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return action()
        except PermissionError:
            if sys.platform != "win32" or time.monotonic() > until:
                raise
            time.sleep(0.01)
