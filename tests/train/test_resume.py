"""Training gives the same result every time, bit for bit, even if it is stopped and resumed."""

import itertools

import numpy as np
import pytest
import torch
from tiny import STALLED, quick, run_through, same

from ae.train.loop import fresh_model, train

# ---------------------------------------------------------------------------------------------------- the same again


@pytest.mark.parametrize("model", ["mlp4", "conv", "vae"])
def test_the_same_seed_gives_the_same_epochs_and_another_seed_different_ones(few, model):
    recipe = quick(model=model, noise=0.2)
    first, weights = run_through(recipe, few)
    again, weights_again = run_through(recipe, few)
    assert first == again
    assert same(weights, weights_again)
    other, _ = run_through(quick(model=model, noise=0.2, seed=1), few)
    assert all(a != b for a, b in zip(first, other, strict=True))


def test_two_threads_give_the_same_epochs_each_time(few):
    torch.set_num_threads(2)
    try:
        runs = [run_through(quick(model=model, noise=0.2, epochs=1), few) for model in ("mlp4", "conv") * 2]
    finally:
        torch.set_num_threads(1)
    for (epochs, weights), (again, weights_again) in zip(runs[:2], runs[2:], strict=True):
        assert epochs == again
        assert same(weights, weights_again)


def test_the_random_states_of_torch_and_numpy_are_restored(few):
    torch.manual_seed(7)
    before, numpy_before = torch.get_rng_state(), np.random.get_state()[1].copy()
    for _ in train(quick(model="vae", noise=0.1, init="xavier"), few):
        assert torch.equal(torch.get_rng_state(), before)
    assert (np.random.get_state()[1] == numpy_before).all()


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU here")
@pytest.mark.parametrize("device", ["cpu", "cuda"])
def test_the_random_state_of_a_gpu_is_restored(few, device):
    torch.cuda.manual_seed(7)
    before = torch.cuda.get_rng_state()
    list(train(quick(model="vae", noise=0.1, device=device), few))
    assert torch.equal(torch.cuda.get_rng_state(), before)


def test_using_the_model_between_epochs_changes_nothing(few):
    recipe = quick(model="vae", noise=0.1, epochs=3)
    undisturbed, weights = run_through(recipe, few)
    seen = []
    for epoch in train(recipe, few):
        seen.append(epoch)
        torch.manual_seed(99)
        torch.rand(17)
        epoch.model(torch.rand(4, 784))  # draws from the prior
        epoch.model.loss(torch.rand(4, 784), torch.rand(4, 784), beta=1.0).backward()
        epoch.model.train()
        epoch.state()
    assert seen == undisturbed
    assert same(seen[-1].model.state_dict(), weights)


# ------------------------------------------------------------------------------------------------- stopped, resumed


def resumed_after_every_epoch(recipe, dataset, through_file):
    """Train with a new call of ``train`` for each epoch, as after a crash each time."""
    state, epochs = None, []
    for _ in range(recipe.epochs + 1):
        training = train(recipe, dataset, state=state)
        epochs.append(next(training))
        state = through_file(epochs[-1].state())
    return epochs, state["model"]


@pytest.fixture
def through_file(tmp_path):
    def write_and_read(state):
        torch.save(state, tmp_path / "state.pt")
        return torch.load(tmp_path / "state.pt", weights_only=True)

    return write_and_read


@pytest.mark.parametrize("model", ["mlp4", "conv", "vae", "residual"])
@pytest.mark.parametrize(
    ("optimiser", "schedule"),
    [
        *itertools.product(["adam", "adamw", "sgd"], ["constant", "plateau", "one-cycle"]),
        ("muon", "one-cycle"),
        pytest.param("muon", "constant", marks=pytest.mark.slow),
        pytest.param("muon", "plateau", marks=pytest.mark.slow),
    ],
)
def test_stopped_after_every_epoch_and_resumed_equals_never_stopped(few, through_file, model, optimiser, schedule):
    recipe = quick(model=model, optimiser=optimiser, schedule=schedule, weight_decay=0.01, epochs=3)
    epochs, weights = run_through(recipe, few)
    pieces, weights_of_pieces = resumed_after_every_epoch(recipe, few, through_file)
    assert pieces == epochs
    assert same(weights_of_pieces, weights)
    assert not same(weights, fresh_model(recipe).state_dict())


