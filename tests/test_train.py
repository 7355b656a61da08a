"""Training gives the same result every time, and measures and reports what it says it does."""

import math

import numpy as np
import pytest
import torch
from tiny import DIVERGING, copied, same, tiny, with_images
from torch.optim.optimizer import register_optimizer_step_pre_hook

from ae import data
from ae.models import autoencoderMLP4Layer
from ae.recipe import preset
from ae.train import fresh_model, measure, train


def quick(**changes):
    return tiny(**{"batch_size": 32, "code_activation": "none", **changes})


# So slow that the training loss does not fall: the plateau schedule has to cut the rate.
STALLED = {"schedule": "plateau", "optimiser": "sgd", "learning_rate": 1e-7, "epochs": 26}


def run_through(recipe, dataset, **kwargs):
    """All epochs, and the last one's weights."""
    epochs = list(train(recipe, dataset, **kwargs))
    return epochs, epochs[-1].model.state_dict()


@pytest.fixture
def steps():
    """The learning rate of every step that any optimiser takes from here on."""
    rates = []
    handle = register_optimizer_step_pre_hook(lambda optimiser, *_: rates.append(optimiser.param_groups[0]["lr"]))
    yield rates
    handle.remove()


# ---------------------------------------------------------------------------------------------------- the same again


@pytest.mark.parametrize("model", ["mlp4", "conv", "vae"])
def test_the_same_seed_gives_the_same_epochs_and_another_seed_gives_others(few, model):
    recipe = quick(model=model, noise=0.2)
    first, weights = run_through(recipe, few)
    again, weights_again = run_through(recipe, few)
    assert first == again
    assert same(weights, weights_again)
    other, _ = run_through(quick(model=model, noise=0.2, seed=1), few)
    assert all(a != b for a, b in zip(first, other, strict=True))


def test_torch_s_and_numpy_s_random_state_are_left_as_they_were(few):
    torch.manual_seed(7)
    before, numpy_before = torch.get_rng_state(), np.random.get_state()[1].copy()
    for _ in train(quick(model="vae", noise=0.1, init="xavier"), few):
        assert torch.equal(torch.get_rng_state(), before)
    assert (np.random.get_state()[1] == numpy_before).all()


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU here")
@pytest.mark.parametrize("device", ["cpu", "cuda"])
def test_the_gpu_s_random_state_is_left_as_it_was_too(few, device):
    torch.cuda.manual_seed(7)
    before = torch.cuda.get_rng_state()
    list(train(quick(model="vae", noise=0.1, device=device), few))
    assert torch.equal(torch.cuda.get_rng_state(), before)


def test_who_looks_at_the_epochs_changes_nothing(few):
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
    """Train by asking for one epoch at a time of a fresh ``train``, as after a crash each time."""
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


@pytest.mark.parametrize("model", ["mlp4", "conv", "vae"])
@pytest.mark.parametrize("optimiser", ["adam", "adamw", "sgd"])
@pytest.mark.parametrize("schedule", ["constant", "plateau", "one-cycle"])
def test_stopped_after_every_epoch_and_resumed_equals_never_stopped(few, through_file, model, optimiser, schedule):
    recipe = quick(model=model, optimiser=optimiser, schedule=schedule, weight_decay=0.01, epochs=3)
    epochs, weights = run_through(recipe, few)
    pieces, weights_of_pieces = resumed_after_every_epoch(recipe, few, through_file)
    assert pieces == epochs
    assert same(weights_of_pieces, weights)
    assert not same(weights, fresh_model(recipe).state_dict())


@pytest.mark.parametrize(
    "changes", [{"noise": 0.3}, {"precision": "bf16"}, {"model": "vae", "beta": 2.0, "noise": 0.3, "init": "xavier"}]
)
def test_noise_precision_and_prior_go_on_to_the_bit_too(few, through_file, changes):
    recipe = quick(**changes, epochs=3)
    epochs, weights = run_through(recipe, few)
    pieces, weights_of_pieces = resumed_after_every_epoch(recipe, few, through_file)
    assert pieces == epochs
    assert same(weights_of_pieces, weights)


def test_a_plateau_is_remembered_over_a_stop(few, through_file):
    recipe = quick(**STALLED)
    epochs, _ = run_through(recipe, few)
    assert [e.learning_rate for e in epochs][-1] < 1e-7  # the rate was cut
    for stop in (8, 12, 13):
        training = train(recipe, few)
        state = through_file([next(training) for _ in range(stop + 1)][-1].state())
        assert list(train(recipe, few, state=state)) == epochs[stop + 1 :]


