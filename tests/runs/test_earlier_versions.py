"""A run of an earlier version, which used other names, can be loaded, listed, compared, resumed and finished."""

import csv
import json

import pytest
import torch
from tiny import KILLABLE, same, timeless, tiny

from ae.runs import comparison, filenames, files, folders, model_file, queue, reading
from ae.runs.folders import RunError, create, list_runs, open_run
from ae.runs.recording import record

pytestmark = pytest.mark.usefixtures("on_few")


def as_earlier(run):
    """Rewrite a run's text files as the first version had them."""
    recipe = run.recipe.to_dict()
    recipe["held_out"] = recipe.pop("validation_images")
    recipe.pop("restarts")
    files.replace(run.path / filenames.RECIPE, files.to_json(recipe))
    with (run.path / filenames.HISTORY).open(newline="") as file:
        rows = list(csv.DictReader(file))
    names = ("epoch", "training_loss", "held_out_loss", "learning_rate", "seconds", "live_units", "batch_losses")
    lines = [",".join(names)]
    for row in rows:
        held_out = row["validation_loss"] or row["test_loss"]
        lines.append(
            ",".join(
                (
                    row["epoch"],
                    row["training_loss"],
                    held_out,
                    row["learning_rate"],
                    row["seconds"],
                    row["active_units"],
                    row["batch_losses"],
                )
            )
        )
    files.replace(run.path / filenames.HISTORY, ("\n".join(lines) + "\n").encode())
    if measured := reading.read_metrics(run):
        measured["live_units"], measured["dead_units"] = measured.pop("active_units"), measured.pop("inactive_units")
        measured["legible"] = 0.123
        measured.pop("recognition_rate", None)
        files.replace(run.path / filenames.METRICS, files.to_json(measured))
    if run.path.joinpath(filenames.STATE).exists():
        state = torch.load(run.path / filenames.STATE, weights_only=True)
        torch.save({**state, "recipe": recipe}, run.path / filenames.STATE)
    return open_run(run.id)


@pytest.mark.parametrize("validation_images", [16, 0], ids=["validation split", "no validation split"])
def test_a_finished_run_of_an_earlier_version_is_listed_loads_and_compares(validation_images):
    run = create(tiny(validation_images=validation_images), name="Old")
    list(record(run))
    history, measured, weights = reading.read_history(run), reading.read_metrics(run), model_file.load(run).state_dict()
    (run.path / filenames.STATE).unlink()  # which earlier versions deleted at the end
    old = as_earlier(run)
    assert old == run
    assert "held_out" in json.loads((old.path / filenames.RECIPE).read_text())
    assert list_runs() == [old]
    assert reading.read_history(old) == history
    assert (history[0].test_loss is None) == bool(validation_images)
    assert queue.state(old) == "finished"
    assert same(model_file.load(old).state_dict(), weights)
    expected = {key: value for key, value in measured.items() if key != "recognition_rate"}
    assert reading.read_metrics(old) == expected  # the earlier figure was for another sample
    (row,) = comparison.table([old]).to_dict("records")
    assert row["Test MSE"] == measured["test_mse"]
    with pytest.raises(RunError, match=r"has no resume.pt, so training"):
        queue.extend(old, 9)


@pytest.mark.parametrize("validation_images", [16, 0], ids=["validation split", "no validation split"])
def test_a_stopped_run_of_an_earlier_version_goes_on_to_the_same_end(validation_images):
    recipe = folders.Recipe(**{**KILLABLE.to_dict(), "validation_images": validation_images})
    straight = create(recipe)
    list(record(straight))
    run = create(recipe)
    for epoch in record(run):
        if epoch.number == 1:
            (run.path / filenames.STOP).touch()
    run = as_earlier(run)
    assert queue.state(run) == "stopped"
    queue.prepare(run)
    list(queue.work(run))
    assert queue.state(run) == "finished"
    assert timeless(run) == timeless(straight)
    assert same(model_file.load(run).state_dict(), model_file.load(straight).state_dict())
    assert (run.path / filenames.HISTORY).read_text().startswith("epoch,training_loss,validation_loss,test_loss,")
