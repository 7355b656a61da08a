"""The commands that look at runs, and the command line as a process of its own."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from filelock import FileLock
from tiny import tiny
from waiting import wait_for

import ae
from ae.presets import PRESETS
from ae.runs import filenames, queue, reading
from ae.runs.folders import create, list_runs, open_run
from ae.runs.reading import read_history

ROOT = Path(ae.__file__).parent.parent


def python_m_ae(*arguments, **options):
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    environment.pop("PYTHONUNBUFFERED", None)  # it hides what happens when the output is flushed at the end
    command = [sys.executable, "-m", "ae", *map(str, arguments)]
    return subprocess.Popen(command, cwd=ROOT, env=environment, text=True, **options)


# ------------------------------------------------------------------------------------------------ list, show, evaluate


def test_list_shows_runs_and_says_of_other_folders_what_they_are(call, finished, runs):
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


def test_an_empty_list_says_how_to_begin(call):
    code, out, _ = call("list")
    assert code == 0
    assert "python -m ae train --preset fast" in out
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


def test_metrics_that_are_foreign_do_not_break_the_list(call, finished):
    for content in ("{}", '{"test_mse": "low", "epoch": []}', '{"a": 1}'):
        (finished.path / filenames.METRICS).write_text(content)
        for words in (["list"], ["show", "last"]):
            code, out, err = call(*words)
            assert (code, err) == (0, "")
            assert finished.id in out


def test_show_tells_the_recipe_the_layers_and_the_history(call, finished):
    code, out, _ = call("show", finished.id[:-1])
    assert code == 0
    assert out.startswith(f"A tiny run\n{finished.path}\nfinished\n")
    for name, value in finished.recipe.to_dict().items():
        assert re.search(rf"^{name} +{re.escape(str(value))}$", out, re.MULTILINE)
    for line in read_history(finished):
        assert re.search(rf"^{line.epoch} +{line.training_loss:.5f} +{line.validation_loss:.5f} ", out, re.MULTILINE)
    assert "held-out loss (16 images kept aside)" in out
    assert re.search(r"^Linear +392 +307,720$", out, re.MULTILINE)
    assert f"{reading.read_metrics(finished)['test_mse']:.5f}" in out


def test_evaluate_measures_again_what_was_measured_at_the_end(call, finished):
    code, out, _ = call("evaluate", "last", finished.id, "--json")
    assert code == 0
    expected = reading.read_metrics(finished)
    for measured in json.loads(out):
        assert measured["id"] == finished.id
        assert measured["test_mse"] == pytest.approx(expected["test_mse"], rel=1e-5)
        assert measured["inactive_units"] == expected["inactive_units"]
    code, out, _ = call("evaluate", "last")
    assert code == 0
    assert f"{expected['test_mse']:.5f}" in out
    assert f"{expected['psnr']:.2f} dB" in out


def test_a_beginning_names_a_run_if_it_names_only_one(call, finished):
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


# ------------------------------------------------------------------------------------------------------------- delete


def test_delete_needs_a_yes(call, finished, runs):
    code, out, err = call("delete", finished.id)  # standard input is no terminal
    assert (code, out) == (2, "")
    assert err == f"python -m ae: deleting {finished.id} needs a yes: add --yes\n"
    assert open_run(finished.id) == finished
    (runs / "torn").mkdir()
    assert call("delete", finished.name, "torn", "--yes")[:2] == (0, f"Deleted {finished.id}\nDeleted torn\n")
    assert list_runs() == []


@pytest.mark.parametrize("name", ["", " ", "last", "2", "A tiny"])
def test_delete_takes_no_empty_name_no_beginning_and_not_last(call, finished, name):
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
        assert call("stop", run.id)[:2] == (0, f"{run.id} stops after the epoch it is in\n")
    assert (run.path / filenames.STOP).exists()
    assert call("stop", finished.id)[0] == 2
    assert call("resume", finished.id)[0] == 2


# ---------------------------------------------------------------------------------------------------- real processes


def test_ctrl_c_keeps_the_run_names_the_command_and_resume_finishes(call, runs):
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with python_m_ae("train", "--preset", "lab", "--dataset", "digits", "-e", 12, "-b", 16, **options) as process:
        wait_for(lambda: process.stdout.readline().startswith("epoch 2/12"), 60)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    (run,) = list_runs()
    kept = reading.saved_epoch(run)
    assert process.returncode == 130
    assert 2 <= kept < 12
    assert f"the model of epoch {kept} of 12 is kept. Go on with: python -m ae resume {run.id}" in err
    assert "Traceback" not in err
    assert "\r" not in out + err
    assert queue.state(run) == "stopped"
    code, out, err = call("resume", run.id)
    assert code == 0
    assert f"Going on after epoch {kept}" in err
    assert [line.split()[1] for line in out.splitlines() if line.startswith("epoch")] == [
        f"{n}/12" for n in range(kept + 1, 13)
    ]
    assert queue.state(run) == "finished"


def test_who_stops_reading_the_list_causes_no_error(finished):
    with python_m_ae("list", stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.close()  # as head does, only sooner
        err = process.stderr.read()
        assert process.wait(60) == 0
    assert err == ""


def test_the_module_gives_its_exit_code_to_the_shell(runs):
    with python_m_ae("resume", "nobody", stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        out, err = process.communicate(timeout=60)
    assert process.returncode == 2
    assert out == ""
    assert err == f"python -m ae: there is no run 'nobody' in {runs}: python -m ae list shows them\n"
