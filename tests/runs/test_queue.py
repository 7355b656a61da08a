"""Training in processes of its own: one at a time, in order, and each can be stopped, killed and gone on with.

Real processes on the built-in digits. Waiting is for conditions; nothing here knows how long a thing takes.
"""

import os
import signal
import subprocess
from pathlib import Path

import pytest
from filelock import FileLock
from tiny import DIVERGING, assert_equal_runs, tiny
from waiting import wait_for

from ae.runs import editing, filenames, files, log, processes, queue, reading
from ae.runs.folders import RunError, create
from ae.runs.model_file import load
from ae.runs.reading import read_history, read_metrics

LONG = tiny(epochs=12, batch_size=16, seed=3)  # long enough to be caught in the middle


def processes_of(folder):
    """The ids of all processes that train runs of that folder, whoever started them."""
    mark, found = f"AE_CHECKPOINTS={folder.resolve()}\0".encode(), []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (place / "environ").read_bytes() and int(place.name) != os.getpid():
                found.append(int(place.name))
        except OSError:
            continue
    return found


@pytest.fixture(scope="module")
def started():
    """Every process that ``ae.runs.queue`` starts from here; all are ended, and reaped, when the module is done."""
    handles, popen = [], subprocess.Popen

    def remember(*args, **kwargs):
        handles.append(popen(*args, **kwargs))
        return handles[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(subprocess, "Popen", remember)
        patch.setenv("OMP_NUM_THREADS", "1")  # threads of two processes that spin for each other take minutes
        yield handles
    for handle in handles:
        handle.kill()
        handle.wait()


@pytest.fixture(autouse=True)
def ended(runs, started):
    """After each test no process is left that works in its folder; that of a failed test is killed."""
    yield
    for pid in processes_of(runs):
        os.kill(pid, signal.SIGKILL)


@pytest.fixture(scope="module")
def undisturbed(started, tmp_path_factory):
    """The long recipe, trained without a break; and the states that it was seen in."""
    folder = tmp_path_factory.mktemp("undisturbed")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AE_CHECKPOINTS", str(folder))
        run = create(LONG)
        queue.start(run)
    seen = []

    def finished():
        seen.append(queue.state(run))
        return seen[-1] == "finished"

    try:
        wait_for(finished, 90)
        wait_for_nobody(folder)
    finally:
        for pid in processes_of(folder):
            os.kill(pid, signal.SIGKILL)
    return run, seen


def wait_until(run, state, seconds=60):
    wait_for(lambda: queue.state(run) == state, seconds, f"{run.id} to be {state}, last words: {log.last_line(run)}")


def wait_for_epoch(run, number):
    wait_for(lambda: len(read_history(run)) > number, 60, f"epoch {number} of {run.id}")


def wait_for_nobody(folder):
    wait_for(lambda: not processes_of(folder), 30, "all processes to end")


def test_a_started_run_is_queued_then_running_then_finished_and_measured(undisturbed):
    run, seen = undisturbed
    assert [state for n, state in enumerate(seen) if n == 0 or state != seen[n - 1]] == [
        "queued",
        "running",
        "finished",
    ]
    measured = read_metrics(run)
    assert measured["epoch"] == 12
    assert measured["test_mse"] < read_history(run)[0].monitored_loss
    assert reading.read_error(run) == ""
    assert log.last_line(run) == "Finished"


def test_stopped_one_makes_place_for_the_next_and_resumed_it_ends_as_if_never_stopped(undisturbed, runs):
    first, second, third = create(LONG, name="first"), create(tiny(epochs=1), name="second"), create(tiny())
    for run in (first, second, third):
        assert queue.state(run) == "interrupted"  # made, but never asked for
        queue.start(run)
        assert queue.state(run) == "queued"
    for run in (first, second):
        with pytest.raises(RunError, match=f"{run.id} is being trained already"):
            queue.start(run)

    wait_until(first, "running")
    assert [queue.state(run) for run in (second, third)] == ["queued", "queued"]
    queue.stop(third)  # it waits without a process
    assert queue.state(third) == "stopped"

    wait_for_epoch(first, 1)
    with pytest.raises(RunError, match="being trained: stop it first"):
        editing.delete(first)
    queue.stop(first)
    wait_until(first, "stopped")
    epoch = reading.saved_epoch(first)
    assert 1 <= epoch < 12
    assert read_metrics(first)["epoch"] == epoch  # the model was kept, and measured
    assert "Z Stopped\n" in (first.path / filenames.LOG).read_text()

    wait_until(second, "finished")  # nobody had to start it
    assert (first.path / filenames.METRICS).stat().st_mtime < (second.path / filenames.WEIGHTS).stat().st_mtime
    wait_for(lambda: read_metrics(second), 30, "the second's measurements")
    with pytest.raises(RunError, match="has finished all its 1 epochs"):
        queue.start(second)
    assert queue.state(third) == "stopped"
    assert read_history(third) == []
    for run in (second, third):
        with pytest.raises(RunError, match=f"is {queue.state(run)}, so there is nothing to stop"):
            queue.stop(run)

    queue.start(first)
    wait_until(first, "finished")
    wait_for_nobody(runs)
    other, _ = undisturbed
    assert_equal_runs(first, other)
    assert not list(runs.glob(f"*/{filenames.TICKET}"))


def test_killed_in_the_middle_a_run_is_interrupted_and_goes_on_to_the_same_end(undisturbed, started, runs):
    run = create(LONG)
    queue.start(run)
    wait_for_epoch(run, 2)
    os.kill(started[-1].pid, signal.SIGKILL)
    started[-1].wait()
    assert queue.state(run) == "interrupted"
    assert reading.saved_epoch(run) < 12
    load(run)
    queue.start(run)
    wait_until(run, "finished")
    wait_for_nobody(runs)
    other, _ = undisturbed
    assert_equal_runs(run, other)


def test_a_run_that_fails_keeps_its_sentence_and_traceback_and_the_next_one_gets_its_place(runs):
    failing, other = create(tiny(**DIVERGING, epochs=6)), create(tiny(epochs=1))
    queue.start(failing)
    queue.start(other)
    wait_until(failing, "failed")
    assert reading.read_error(failing).startswith("the loss was no longer a finite number in epoch ")
    assert "Traceback" in (failing.path / filenames.LOG).read_text()
    wait_until(other, "finished")
    wait_for_nobody(runs)
    assert queue.state(failing) == "failed"
    queue.prepare(failing)  # asked for again, it is no longer failed
    assert queue.state(failing) == "queued"
    assert reading.read_error(failing) == ""


def test_a_run_that_is_stopped_before_its_process_appears_is_not_trained(started, runs):
    run = create(tiny(epochs=1))
    queue.start(run)
    queue.stop(run)
    assert started[-1].wait(60) is not None
    wait_for_nobody(runs)
    assert queue.state(run) == "stopped"
    assert read_history(run) == []


# ------------------------------------------------------------------------------------------- states, without processes


@pytest.fixture
def no_process(monkeypatch):
    """Nothing is started; what would have been is listed."""
    spawned = []
    monkeypatch.setattr(processes, "spawn", lambda path: spawned.append(path.name))
    return spawned


def test_a_ticket_whose_process_never_appeared_is_not_queued_for_ever(no_process, monkeypatch):
    run = create(tiny())
    queue.start(run)
    assert queue.state(run) == "queued"
    monkeypatch.setattr(queue, "START_SECONDS", -1)
    assert queue.state(run) == "interrupted"
    queue.start(run)
    assert no_process == [run.id, run.id]


def test_a_run_is_running_as_long_as_its_lock_is_held_and_no_longer():
    run = create(tiny())
    with FileLock(run.path / filenames.LOCK):
        assert queue.state(run) == "running"
        files.replace(run.path / filenames.TICKET, b"1")
        assert queue.state(run) == "queued"
        with pytest.raises(RunError, match="is being trained already"):
            list(queue.work(run))
    (run.path / filenames.TICKET).unlink()
    assert queue.state(run) == "interrupted"


def test_who_waits_without_a_process_is_started_in_order_when_the_place_is_free(no_process, runs, monkeypatch):
    waiting = [create(tiny(seed=n)) for n in range(3)]
    with FileLock(runs / ".training.lock"):
        for run in (waiting[1], waiting[2], waiting[0]):  # asked for in another order than made
            queue.start(run)
        assert no_process == []
        monkeypatch.setattr(queue, "START_SECONDS", -1)
        assert [queue.state(run) for run in waiting] == ["queued"] * 3
    (waiting[1].path / filenames.STOP).touch()  # as by Ctrl-C, which leaves the ticket
    worked = create(tiny(epochs=1))
    queue.prepare(worked)
    list(queue.work(worked))
    assert queue.state(worked) == "finished"
    assert no_process == [waiting[2].id]  # the one before it was stopped


def test_who_is_interrupted_while_it_waits_does_not_keep_a_later_one_from_starting(no_process, runs):
    first, second = create(tiny(seed=1)), create(tiny(seed=2))
    queue.prepare(first)

    def ctrl_c(words):
        assert words == "Waiting for another run to end"
        raise KeyboardInterrupt

    with FileLock(runs / ".training.lock"):
        with pytest.raises(KeyboardInterrupt):
            list(queue.work(first, say=ctrl_c))
        (first.path / filenames.STOP).touch()  # as the command line does
        assert queue.state(first) == "stopped"
    queue.start(second)
    assert no_process == [second.id]


def test_finished_stopped_and_failed_are_read_from_the_folder(finished, stopped):
    assert queue.state(finished) == "finished"
    assert queue.state(stopped) == "stopped"
    files.replace(stopped.path / filenames.ERROR, b"The disk was full")
    assert queue.state(stopped) == "failed"
    queue.prepare(stopped)
    assert queue.state(stopped) == "queued"
    with pytest.raises(RunError, match="is being trained already"):
        queue.prepare(stopped)


def test_an_error_is_said_in_one_line_that_is_not_too_long():
    assert queue.sentence(ValueError("two\n  lines")) == "two lines"
    assert queue.sentence(ValueError()) == "ValueError"
    assert len(queue.sentence(ValueError("x" * 9999))) == 500
