"""What the modules of commands share: the type of a command, exit codes and messages."""

import argparse
import sys
from collections.abc import Callable
from typing import NamedTuple

from ae.data.texts import printable

OK, FAILED, USAGE, INTERRUPTED = 0, 1, 2, 130

MOST = 800
"""The most characters of an error message."""

RUN = "a run's id, the beginning of its id, its name, or 'last'"


class Command(NamedTuple):
    """A command: the function that runs it and returns the exit code, and the one that declares its arguments."""

    run: Callable[[argparse.Namespace], int]
    add_arguments: Callable[[argparse.ArgumentParser], None] = lambda parser: None


def note(message: str) -> None:
    """Print a message on standard error, apart from the results."""
    print(message, file=sys.stderr, flush=True)


def complain(message: str, code: int) -> int:
    """Print on standard error, in one line, why a command failed; return its exit code."""
    note(f"python -m ae: {one_line(message)}")
    return code


def one_line(message: str) -> str:
    """Return a message as one line that a terminal can show; it may quote what was typed, which may be very long."""
    shown = " ".join(printable(message, MOST + 1).split())
    return shown if len(shown) <= MOST else shown[: MOST - 1] + "…"


def add_run(parser: argparse.ArgumentParser) -> None:
    """Declare the argument that names one run."""
    parser.add_argument("run", metavar="RUN", help=RUN)


def add_json(parser: argparse.ArgumentParser) -> None:
    """Declare the flag for machine-readable output."""
    parser.add_argument("--json", action="store_true", help="print JSON")
