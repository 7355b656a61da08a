"""Labels of runs in pickers."""

from dataclasses import replace

import pytest
from tiny import tiny

from ae import PROJECT
from ae.presets import preset
from ae.runs import folders
from ae.ui.run_labels import labels, short_names

SIZES_OF_PRESETS = (("fast", 2), ("lab", 8))


@pytest.mark.parametrize("name", ["Fizz test", "Blitz z run", "jazz 4", "z 40 · mine", "bottleneck 40", "4"])
def test_a_label_begins_with_the_bottleneck_size(runs, name):
    run = folders.create(tiny(code_size=4), name=name)
    assert labels([run]) == {run.id: f"4 units · {name}"}


@pytest.mark.parametrize(
    "name", ["4 units · Fast", "4 · Fast", "Fast · bottleneck 4 · MNIST", "Fast · z 4 · MNIST", "Fast · z 4"]
)
def test_a_name_that_contains_its_bottleneck_size_has_it_once(runs, name):
    run = folders.create(tiny(code_size=4), name=name)
    assert labels([run]) == {run.id: "4 units · Fast"}


def test_labels_tell_all_shipped_runs_apart(monkeypatch):
    monkeypatch.setenv("AE_CHECKPOINTS", str(PROJECT / "checkpoints"))
    runs = [run for run in folders.list_runs() if run.shipped]
    assert len(runs) > 10
    assert len(set(labels(runs).values())) == len(runs)


def test_labels_tell_the_runs_of_a_sweep_and_their_repetitions_apart(runs):
    made = [
        folders.create(preset("fast", code_size=size, **changes), preset="fast")
        for changes in ({}, {}, {"learning_rate": 0.001}, {"learning_rate": 0.0012}, {"epochs": 40}, {"seed": 3})
        for size in (2, 8, 16)
    ]
    assert len(set(labels(made).values())) == len(made)


def test_a_dataset_that_all_share_is_left_out(runs):
    digits = [
        folders.create(preset(name, dataset="digits", code_size=size), preset=name) for name, size in SIZES_OF_PRESETS
    ]
    assert list(short_names(digits).values()) == ["2 units · Fast", "8 units · Plain MLP"]
    mixed = [*digits, folders.create(preset("fast"), preset="fast")]
    ending = " · Built-in digits"
    assert list(short_names(mixed).values()) == [
        f"2 units · Fast{ending}",
        f"8 units · Plain MLP{ending}",
        "8 units · Fast",
    ]


def test_runs_that_differ_only_in_bottleneck_size_are_called_by_it(runs):
    made = [folders.create(preset("fast", code_size=size), preset="fast") for size in (1, 2, 8)]
    assert list(short_names(made).values()) == ["1 unit", "2 units", "8 units"]
    again = folders.create(preset("fast", code_size=8), preset="fast")
    assert list(short_names([*made[1:], again]).values()) == ["2 units · Fast", "8 units · Fast", "8 units · Fast 2"]
    assert list(short_names(made[:1]).values()) == ["1 unit · Fast"]


def test_runs_of_the_same_name_have_different_labels(runs):
    several = [replace(folders.create(tiny()), name="Twin") for _ in range(3)]
    assert len(set(labels(several).values())) == 3
    assert len({*short_names(several, taken=["Twin"]).values(), "Twin"}) == 4
