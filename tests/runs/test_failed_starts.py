"""If a started process never begins training, its run fails with the reason, and the next one is started."""

import os
import subprocess
import sys

import pytest
from filelock import FileLock
from queued import later, states, three
from tiny import tiny
from waiting import wait_for

from ae.runs import filenames, log, processes, queue, reading, tickets
from ae.runs.folders import create


def dying_at(numbers, patch):
    """Let the processes with these numbers, from 0, die in an import, and the others stay alive and idle."""
    started = []

    def spawn(path):
        script = "import no_such_module" if len(started) in numbers else "import sys; sys.stdin.read()"
        with (path / filenames.LOG).open("ab") as errors:
            child = subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stderr=errors)
        started.append(child)
        return processes.watch(child)

    patch.setattr(processes, "spawn", spawn)
    return started


@pytest.fixture
def first_dies(monkeypatch):
    started = dying_at({0}, monkeypatch)
    yield started
    for child in started:
        child.kill()
        child.communicate()


def test_a_process_that_dies_before_training_fails_its_run_with_the_reason_and_the_next_is_started(first_dies):
    runs = three()
    for run in runs:
        log.note(run.path, "Something earlier")
        queue.start(run)
    wait_for(lambda: queue.state(runs[0]) == "failed")
    queue.tend()
    assert states(*runs) == ["failed", "queued", "queued"]
    assert reading.read_error(runs[0]) == (
        "its process ended before training began (exit code 1): ModuleNotFoundError: No module named 'no_such_module'"
    )
    assert len(first_dies) == 2  # for the second run, and not for the third
    assert tickets.read(runs[1].path).process == first_dies[1].pid
    for _ in range(3):
        queue.tend()
    assert len(first_dies) == 2
    queue.start(runs[0])  # requested again, it is the last
    assert states(*runs) == ["queued"] * 3
    assert reading.read_error(runs[0]) == ""


def test_the_death_of_a_process_started_by_another_is_noticed_too(first_dies, monkeypatch):
    run = create(tiny())
    queue.start(run)
    first_dies[0].wait()
    processes._children.clear()  # as in the process of another command
    assert queue.state(run) == "failed"
    queue.tend()
    assert reading.read_error(run).startswith("its process ended before training began: ModuleNotFoundError")


def test_a_process_that_never_locks_its_run_is_lost_after_a_while(spawned, monkeypatch):
    run, other = create(tiny()), create(tiny())
    queue.start(run)
    queue.start(other)
    later(monkeypatch, tickets.START_SECONDS - 1)
    queue.tend()
    assert states(run, other) == ["queued", "queued"]
    later(monkeypatch, 2)
    assert states(run, other) == ["failed", "queued"]
    queue.tend()
    assert "did not begin training within" in reading.read_error(run)
    assert spawned == [run.id, other.id]


def test_a_process_that_the_system_can_not_start_fails_its_run_and_the_next_is_tried(monkeypatch):
    def spawn(path):
        if len(failed) == 0:
            failed.append(path.name)
            raise OSError(11, "Resource temporarily unavailable")
        return os.getpid()

    failed, runs = [], three()
    with FileLock(runs[0].path.parent / filenames.PLACE):
        for run in runs:
            queue.start(run)
    monkeypatch.setattr(processes, "spawn", spawn)
    queue.tend()
    assert states(*runs) == ["failed", "queued", "queued"]
    assert "can't be started: [Errno 11] Resource temporarily unavailable" in reading.read_error(runs[0])
    assert tickets.read(runs[1].path).process == os.getpid()
