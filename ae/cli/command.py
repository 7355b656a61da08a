"""What the modules of commands share: the type of a command, exit codes and messages."""

import argparse
import sys
from collections.abc import Callable
from typing import NamedTuple

OK, FAILED, USAGE, INTERRUPTED = 0, 1, 2, 130

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
    note(f"python -m ae: {' '.join(message.split())}")
    return code


def add_run(parser: argparse.ArgumentParser) -> None:
    """Declare the argument that names one run."""
    parser.add_argument("run", metavar="RUN", help=RUN)


def add_json(parser: argparse.ArgumentParser) -> None:
    """Declare the flag for machine-readable output."""
    parser.add_argument("--json", action="store_true", help="print JSON")
