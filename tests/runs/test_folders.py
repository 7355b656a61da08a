"""A run is a folder that can be made, found, read and deleted, whatever else lies among the runs."""

import os
import re
import threading
import time

import numpy as np
import pytest
import safetensors.torch
import torch
from filelock import FileLock
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny import same, tiny

from ae.data import datasets
from ae.models.mlp import autoencoderMLP4Layer
from ae.presets import preset
from ae.recipe import Recipe
from ae.runs import filenames, folders, log, model_file, reading
from ae.runs.editing import delete
from ae.runs.folders import Run, RunError, Unreadable, create, list_runs, open_run
from ae.runs.model_file import load
from ae.runs.reading import read_history
from ae.runs.recording import record
from ae.train.loop import train

RECIPE = tiny()


def test_what_was_created_is_opened_again_with_all_it_is():
    recipe = tiny(model="vae", code_activation="none", learning_rate=0.1 + 0.2, seed=7)
    run = create(recipe, name="  My run · ü  ", preset="lab")
    again = open_run(run.id)
    assert again == run
    assert (again.recipe, again.name, again.preset, again.shipped) == (recipe, "My run · ü", "lab", False)
    assert again.created.endswith("+00:00")
    assert run.path.parent == folders.runs_folder()


def test_a_run_without_a_name_is_named_after_what_sets_it_apart():
    assert create(tiny()).name == "Fully connected · bottleneck 4 · Built-in digits"
    to_the_letter = preset("lab", dataset="digits", code_size=4, seed=3)
    assert create(to_the_letter, preset="lab").name == "Plain MLP · bottleneck 4 · Built-in digits · seed 3"
    assert create(tiny(), preset="lab").name == "Plain MLP, changed · bottleneck 4 · Built-in digits"
    assert create(tiny(), name="  ", preset="nobodys").name == "Fully connected · bottleneck 4 · Built-in digits"


@pytest.mark.parametrize("preset", ["", "lab", "a:b/c\\d*?", "ü "])
def test_a_run_s_id_is_a_file_name_on_every_system(preset):
    assert re.fullmatch(r"\d{8}-\d{6}-[A-Za-z0-9-]+-z4(-\d+)?", create(RECIPE, preset=preset).id)


