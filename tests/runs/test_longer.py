"""A run can be trained longer, and ends as if planned that long; if killed at any moment, it stays readable."""

import itertools
import shutil

import pytest
from killing import Killed, die_at
from tiny import KILLABLE, assert_equal_runs, contents, figures, quick, tiny

from ae.recipe import longer
from ae.runs import editing, filenames, files, folders, queue, reading, recording, replay, tickets
from ae.runs.folders import RunError, create, open_run
from ae.runs.recording import record

pytestmark = pytest.mark.usefixtures("on_few", "spawned")

ONE_CYCLE = tiny(epochs=2, batch_size=32, schedule="one-cycle", noise=0.1)


def trained(recipe):
    run = create(recipe)
    list(record(run))
    return run


def extend_here(run, epochs):
    """Lengthen a run and train it in this process."""
    run = queue.prepare_longer(run, epochs)
    list(queue.work(run))
    return run


@pytest.mark.parametrize("recipe", [KILLABLE, ONE_CYCLE], ids=["plateau", "one-cycle"])
def test_a_run_trained_longer_equals_one_planned_that_long(recipe):
    run = trained(recipe)
    before = reading.read_history(run)
    run = extend_here(run, recipe.epochs + 2)
    assert run.recipe == longer(recipe, recipe.epochs + 2)
    assert reading.read_history(run)[: len(before)] == before  # the seconds too
    assert_equal_runs(run, trained(run.recipe))
    again = extend_here(run, recipe.epochs + 3)
    assert_equal_runs(again, trained(again.recipe))


def test_it_is_queued_and_started_like_any_other(spawned):
    run = trained(quick())
    longer_run = queue.extend(run, 5)
    assert longer_run == open_run(run.id)
    assert longer_run.recipe.epochs == 5
    assert queue.state(longer_run) == "queued"
    assert spawned == [run.id]
    queue.stop(longer_run)
    assert queue.state(longer_run) == "stopped"
    assert reading.saved_epoch(longer_run) == 2
    assert reading.read_metrics(longer_run)["epoch"] == 2  # its earlier files are still there


def test_a_run_that_can_not_be_trained_longer_is_refused_with_a_reason_and_unchanged(stopped):
    finished, fresh, shipped, earlier = trained(quick()), create(quick()), trained(quick()), trained(quick())
    about = folders.read_about(shipped) | {"shipped": True}
    files.replace(shipped.path / filenames.ABOUT, files.to_json(about))
    (earlier.path / filenames.STATE).unlink()
    torn, foreign, other = trained(quick()), trained(quick()), trained(quick(seed=1))
    state = (torn.path / filenames.STATE).read_bytes()
    files.replace(torn.path / filenames.STATE, state[: len(state) // 2])
    shutil.copy(other.path / filenames.STATE, foreign.path / filenames.STATE)
    for run, epochs, error, words in (
        (finished, 2, ValueError, "is not more than the"),
        (finished, 10**9, ValueError, "out of range"),
        (fresh, 5, RunError, "is interrupted: only a finished run can be trained longer"),
        (stopped, 5, RunError, "is stopped: only a finished run can be trained longer"),
        (open_run(shipped.id), 5, RunError, "included with the project and protected"),
        (earlier, 5, RunError, r"has no resume.pt, so training"),
        (torn, 5, RunError, r"resume.pt of .* is damaged"),
        (foreign, 5, RunError, r"resume.pt of .* does not belong to this run"),
    ):
        before = contents(run)
        with pytest.raises(error, match=words):
            queue.extend(run, epochs)
        assert contents(run) == before


def test_a_finished_run_is_said_to_be_trainable_longer_only_where_it_is():
    run = trained(quick())
    with pytest.raises(RunError, match=f"resume {run.id} --epochs 4$"):
        queue.start(run)
    (run.path / filenames.STATE).unlink()
    with pytest.raises(RunError, match=r"has finished all its 2 epochs$"):
        queue.start(run)


def test_killed_at_any_write_it_is_the_finished_or_the_longer_run_and_ends_the_same():
    straight = trained(longer(ONE_CYCLE, 4))
    finished = trained(ONE_CYCLE)
    seen = set()
    for n in itertools.count(1):
        run = trained_copy(finished, n)
        with pytest.MonkeyPatch.context() as patch:
            die_at(n, patch, torn=n % 2 == 0)
            try:
                extend_here(run, 4)
                break  # it makes fewer than n writes
            except Killed:
                pass
        tickets.remove(run.path)
        run = open_run(run.id)
        state = queue.state(run)
        seen.add((run.recipe.epochs, state))
        if state == "finished" and run.recipe.epochs == 2:
            assert reading.saved_epoch(run) == 2
            extend_here(run, 4)
            continue
        assert run.recipe == straight.recipe
        if state != "finished":
            queue.prepare(run)
            list(queue.work(run))
        assert_equal_runs(run, straight)
    assert n > 10
    assert {(2, "finished"), (4, "interrupted")} <= seen


def trained_copy(run, n):
    """A second run with the same content."""
    path = run.path.with_name(f"copy-{n}")
    shutil.copytree(run.path, path)
    return open_run(path.name)


def test_the_replay_of_a_run_that_is_trained_longer_repeatedly_is_readable(monkeypatch):
    monkeypatch.setattr(replay, "FRAMES", 6)
    run = trained(quick(epochs=6))
    for epochs in (9, 14, 20):
        run = extend_here(run, epochs)
        found = reading.read_replay(run)
        assert (found.epochs[0], found.epochs[-1]) == (0, epochs)
        assert len(found.epochs) <= 7


def test_a_longer_run_can_be_renamed_and_deleted_like_any_other():
    run = extend_here(trained(quick()), 3)
    assert editing.change(run, name="Longer").recipe.epochs == 3
    editing.delete(run)


@pytest.mark.parametrize("good", [0, 1])
def test_a_longer_run_that_diverges_has_the_measurements_of_its_last_good_weights(monkeypatch, good):
    run, train = trained(quick()), recording.train
    before = figures(run)

    def diverging(*arguments, **options):
        yield from itertools.islice(train(*arguments, **options), good)
        raise FloatingPointError("the loss was no longer a finite number")

    monkeypatch.setattr(recording, "train", diverging)
    with pytest.raises(FloatingPointError):
        extend_here(run, 5)
    run = open_run(run.id)
    assert (queue.state(run), reading.saved_epoch(run), figures(run)["epoch"]) == ("failed", 2 + good, 2 + good)
    assert (figures(run) == before) == (good == 0)
