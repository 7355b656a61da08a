"""Files: atomic replacement, appending, and locks that the system frees when their process ends."""

import errno
import json
import os
import random
import shutil
import stat
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

from filelock import FileLock, Timeout

Result = TypeVar("Result")

Stamp = tuple[int, int, int]
"""What changes with a file's content: its inode, its time of change in nanoseconds, and its size in bytes."""

LARGEST_TEXT = 64 * 2**20
"""In bytes. No history is that long, so a larger file is not read."""

LARGEST_RECORD = 2**20
"""The most bytes of a file that is read each time runs are listed: its JSON, or a sentence."""

DISKS = {
    errno.ENOSPC: "is full: make room on it",
    errno.EDQUOT: "has no more room for you, as your quota is used up: delete something there",
    errno.EROFS: "is read-only",
}
"""What is wrong with a disk, by the number of the error."""

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
    with _naming(path):
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name[:40]}-", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                _put(file, content, sync=sync)
            Path(temporary).chmod(0o644)
            _patiently(lambda: Path(temporary).replace(path))
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise


def append(path: Path, content: str | bytes, *, sync: bool = True) -> None:
    """Append ``content`` to ``path``; with ``sync`` it is on the disk when this returns."""
    with _naming(path), open_to_append(path) as file:
        _put(file, content.encode() if isinstance(content, str) else content, sync=sync)


def open_to_append(path: Path) -> BinaryIO:
    """Open a file to append to it, but no link to another file, and no pipe, which would wait for a reader.

    Raises:
        OSError: it is one, or can't be written.
    """
    careful = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)  # neither exists on Windows
    return open(path, "ab", opener=lambda name, flags: os.open(name, flags | careful, 0o644))


def _put(file: BinaryIO, content: bytes, *, sync: bool) -> None:
    file.write(content)
    file.flush()
    if sync:
        os.fsync(file.fileno())


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    """Let the system's errors name a file, not the temporary one beside it, or none."""
    try:
        yield
    except OSError as error:
        error.filename = str(path)
        raise


def remove(path: Path) -> None:
    """Delete a file if it exists."""
    _patiently(lambda: path.unlink(missing_ok=True))


def read_bytes(path: Path, most: int) -> bytes:
    """Return the content of a file that may come from an untrusted source.

    Raises:
        OSError: it does not exist, or can't be read.
        ValueError: it is not a regular file, or has more than ``most`` bytes.
    """
    if check(path) > most:
        raise ValueError(f"{path.name} is too large")
    return _patiently(path.read_bytes)


def check(path: Path) -> int:
    """Check that a file that may come from an untrusted source is one that can be opened; return its size in bytes.

    Raises:
        OSError: it does not exist.
        ValueError: it is a link, which may lead anywhere, or a pipe, or something else that is not a regular file.
    """
    status = _patiently(path.lstat)
    if not stat.S_ISREG(status.st_mode):
        raise ValueError(f"{path.name} is not a file")
    return status.st_size


def read_text(path: Path, most: int = LARGEST_TEXT) -> str:
    """Return the text of a file of at most ``most`` bytes that may come from an untrusted source.

    Raises:
        OSError: it does not exist, or can't be read.
        ValueError: it is not a regular file, or is too large.
    """
    return read_bytes(path, most).decode("utf-8", errors="replace").replace("\r\n", "\n")


def stamp(path: Path | str) -> Stamp | None:
    """Return a key under which what was read from a file can be kept until it changes; None if there is no file."""
    try:
        status = os.stat(path)  # noqa: PTH116 - called for thousands of files, it takes half the time of Path.stat
    except OSError:
        return None
    return status.st_ino, status.st_mtime_ns, status.st_size


def folders_in(folder: Path) -> list[str]:
    """Return the names of the folders in a folder, in descending order, without hidden ones; [] if it can't be read."""
    try:
        with os.scandir(folder) as entries:
            return sorted((each.name for each in entries if each.name[0] != "." and _is_folder(each)), reverse=True)
    except OSError:
        return []


def _is_folder(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link in a circle
        return False


def reason(error: OSError) -> str:
    """Return in words why a file or folder can't be read or written; they name the disk if that is the cause."""
    path = Path(os.fsdecode(error.filename)) if isinstance(error.filename, str | bytes) else None
    match error.errno:
        case errno.ENOSPC | errno.EDQUOT | errno.EROFS if path:
            return f"the disk at {disk(path)} {DISKS[error.errno]}"
        case errno.EEXIST | errno.ENOTDIR if path:
            return f"{path} is a file or a broken link where a folder is needed"
        case errno.ENOENT if path:
            return f"there is no {next((each for each in reversed(path.parents) if not each.exists()), path)}"
    return f"{error.strerror or error}{f': {path}' if path else ''}"


def disk(path: Path) -> Path:
    """Return where the disk that holds a path is mounted."""
    path = Path(os.path.realpath(path))
    return next((each for each in (path, *path.parents) if each.is_mount()), path)


def move_in(place: Path, folder: Path, stem: str) -> str:
    """Rename a folder into another, with a number after ``stem`` if there is one of that name; return its new name."""
    for number in range(1, 10_000):
        id = f"{stem}-{number}" if number > 1 else stem
        try:
            place.rename(folder / id)
            return id
        except OSError:
            if not (folder / id).exists():
                raise
    raise OSError(0, "too many runs in one second")


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