def test_runs_of_one_moment_get_folders_of_their_own():
    made, threads = [], [threading.Thread(target=lambda: made.append(create(RECIPE).id)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 8
    assert {run.id for run in list_runs()} == set(made)


def test_a_new_run_appears_whole_or_not_at_all(runs, monkeypatch):
    class Killed(BaseException):
        pass

    def replace(path, content, **_):
        if path.name == filenames.ABOUT:
            raise Killed
        path.write_bytes(content)

    monkeypatch.setattr("ae.runs.files.replace", replace)
    with pytest.raises(Killed):
        create(RECIPE)
    assert list_runs() == []


def test_runs_are_listed_newest_first_and_foreign_folders_with_a_reason(runs):
    assert list_runs() == []
    first = create(RECIPE)
    first = open_run(first.path.rename(runs / "20200101-000000-old").name)
    second = create(RECIPE)
    (runs / "empty").mkdir()
    (runs / "a file.txt").write_text("")
    (runs / ".hidden").mkdir()
    found = list_runs()
    assert [run.id for run in found if isinstance(run, Run)] == [second.id, first.id]
    assert [(run.id, run.reason) for run in found if isinstance(run, Unreadable)] == [
        ("empty", "it has no recipe.json")
    ]


@pytest.mark.parametrize(
    "id",
    [
        "",
        ".",
        "..",
        "../x",
        "a/b",
        "/etc",
        "/",
        ".hidden",
        "a\0b",
        "a\n",
        "x" * 300,
        "-x",
        "ü",
        "no such run",
        "nobody",
        "trailing.",
        "NUL",
        "con",
        "aux.z8",
        "lpt1",
    ],
)
def test_what_can_not_be_the_name_of_a_run_is_refused(runs, id):
    create(RECIPE)
    for odd in ("trailing.", "NUL", "con", "aux.z8", "lpt1"):  # Windows takes these for something else
        (runs / odd).mkdir()
    (runs.parent / "x").mkdir()
    (runs / ".hidden").mkdir()
    for function in (open_run, load):
        with pytest.raises(RunError, match="there is no run"):
            function(id)


def test_a_folder_of_runs_that_can_not_be_made_is_said_in_a_sentence(runs):
    runs.write_text("a file where the folder should be")
    with pytest.raises(RunError, match=f"no run can be made in {runs}"):
        create(RECIPE)
    assert list_runs() == []


# ---------------------------------------------------------------------------------------------------------- deletion


def test_deleting_removes_the_folder_and_what_killed_deletions_left(runs):
    run, other = create(RECIPE), create(RECIPE)
    (runs / ".trash-x" / "old").mkdir(parents=True)
    delete(run)
    assert [each.id for each in list_runs()] == [other.id]
    assert sorted(path.name for path in runs.iterdir()) == [other.id]


def test_a_shipped_run_is_protected():
    run = create(RECIPE)
    about = run.path / filenames.ABOUT
    about.write_text(about.read_text().replace('"format"', '"shipped": true, "format"'))
    run = open_run(run.id)
    assert run.shipped
    with pytest.raises(RunError, match="shipped with the project and protected"):
        delete(run)
    assert open_run(run.id) == run


def test_what_killed_processes_left_among_the_runs_goes_when_it_is_old(runs):
    run = create(RECIPE)
    for name, hours in ((".new-old", 2), (".new-young", 0)):
        (runs / name).mkdir()
        os.utime(runs / name, (time.time() - 3600 * hours,) * 2)
    create(RECIPE)
    assert {path.name for path in runs.glob(".new-*")} == {".new-young"}
    os.utime(runs / ".new-young", (0, 0))
    delete(run)
    assert not list(runs.glob(".new-*"))


def test_a_run_that_is_being_trained_is_not_deleted():
    run = create(RECIPE)
    with FileLock(run.path / filenames.LOCK):
        with pytest.raises(RunError, match="is being trained: stop it first"):
            delete(run)
    assert open_run(run.id) == run
    delete(run)


def test_an_unreadable_folder_can_be_deleted_and_of_a_link_the_link_alone(runs, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "precious.txt").write_text("keep me")
    (runs / "torn").mkdir(parents=True)
    (runs / "link").symlink_to(tmp_path / "elsewhere")
    for unreadable in list_runs():
        delete(unreadable)
    assert list_runs() == []
    assert (tmp_path / "elsewhere" / "precious.txt").read_text() == "keep me"


def test_what_is_gone_already_can_not_be_deleted():
    run = create(RECIPE)
    delete(run)
    with pytest.raises(RunError, match="can't be deleted"):
        delete(run)


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


def test_a_run_without_weights_says_train_it_first():
    run = create(RECIPE)
    with pytest.raises(RunError, match="has no weights yet: train it first"):
        load(run)
    assert reading.saved_epoch(run) is None
    assert model_file.read_state(run) is None
    assert reading.read_preview(run) is None
    assert (read_history(run), reading.read_metrics(run)) == ([], {})
    assert reading.read_error(run) == log.last_line(run.path) == ""


def test_a_finished_run_knows_its_last_epoch_and_refuses_to_go_on(finished):
    assert reading.saved_epoch(finished) == 2
    with pytest.raises(RunError, match="has finished all its 2 epochs"):
        model_file.read_state(finished)


def test_a_stopped_run_gives_the_state_to_go_on_from(stopped, few):
    state = model_file.read_state(stopped)
    assert state["epoch"] == reading.saved_epoch(stopped) == 1
    assert [epoch.number for epoch in train(stopped.recipe, few, state=state)] == [2]


def test_the_weights_carry_the_recipe_they_belong_to(finished):
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


@pytest.mark.parametrize(
    "garbage",
    [
        *("garbage", "2,0.1", "2,a,b,c,d,e,f", "2,a,b,,d,e,f,", '2,"', "", "\0\0\0", "5,0.1,0.1,,0.1,0.1,4,"),
        *("2,0.1,0.1,0.1,0.1,4,", "2,0.1,0.1,0.1,0.1,0.1,4,", "2,0.1,,,0.1,0.1,4,"),  # too few losses, too many, none
    ],
)
def test_a_garbage_line_ends_the_history(finished, garbage):
    path, lines = finished.path / filenames.HISTORY, read_history(finished)
    header, zero, one, two, _ = path.read_text().split("\n")
    path.write_text("\n".join([header, zero, one, garbage, two, ""]))
    assert read_history(finished) == lines[:2]


def test_a_history_without_its_header_is_read_all_the_same(finished):
    path, lines = finished.path / filenames.HISTORY, read_history(finished)
    path.write_text(path.read_text().split("\n", 1)[1])
    assert read_history(finished) == lines


@pytest.mark.parametrize("validation_images", [0, 16])
def test_a_history_of_an_earlier_version_has_its_loss_in_the_column_that_its_recipe_means(validation_images):
    run = create(tiny(validation_images=validation_images))
    header = "epoch,training_loss,held_out_loss,learning_rate,seconds,live_units,batch_losses"
    (run.path / filenames.HISTORY).write_text(f"{header}\n0,0.3,0.2,0.0,1.5,4,\n1,0.25,0.125,0.001,1.5,3,0.2 0.3\n")
    losses = [(0.2, None), (0.125, None)] if validation_images else [(None, 0.2), (None, 0.125)]
    lines = read_history(run)
    assert [(line.validation_loss, line.test_loss) for line in lines] == losses
    assert [line.monitored_loss for line in lines] == [0.2, 0.125]
    assert lines[1] == (1, 0.25, *losses[1], 0.001, 1.5, 3, (0.2, 0.3))


@given(st.text(alphabet='0123456789,.\n\r" \0-en', max_size=80) | st.just("1" * 140_000 + "\n"))
@settings(max_examples=200)
def test_whatever_stands_in_a_history_it_is_read(content):
    run = create(RECIPE) if not list_runs() else list_runs()[0]
    (run.path / filenames.HISTORY).write_bytes(content.encode())
    assert all(line.epoch == n for n, line in enumerate(read_history(run)))


def test_a_preview_is_read_as_two_rows_of_images(finished):
    seen, reconstructed = reading.read_preview(finished)
    for row in (seen, reconstructed):
        assert row.shape == (8, 28, 28)
        assert row.dtype == np.uint8


def test_the_log_s_last_line_comes_without_its_time(finished):

    log.note(finished.path, "Something happened")
    assert log.last_line(finished.path) == "Something happened"
