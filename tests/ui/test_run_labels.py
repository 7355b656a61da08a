"""Labels of runs in pickers."""

from dataclasses import replace

import pytest
from tiny import tiny

from ae import PROJECT
from ae.presets import preset
from ae.runs import folders
from ae.ui.run_labels import labels, short_names

CHIP = 18
"""The number of characters that a chip in the sidebar shows."""


@pytest.mark.parametrize("name", ["Fizz test", "Blitz z run", "jazz 4", "z 40 · mine", "bottleneck 40", "4"])
def test_a_label_begins_with_the_bottleneck_size(runs, name):
    run = folders.create(tiny(code_size=4), name=name)
    assert labels([run]) == {run.id: f"4 · {name}"}


@pytest.mark.parametrize("name", ["4 · Fast", "Fast · bottleneck 4 · MNIST", "Fast · z 4 · MNIST", "Fast · z 4"])
def test_a_name_that_contains_its_bottleneck_size_has_it_once(runs, name):
    run = folders.create(tiny(code_size=4), name=name)
    assert labels([run]) == {run.id: "4 · Fast"}


def test_a_chip_tells_all_shipped_runs_apart(monkeypatch):
    monkeypatch.setenv("AE_CHECKPOINTS", str(PROJECT / "checkpoints"))
    runs = [run for run in folders.list_runs() if run.shipped]
    assert len(runs) > 10
    assert len({label[:CHIP] for label in labels(runs).values()}) == len(runs)


def test_a_chip_tells_the_runs_of_a_sweep_and_their_repetitions_apart(runs):
    made = [
        folders.create(preset("fast", code_size=size, **changes), preset="fast")
        for changes in ({}, {}, {"learning_rate": 0.001}, {"learning_rate": 0.0012}, {"epochs": 40}, {"seed": 3})
        for size in (2, 8, 16)
    ]
    assert len({label[:CHIP] for label in labels(made).values()}) == len(made)


def test_a_dataset_that_all_share_is_left_out(runs):
    digits = [folders.create(preset("fast", dataset="digits", code_size=size), preset="fast") for size in (2, 8)]
    assert list(short_names(digits).values()) == ["2 · Fast", "8 · Fast"]
    mixed = [*digits, folders.create(preset("fast"), preset="fast")]
    assert list(short_names(mixed).values()) == ["2 · Fast · Built-in digits", "8 · Fast · Built-in digits", "8 · Fast"]


def test_runs_of_the_same_name_have_different_labels(runs):
    several = [replace(folders.create(tiny()), name="Twin") for _ in range(3)]
    assert len(set(labels(several).values())) == 3
    assert len({*short_names(several, taken=["Twin"]).values(), "Twin"}) == 4
