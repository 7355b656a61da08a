"""A shipped run is small, protected, measured with its rounded weights, and listed after all other runs."""

import itertools
import shutil

import numpy as np
import pytest
import torch
from killing import Killed, die_at
from tiny import contents, quick, same

from ae.analysis import evaluation
from ae.data import datasets
from ae.runs import editing, filenames, folders, model_file, queue, reading, replay
from ae.runs.folders import RunError
from ae.runs.recording import record
from ae.runs.shipping import FRAMES, ship

EPOCHS = 2 * FRAMES + 3


def trained(**changes):
    run = folders.create(quick(**changes), preset="lab")
    list(record(run))
    return run


@pytest.fixture(scope="module")
def _long(tmp_path_factory, few):
    """A run of more epochs than a shipped replay has frames, trained once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AE_CHECKPOINTS", str(tmp_path_factory.mktemp("long")))
        patch.setattr(datasets, "load", lambda *_, **__: few)
        return trained(epochs=EPOCHS)


@pytest.fixture
def shipped(runs, _long):
    shutil.copytree(_long.path, runs / _long.id)
    return ship(folders.open_run(_long.id), "tiny")


def test_a_shipped_run_has_weights_of_half_the_size_and_figures_of_those_weights(runs):
    run = trained()
    before, whole = model_file.load(run).state_dict(), (run.path / filenames.WEIGHTS).stat().st_size
    shipped = ship(run, "tiny")
    assert shipped.shipped
    assert shipped.id == "shipped-tiny"
    assert queue.state(shipped) == "finished"
    assert (shipped.path / filenames.WEIGHTS).stat().st_size < 0.51 * whole
    model = model_file.load(shipped)
    for name, value in model.state_dict().items():
        assert value.dtype == torch.float32
        assert torch.equal(value, before[name].half().float())
    measured = reading.read_metrics(shipped)
    for key, value in evaluation.evaluate(model, datasets.load("digits")).items():
        assert measured[key] == value
    assert shipped.name in (shipped.path / filenames.CARD).read_text()
    assert 'load("shipped-tiny")' in (shipped.path / filenames.CARD).read_text()


def test_a_run_killed_while_it_is_shipped_is_as_it_was_or_shipped_and_can_be_shipped_again(runs, _long):
    for n in itertools.count(1):
        shutil.rmtree(runs, ignore_errors=True)
        shutil.copytree(_long.path, runs / _long.id)
        with pytest.MonkeyPatch.context() as patch:
            die_at(n, patch, torn=True)
            try:
                ship(folders.open_run(_long.id), "tiny")
                break
            except Killed:
                pass
        assert [run.id for run in folders.list_runs()] == [_long.id]
        assert contents(folders.open_run(_long.id)).keys() == contents(_long).keys()
        assert same(model_file.load(_long.id).state_dict(), model_file.load(_long).state_dict())
    assert n > 4
    assert [run.id for run in folders.list_runs()] == ["shipped-tiny"]
    with pytest.raises(RunError, match="is shipped already"):
        ship(folders.open_run("shipped-tiny"), "tiny")


def test_the_replay_of_a_shipped_run_goes_from_the_first_epoch_to_the_last_in_fewer_steps(shipped):
    found = reading.read_replay(shipped)
    assert len(found.epochs) == FRAMES
    assert (found.epochs[0], found.epochs[-1]) == (0, EPOCHS)
    assert np.ptp(np.diff(found.epochs)) <= 1
    assert len(reading.read_history(shipped)) == EPOCHS + 1  # the curve is complete


def test_thinning_a_short_replay_does_not_change_it(runs):
    content = reading.replay_bytes(trained())
    assert replay.thinned(content, 16) == content
    assert replay.thinned(content[:40], 16) == content[:40]


def test_a_shipped_run_has_the_files_of_a_run_but_no_trace_of_its_machine(shipped):
    assert {path.name for path in shipped.path.iterdir()} == {
        filenames.RECIPE,
        filenames.ABOUT,
        filenames.HISTORY,
        filenames.WEIGHTS,
        filenames.METRICS,
        filenames.PREVIEW,
        filenames.REPLAY,
        filenames.CARD,
    }


def test_shipping_again_replaces_the_earlier_run(shipped):
    again = ship(trained(seed=1), "tiny")
    assert again.recipe.seed == 1
    assert [run.id for run in folders.list_runs()] == ["shipped-tiny"]


def test_shipped_runs_are_listed_after_all_others_and_last_is_never_one_of_them(shipped):
    own = trained()
    assert [run.id for run in folders.list_runs()] == [own.id, shipped.id]
    assert folders.find("last") == own
    editing.delete(own)
    assert folders.find("last") == shipped


def test_an_unfinished_run_is_not_shipped_and_stays_unchanged(runs):
    run = folders.create(quick())
    next(record(run))
    before = {path.name: path.read_bytes() for path in run.path.iterdir()}
    with pytest.raises(RunError, match="has not finished, so it can't be shipped"):
        ship(run, "tiny")
    assert {path.name: path.read_bytes() for path in run.path.iterdir()} == before
