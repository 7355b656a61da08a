"""What the modules of commands share: the form of a command, exit codes and messages."""

import argparse
import sys
from collections.abc import Callable
from typing import NamedTuple

OK, FAILED, USAGE, INTERRUPTED = 0, 1, 2, 130

RUN = "a run's id, the beginning of it, its name, or 'last'"


class Command(NamedTuple):
    """A command: the function that runs it and returns the exit code, and the one that declares its arguments."""

    run: Callable[[argparse.Namespace], int]
    add_arguments: Callable[[argparse.ArgumentParser], None] = lambda parser: None


def note(words: str) -> None:
    """Print a line on standard error, beside the results."""
    print(words, file=sys.stderr, flush=True)


def complain(words: str, code: int) -> int:
    """Print on standard error, in one line, why a command failed; return its exit code."""
    note(f"python -m ae: {' '.join(words.split())}")
    return code


def add_run(parser: argparse.ArgumentParser) -> None:
    """Declare the argument that names one run."""
    parser.add_argument("run", metavar="RUN", help=RUN)


def add_json(parser: argparse.ArgumentParser) -> None:
    """Declare the flag for machine-readable output."""
    parser.add_argument("--json", action="store_true", help="print JSON")
