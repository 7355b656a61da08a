"""The recipe of a run that is trained longer, and its schedule."""

import json
from dataclasses import replace

import pytest

from ae.recipe import Recipe, continues, longer
from ae.runs.longer import schedule_when_longer


def test_a_longer_one_cycle_run_gets_another_cycle_over_the_new_epochs():
    twice = longer(longer(Recipe(epochs=10), 30), 100)
    assert (twice.epochs, twice.restarts) == (100, (10, 30))
    assert twice.cycles == ((0, 10), (10, 30), (30, 100))
    assert Recipe.from_dict(json.loads(json.dumps(twice.to_dict()))) == twice


@pytest.mark.parametrize("schedule", ["constant", "plateau"])
def test_other_schedules_go_on_in_a_longer_run(schedule):
    recipe = Recipe(schedule=schedule, epochs=10)
    assert longer(recipe, 11) == replace(recipe, epochs=11)
    assert recipe.restarts == ()


@pytest.mark.parametrize(
    ("epochs", "sentence"),
    [(10, "is not more than the 10 that the run has"), (3, "3 is not more"), (10_001, "out of range")],
)
def test_a_run_can_not_be_made_shorter(epochs, sentence):
    with pytest.raises(ValueError, match=sentence):
        longer(Recipe(epochs=10), epochs)


def test_a_sentence_says_what_happens_to_the_schedule_of_a_longer_run():
    recipe = Recipe(epochs=10)
    assert schedule_when_longer(recipe, 80) == (
        "The one-cycle schedule ends after epoch 10, so a second cycle follows over the 70 new epochs."
    )
    assert "so a third cycle follows over the new epoch." in schedule_when_longer(longer(recipe, 80), 81)
    many = Recipe(epochs=10, restarts=(1, 2, 3, 4, 5))
    assert "so another cycle follows" in schedule_when_longer(many, 20)
    assert schedule_when_longer(Recipe(schedule="constant", learning_rate=0.5), 80) == "The learning rate stays at 0.5."
    assert "divided by 10" in schedule_when_longer(Recipe(schedule="plateau"), 80)


def test_a_recipe_continues_another_if_their_epochs_so_far_are_the_same():
    recipe = Recipe(epochs=10)
    for epoch in (0, 3, 10):
        assert continues(recipe, recipe, epoch)
        assert continues(longer(recipe, 30), recipe, epoch)
        assert continues(longer(longer(recipe, 30), 40), longer(recipe, 30), epoch)
        assert not continues(longer(recipe, 30), replace(recipe, seed=1), epoch)
    assert not continues(recipe, longer(recipe, 30), 11)
    assert not continues(longer(recipe, 30), recipe, 11)
    assert not continues(replace(recipe, epochs=30), recipe, 3)  # one cycle of another length
    assert not continues(replace(recipe, epochs=30, restarts=(5,)), recipe, 3)
    constant = replace(recipe, schedule="constant")
    assert continues(replace(constant, epochs=30), constant, 3)
    assert not continues(replace(constant, epochs=30), recipe, 3)


def test_restarts_are_listed_among_the_settings_only_if_there_are_any():
    assert [name for name, _ in Recipe().rows()] == [name for name in Recipe().to_dict() if name != "restarts"]
    assert longer(longer(Recipe(), 20), 30).rows()[-1] == ("restarts", "10, 20")
