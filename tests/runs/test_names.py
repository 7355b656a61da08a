"""Names of runs: what differs comes first, and no two are the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny import tiny

from ae.models.earlier import LATER
from ae.presets import PRESETS, preset
from ae.recipe import SETTINGS
from ae.runs import names


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({}, "8 units · Fast"),
        ({"epochs": 20}, "8 units · 20 epochs · Fast"),
        ({"seed": 3, "learning_rate": 0.001}, "8 units · rate 0.001, seed 3 · Fast"),
        ({"activation": "relu", "code_activation": "relu"}, "8 units · ReLU, ReLU code · Fast"),
        (
            {"epochs": 20, "batch_size": 64, "noise": 0.3, "optimiser": "adamw"},
            "8 units · 20 epochs, batch 64, 2 more · Fast",
        ),
        ({"dataset": "digits", "device": "cpu"}, "8 units · Fast · Built-in digits"),
    ],
)
def test_a_default_name_has_what_differs_first(changes, name):
    assert names.default(preset("fast", **changes), "fast") == name


def test_a_run_without_a_preset_has_the_name_of_its_network():
    assert (
        names.default(tiny(), "") == names.default(tiny(), "unknown") == "4 units · Fully connected · Built-in digits"
    )


@pytest.mark.parametrize("setting", sorted(set(SETTINGS) - {"code_size", "dataset", "device", "precision"}))
def test_a_name_says_which_setting_was_changed(setting):
    about = SETTINGS[setting].metadata
    values = about["choices"] or [about["most"]]
    made = set()
    for value in values:
        try:
            made.add(names.default(preset("fast", **{setting: value}), "fast"))
        except ValueError:  # not allowed with the other settings of this preset
            continue
    assert all(
        name == "8 units · Fast" or (name.startswith("8 units · ") and name.endswith(" · Fast")) for name in made
    )
    assert len(made) == len(values) or setting in (*LATER, "beta", "code_activation")


@given(st.lists(st.sampled_from(["", "Mine", "8 units · Mine", "Mine 2", "8 units · Fast", "x" * names.LONGEST])))
def test_no_two_names_are_the_same_and_none_is_too_long(given_names):
    taken = []
    for name in given_names:
        own = names.distinct(name, 8, taken) if name else names.default(preset("fast"), "fast", taken=taken)
        assert own not in taken
        assert len(own) <= names.LONGEST
        taken.append(own)


def test_a_run_made_again_has_the_next_number_before_its_dataset():
    recipe = preset("fast", dataset="digits")
    taken = []
    for _ in range(3):
        taken.append(names.default(recipe, "fast", taken=taken))
    assert taken == [f"8 units · Fast{number} · Built-in digits" for number in ("", " 2", " 3")]


def test_a_name_given_to_several_sizes_has_the_size_in_front():
    taken = []
    for size in (2, 8, 16):
        taken.append(names.distinct("Mine", size, taken))
    assert taken == ["Mine", "8 units · Mine", "16 units · Mine"]


@pytest.mark.parametrize("name", PRESETS)
def test_default_names_of_earlier_versions_become_those_of_today(name):
    title = PRESETS[name].title
    assert names.size_first(f"{title} · bottleneck 16 · MNIST", 16) == names.default(preset(name, code_size=16), name)