@pytest.mark.parametrize(
    "changes",
    [
        {"noise": 0.3, "noise_levels": "varied"},
        {"augmentation": 1.0},
        {"precision": "bf16"},
        {"model": "vae", "beta": 2.0, "noise": 0.3, "init": "xavier", "loss": "bce"},
    ],
)
def test_noise_precision_and_prior_resume_bit_for_bit(few, through_file, changes):
    recipe = quick(**changes, epochs=3)
    epochs, weights = run_through(recipe, few)
    pieces, weights_of_pieces = resumed_after_every_epoch(recipe, few, through_file)
    assert pieces == epochs
    assert same(weights_of_pieces, weights)


@pytest.mark.parametrize(
    "changes",
    [
        {"schedule": "plateau", "noise": 0.3},
        pytest.param(
            {"model": "residual", "optimiser": "muon", "augmentation": 0.5, "schedule": "one-cycle"},
            marks=pytest.mark.slow,
        ),
        {"model": "vae", "optimiser": "sgd", "schedule": "constant"},
    ],
)
def test_stopped_before_any_batch_and_resumed_equals_never_stopped(few, through_file, changes):
    recipe = quick(**changes, epochs=2)
    epochs, weights = run_through(recipe, few)
    for batch in range(6):
        asked = iter(range(7))
        state, begun = None, []
        for epoch in train(recipe, few, stop=lambda asked=asked, batch=batch: next(asked) == batch):
            begun.append(epoch)
            state = through_file(epoch.state())
        assert begun == epochs[: batch // 3 + 1]  # an epoch has three batches
        assert next(asked) == batch + 1  # no batch was trained on after the stop
        assert same(epoch.model.state_dict(), state["model"])
        assert not epoch.model.training
        rest, weights_of_rest = run_through(recipe, few, state=state)
        assert begun + rest == epochs
        assert same(weights_of_rest, weights)


def test_the_plateau_schedule_survives_a_stop(few, through_file):
    recipe = quick(**STALLED)
    epochs, _ = run_through(recipe, few)
    assert [e.learning_rate for e in epochs][-1] < 1e-7  # the rate was cut
    for stop in (8, 12, 13):
        training = train(recipe, few)
        state = through_file([next(training) for _ in range(stop + 1)][-1].state())
        assert list(train(recipe, few, state=state)) == epochs[stop + 1 :]


def test_a_state_after_the_last_epoch_yields_no_more_epochs(few):
    recipe = quick()
    epochs, _ = run_through(recipe, few)
    assert list(train(recipe, few, state=epochs[-1].state())) == []


@pytest.mark.parametrize(
    "other",
    [
        {"model": "conv"},
        {"code_size": 5},
        {"optimiser": "sgd"},
        {"optimiser": "adamw"},
        {"learning_rate": 0.1},
        {"seed": 1},
        {"schedule": "constant"},
        {"schedule": "one-cycle"},
    ],
)
def test_the_state_of_another_recipe_is_refused(few, other):
    foreign = run_through(quick(**other, epochs=1), few)[0][-1].state()
    with pytest.raises(RuntimeError, match="belongs to another recipe, or is damaged"):
        list(train(quick(), few, state=foreign))


def test_a_state_of_an_earlier_version_resumes(few, through_file):
    recipe = quick(epochs=3)
    epochs, _ = run_through(recipe, few)
    training = train(recipe, few)
    state = through_file([next(training) for _ in range(2)][-1].state())
    later = ("restarts", "validation_images")
    settings = {name: value for name, value in state["recipe"].items() if name not in later}
    state["recipe"] = settings | {"held_out": recipe.validation_images}
    assert list(train(recipe, few, state=state)) == epochs[2:]


@pytest.mark.parametrize("part", ["model", "optimiser", "scheduler"])
@pytest.mark.parametrize("instead", [None, 3, "lost"])
def test_a_damaged_state_is_refused(few, part, instead):
    state = run_through(quick(epochs=1), few)[0][-1].state()
    for damaged in ({**state, part: instead}, {key: value for key, value in state.items() if key != part}):
        with pytest.raises(RuntimeError, match="belongs to another recipe, or is damaged"):
            list(train(quick(), few, state=damaged))
