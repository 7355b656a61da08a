"""The queue loses no run, and trains none that was not requested."""

import os
import threading
import time

import pytest
from filelock import FileLock
from queued import later, states, three
from tiny import tiny

from ae.runs import editing, filenames, processes, queue, tickets
from ae.runs.folders import RunError, create
from ae.runs.reading import read_history

# ------------------------------------------------------------------------------------------------- nothing is lost


def test_queued_runs_stay_queued_and_are_started_in_the_order_of_their_requests(spawned, runs):
    waiting = three()
    with FileLock(runs / filenames.PLACE):
        for run in (waiting[1], waiting[2], waiting[0]):  # requested in another order than created
            queue.start(run)
        queue.tend()
        assert spawned == []
    assert states(*waiting) == ["queued"] * 3
    queue.tend()
    queue.tend()
    assert spawned == [waiting[1].id]
    queue.stop(waiting[1])
    assert spawned == [waiting[1].id, waiting[2].id]
    queue.stop(waiting[2])
    assert spawned[2:] == [waiting[0].id]
    assert states(*waiting) == ["queued", "stopped", "stopped"]


def test_the_queue_outlives_a_restart_of_the_machine(spawned, runs, monkeypatch):
    first, second, here = three()
    with FileLock(runs / filenames.PLACE):
        queue.start(first)
        queue.start(second)
        queue.prepare(here)  # by a command in a terminal, which does not survive the restart
    queue.tend()
    later(monkeypatch, 24 * 3600)
    monkeypatch.setattr(processes, "alive", lambda process: False)
    assert states(first, second, here) == ["queued", "queued", "interrupted"]
    queue.tend()
    assert spawned == [first.id, first.id]
    assert tickets.read(here.path) is None


def test_a_run_that_ends_starts_the_next(spawned, runs):
    waiting = create(tiny())
    worked = create(tiny(epochs=1))
    queue.prepare(worked)
    queue.start(waiting)
    assert spawned == []
    list(queue.work(worked))
    assert states(worked, waiting) == ["finished", "queued"]
    assert spawned == [waiting.id]


def test_tending_the_queue_many_times_at_once_starts_one_process(runs, monkeypatch):
    started = []

    def slow(path):
        started.append(path.name)
        time.sleep(0.05)
        return os.getpid()

    monkeypatch.setattr(processes, "spawn", slow)
    waiting = three()
    with FileLock(runs / filenames.PLACE):
        for run in waiting:
            queue.start(run)
    threads = [threading.Thread(target=queue.tend) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert started == [waiting[0].id]


def test_two_simultaneous_starts_of_a_run_start_it_once(spawned, runs):
    run, refused = create(tiny()), []

    def start():
        try:
            queue.start(run)
        except RunError as error:
            refused.append(str(error))

    threads = [threading.Thread(target=start) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert spawned == [run.id]
    assert refused == [f"{run.id} is being trained already"] * 5


# ------------------------------------------------------------------------------------------- nothing is trained unasked


def test_a_command_that_is_killed_while_it_waits_is_interrupted_and_its_run_is_not_trained(spawned, runs, monkeypatch):
    run, other = create(tiny()), create(tiny())
    with FileLock(runs / filenames.PLACE):
        queue.prepare(run)
        queue.start(other)
        assert states(run, other) == ["queued", "queued"]
        with monkeypatch.context() as patch:
            patch.setattr(processes, "alive", lambda process: False)
            assert states(run, other) == ["interrupted", "queued"]
            queue.tend()
    queue.tend()
    assert spawned == [other.id]
    assert states(run) == ["interrupted"]


def test_a_run_removed_from_the_queue_is_not_trained_by_a_late_process(spawned):
    run = create(tiny())
    queue.start(run)
    queue.stop(run)
    with pytest.raises(RunError, match="was removed from the queue"):
        list(queue.work(run))
    assert queue.state(run) == "stopped"
    assert read_history(run) == []


def test_the_late_process_of_a_deleted_run_does_not_recreate_its_folder(spawned, runs):
    run, other = create(tiny()), create(tiny())
    queue.start(run)
    queue.start(other)
    editing.delete(run)
    with pytest.raises(RunError, match="was removed from the queue"):
        list(queue.work(run))
    assert not run.path.exists()
    assert spawned == [run.id, other.id]


@pytest.mark.parametrize("content", [b"", b"01764000000000000000", b"[]", b'{"asked": "now"}', b'{"asked": 1, "x": 1}'])
def test_an_unreadable_ticket_is_ignored(spawned, content):
    run = create(tiny())
    (run.path / filenames.TICKET).write_bytes(content)
    assert queue.state(run) == "interrupted"
    queue.tend()
    assert spawned == []
    queue.start(run)
    assert spawned == [run.id]
