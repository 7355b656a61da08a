"""Helpers for tests of the queue: waiting runs, and a clock that can be advanced."""

import time

from tiny import tiny

from ae.runs import queue
from ae.runs.folders import create


def three():
    return [create(tiny(seed=n)) for n in range(3)]


def later(monkeypatch, seconds):
    """Advance the clock by some seconds."""
    now = time.time
    monkeypatch.setattr(time, "time", lambda: now() + seconds)


def states(*runs):
    return [queue.state(run) for run in runs]
