"""What tests of the queue share: runs that wait, and a clock that goes ahead."""

import time

from tiny import tiny

from ae.runs import queue
from ae.runs.folders import create


def three():
    return [create(tiny(seed=n)) for n in range(3)]


def later(monkeypatch, seconds):
    """Let it be so many seconds later."""
    now = time.time
    monkeypatch.setattr(time, "time", lambda: now() + seconds)


def states(*runs):
    return [queue.state(run) for run in runs]
