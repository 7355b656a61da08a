"""A run's log: events, each with its time, and the traceback of a failure."""

import re
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from ae.data.texts import printable
from ae.runs import files
from ae.runs.filenames import LOG

NO_MEMORY = re.compile(
    r"(can.t|cannot) allocate memory|out of memory|bad_alloc|failed to map segment|can.t start new thread",
    re.IGNORECASE,
)
"""What torch and the system say if memory can't be had."""


def note(folder: Path, entry: str) -> None:
    """Append an entry, with the time (UTC), to the log of the run in ``folder``; one that can't be written is lost."""
    with suppress(OSError):  # the disk may be full, and the log is not what training fails for
        files.append(folder / LOG, f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ} {entry}\n", sync=False)


def last_line(folder: Path, *, after: int = 0) -> str:
    """Return the log's last line without its time; empty if there is none.

    Args:
        folder: the run's folder.
        after: the number of bytes to skip at the beginning.
    """
    try:
        content = files.read_bytes(folder / LOG, files.LARGEST_TEXT)[after:]
    except (OSError, ValueError):
        return ""
    lines = content.decode("utf-8", errors="replace").strip().splitlines()
    return printable(re.sub(r"^\S+Z ", "", lines[-1]), 500) if lines else ""


def size(folder: Path) -> int:
    """Return the log's size in bytes; 0 if there is none."""
    try:
        return (folder / LOG).stat().st_size
    except OSError:
        return 0


def lacks_memory(error: BaseException | None) -> bool:
    """Whether an error, or one that it followed from, says that memory can't be had.

    An error may follow from another: torch reports a file that it can't end if it had no memory to write it.
    """
    while error:
        if isinstance(error, MemoryError) or NO_MEMORY.search(str(error)):
            return True
        error = error.__cause__ or error.__context__
    return False


def sentence(error: BaseException) -> str:
    """Return an error's message as one line of at most 500 characters."""
    message = files.reason(error) if isinstance(error, OSError) and error.errno else str(error)
    text = " ".join(printable(message, 2000).split()) or type(error).__name__
    if lacks_memory(error):
        return "there is not enough memory: choose a smaller batch size or network, or close other programs"
    return text if len(text) <= 500 else text[:499] + "…"
