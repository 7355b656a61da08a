"""A run that is trained longer equals, bit for bit, one that was planned that long."""

import itertools

import pytest
import torch
from tiny import STALLED, quick, run_through, same
from torch.optim.optimizer import register_optimizer_step_pre_hook

from ae.recipe import longer
from ae.train.loop import train


@pytest.fixture
def steps():
    """Collect the learning rate of every step that any optimiser takes from now on."""
    rates = []
    handle = register_optimizer_step_pre_hook(lambda optimiser, *_: rates.append(optimiser.param_groups[0]["lr"]))
    yield rates
    handle.remove()


@pytest.fixture
def through_file(tmp_path):
    def write_and_read(state):
        torch.save(state, tmp_path / "state.pt")
        return torch.load(tmp_path / "state.pt", weights_only=True)

    return write_and_read


def trained_longer(recipe, ends, dataset, through_file):
    """Train a recipe to its end, then to each of ``ends``; return the epochs, the weights and the last recipe."""
    epochs, weights = run_through(recipe, dataset)
    for end in ends:
        state, recipe = through_file(epochs[-1].state()), longer(recipe, end)
        more, weights = run_through(recipe, dataset, state=state)
        epochs += more
    return epochs, weights, recipe


SCHEDULES = [
    {"schedule": "constant", "epochs": 2},
    {"schedule": "one-cycle", "epochs": 2},
    {"schedule": "one-cycle", "epochs": 2, "noise": 0.2, "augmentation": 0.5},
    STALLED | {"epochs": 12},
]


@pytest.mark.parametrize("more", [(1,), (3,), (1, 2), (3, 4)])
@pytest.mark.parametrize("changes", SCHEDULES)
def test_a_run_trained_longer_equals_one_planned_that_long(few, through_file, changes, more):
    recipe = quick(**changes)
    ends = list(itertools.accumulate(more, initial=recipe.epochs))[1:]
    epochs, weights, last = trained_longer(recipe, ends, few, through_file)
    at_once, weights_at_once = run_through(last, few)
    assert epochs == at_once
    assert [epoch.number for epoch in epochs] == list(range(ends[-1] + 1))
    assert same(weights, weights_at_once)


@pytest.mark.parametrize("optimiser", ["adam", "adamw", "sgd", pytest.param("muon", marks=pytest.mark.slow)])
@pytest.mark.parametrize("model", ["mlp4", "residual", "vae"])
def test_every_optimiser_restarts_its_cycle_bit_for_bit(few, through_file, optimiser, model):
    recipe = quick(model=model, optimiser=optimiser, schedule="one-cycle", weight_decay=0.01)
    epochs, weights, last = trained_longer(recipe, [4], few, through_file)
    at_once, weights_at_once = run_through(last, few)
    assert epochs == at_once
    assert same(weights, weights_at_once)


@pytest.mark.parametrize("changes", SCHEDULES)
@pytest.mark.parametrize("stop", [2, 3, 4, 5])
def test_a_longer_run_that_is_stopped_and_resumed_equals_one_that_was_not(few, through_file, changes, stop):
    recipe = longer(longer(quick(**{**changes, "epochs": 2}), 4), 7)
    epochs, weights = run_through(recipe, few)
    training = train(recipe, few)
    state = through_file([next(training) for _ in range(stop + 1)][-1].state())
    rest, weights_of_rest = run_through(recipe, few, state=state)
    assert rest == epochs[stop + 1 :]
    assert same(weights, weights_of_rest)


def test_a_stopped_run_may_be_made_longer_before_it_has_reached_its_end(few, through_file):
    recipe = quick(schedule="one-cycle", epochs=3)
    training = train(recipe, few)
    begun = [next(training) for _ in range(2)]
    rest, weights = run_through(longer(recipe, 5), few, state=through_file(begun[-1].state()))
    at_once, weights_at_once = run_through(longer(recipe, 5), few)
    assert begun + rest == at_once
    assert same(weights, weights_at_once)


def test_each_cycle_rises_to_the_same_peak_and_falls_to_almost_0(few, steps):
    list(train(longer(longer(quick(schedule="one-cycle", epochs=6, learning_rate=0.01), 12), 20), few))
    per_epoch = len(steps) // 20
    for start, end in ((0, 6), (6, 12), (12, 20)):
        cycle = steps[start * per_epoch : end * per_epoch]
        top = cycle.index(max(cycle))
        assert max(cycle) == pytest.approx(0.01, rel=0.05)
        assert cycle[: top + 1] == sorted(cycle[: top + 1])
        assert cycle[top:] == sorted(cycle[top:], reverse=True)
        assert cycle[-1] < cycle[0] < 0.001


def test_a_state_is_refused_by_a_recipe_whose_epochs_so_far_differ(few, through_file):
    recipe = quick(schedule="one-cycle", epochs=3)
    state = through_file(run_through(recipe, few)[0][-1].state())
    for other in (quick(schedule="one-cycle", epochs=5), longer(quick(schedule="one-cycle", epochs=2), 5)):
        with pytest.raises(RuntimeError, match="belongs to another recipe"):
            list(train(other, few, state=state))
