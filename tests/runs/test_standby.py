"""A warm trainer does all that a cold one does; it ends with its server, unless it has a run already."""

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from filelock import FileLock
from tiny import assert_equal_runs, tiny
from waiting import wait_for

import ae
from ae.runs import filenames, processes, queue, reading, standby, tickets
from ae.runs.folders import create

ROOT = Path(ae.__file__).parent.parent
PREPARE = standby.prepare  # in other tests it does nothing


@pytest.fixture(autouse=True)
def alone(monkeypatch):
    """Make sure that no trainer of an earlier test is waiting, and that none is left waiting or replaced."""
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.setattr(standby, "_waiting", None)
    monkeypatch.setattr(standby, "_wanted", False)
    monkeypatch.setattr(standby, "CHECK_SECONDS", 1e6)
    monkeypatch.setattr(standby, "prepare", PREPARE)
    yield
    if standby._waiting:
        standby._waiting.kill()
        standby._waiting.wait()


def wait_until(run, state):
    wait_for(lambda: queue.state(run) == state, 60, f"{run.id} to be {state}: {reading.read_error(run)}")


def test_a_warm_trainer_and_a_cold_one_train_the_same_run(runs):
    cold = create(tiny())
    queue.start(cold)
    wait_until(cold, "finished")
    standby.prepare()
    process = standby._waiting.pid
    standby.prepare()
    assert standby._waiting.pid == process  # one is enough
    assert os.getsid(process) == process
    warm = create(tiny())
    queue.start(warm)
    assert processes._children[process]
    wait_until(warm, "finished")
    assert_equal_runs(warm, cold)
    wait_for(lambda: not processes.alive(process))
    assert processes.exit_code(process) == 0


@pytest.mark.slow
def test_a_killed_warm_trainer_leaves_an_interrupted_run_that_can_be_resumed(runs):
    run = create(tiny(epochs=12, batch_size=16))
    standby.prepare()
    process = standby._waiting.pid
    queue.start(run)
    wait_for(lambda: len(reading.read_history(run)) > 1)
    os.kill(process, signal.SIGKILL)
    wait_until(run, "interrupted")
    queue.start(run)
    wait_until(run, "finished")


@pytest.mark.slow
def test_a_run_that_was_handed_to_an_ending_warm_trainer_gets_another_process(runs):
    run = create(tiny())
    standby.prepare()
    process = standby._waiting.pid
    os.kill(process, signal.SIGSTOP)  # it can't read any more, but its input still takes the run
    queue.start(run)
    assert tickets.read(run.path).process == process
    os.kill(process, signal.SIGKILL)
    wait_for(lambda: not processes.alive(process))
    assert queue.state(run) == "queued"
    queue.tend()
    assert tickets.read(run.path).process != process
    wait_until(run, "finished")


def test_errors_of_a_warm_trainer_are_in_the_log(runs):
    run = create(tiny())
    standby.prepare()
    (run.path / filenames.RECIPE).write_text("torn")
    assert standby.spawn(run.path)
    wait_for(lambda: (run.path / filenames.LOG).exists() and "unreadable" in (run.path / filenames.LOG).read_text())


def test_output_of_native_code_is_in_the_log(tmp_path):
    message = json.dumps({"run": "a-run", "log": str(tmp_path / "log.txt"), "environment": {"AE_CHECKPOINTS": "x"}})
    script = "import os; from ae.runs import standby; print(standby.wait()); os.write(2, b'free(): invalid pointer')"
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, cwd=ROOT, input=f"{message}\n", capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("a-run\n", "")
    assert (tmp_path / "log.txt").read_text() == "free(): invalid pointer"


def test_if_the_warm_trainer_has_ended_a_cold_one_is_started(runs, monkeypatch):
    monkeypatch.setattr(processes, "spawn", lambda path: 7)
    standby.prepare()
    standby._waiting.kill()
    standby._waiting.wait()
    assert standby.spawn(runs / "a-run") == 7
    assert standby.spawn(runs / "a-run") == 7  # and if there is none


def test_the_next_one_is_prepared_when_training_has_ended(runs, monkeypatch):
    prepared = threading.Event()
    monkeypatch.setattr(processes, "spawn", lambda path: 7)
    monkeypatch.setattr(standby, "_wanted", True)
    monkeypatch.setattr(standby, "prepare", prepared.set)
    monkeypatch.setattr(standby, "CHECK_SECONDS", 0.05)
    runs.mkdir()
    with FileLock(runs / filenames.PLACE):
        standby.spawn(runs / "a-run")
        assert not prepared.wait(0.5)
    assert prepared.wait(10)


SERVER = """
import os, sys, time
from ae.runs import folders, queue, standby
standby.prepare()
print(standby._waiting.pid, flush=True)
if sys.argv[1:]:
    queue.start(folders.open_run(sys.argv[1]))
    print("started", flush=True)
time.sleep(600)
"""


@pytest.fixture
def server():
    """Run a program like the dashboard's server; return it and the id of its warm trainer."""
    started = []

    def serve(*words):
        command = [sys.executable, "-c", SERVER, *words]
        started.append(subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True))
        return started[-1], int(started[-1].stdout.readline())

    yield serve
    for process in started:
        process.kill()
        process.wait()
        process.stdout.close()


def test_an_idle_warm_trainer_ends_when_its_server_is_killed(server):
    serving, trainer = server()
    assert processes.alive(trainer)
    serving.kill()
    serving.wait()
    wait_for(lambda: not processes.alive(trainer), 30, "the trainer to end")


def test_a_warm_trainer_with_a_run_outlives_its_server(server, runs):
    run = create(tiny(epochs=3))
    serving, _ = server(run.id)
    assert serving.stdout.readline() == "started\n"
    serving.kill()
    serving.wait()
    wait_until(run, "finished")
