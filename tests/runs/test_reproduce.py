"""The commands that train a run again lead to its recipe."""

import pytest

from ae import PROJECT
from ae.cli import main, training
from ae.presets import preset
from ae.recipe import SETTINGS, longer
from ae.runs import folders, reproduce

SHIPPED = sorted(path for path in (PROJECT / "checkpoints").glob("shipped-*"))


def recipe_of(command):
    options = main._parser("train").parse_args(command.split()[3:])
    changes = {name: getattr(options, name) for name in SETTINGS if getattr(options, name) is not None}
    (recipe,) = training._recipes(options.preset, changes, changes.pop("code_size", None))
    return recipe


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_the_command_of_an_included_run_has_its_recipe(path):
    run = folders.read_run(path)
    assert recipe_of(reproduce.commands(run.recipe, run.preset)[0]) == run.recipe


def test_a_run_without_a_preset_is_written_as_changes_of_lab():
    recipe = preset("best", dataset="digits", seed=7, device="cpu", noise=0.25, epochs=3)
    assert recipe_of(*reproduce.commands(recipe, "")) == recipe


def test_a_run_that_was_trained_longer_is_trained_longer_again():
    first = preset("fast", dataset="digits", epochs=2)
    recipe = longer(longer(first, 5), 9)
    begin, *more = reproduce.commands(recipe, "fast")
    assert recipe_of(begin) == first
    assert more == ["python -m ae resume last --epochs 5", "python -m ae resume last --epochs 9"]
