"""Listing, showing, renaming and deleting runs."""

import json
import os
import re

import pytest
from filelock import FileLock
from tiny import tiny

from ae.presets import PRESETS
from ae.runs import filenames, processes, queue, reading
from ae.runs.folders import create, list_runs, open_run
from ae.runs.reading import read_history


def test_list_shows_runs_and_explains_other_folders(call, finished, runs):
    waiting = create(tiny(), name="Not begun")
    (runs / "torn").mkdir()
    code, out, _ = call("list")
    assert code == 0
    assert re.search(rf"^{finished.id} +finished +2/2 .* A tiny run$", out, re.MULTILINE)
    assert re.search(rf"^{waiting.id} +interrupted +0/2 +Not begun$", out, re.MULTILINE)
    assert out.endswith("torn: unreadable, it has no recipe.json\n")

    rows = {row["id"]: row for row in json.loads(call("list", "--json")[1])}
    last = read_history(finished)[-1]
    assert rows["torn"] == {"id": "torn", "state": "unreadable", "reason": "it has no recipe.json"}
    assert rows[waiting.id]["validation_loss"] is None
    row = rows[finished.id]
    assert (row["state"], row["epoch"], row["epochs"], row["code_size"]) == ("finished", 2, 2, 4)
    assert (row["training_loss"], row["validation_loss"]) == (last.training_loss, last.validation_loss)
    assert row["test_mse"] == reading.read_metrics(finished)["test_mse"]


def test_pinned_runs_are_first_in_the_list(call, finished):
    newer = create(tiny(), name="Newer")
    assert [row["id"] for row in json.loads(call("list", "--json")[1])] == [newer.id, finished.id]
    assert call("pin", finished.name) == (0, f"{finished.id} is pinned\n", "")
    assert [row["pinned"] for row in json.loads(call("list", "--json")[1])] == [True, False]
    assert call("list")[1].splitlines()[1].endswith("A tiny run (pinned)")
    assert call("show", "last")[1].startswith("Newer")
    assert call("unpin", finished.id, newer.id)[0] == 0
    assert [row["id"] for row in json.loads(call("list", "--json")[1])] == [newer.id, finished.id]


def test_an_empty_list_says_how_to_begin(call):
    code, out, _ = call("list")
    assert code == 0
    assert "python -m ae train" in out
    assert json.loads(call("list", "--json")[1]) == []


@pytest.mark.parametrize("name", ["two\nlines", "half a pair \ud800", "\x1b[31mred", 3, None])
def test_an_odd_name_does_not_break_the_list(call, finished, name):
    about = finished.path / filenames.ABOUT
    about.write_text(json.dumps({**json.loads(about.read_text()), "name": name}))
    for words in (["list"], ["list", "--json"], ["show", "last"], ["evaluate", "last"]):
        code, out, _ = call(*words)
        out.encode()
        assert code == 0, words
    (line,) = call("list")[1].splitlines()[1:]
    assert "\x1b" not in line


def test_malformed_metrics_do_not_break_the_list(call, finished):
    for content in ("{}", '{"test_mse": "low", "epoch": []}', '{"a": 1}'):
        (finished.path / filenames.METRICS).write_text(content)
        for words in (["list"], ["show", "last"]):
            code, out, err = call(*words)
            assert (code, err) == (0, "")
            assert finished.id in out


def test_show_prints_the_recipe_the_layers_and_the_history(call, finished):
    code, out, _ = call("show", finished.id[:-1])
    assert code == 0
    assert out.startswith(f"A tiny run\n{finished.path}\nfinished\n")
    for name, value in finished.recipe.rows():
        assert re.search(rf"^{name} +{re.escape(str(value))}$", out, re.MULTILINE)
    for line in read_history(finished):
        assert re.search(rf"^ *{line.epoch} +{line.training_loss:.5f} +{line.monitored_loss:.5f} ", out, re.MULTILINE)
    assert "validation loss" in out
    assert f"{reading.read_metrics(finished)['test_mse']:.5f}" in out
    assert "307,720" not in out
    assert re.search(r"^Linear +392 +307,720$", call("show", finished.id, "--layers")[1], re.MULTILINE)


def test_the_beginning_of_an_id_names_a_run_if_it_is_unique(call, finished):
    other = create(tiny())
    code, _, err = call("show", finished.id[:2])
    assert code == 2
    assert "is the beginning of 2 runs" in err
    assert call("show", "last")[1].splitlines()[1] == str(other.path)


def test_presets_are_listed_with_their_sources(call):
    code, out, _ = call("presets")
    assert code == 0
    for item in PRESETS.values():
        assert f"{item.name}  ({item.source})\n  {item.sentence}" in out


def test_delete_needs_a_confirmation(call, finished, runs):
    code, out, err = call("delete", finished.id)  # standard input is no terminal
    assert (code, out) == (2, "")
    assert err == f"python -m ae: deleting {finished.id} needs a confirmation: add --yes\n"
    assert open_run(finished.id) == finished
    (runs / "torn").mkdir()
    assert call("delete", finished.name, "torn", "--yes")[:2] == (0, f"Deleted {finished.id}\nDeleted torn\n")
    assert list_runs() == []


def test_a_run_is_deleted_once_however_often_it_is_named(call, finished):
    assert call("delete", finished.id, finished.name, "--yes") == (0, f"Deleted {finished.id}\n", "")


def test_after_a_queued_run_is_deleted_the_next_is_started(call, runs, monkeypatch):
    started = []
    monkeypatch.setattr(processes, "spawn", lambda path: started.append(path.name) or os.getpid())
    first, second = create(tiny()), create(tiny())
    for run in (first, second):
        queue.start(run)
    assert call("delete", first.id, "--yes")[0] == 0
    assert started == [first.id, second.id]


@pytest.mark.parametrize("name", ["", " ", "last", "2", "A tiny"])
def test_delete_refuses_empty_names_beginnings_and_last(call, finished, name):
    code, _, err = call("delete", name, "--yes")
    assert code == 2
    assert err.startswith("python -m ae: ")
    assert list_runs() == [finished]


@pytest.mark.parametrize(("answer", "deleted"), [("y", True), ("YES", True), ("", False), ("n", False), ("yo", False)])
def test_delete_asks_at_a_terminal(call, finished, monkeypatch, answer, deleted):
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("builtins.input", lambda _: answer)
    code, out, _ = call("delete", finished.id)
    assert code == 0
    assert (list_runs() == []) == deleted
    assert ("Nothing was deleted" in out) != deleted


def test_a_run_in_training_is_neither_deleted_nor_resumed_but_stopped(call, finished):
    run = create(tiny())
    with FileLock(run.path / filenames.LOCK):
        for words in (["delete", run.id, "--yes"], ["resume", run.id]):
            code, _, err = call(*words)
            assert code == 2
            assert "is being trained" in err
        assert call("stop", run.id)[:2] == (0, f"{run.id} stops; the model of its last whole epoch is kept\n")
    assert (run.path / filenames.STOP).exists()
    assert call("stop", finished.id)[0] == 2
    assert call("resume", finished.id)[0] == 2


def test_rename_and_tag_take_effect(call, finished):
    assert call("rename", "last", "Another name")[:2] == (0, f"{finished.id} is now called Another name\n")
    assert call("tag", "last", "best", "two words")[:2] == (0, f"{finished.id} has the tags best, two words\n")
    assert (open_run(finished.id).name, open_run(finished.id).tags) == ("Another name", ("best", "two words"))
    assert call("tag", "last")[:2] == (0, f"{finished.id} has no tags\n")
