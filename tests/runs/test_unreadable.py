"""Reading a run's folder is safe whatever it contains, and reports what is wrong in one sentence."""

import json
import os

import pytest
from tiny import tiny

from ae.recipe import Recipe
from ae.runs import filenames
from ae.runs.folders import RunError, Unreadable, list_runs, open_run
from ae.runs.model_file import load

GOOD_RECIPE = tiny().to_dict()
GOOD_ABOUT = {"format": 1, "name": "A run", "preset": "lab", "created": "2026-01-01T00:00:00+00:00"}


def as_json(content):
    return json.dumps(content).encode()


def the_reason():
    """Return why the only folder among the runs is unreadable; it must be listed, not raised."""
    (found,) = list_runs()
    assert isinstance(found, Unreadable)
    assert "\n" not in found.reason
    assert len(found.reason) < 400
    with pytest.raises(RunError):
        load(found.id)
    return found.reason


# ------------------------------------------------------------------------------------------- recipe.json, about.json


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "its recipe.json can't be read"),
        (as_json(GOOD_RECIPE)[:-20], "its recipe.json can't be read"),
        (b"\xff\xfe\x00", "its recipe.json can't be read"),
        (b"[1, 2]", "its recipe.json is not a JSON object"),
        (b'"text"', "its recipe.json is not a JSON object"),
        (b"[" * 100_000, "its recipe.json can't be read"),
        (b'{"a":' * 100_000, "its recipe.json can't be read"),
        (as_json(GOOD_RECIPE | {"flux": 1}), "recipe.json has unknown settings: flux"),
        (as_json(GOOD_RECIPE | {"epochs": 0}), "recipe.json: epochs 0 is out of range"),
        (as_json(GOOD_RECIPE | {"epochs": 10**400}), "recipe.json: epochs 1000000"),
        (as_json(GOOD_RECIPE | {"epochs": None}), "recipe.json: epochs None is not a whole number"),
        (as_json(GOOD_RECIPE | {"learning_rate": float("nan")}), "recipe.json: learning_rate nan is out of range"),
        (as_json(GOOD_RECIPE | {"model": ["mlp4"]}), "recipe.json: unknown model ['mlp4']"),
        (as_json(GOOD_RECIPE | {"model": {"a": 1}}), "recipe.json: unknown model {'a': 1}"),
        (as_json(GOOD_RECIPE | {"x" * 5000: 1}), "recipe.json has unknown settings: xxx"),
        (as_json(GOOD_RECIPE | {"dataset": "x" * 5000}), "recipe.json: unknown dataset 'xxx"),
    ],
    ids=lambda value: None if isinstance(value, bytes) else value[:40],
)
def test_a_bad_recipe_makes_an_unreadable_run_with_a_reason(spoiled, content, reason):
    (spoiled / filenames.RECIPE).write_bytes(content)
    assert the_reason().startswith(reason)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "its about.json can't be read"),
        (b"[]", "its about.json is not a JSON object"),
        (b"{}", "its format is None, this version reads 1"),
        (as_json(GOOD_ABOUT | {"format": 2}), "it is of a newer version: its format is 2, this version reads 1"),
        (as_json(GOOD_ABOUT | {"format": 10**400}), "it is of a newer version: its format is 1000"),
        (as_json(GOOD_ABOUT | {"format": 0}), "its format is 0, this version reads 1"),
        (as_json(GOOD_ABOUT | {"format": [1] * 999}), "its format is [1, 1"),
    ],
    ids=lambda value: None if isinstance(value, bytes) else value,
)
def test_a_bad_about_makes_an_unreadable_run_with_a_reason(spoiled, content, reason):
    (spoiled / filenames.ABOUT).write_bytes(content)
    assert the_reason().startswith(reason)


@pytest.mark.parametrize("name", [filenames.RECIPE, filenames.ABOUT])
def test_missing_files_huge_files_and_folders_are_reported(spoiled, name):
    path = spoiled / name
    path.unlink()
    assert the_reason() == f"it has no {name}"
    path.mkdir()
    assert the_reason() == f"its {name} can't be read"
    path.rmdir()
    with path.open("wb") as file:
        file.truncate(65 * 2**20)  # a hole: takes no space
    assert the_reason() == f"its {name} can't be read"
    path.unlink()
    os.mkfifo(path)  # opening it would block for ever
    assert the_reason() == f"its {name} can't be read"


def test_a_link_among_the_runs_is_not_followed(spoiled, runs, tmp_path):
    spoiled.rename(tmp_path / "elsewhere")
    spoiled.symlink_to(tmp_path / "elsewhere")
    assert the_reason() == "it is a link to another folder"


def test_missing_settings_have_their_defaults_and_odd_texts_are_cut(spoiled):
    (spoiled / filenames.RECIPE).write_bytes(b'{"dataset": "digits"}')
    (spoiled / filenames.ABOUT).write_bytes(as_json({"format": 1, "name": "n" * 5000, "preset": [1], "shipped": "yes"}))
    run = open_run("a-run")
    assert run.recipe == Recipe.from_dict({"dataset": "digits"})
    assert len(run.name) == 200
    assert (run.preset, run.created, run.shipped) == ("[1]", "", False)
