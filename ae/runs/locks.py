"""Lock files, which the system unlocks when their process ends, however it ends."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import BaseFileLock, FileLock, Timeout

from ae.runs.errors import BusyError, RunError

UNSUPPORTED = (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL)
"""What a drive answers that can't lock files, as some network drives do."""

EXCHANGE_SECONDS = 10
"""How long to wait for a lock that is held for milliseconds at a time."""


@contextmanager
def held(path: Path, *, busy: str, seconds: float = EXCHANGE_SECONDS) -> Iterator[None]:
    """Hold the lock of the file at ``path``.

    Raises:
        RunError, OSError: as in ``acquire``.
    """
    lock = acquire(path, busy=busy, seconds=seconds)
    try:
        yield
    finally:
        lock.release()


def acquire(path: Path, *, busy: str, seconds: float) -> BaseFileLock:
    """Lock the file at ``path``, which is created if it does not exist, and return the lock.

    Args:
        path: the file.
        busy: the error message if another process keeps it locked.
        seconds: how long to wait for that.

    Raises:
        BusyError: another process keeps it locked.
        RunError: the drive can't lock files.
        OSError: the file can't be written.
    """
    lock = FileLock(path, fallback_to_soft=False)  # a soft lock would outlive a process that is killed
    try:
        lock.acquire(timeout=seconds, poll_interval=0.01)
    except Timeout:
        raise BusyError(busy) from None
    except OSError as error:
        if error.errno in UNSUPPORTED:
            raise _unsupported(path.parent) from error
        raise
    try:
        with FileLock(path, timeout=0, fallback_to_soft=False):  # the drive only pretends to lock files
            lock.release()
            raise _unsupported(path.parent)
    except Timeout:
        return lock


def _unsupported(folder: Path) -> RunError:
    return RunError(
        f"{folder} is on a drive that can't lock files, as some network drives, so nothing can be trained there: set "
        "AE_CHECKPOINTS to a folder on a local disk"
    )
