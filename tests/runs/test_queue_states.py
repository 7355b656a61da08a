"""The queue loses no run, trains none unasked, and says why a process that it started never began."""

import json
import os
import subprocess
import sys
import threading
import time

import pytest
from filelock import FileLock
from tiny import tiny
from waiting import wait_for

from ae.runs import filenames, files, log, processes, queue, reading, tickets
from ae.runs.folders import RunError, create
from ae.runs.reading import read_history


@pytest.fixture
def spawned(monkeypatch):
    """Nothing is started; what would have been is listed. Its processes live as long as this one."""
    started = []
    monkeypatch.setattr(processes, "spawn", lambda path: started.append(path.name) or os.getpid())
    return started


def three():
    return [create(tiny(seed=n)) for n in range(3)]


def later(monkeypatch, seconds):
    """Let it be so many seconds later."""
    now = time.time
    monkeypatch.setattr(time, "time", lambda: now() + seconds)


def states(*runs):
    return [queue.state(run) for run in runs]


def dying_at(numbers, patch):
    """Let the processes of these numbers, from 0, die in an import, and the others live and do nothing."""
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


# --------------------------------------------------------------------------------------------------- starts that fail


def test_a_process_that_dies_before_it_begins_fails_its_run_at_once_with_the_reason_and_the_next_is_started(first_dies):
    runs = three()
    for run in runs:
        log.note(run.path, "Something earlier")
        queue.start(run)
    wait_for(lambda: queue.state(runs[0]) == "failed")
    queue.tend()
    assert states(*runs) == ["failed", "queued", "queued"]
    assert reading.read_error(runs[0]) == (
        "its process ended before it began (exit code 1): ModuleNotFoundError: No module named 'no_such_module'"
    )
    assert len(first_dies) == 2  # the second run's, and not the third's
    assert tickets.read(runs[1].path).process == first_dies[1].pid
    for _ in range(3):
        queue.tend()
    assert len(first_dies) == 2
    queue.start(runs[0])  # asked for again, it is the last
    assert states(*runs) == ["queued"] * 3
    assert reading.read_error(runs[0]) == ""


def test_where_another_process_started_it_the_death_is_noticed_too(first_dies, monkeypatch):
    run = create(tiny())
    queue.start(run)
    first_dies[0].wait()
    processes._children.clear()  # as in the process of another command
    assert queue.state(run) == "failed"
    queue.tend()
    assert reading.read_error(run).startswith("its process ended before it began: ModuleNotFoundError")


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
    assert "did not begin within" in reading.read_error(run)
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


# ------------------------------------------------------------------------------------------------- nothing is lost


def test_queued_runs_stay_queued_and_are_started_in_the_order_they_were_asked_for(spawned, runs):
    waiting = three()
    with FileLock(runs / filenames.PLACE):
        for run in (waiting[1], waiting[2], waiting[0]):  # asked for in another order than made
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
        queue.prepare(here)  # by a command in a terminal, which is gone after the restart
    queue.tend()
    later(monkeypatch, 24 * 3600)
    monkeypatch.setattr(processes, "alive", lambda process: False)
    assert states(first, second, here) == ["failed", "queued", "interrupted"]
    queue.tend()
    assert spawned == [first.id, second.id]
    assert tickets.read(here.path) is None


def test_whoever_ends_starts_the_next(spawned, runs):
    waiting = create(tiny())
    worked = create(tiny(epochs=1))
    queue.prepare(worked)
    queue.start(waiting)
    assert spawned == []
    list(queue.work(worked))
    assert states(worked, waiting) == ["finished", "queued"]
    assert spawned == [waiting.id]


def test_many_who_tend_at_once_start_one_process(runs, monkeypatch):
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


def test_two_who_start_one_run_at_once_start_it_once(spawned, runs):
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
        monkeypatch.setattr(processes, "alive", lambda process: False)
        assert states(run, other) == ["interrupted", "queued"]
    queue.tend()
    assert spawned == [other.id]
    assert states(run) == ["interrupted"]
    queue.tend()
    assert spawned == [other.id]


def test_a_run_that_was_taken_out_of_the_queue_is_not_trained_by_its_late_process(spawned):
    run = create(tiny())
    queue.start(run)
    queue.stop(run)
    with pytest.raises(RunError, match="was taken out of the queue"):
        list(queue.work(run))
    assert queue.state(run) == "stopped"
    assert read_history(run) == []


@pytest.mark.parametrize("content", [b"", b"01764000000000000000", b"[]", b'{"asked": "now"}', b'{"asked": 1, "x": 1}'])
def test_a_ticket_that_can_not_be_read_asks_for_nothing(spawned, content):
    run = create(tiny())
    (run.path / filenames.TICKET).write_bytes(content)
    assert queue.state(run) == "interrupted"
    queue.tend()
    assert spawned == []
    queue.start(run)
    assert spawned == [run.id]


# --------------------------------------------------------------------------------------------------------------- states


def test_a_run_is_running_as_long_as_its_lock_is_held_and_no_longer():
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


def test_a_command_that_waits_starts_those_before_it(spawned, runs, monkeypatch):
    """Else it waits for a run that nobody starts."""
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


def test_an_error_is_one_line_that_is_not_too_long():
    assert queue.sentence(ValueError("two\n  lines")) == "two lines"
    assert queue.sentence(ValueError()) == "ValueError"
    assert len(queue.sentence(ValueError("x" * 9999))) == 500


def test_a_ticket_is_readable_by_people(spawned):
    run = create(tiny())
    queue.start(run)
    content = json.loads((run.path / filenames.TICKET).read_text())
    assert content["process"] == os.getpid()
    assert content["asked"] // 10**9 == pytest.approx(time.time(), abs=60)