def test_a_state_after_the_last_epoch_gives_no_epoch_more(few):
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


@pytest.mark.parametrize("part", ["model", "optimiser", "scheduler"])
@pytest.mark.parametrize("instead", [None, 3, "lost"])
def test_a_damaged_state_is_refused(few, part, instead):
    state = run_through(quick(epochs=1), few)[0][-1].state()
    for damaged in ({**state, part: instead}, {key: value for key, value in state.items() if key != part}):
        with pytest.raises(RuntimeError, match="belongs to another recipe, or is damaged"):
            list(train(quick(), few, state=damaged))


# -------------------------------------------------------------------------------------------------- what is reported


def test_epoch_0_is_the_untrained_network(few):
    recipe = quick()
    epoch = next(train(recipe, few))
    assert epoch.number == 0
    assert epoch.batch_losses == ()
    assert epoch.learning_rate == 0
    assert same(epoch.model.state_dict(), fresh_model(recipe).state_dict())
    images, held_out = few.split(recipe.held_out)
    assert epoch.training_loss == measure(epoch.model, images)[0]
    assert epoch.held_out_loss == measure(epoch.model, held_out)[0]


def test_epochs_are_numbered_and_the_model_is_in_eval_mode_at_each(few):
    numbers = []
    for epoch in train(quick(epochs=3), few):
        assert not any(part.training for part in epoch.model.modules())
        assert epoch.seconds > 0
        numbers.append(epoch.number)
    assert numbers == [0, 1, 2, 3]


def test_the_held_out_loss_is_the_model_s_own_after_the_epoch(few):
    held_out = data.to_float(few.split(16)[1])
    for epoch in train(quick(noise=0.5), few):
        error = ((epoch.model.reconstruct(held_out) - held_out) ** 2).mean().item()
        assert epoch.held_out_loss == pytest.approx(error, rel=1e-5)
        codes = epoch.model.encode(held_out)
        assert epoch.live_units == int((codes != codes[0]).any(0).sum())


def test_the_training_loss_is_the_mean_over_images_also_where_the_last_batch_is_small(few):
    for epoch in list(train(quick(batch_size=32), few))[1:]:  # 80 images: 32, 32, 16
        a, b, c = epoch.batch_losses
        assert epoch.training_loss == pytest.approx((32 * a + 32 * b + 16 * c) / 80, rel=1e-6)


def test_measuring_in_chunks_is_measuring_at_once(few, monkeypatch):
    model = fresh_model(quick()).eval()
    at_once = measure(model, few.images)
    monkeypatch.setattr("ae.train.CHUNK", 7)
    assert measure(model, few.images) == pytest.approx(at_once, rel=1e-5)


def test_every_image_is_seen_once_an_epoch_in_another_order_each_time(few, monkeypatch):
    seen, loss = [], autoencoderMLP4Layer.loss

    def watched(model, X, target, *, beta=0.0):
        if model.training:
            assert torch.equal(X, target)  # no noise is asked for
            seen.append(target.flatten(1))
        return loss(model, X, target, beta=beta)

    monkeypatch.setattr(autoencoderMLP4Layer, "loss", watched)
    list(train(quick(batch_size=32), few))
    first, second = torch.cat(seen[:3]), torch.cat(seen[3:])
    images = data.to_float(few.images[:-16]).flatten(1)
    for order in (first, second):
        assert sorted(order.tolist()) == sorted(images.tolist())
        assert not torch.equal(order, images)
    assert not torch.equal(first, second)


def test_noise_of_the_given_strength_goes_to_the_input_alone_and_stays_in_range(few, monkeypatch):
    pairs, loss = [], autoencoderMLP4Layer.loss

    def watched(model, X, target, *, beta=0.0):
        if model.training:
            pairs.append((X, target))
        else:
            assert torch.equal(X, target)  # what is measured has none
        return loss(model, X, target, beta=beta)

    monkeypatch.setattr(autoencoderMLP4Layer, "loss", watched)
    list(train(quick(noise=0.2), few))
    X, target = (torch.cat(part) for part in zip(*pairs, strict=True))
    assert X.min() == 0
    assert X.max() == 1
    inner = (target > 0.4) & (target < 0.6)  # far enough from the ends for clipping to be rare
    assert (X - target)[inner].std().item() == pytest.approx(0.2, abs=0.03)
    known = set(map(tuple, data.to_float(few.images).flatten(1).tolist()))
    assert all(tuple(clean) in known for clean in target.flatten(1).tolist())


