"""The training loop measures and reports what its documentation says."""

import math

import pytest
import torch
from tiny import DIVERGING, STALLED, copied, quick, run_through, same, with_images
from torch.optim.optimizer import register_optimizer_step_pre_hook

from ae.data import datasets
from ae.models.mlp import autoencoderMLP4Layer
from ae.presets import preset
from ae.train.loop import fresh_model, measure, train


@pytest.fixture
def steps():
    """Collect the learning rate of every step that any optimiser takes from now on."""
    rates = []
    handle = register_optimizer_step_pre_hook(lambda optimiser, *_: rates.append(optimiser.param_groups[0]["lr"]))
    yield rates
    handle.remove()


# -------------------------------------------------------------------------------------------------- what is reported


def test_epoch_0_is_the_untrained_network(few):
    recipe = quick()
    epoch = next(train(recipe, few))
    assert epoch.number == 0
    assert epoch.batch_losses == ()
    assert epoch.learning_rate == 0
    assert same(epoch.model.state_dict(), fresh_model(recipe).state_dict())
    images, validation_images = few.split(recipe.validation_images)
    assert epoch.training_loss == measure(epoch.model, images, recipe)[0].loss
    assert epoch.validation_loss == measure(epoch.model, validation_images, recipe)[0].loss


def test_epochs_are_numbered_and_the_model_is_in_eval_mode_at_each(few):
    numbers = []
    for epoch in train(quick(epochs=3), few):
        assert not any(part.training for part in epoch.model.modules())
        assert epoch.seconds > 0
        numbers.append(epoch.number)
    assert numbers == [0, 1, 2, 3]


@pytest.mark.parametrize("split", [16, 0])
def test_the_loss_after_an_epoch_is_measured_on_the_validation_images_or_else_on_the_test_images(few, split):
    images = datasets.to_float(few.images[-16:] if split else few.test_images)
    for epoch in train(quick(noise=0.5, validation_images=split), few):
        assert (epoch.validation_loss is None) == (split == 0)
        assert (epoch.test_loss is None) == (split > 0)
        error = ((epoch.model.reconstruct(images) - images) ** 2).mean().item()
        assert epoch.monitored_loss == pytest.approx(error, rel=1e-5)
        codes = epoch.model.encode(images)
        assert epoch.active_units == int((codes != codes[0]).any(0).sum())


def test_the_training_loss_is_the_mean_over_images_also_where_the_last_batch_is_small(few):
    for epoch in list(train(quick(batch_size=32), few))[1:]:  # 80 images: 32, 32, 16
        a, b, c = epoch.batch_losses
        assert epoch.training_loss == pytest.approx((32 * a + 32 * b + 16 * c) / 80, rel=1e-6)


def test_measuring_in_chunks_equals_measuring_at_once(few, monkeypatch):
    model = fresh_model(quick()).eval()
    at_once, active = measure(model, few.images, quick())
    monkeypatch.setattr("ae.train.loop.CHUNK", 7)
    (loss, error), still = measure(model, few.images, quick())
    assert (loss, error, still) == (pytest.approx(at_once.loss, rel=1e-5), None, active)


def test_every_image_is_seen_once_per_epoch_in_a_new_order(few, monkeypatch):
    seen, losses = [], autoencoderMLP4Layer.losses

    def watched(model, X, target, **about):
        if model.training:
            assert torch.equal(X, target)  # this recipe has no noise
            seen.append(target.flatten(1))
        return losses(model, X, target, **about)

    monkeypatch.setattr(autoencoderMLP4Layer, "losses", watched)
    list(train(quick(batch_size=32), few))
    first, second = torch.cat(seen[:3]), torch.cat(seen[3:])
    images = datasets.to_float(few.images[:-16]).flatten(1)
    for order in (first, second):
        assert sorted(order.tolist()) == sorted(images.tolist())
        assert not torch.equal(order, images)
    assert not torch.equal(first, second)


def test_noise_of_the_given_strength_is_added_to_the_input_alone_and_clipped(few, monkeypatch):
    pairs, losses = [], autoencoderMLP4Layer.losses

    def watched(model, X, target, **about):
        if model.training:
            pairs.append((X, target))
        else:
            assert torch.equal(X, target)  # measured images have no noise
        return losses(model, X, target, **about)

    monkeypatch.setattr(autoencoderMLP4Layer, "losses", watched)
    list(train(quick(noise=0.2), few))
    X, target = (torch.cat(part) for part in zip(*pairs, strict=True))
    assert X.min() == 0
    assert X.max() == 1
    inner = (target > 0.4) & (target < 0.6)  # far enough from the ends for clipping to be rare
    assert (X - target)[inner].std().item() == pytest.approx(0.2, abs=0.03)
    known = set(map(tuple, datasets.to_float(few.images).flatten(1).tolist()))
    assert all(tuple(clean) in known for clean in target.flatten(1).tolist())


