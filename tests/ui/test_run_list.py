"""The table of runs on Home, run without a browser: which runs it shows, in which order, and what it says of them."""

import base64
import dataclasses
import io
import shutil
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from PIL import Image
from screens import component, screen, words
from tiny import tiny

from ae import PROJECT
from ae.data import datasets, sources
from ae.presets import PRESETS
from ae.runs import editing, filenames, files, folders, reading
from ae.runs.recording import record
from ae.ui import manage, run_list
from ae.ui.run_list_rows import COLUMNS, PAGE, SHOWN, View, legend, originals, row, select, sorted_by

pytestmark = pytest.mark.usefixtures("screens_alone")


def shown(app):
    """Return the names in the table."""
    return [each["name"] for each in component(app, "run_list")["rows"]]


def picked(runs, words="", sort="", page=0):
    """Return the names of the runs of a view."""
    return [run.name for run in select(runs, View(words, sort, page))]


def test_a_row_has_the_numbers_of_its_run_and_its_newest_reconstructions(finished):
    (found,) = component(screen(), "run_list")["rows"]
    measured = reading.read_metrics(finished)
    assert (found["name"], found["words"], found["share"]) == ("4 units · A tiny run", "2 epochs", None)
    assert (found["mse"], found["active"]) == (f"{measured['test_mse']:.4f}", f"{measured['active_units']} of 4")
    picture = Image.open(io.BytesIO(base64.b64decode(found["strip"].partition(",")[2])))
    assert (
        np.asarray(picture.convert("L")) == np.concatenate(list(reading.read_preview(finished)[1][list(SHOWN), 0]), 1)
    ).all()


def test_above_the_runs_are_the_test_images_of_most_of_them(runs):
    assert originals([folders.create(tiny())]) is None  # not trained yet
    for settings in ({"noise": 0.5}, {}):
        list(record(folders.create(tiny(**settings))))
    found = component(screen(), "run_list")["originals"]
    assert found["dataset"] == sources.find("digits").title
    picture = Image.open(io.BytesIO(base64.b64decode(found["strip"].partition(",")[2])))
    images = datasets.load("digits").test_images[list(SHOWN), 0].numpy()
    assert (np.asarray(picture.convert("L")) == np.concatenate(list(images), 1)).all()


def test_the_presets_are_explained_by_their_epochs_where_a_run_has_one(runs):
    assert legend([folders.create(tiny(), name="Mine")]) == ""
    epochs = [PRESETS[name].recipe.epochs for name in ("fast", "best")]
    fast, best = (
        folders.create(dataclasses.replace(tiny(), epochs=usual), preset=name)
        for name, usual in zip(("fast", "best"), epochs, strict=True)
    )
    assert legend([fast]) == f"**Fast**: {epochs[0]} epochs."
    assert legend([best, fast]) == f"**Fast**: {epochs[0]} epochs. **Best**: the lowest error, {epochs[1]} epochs."
    longer = folders.create(tiny(), preset="fast")
    assert legend([fast, longer]) == f"**Fast**: usually {epochs[0]} epochs."


def test_no_row_mixes_kinds_of_losses(several):
    for found in component(screen(), "run_list")["rows"]:
        run = folders.open_run(found["id"])
        assert found["mse"] == f"{reading.read_metrics(run)['test_mse']:.4f}"


def test_a_run_without_results_has_a_row_that_says_so(runs, stopped):
    waiting = folders.create(tiny(), name="Waiting")
    found = row(waiting)
    assert (found["mse"], found["active"], found["strip"], found["trained"]) == ("", "", "", False)
    assert row(stopped)["words"] == "Stopped after epoch 1 of 2"
    assert row(stopped)["trained"]


def test_a_running_run_shows_its_progress_and_no_other_run_has_a_bar(stopped, finished, monkeypatch):
    monkeypatch.setattr("ae.runs.queue.state", lambda run: "running")
    files.remove(stopped.path / filenames.STOP)
    assert (row(stopped)["words"], row(stopped)["share"]) == ("Epoch 1 of 2", 0.5)
    assert row(finished)["share"] is None


def test_every_column_sorts_both_ways_with_pinned_runs_first_and_missing_values_last(several, finished):
    waiting = folders.create(tiny(code_size=3), name="Waiting")
    runs = [folders.open_run(run.id) for run in (waiting, *several, editing.pin(finished))]
    for key, column in COLUMNS.items():
        for sort in (key, f"-{key}"):
            pinned, *found = select(runs, View(sort=sort))
            assert pinned.id == finished.id
            values = [value for value in column.values(found) if value is not None]
            assert values == sorted(values, reverse=sort != key)
            assert column.values(found)[: len(values)] == values
    assert picked(runs, sort="-mse")[-1] == "Waiting"
    assert picked(runs)[1:] == [run.name for run in runs[:-1]]


def test_a_heading_has_an_arrow_where_rows_are_sorted_by_it(finished):
    old, middle, new = (dataclasses.replace(finished, created=f"2026-11-{day}T10:00:00") for day in (20, 21, 22))
    pinned = dataclasses.replace(old, pinned=True)
    for runs, arrow in (([new, middle, old], "-created"), ([middle, new, old], ""), ([new, pinned], ""), ([new], "")):
        assert sorted_by(select(runs, View()), View()) == arrow
        assert sorted_by(select(runs, View(sort="mse")), View(sort="mse")) == "mse"


