"""What the tests of runs share."""

import os

import pytest

from ae.runs import processes


@pytest.fixture
def spawned(monkeypatch):
    """Nothing is started; what would have been is listed. Its processes live as long as this one."""
    started = []
    monkeypatch.setattr(processes, "spawn", lambda path: started.append(path.name) or os.getpid())
    return started
