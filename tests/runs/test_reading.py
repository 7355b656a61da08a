"""A run's records are read, whatever is torn or missing."""

import json
import time

import numpy as np
import pytest
import safetensors.torch
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny import same, tiny

from ae.cli import tables
from ae.data import datasets
from ae.models.mlp import autoencoderMLP4Layer
from ae.recipe import Recipe
from ae.runs import card, filenames, log, model_file, reading
from ae.runs.folders import Run, RunError, create, list_runs
from ae.runs.model_file import load
from ae.runs.reading import read_history
from ae.runs.recording import record
from ae.train.loop import train

RECIPE = tiny()


# ----------------------------------------------------------------------------------------------------------- weights


@pytest.mark.parametrize("model", ["mlp4", "conv", "vae"])
def test_a_loaded_model_gives_the_same_output_to_the_bit(model, runs, few, monkeypatch):

    monkeypatch.setattr(datasets, "load", lambda *_, **__: few)
    run = create(tiny(model=model, code_activation="none", activation="gelu"))
    last = list(record(run))[-1].model
    for again in (load(run), load(run.id)):
        images = datasets.to_float(few.test_images)
        assert torch.equal(again.reconstruct(images), last.reconstruct(images))
        assert torch.equal(again.encode(images), last.encode(images))
        assert same(again.state_dict(), last.state_dict())
        assert not again.training


def test_weights_can_be_written_for_the_lab_s_own_scripts(finished, tmp_path):
    model_file.write_state_dict(finished, tmp_path / "MLP.4.pth")
    weights = torch.load(tmp_path / "MLP.4.pth", weights_only=True)
    lab = autoencoderMLP4Layer(784, 4, 784)
    lab.load_state_dict(weights, strict=True)
    assert same(lab.state_dict(), load(finished).state_dict())
    with pytest.raises(RunError, match=r"can't be written"):
        model_file.write_state_dict(finished, tmp_path / "no" / "MLP.pth")


def test_a_run_without_weights_asks_to_be_trained_first():
    run = create(RECIPE)
    with pytest.raises(RunError, match="has no weights yet: train it first"):
        load(run)
    assert reading.saved_epoch(run) is None
    assert model_file.read_state(run) is None
    assert reading.read_preview(run) is None
    assert (read_history(run), reading.read_metrics(run)) == ([], {})
    assert reading.read_error(run) == log.last_line(run.path) == ""


@pytest.mark.parametrize(
    "hostile", ["half a pair \ud800", ["x"], {"x": 1.0}, 10**400, True], ids=lambda value: type(value).__name__
)
def test_hostile_measurements_are_shown_or_left_out(finished, hostile):
    path = finished.path / filenames.METRICS
    whole = json.loads(path.read_text())
    changes = [
        *({key: hostile} for key in whole),
        {"inactive_units": [hostile]},
        {"mse_by_class": {"0": hostile}},
        {"mse_by_class": {str(hostile): 0.5}},
    ]
    for change in changes:
        path.write_text(json.dumps(whole | change))
        assert all(text(finished).encode() for text in (tables.page, card.text)), change


def test_a_finished_run_knows_its_last_epoch_and_refuses_to_go_on(finished):
    assert reading.saved_epoch(finished) == 2
    with pytest.raises(RunError, match="has finished all its 2 epochs"):
        model_file.read_state(finished)


def test_a_stopped_run_has_a_state_to_resume_from(stopped, few):
    state = model_file.read_state(stopped)
    assert state["epoch"] == reading.saved_epoch(stopped) == 1
    assert [epoch.number for epoch in train(stopped.recipe, few, state=state)] == [2]


def test_the_weights_file_contains_the_recipe(finished):
    import json

    with safetensors.safe_open(finished.path / filenames.WEIGHTS, "pt") as file:
        assert Recipe(**json.loads(file.metadata()["recipe"])) == finished.recipe


# ----------------------------------------------------------------------------------------------------------- history


def test_a_torn_last_line_is_dropped_wherever_it_was_torn(finished):
    path = finished.path / filenames.HISTORY
    whole, lines = path.read_bytes(), read_history(finished)
    assert len(lines) == 3
    for end in range(len(whole)):
        path.write_bytes(whole[:end])
        assert read_history(finished) == lines[: max(0, whole[:end].count(b"\n") - 1)], end


