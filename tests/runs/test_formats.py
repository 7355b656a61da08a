"""Runs of every format so far stay readable, and those of a later one are refused by every command.

``format-1`` was trained and measured by the first version that numbered its formats, on the fixture ``few``.
"""

import json
import shutil
from pathlib import Path

import pytest
import torch
from tiny import contents

from ae.analysis.evaluation import evaluate
from ae.cli.main import main
from ae.recipe import Recipe
from ae.runs import comparison, filenames, folders, model_file, queue, reading
from ae.runs.recording import record

FROZEN = sorted(Path(__file__).parent.glob("format-*"))
COMMANDS = (
    "show",
    "resume",
    "stop",
    "latent",
    "denoise",
    "evaluate",
    "compare",
    "rename RUN new",
    "tag RUN new",
    "replay RUN -o a.gif",
)
DRAWING = ("reconstruct", "interpolate", "decode")


@pytest.fixture
def frozen(runs, request):
    """A run as an earlier version left it."""
    shutil.copytree(request.param, runs / "20261128-190225-homework-conv-z2")
    return folders.open_run("20261128-190225-homework-conv-z2")


@pytest.fixture
def future(finished):
    """A run of a later version, with a setting that this one does not know."""
    for name, changes in ((filenames.ABOUT, {"format": filenames.FORMAT + 1}), (filenames.RECIPE, {"shape": "round"})):
        path = finished.path / name
        path.write_text(json.dumps(json.loads(path.read_text()) | changes))
    return finished


def test_there_is_a_frozen_run_of_every_format():
    assert [path.name for path in FROZEN] == [f"format-{n}" for n in range(1, filenames.FORMAT + 1)]
    assert sum(path.stat().st_size for folder in FROZEN for path in folder.iterdir()) < 10**6 * len(FROZEN)


@pytest.mark.parametrize("frozen", FROZEN, ids=lambda path: path.name, indirect=True)
def test_everything_of_a_frozen_run_is_read(frozen, few):
    assert (frozen.name, frozen.preset, frozen.colour) == ("Frozen", "homework-conv", 0)
    assert queue.state(frozen) == "finished"
    assert [(line.epoch, line.active_units) for line in reading.read_history(frozen)] == [(0, 2), (1, 2), (2, 2)]
    measured = reading.read_metrics(frozen)
    again = evaluate(model_file.load(frozen), few)
    assert again["test_mse"] == pytest.approx(measured["test_mse"], rel=1e-4)
    (row,) = comparison.table([frozen]).to_dict("records")
    assert row["Test MSE"] == measured["test_mse"]
    seen, reconstructed = reading.read_preview(frozen)
    assert seen.shape == reconstructed.shape == (8, 1, 28, 28)
    assert list(reading.read_replay(frozen).epochs) == [0, 1, 2]


@pytest.mark.usefixtures("on_few")
@pytest.mark.parametrize("frozen", FROZEN, ids=lambda path: path.name, indirect=True)
def test_a_frozen_run_trains_longer_to_the_end_of_a_new_one(frozen):
    before = reading.read_history(frozen)
    fresh = folders.create(Recipe.from_dict({**frozen.recipe.to_dict(), "epochs": 3}))
    list(record(fresh))
    queue.extend(frozen, 3)
    list(queue.work(folders.open_run(frozen.id)))
    assert reading.read_history(frozen)[:3] == before
    ends = [model_file.load(run.id).state_dict() for run in (frozen, fresh)]
    for one, other in zip(*(end.values() for end in ends), strict=True):
        assert torch.allclose(one, other, atol=1e-4)
    assert {path.name for path in fresh.path.iterdir()} <= {path.name for path in frozen.path.iterdir()}


@pytest.mark.parametrize(
    "command",
    [*COMMANDS, *(f"{command} RUN -o a.png" for command in DRAWING)],
    ids=lambda words: words.split()[0],
)
def test_a_run_of_a_later_version_is_refused_by_every_command_and_kept(future, command, capsys):
    before = contents(future)
    words = command.split() if "RUN" in command else [command, "RUN"]
    assert main([future.id if word == "RUN" else word for word in words]) != 0
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "it is of a newer version: its format is 2, this version reads 1" in said
    assert contents(future) == before


def test_a_run_of_a_later_version_is_listed_with_the_reason(future, capsys):
    assert main(["list"]) == 0
    assert "it is of a newer version: its format is 2" in "".join(capsys.readouterr())
