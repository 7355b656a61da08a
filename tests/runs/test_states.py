"""A run's state is derived from its folder and its locks."""

import json
import os
import threading
import time

import pytest
from filelock import FileLock
from queued import states
from tiny import tiny
from waiting import wait_for

from ae.runs import filenames, files, queue, tickets
from ae.runs.folders import RunError, create


def test_a_run_is_running_only_while_its_lock_is_held():
    run = create(tiny())
    with FileLock(run.path / filenames.LOCK):
        assert queue.state(run) == "running"
        tickets.Ticket(run.path, 1).write()
        assert queue.state(run) == "queued"
        with pytest.raises(RunError, match="is being trained already"):
            list(queue.work(run))
    tickets.remove(run.path)
    assert queue.state(run) == "interrupted"


def test_ctrl_c_while_waiting_leaves_the_queue_and_the_next_one_starts(spawned, runs):
    first, second = create(tiny(seed=1)), create(tiny(seed=2))
    queue.prepare(first)

    def ctrl_c(words):
        assert words == "Waiting for another run to end"
        raise KeyboardInterrupt

    with FileLock(runs / filenames.PLACE):
        with pytest.raises(KeyboardInterrupt):
            list(queue.work(first, say=ctrl_c))
        (first.path / filenames.STOP).touch()  # as the command line does
        assert queue.state(first) == "stopped"
    queue.start(second)
    assert spawned == [second.id]


def test_a_waiting_command_starts_the_runs_before_it(spawned, runs, monkeypatch):
    """Otherwise it would wait for a run that is never started."""
    first, here = create(tiny()), create(tiny(epochs=1))
    with FileLock(runs / filenames.PLACE):
        queue.start(first)
        queue.prepare(here)

    def work():
        list(queue.work(here))

    thread = threading.Thread(target=work)
    thread.start()
    wait_for(lambda: spawned == [first.id])
    queue.stop(here)
    thread.join()


def test_finished_stopped_and_failed_are_read_from_the_folder(finished, stopped):
    assert states(finished, stopped) == ["finished", "stopped"]
    files.replace(stopped.path / filenames.ERROR, b"The disk was full")
    assert queue.state(stopped) == "failed"
    queue.prepare(stopped)
    assert queue.state(stopped) == "queued"
    with pytest.raises(RunError, match="is being trained already"):
        queue.prepare(stopped)


def test_an_error_is_one_line_of_limited_length():
    assert queue.sentence(ValueError("two\n  lines")) == "two lines"
    assert queue.sentence(ValueError()) == "ValueError"
    assert len(queue.sentence(ValueError("x" * 9999))) == 500


def test_a_ticket_is_readable_by_people(spawned):
    run = create(tiny())
    queue.start(run)
    content = json.loads((run.path / filenames.TICKET).read_text())
    assert content["process"] == os.getpid()
    assert content["asked"] // 10**9 == pytest.approx(time.time(), abs=60)
