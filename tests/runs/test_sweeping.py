"""A sweep trains what is not there yet, once, and ends the same however often it is killed."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tiny import assert_equal_runs, tiny
from waiting import wait_for

import ae
from ae.runs import editing, filenames, folders, queue, reading, sweeping, tickets
from ae.runs.folders import RunError, list_runs
from ae.runs.grid import Grid
from ae.runs.recording import record
from ae.runs.sweeping import LocalEngine, Watched, plan

ROOT = Path(ae.__file__).parent.parent


def ids(runs):
    return [run.id for run in runs]


def test_a_finished_run_is_not_trained_again_and_belongs_to_the_sweep(finished):
    wanted = Grid(tiny(), {"seed": (0, 1)})
    made = plan(wanted)
    assert (ids(made.finished), made.begun, [recipe.seed for recipe in made.missing]) == ([finished.id], [], [1])
    assert str(made) == "2 runs: 1 finished already"
    (new,) = sweeping.create(wanted, "mine", "lab", threads=1)
    assert (new.recipe.seed, new.tags, reading.read_threads(new)) == (1, ("sweep:mine",), 1)
    assert folders.open_run(finished.id).tags == ("sweep:mine",)
    assert set(ids(sweeping.sweeps(list_runs())["mine"])) == {finished.id, new.id}
    again = sweeping.create(wanted, "mine", "lab")
    assert ids(again) == [new.id] and len(list_runs()) == 2


@pytest.mark.usefixtures("on_few")
def test_a_run_that_has_begun_goes_on_and_keeps_its_tags(stopped):
    editing.change(stopped, tags=["old"])
    wanted = Grid(tiny(), {"code_size": (4, 5)})
    first, second = sweeping.create(wanted, "mine", "lab", threads=1)
    assert (first.id, first.tags, second.tags) == (stopped.id, ("old", "sweep:mine"), ("sweep:mine",))
    (first.path / filenames.STOP).unlink()
    list(record(first))
    assert ids(plan(wanted).finished) == [stopped.id]
    assert ids(sweeping.create(wanted, "mine", "lab")) == [second.id]


def test_shipped_runs_and_those_that_cannot_go_on_are_left_alone(finished, stopped):
    (finished.path / filenames.STATE).unlink()
    (finished.path / filenames.METRICS).unlink()
    (stopped.path / filenames.STATE).unlink()
    assert len(plan(Grid(tiny(), {})).missing) == 1


def test_a_run_with_too_many_tags_stops_the_sweep_before_anything_is_created(finished):
    editing.change(finished, tags=[f"tag {n}" for n in range(folders.MOST_TAGS)])
    with pytest.raises(RunError, match="has 10 tags, so it can't get the sweep's"):
        sweeping.create(Grid(tiny(), {"seed": (0, 1)}), "mine", "lab")
    assert len(list_runs()) == 1


def test_a_queue_without_room_stops_the_sweep_before_anything_is_created(monkeypatch, runs):
    monkeypatch.setattr(queue, "MOST", 2)
    with pytest.raises(RunError, match="3 runs in the queue are too many"):
        sweeping.create(Grid(tiny(), {"seed": (0, 1, 2)}), "mine", "lab")
    assert list_runs() == []


def test_an_interrupted_run_goes_on_again_until_it_makes_no_progress(stopped):
    (stopped.path / filenames.STOP).unlink()
    reports = []
    watched = Watched([stopped], lambda run, state: reports.append(state))
    assert watched.look(stopping=False) == [stopped] and watched.active
    assert watched.look(stopping=False) == [] and not watched.active
    assert reports == ["interrupted"]
    watched = Watched([stopped], lambda run, state: reports.append(state))
    assert watched.look(stopping=True) == [] and not watched.active


def test_threads_are_shared_among_workers():
    assert LocalEngine(1).threads == 0
    assert LocalEngine(2).threads == max(sweeping.cores() // 2, 1)
    with pytest.raises(ValueError, match=r"^0 workers: use 1 to "):
        LocalEngine(0)


def sweep(*more):
    """Start the command in a process of its own, as a terminal does."""
    command = "sweep --preset lab --dataset digits -e 6 -b 16 --validation-images 16 --device cpu --precision fp32 -z 4"
    arguments = [*command.split(), "--seeds", "0-2", "--workers", "2", "--yes", *more]
    return subprocess.Popen(
        [sys.executable, "-m", "ae", *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def trainer(run):
    """Return the id of the process that a run's last epoch was trained by, from the system's locks; 0 if none is."""
    status = (run.path / filenames.LOCK).stat()
    for line in Path("/proc/locks").read_text().splitlines():
        if line.split()[5].endswith(f":{status.st_ino}"):
            return int(line.split()[4])
    return 0


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc/locks")
def test_a_sweep_that_is_killed_twice_with_its_workers_ends_the_same(runs, tmp_path, monkeypatch):
    def at_work():
        return [run for run in list_runs() if queue.state(run) == "running" and len(reading.read_history(run)) > 1]

    for _ in range(2):
        command = sweep()
        found = wait_for(at_work)
        command.kill()
        command.communicate()
        for run in found:
            if process := trainer(run):
                os.kill(process, signal.SIGKILL)
                wait_for(lambda run=run: queue.state(run) != "running")
    command = sweep()
    printed, _ = command.communicate(timeout=120)
    assert command.returncode == 0, printed
    assert "All 3 runs are finished" in printed
    assert len(list_runs()) == 3
    alone = tmp_path / "alone"
    monkeypatch.setenv("AE_CHECKPOINTS", str(alone))
    for run in folders_of(runs):
        other = folders.create(run.recipe)
        list(record(other))
        assert_equal_runs(run, other)


def folders_of(folder):
    return [folders.read_run(path) for path in folder.iterdir() if (path / filenames.RECIPE).exists()]


@pytest.mark.slow
def test_ctrl_c_stops_all_runs_and_the_same_command_goes_on(runs):
    command = sweep()
    wait_for(lambda: [run for run in list_runs() if len(reading.read_history(run)) > 1])
    os.kill(command.pid, signal.SIGINT)
    printed, _ = command.communicate(timeout=30)
    assert command.returncode == 130
    assert "Run the same command again to go on." in printed
    assert {queue.state(run) for run in list_runs()} <= {"stopped", "finished"}
    assert not any(tickets.read(run.path) for run in list_runs())
