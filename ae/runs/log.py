"""A run's log: what happened to it, with the time of each entry, and the traceback of a failure."""

import re
from datetime import UTC, datetime

from ae.runs import files
from ae.runs.filenames import LOG
from ae.runs.folders import Run


def note(run: Run, words: str) -> None:
    """Append an entry with the time (UTC)."""
    files.append(run.path / LOG, f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ} {words}\n", sync=False)


def last_line(run: Run, *, after: int = 0) -> str:
    """Return the log's last line without its time; empty if there is none.

    Args:
        run: whose log.
        after: bytes at the beginning that are left out.
    """
    try:
        content = files.read_bytes(run.path / LOG, files.LARGEST_TEXT)[after:]
    except (OSError, ValueError):
        return ""
    lines = content.decode("utf-8", errors="replace").strip().splitlines()
    return re.sub(r"^\S+Z ", "", lines[-1])[:500] if lines else ""


def size(run: Run) -> int:
    """Return how many bytes the log has."""
    try:
        return (run.path / LOG).stat().st_size
    except OSError:
        return 0