@pytest.mark.parametrize("changes", [{"schedule": "constant"}, {"schedule": "one-cycle", "epochs": 5}, STALLED])
def test_the_learning_rate_is_that_of_the_epoch_s_last_step(few, steps, changes):
    recipe = quick(**changes)
    epochs = list(train(recipe, few))[1:]
    per_epoch = len(steps) // recipe.epochs
    assert [epoch.learning_rate for epoch in epochs] == steps[per_epoch - 1 :: per_epoch]


def test_schedules_do_what_they_are_called(few, steps):
    list(train(quick(schedule="one-cycle", epochs=10, learning_rate=0.01), few))
    top = steps.index(max(steps))
    assert max(steps) == pytest.approx(0.01, rel=0.02)
    assert steps[: top + 1] == sorted(steps[: top + 1])
    assert steps[top:] == sorted(steps[top:], reverse=True)
    assert 0 < top < len(steps) - 1
    assert steps[-1] < steps[0] < 0.001
    del steps[:]
    list(train(quick(**STALLED), few))
    assert {round(rate / 1e-7, 6) for rate in steps} >= {1.0, 0.1}
    del steps[:]
    list(train(quick(schedule="constant", epochs=3), few))
    assert set(steps) == {1e-3}


def test_weights_decay_where_it_is_asked_for(few):
    norms = [
        sum(
            p.square().sum().item()
            for p in run_through(quick(optimiser=kind, weight_decay=decay, epochs=3), few)[1].values()
        )
        for kind in ("adam", "adamw", "sgd")
        for decay in (0.0, 1.0)
    ]
    for without, with_decay in zip(norms[::2], norms[1::2], strict=True):
        assert with_decay < without


@pytest.mark.parametrize("name", ["fast", "homework-conv", "homework-vae"])
def test_learning_goes_down_on_the_digits(digits, name):
    epochs, _ = run_through(preset(name, dataset="digits", epochs=4, code_size=8, device="cpu"), digits)
    losses = [epoch.held_out_loss for epoch in epochs]
    assert losses[-1] < 0.55 * losses[0]
    assert losses[-1] == min(losses)
    assert epochs[-1].training_loss < epochs[1].training_loss


# -------------------------------------------------------------------------------------------------------- hard cases


@pytest.mark.parametrize(
    "changes",
    [DIVERGING, {"model": "vae", "optimiser": "sgd", "learning_rate": 1.0, "beta": 1000.0, "schedule": "constant"}],
)
def test_a_run_that_diverges_ends_with_a_sentence_and_its_last_good_weights(few, changes):
    recipe = quick(**changes, epochs=6, batch_size=16)
    last = None
    with pytest.raises(FloatingPointError, match=r"no longer a finite number in epoch \d") as caught:
        for epoch in train(recipe, few):
            assert math.isfinite(epoch.training_loss)
            assert math.isfinite(epoch.held_out_loss)
            last, weights = epoch, copied(epoch.model.state_dict())
    assert same(last.model.state_dict(), weights)
    assert all(value.isfinite().all() for value in weights.values())
    assert f"epoch {last.number + 1}: the weights of epoch {last.number} are kept" in str(caught.value)
    assert f"smaller than {recipe.learning_rate:g}" in str(caught.value)
    assert not last.model.training


@pytest.mark.parametrize("epochs", [1, 2, 3, 4])
@pytest.mark.parametrize("batches", [1, 2, 3])
def test_one_cycle_works_with_very_few_steps(few, steps, epochs, batches):
    recipe = quick(schedule="one-cycle", epochs=epochs, batch_size=math.ceil(80 / batches), learning_rate=0.01)
    assert len(list(train(recipe, few))) == epochs + 1
    assert len(steps) == epochs * batches
    assert all(0 < rate <= 0.01 for rate in steps)


def test_a_batch_larger_than_the_data_is_one_step(few, steps):
    epochs = list(train(quick(batch_size=60_000), few))
    assert [len(epoch.batch_losses) for epoch in epochs] == [0, 1, 1]
    assert len(steps) == 2


@pytest.mark.parametrize("model", ["mlp4", "conv", "vae"])
def test_a_single_image_can_be_trained_on(few, model):
    epochs = list(train(quick(model=model, held_out=0), with_images(few, 1)))
    assert all(math.isfinite(epoch.training_loss) for epoch in epochs)


@pytest.mark.parametrize("device", ["cuda", "mps"])
def test_a_device_that_is_not_there_is_said_so(few, device):
    if getattr(torch, "cuda" if device == "cuda" else "mps").is_available():
        pytest.skip(f"this machine has {device}")
    with pytest.raises(RuntimeError, match=f"device '{device}' is not on this machine: choose auto or cpu"):
        next(train(quick(device=device), few))
