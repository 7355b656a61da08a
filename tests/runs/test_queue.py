"""Runs train in processes of their own: one at a time, in order, and each can be stopped, killed and resumed.

These are real processes on the built-in digits. Tests wait for conditions and assume no durations.
"""

import os
import signal
import subprocess

import pytest
from tiny import DIVERGING, assert_equal_runs, tiny
from waiting import wait_for

from ae.runs import editing, filenames, files, log, queue, reading, tickets
from ae.runs.folders import RunError, create, list_runs
from ae.runs.model_file import load
from ae.runs.reading import read_history, read_metrics

LONG = tiny(epochs=12, batch_size=16, seed=3)  # long enough to be caught midway


def at_work(folder):
    """Whether any process is training in that folder, or is about to."""
    return files.locked(folder / filenames.PLACE) or any(
        files.locked(run.path / filenames.LOCK) or tickets.read(run.path) for run in list_runs()
    )


@pytest.fixture(scope="module")
def started():
    """Every process that ``ae.runs.queue`` starts from here; all are ended and reaped at the end of the module."""
    handles, popen = [], subprocess.Popen

    def remember(*args, **kwargs):
        handles.append(popen(*args, **kwargs))
        return handles[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(subprocess, "Popen", remember)
        patch.setenv(
            "OMP_NUM_THREADS", "1"
        )  # threads of two processes that spin while waiting for each other take minutes
        yield handles
    for handle in handles:
        handle.kill()
        handle.wait()


def end_all(folder, started):
    """End the processes that a failed test left: kill those that it started, and stop those that these started."""
    for handle in started:
        handle.kill()
        handle.wait()
    for run in list_runs():
        tickets.remove(run.path)
        (run.path / filenames.STOP).touch()
    wait_for(lambda: not at_work(folder), 60, "the last processes to end")


@pytest.fixture(autouse=True)
def ended(runs, started):
    """Assert after each test that no process is working in its folder."""
    yield
    if runs.exists() and at_work(runs):
        end_all(runs, started)


@pytest.fixture(scope="module")
def undisturbed(started, tmp_path_factory):
    """The long recipe, trained without interruption, and the states that were observed."""
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
            wait_until_idle(folder)
        finally:
            if at_work(folder):
                end_all(folder, started)
    return run, seen


def wait_until(run, state, seconds=60):
    wait_for(
        lambda: queue.state(run) == state, seconds, f"{run.id} to be {state}, last words: {log.last_line(run.path)}"
    )


def wait_for_epoch(run, number):
    wait_for(lambda: len(read_history(run)) > number, 60, f"epoch {number} of {run.id}")


def wait_until_idle(folder):
    wait_for(lambda: not at_work(folder), 30, "all processes to end")


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
    assert log.last_line(run.path) == "Finished"


def test_after_a_stop_the_next_run_starts_and_the_resumed_run_ends_as_if_never_stopped(undisturbed, runs):
    first, second, third = create(LONG, name="first"), create(tiny(epochs=1), name="second"), create(tiny())
    for run in (first, second, third):
        assert queue.state(run) == "interrupted"  # created, but never requested
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

    wait_until(second, "finished")  # it was started automatically
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
    wait_until_idle(runs)
    other, _ = undisturbed
    assert_equal_runs(first, other)
    assert not list(runs.glob(f"*/{filenames.TICKET}"))


@pytest.mark.slow
def test_a_run_killed_midway_is_interrupted_and_ends_the_same_when_resumed(undisturbed, started, runs):
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
    wait_until_idle(runs)
    other, _ = undisturbed
    assert_equal_runs(run, other)


def test_a_failed_run_keeps_its_message_and_traceback_and_the_next_one_starts(runs):
    failing, other = create(tiny(**DIVERGING, epochs=6)), create(tiny(epochs=1))
    queue.start(failing)
    queue.start(other)
    wait_until(failing, "failed")
    assert reading.read_error(failing).startswith("the loss was no longer a finite number in epoch ")
    assert "Traceback" in (failing.path / filenames.LOG).read_text()
    wait_until(other, "finished")
    wait_until_idle(runs)
    assert queue.state(failing) == "failed"
    queue.prepare(failing)  # requested again, it is no longer failed
    assert queue.state(failing) == "queued"
    assert reading.read_error(failing) == ""


def test_a_run_that_is_stopped_before_its_process_appears_is_not_trained(started, runs):
    run = create(tiny(epochs=1))
    queue.start(run)
    queue.stop(run)
    assert started[-1].wait(60) is not None
    wait_until_idle(runs)
    assert queue.state(run) == "stopped"
    assert read_history(run) == []


@pytest.mark.slow
def test_after_a_kill_the_next_run_is_started_by_the_next_process_that_tends_the_queue(started, runs):
    first, second = create(LONG), create(tiny(epochs=1))
    queue.start(first)
    queue.start(second)
    wait_for_epoch(first, 0)
    started[-1].kill()  # -9: it can't start the next one
    started[-1].wait()
    assert [queue.state(run) for run in (first, second)] == ["interrupted", "queued"]
    for _ in range(3):
        queue.tend()
    wait_until(second, "finished")
    wait_until_idle(runs)
    assert queue.state(first) == "interrupted"  # it was not requested again