@pytest.mark.parametrize("name", [filenames.RECIPE, filenames.ABOUT, filenames.METRICS, filenames.ERROR])
def test_a_record_that_takes_long_to_read_is_not_read(finished, name):
    content = b"{" + b",".join(b'"k%d": 0' % i for i in range(200_000)) + b"}"
    (finished.path / name).write_bytes(content)
    before = time.process_time()
    for run in list_runs():
        if isinstance(run, Run):
            reading.read_metrics(run)
            reading.read_error(run)
    assert time.process_time() - before < 0.1


@pytest.mark.parametrize(
    "garbage",
    [
        *("garbage", "2,0.1", "2,a,b,c,d,e,f", "2,a,b,,d,e,f,", '2,"', "", "\0\0\0", "5,0.1,0.1,,0.1,0.1,4,"),
        *("2,0.1,0.1,0.1,0.1,4,", "2,0.1,0.1,0.1,0.1,0.1,4,", "2,0.1,,,0.1,0.1,4,"),  # too few losses, too many, none
        *(f"2,0.1,0.1,,0.1,{seconds},4," for seconds in ("nan", "inf", "-1", "1e10")),
    ],
)
def test_a_garbage_line_ends_the_history(finished, garbage):
    path, lines = finished.path / filenames.HISTORY, read_history(finished)
    header, zero, one, two, _ = path.read_text().split("\n")
    path.write_text("\n".join([header, zero, one, garbage, two, ""]))
    assert read_history(finished) == lines[:2]


def test_a_history_without_a_header_is_read_too(finished):
    path, lines = finished.path / filenames.HISTORY, read_history(finished)
    path.write_text(path.read_text().split("\n", 1)[1])
    assert read_history(finished) == lines


@pytest.mark.parametrize("first", [3, -1, 10**400], ids=["late", "early", "absurd"])
def test_a_history_begins_with_an_epoch_of_the_recipe(finished, first):
    path = finished.path / filenames.HISTORY
    header, zero, *rest = path.read_text().split("\n")
    path.write_text("\n".join([header, f"{first}{zero[zero.index(',') :]}", *rest]))
    assert read_history(finished) == []


def test_a_history_whose_first_lines_are_lost_is_read_from_there(finished):
    path, lines = finished.path / filenames.HISTORY, read_history(finished)
    header, _, *rest = path.read_text().split("\n")
    path.write_text("\n".join([header, *rest]))
    assert read_history(finished) == lines[1:]


@pytest.mark.parametrize("validation_images", [0, 16])
def test_the_loss_in_an_earlier_version_s_history_goes_to_the_column_that_its_recipe_implies(validation_images):
    run = create(tiny(validation_images=validation_images))
    header = "epoch,training_loss,held_out_loss,learning_rate,seconds,live_units,batch_losses"
    (run.path / filenames.HISTORY).write_text(f"{header}\n0,0.3,0.2,0.0,1.5,4,\n1,0.25,0.125,0.001,1.5,3,0.2 0.3\n")
    losses = [(0.2, None), (0.125, None)] if validation_images else [(None, 0.2), (None, 0.125)]
    lines = read_history(run)
    assert [(line.validation_loss, line.test_loss) for line in lines] == losses
    assert [line.monitored_loss for line in lines] == [0.2, 0.125]
    assert lines[1] == (1, 0.25, *losses[1], 0.001, 1.5, 3, (0.2, 0.3), None, None)


@given(st.text(alphabet='0123456789,.\n\r" \0-en', max_size=80) | st.just("1" * 140_000 + "\n"))
@settings(max_examples=200)
def test_a_history_with_any_content_is_read(content):
    run = create(RECIPE) if not list_runs() else list_runs()[0]
    (run.path / filenames.HISTORY).write_bytes(content.encode())
    assert all(line.epoch == n for n, line in enumerate(read_history(run)))


def test_a_preview_is_read_as_two_rows_of_images(finished):
    seen, reconstructed = reading.read_preview(finished)
    for row in (seen, reconstructed):
        assert row.shape == (8, 1, 28, 28)
        assert row.dtype == np.uint8


def test_the_log_s_last_line_is_returned_without_its_time(finished):

    log.note(finished.path, "Something happened")
    assert log.last_line(finished.path) == "Something happened"
