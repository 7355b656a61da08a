"""A started process that never begins training is replaced once; after that its run fails, and the next one starts."""

import os
import subprocess
import sys

import pytest
from filelock import FileLock
from queued import later, states, three
from tiny import tiny

from ae.runs import filenames, log, processes, queue, reading, tickets, working
from ae.runs.folders import create


@pytest.fixture
def children(monkeypatch):
    """Processes in the place of training processes: each idles until ``die`` ends it, in an import that fails."""
    started = []

    def spawn(path):
        with (path / filenames.LOG).open("ab") as errors:
            child = subprocess.Popen(
                [sys.executable, "-c", "import sys; sys.stdin.read(); import no_such_module"],
                stdin=subprocess.PIPE,
                stderr=errors,
            )
        started.append(child)
        return processes.watch(child)

    monkeypatch.setattr(processes, "spawn", spawn)
    yield started
    for child in started:
        child.kill()
        child.communicate()


def die(child):
    child.stdin.close()
    child.wait()


def test_a_process_that_dies_before_training_is_replaced_once(children):
    run, other = create(tiny()), create(tiny())
    queue.start(run)
    queue.start(other)
    first = tickets.read(run.path)
    die(children[0])
    assert queue.state(run) == "queued"
    queue.tend()
    second = tickets.read(run.path)
    assert (second.process, second.asked) == (children[1].pid, first.asked)
    die(children[1])
    assert queue.state(run) == "failed"
    queue.start(run)  # requested again, it is replaced again
    assert not tickets.read(run.path).again


def test_when_two_processes_died_before_training_the_run_fails_with_the_reason_and_the_next_is_started(children):
    runs = three()
    for run in runs:
        log.note(run.path, "Something earlier")
        queue.start(run)
    die(children[0])
    queue.tend()
    die(children[1])
    assert queue.state(runs[0]) == "failed"
    queue.tend()
    assert states(*runs) == ["failed", "queued", "queued"]
    assert reading.read_error(runs[0]) == (
        "its process ended before training began (exit code 1): ModuleNotFoundError: No module named 'no_such_module'"
    )
    assert len(children) == 3  # two for the first run, one for the second, and none for the third
    assert tickets.read(runs[1].path).process == children[2].pid
    for _ in range(3):
        queue.tend()
    assert len(children) == 3
    queue.start(runs[0])  # requested again, it is the last
    assert states(*runs) == ["queued"] * 3
    assert reading.read_error(runs[0]) == ""


def test_the_death_of_a_process_started_by_another_is_noticed_too(children):
    run = create(tiny())
    queue.start(run)
    for child in range(2):
        processes._children.clear()  # as in the process of another command, which is not told the exit code
        die(children[child])
        if child == 0:
            queue.tend()
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
    assert "can't be started: Resource temporarily unavailable" in reading.read_error(runs[0])
    assert tickets.read(runs[1].path).process == os.getpid()


def test_an_error_while_a_run_waits_for_its_turn_is_kept(monkeypatch):
    def fail(run):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(working, "_take_place", fail)
    run = create(tiny())
    queue.prepare(run)
    with pytest.raises(OSError, match="Input/output"):
        list(queue.work(run))
    assert queue.state(run) == "failed"
    assert "Input/output error" in reading.read_error(run)
    assert "Traceback" in (run.path / filenames.LOG).read_text()