def test_the_included_runs_in_their_fixed_order_have_no_arrow(runs):
    shutil.copytree(PROJECT / "checkpoints", runs, ignore=shutil.ignore_patterns("model.safetensors", "replay.bin"))
    assert component(screen(), "run_list")["sorted"] == ""
    assert component(screen(sort="-mse"), "run_list")["sorted"] == "-mse"


def test_the_table_counts_the_included_runs(several, monkeypatch):
    assert component(screen(), "run_list")["included"] == 0
    monkeypatch.setattr(folders.Run, "shipped", property(lambda run: run.id == several[0].id))
    data = component(screen(), "run_list")
    assert (data["included"], data["all"]) == (1, len(several))
    assert all(each["created"] for each in data["rows"])


def test_a_name_sorts_by_the_numbers_in_it(several):
    assert [name.split()[0] for name in picked(several, sort="name")] == ["2", "2", "16"]


def test_words_are_found_in_name_tags_preset_dataset_and_network(several):
    tagged = editing.change(several[0], name="Mine", tags=["Week 3"])
    runs = [tagged, dataclasses.replace(several[1], preset="best", name="Other"), several[2]]
    assert picked(runs, "MINE") == picked(runs, "week mine") == picked(runs, "conv") == ["Mine"]
    assert picked(runs, "best") == ["Other"]
    assert picked(runs, "built-in") == picked(runs) == [run.name for run in runs]
    assert picked(runs, "week other") == []


def test_the_address_says_what_is_shown(several):
    app = screen(filter="conv", sort="-size")
    data = component(app, "run_list")
    assert (data["words"], data["sort"], data["found"], data["all"]) == ("conv", "-size", 1, 3)
    for query in ({"sort": "nothing"}, {"page": "-1"}, {"page": "9" * 30}, {"page": "x"}, {"page": "0"}):
        data = component(screen(**query), "run_list")
        assert (data["sort"], data["page"], len(data["rows"])) == ("", 0, 3)


def test_a_long_list_has_pages_and_only_the_rows_of_one_are_sent(finished, monkeypatch):
    many = [dataclasses.replace(finished, name=f"Run {n}") for n in range(2 * PAGE + 1)]
    monkeypatch.setattr(folders, "list_runs", lambda: many)
    for page, names in (("1", many[:PAGE]), ("3", many[-1:]), ("99", many[-1:])):
        data = component(screen(page=page), "run_list")
        assert [each["name"] for each in data["rows"]] == [f"4 units · {run.name}" for run in names]
        assert data["found"] == len(many)


GOOD = (
    {"do": "view", "words": "a", "sort": "", "page": 0},
    {"do": "open", "id": "x", "to": 4},
    {"do": "compare", "ids": ["x"]},
    {"do": "pin", "id": "x"},
)
VALUES = some.none() | some.booleans() | some.integers() | some.floats() | some.text() | some.lists(some.text())


@given(sent=VALUES | some.dictionaries(some.sampled_from(["do", "id", "ids", "to", "words", "sort", "page"]), VALUES))
def test_a_malformed_message_is_ignored(sent):
    assert run_list._checked(sent, {}) == {}


@pytest.mark.parametrize("good", GOOD)
def test_a_message_is_about_known_runs_only(good):
    known = {"x": SimpleNamespace()}
    assert run_list._checked(good, known) == good
    if good["do"] != "view":
        assert run_list._checked(good, {}) == {}
    for key in good.keys() - {"do"}:
        assert run_list._checked({**good, key: -1}, known) == {}
        assert run_list._checked({**good, key: True}, known) == {}


def test_a_run_is_renamed_and_tagged_from_its_row(finished):
    app = screen()
    app.session_state[manage._ASKED] = ("edit", finished.id)
    app.run()
    app.text_input(key=f"name-{finished.id}").set_value("Mine")
    app.text_input(key=f"tags-{finished.id}").set_value("a,,b")
    app.button(key="save").click().run()
    assert not app.exception
    assert folders.open_run(finished.id).tags == ("a", "b")
    assert shown(app) == ["4 units · Mine"]
    assert manage._ASKED not in app.session_state


def test_a_refused_name_is_explained_in_the_dialog_which_stays_open(finished):
    app = screen()
    app.session_state[manage._ASKED] = ("edit", finished.id)
    app.run()
    app.text_input(key=f"name-{finished.id}").set_value(" ")
    app.button(key="save").click().run()
    assert "use 1 to 200 visible ones" in app.error[0].value
    assert app.text_input(key=f"name-{finished.id}").value == " "


def test_a_run_is_deleted_from_its_row_after_a_question(several):
    app = screen()
    for key, left in (("keep", 3), ("really", 2)):
        app.session_state[manage._ASKED] = ("delete", several[0].id)
        app.run()
        assert "deleted permanently" in words(app)
        app.button(key=key).click().run()
        assert not app.exception
        assert len(shown(app)) == len(folders.list_runs()) == left
        assert manage._ASKED not in app.session_state


def test_home_survives_the_end_of_the_run_whose_dialog_is_open(several):
    app = screen()
    app.session_state[manage._ASKED] = ("edit", several[0].id)
    app.run()
    editing.delete(several[0])
    app.run()
    assert not app.exception
    assert len(shown(app)) == 2


def test_home_writes_nothing_into_a_folder_of_runs(several, runs):
    before = {path: path.stat().st_mtime_ns for path in runs.rglob("*")}
    screen(sort="mse", filter="a")
    assert {path: path.stat().st_mtime_ns for path in runs.rglob("*")} == before
