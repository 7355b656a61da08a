"""Fixtures for the tests of runs."""

import os

import pytest

from ae.runs import processes


@pytest.fixture
def spawned(monkeypatch):
    """Record runs instead of starting processes for them; the recorded process is this one."""
    started = []
    monkeypatch.setattr(processes, "spawn", lambda path: started.append(path.name) or os.getpid())
    return started