def test_varied_noise_differs_from_image_to_image_and_is_uniform_up_to_its_strength(few, monkeypatch):
    amounts, losses = [], autoencoderMLP4Layer.losses

    def watched(model, X, target, **about):
        if model.training:
            dark = target.flatten(1) == 0  # there half of the noise is clipped: what is left has a mean of 0.4 sigma
            amounts.extend((x[mask].mean() / 0.399).item() for x, mask in zip(X.flatten(1), dark, strict=True))
        return losses(model, X, target, **about)

    monkeypatch.setattr(autoencoderMLP4Layer, "losses", watched)
    list(train(quick(noise=0.3, noise_levels="varied", epochs=8), few))
    amounts = torch.tensor(amounts)
    assert -0.001 < amounts.min() < 0.02
    assert 0.28 < amounts.max() < 0.33
    assert amounts.mean().item() == pytest.approx(0.15, abs=0.02)
    assert ((amounts - 0.15).abs() < 0.05).float().mean().item() == pytest.approx(1 / 3, abs=0.08)


def test_training_minimises_the_error_that_the_recipe_names(few):
    for recipe in (quick(loss="bce"), quick()):
        first, *_, last = train(recipe, few)
        validation_images = datasets.to_float(few.split(16)[1])
        reconstructed = last.model.reconstruct(validation_images)
        error = {
            "bce": -(
                validation_images * reconstructed.log() + (1 - validation_images) * (1 - reconstructed).log()
            ).mean(),
            "mse": (validation_images - reconstructed).square().mean(),
        }[recipe.loss]
        assert last.validation_loss == pytest.approx(error.item(), rel=1e-4)
        assert last.training_loss < first.training_loss


@pytest.mark.parametrize("changes", [{"schedule": "constant"}, {"schedule": "one-cycle", "epochs": 5}, STALLED])
def test_the_learning_rate_is_that_of_the_epoch_s_last_step(few, steps, changes):
    recipe = quick(**changes)
    epochs = list(train(recipe, few))[1:]
    per_epoch = len(steps) // recipe.epochs
    assert [epoch.learning_rate for epoch in epochs] == steps[per_epoch - 1 :: per_epoch]


def test_schedules_change_the_learning_rate_as_their_names_say(few, steps):
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


def test_weight_decay_makes_weights_smaller(few):
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
def test_the_loss_falls_on_the_digits(digits, name):
    epochs, _ = run_through(preset(name, dataset="digits", epochs=4, code_size=8, device="cpu"), digits)
    losses = [epoch.validation_loss for epoch in epochs]
    assert losses[-1] < 0.55 * losses[0]
    assert losses[-1] == min(losses)
    assert epochs[-1].training_loss < epochs[1].training_loss


# -------------------------------------------------------------------------------------------------------- hard cases


@pytest.mark.parametrize(
    "changes",
    [DIVERGING, {"model": "vae", "optimiser": "sgd", "learning_rate": 1.0, "beta": 1000.0, "schedule": "constant"}],
)
def test_a_diverging_run_ends_with_a_message_and_its_last_finite_weights(few, changes):
    recipe = quick(**changes, epochs=6, batch_size=16)
    last = None
    with pytest.raises(FloatingPointError, match=r"no longer a finite number in epoch \d") as caught:
        for epoch in train(recipe, few):
            assert math.isfinite(epoch.training_loss)
            assert math.isfinite(epoch.validation_loss)
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


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("model", ["mlp4", "conv", "vae"])
def test_a_single_image_can_be_trained_on_and_another_measured(few, model):
    epochs = list(train(quick(model=model, validation_images=1), with_images(few, 2)))
    assert all(math.isfinite(epoch.training_loss) for epoch in epochs)


@pytest.mark.parametrize("device", ["cuda", "mps"])
def test_a_missing_device_is_refused_with_a_message(few, device):
    if getattr(torch, "cuda" if device == "cuda" else "mps").is_available():
        pytest.skip(f"this machine has {device}")
    with pytest.raises(RuntimeError, match=f"this machine has no device '{device}': choose auto or cpu"):
        next(train(quick(device=device), few))
