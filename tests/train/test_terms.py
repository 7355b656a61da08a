"""The terms of a loss are recorded and add up; without any, training is what it was before there were any."""

import dataclasses
import math

import pytest
import torch
import torch.nn.functional as F
from tiny import quick, run_through, same

from ae.data import datasets
from ae.models.losses import kl_divergence
from ae.presets import preset
from ae.recipe import Recipe
from ae.train.device import reproducible
from ae.train.loop import fresh_model, train
from ae.train.optimisers import make_optimiser, make_scheduler

KINDS = {
    "l1": {"penalty": "l1", "penalty_weight": 0.5},
    "kl-sparse": {"penalty": "kl-sparse", "penalty_weight": 2.0, "code_activation": "sigmoid"},
    "contractive": {"penalty": "contractive", "penalty_weight": 0.5},
    "mmd": {"penalty": "mmd", "penalty_weight": 10.0},
    "k-sparse": {"code_activation": "top-k", "top_k": 2},
    "vq": {"model": "vq", "codebook_size": 16},
    "vae": {"model": "vae", "beta": 2.0},
}
every_kind = pytest.mark.parametrize("kind", KINDS)


def of_kind(kind, **changes):
    return quick(**KINDS[kind], epochs=3, learning_rate=4e-3, schedule="constant", **changes)


@every_kind
def test_the_recorded_error_is_that_of_the_reconstructions_and_the_rest_is_the_term(few, kind):
    recipe = of_kind(kind)
    images = datasets.to_float(few.split(recipe.validation_images)[1])
    for epoch in train(recipe, few):
        errors = (epoch.training_error, epoch.monitored_error)
        if not recipe.term:
            assert errors == (None, None)
            continue
        assert all(math.isfinite(error) for error in errors)
        assert epoch.training_error < epoch.training_loss or kind == "mmd"
        if kind != "vae":  # which samples its reconstruction
            exact = (epoch.model.reconstruct(images) - images).square().mean().item()
            assert epoch.monitored_error == pytest.approx(exact, rel=1e-4)
        assert abs(epoch.monitored_loss - epoch.monitored_error) > 1e-7


@every_kind
def test_each_kind_learns_and_is_the_same_again_if_it_is_stopped_after_every_epoch(few, kind):
    recipe = of_kind(kind, noise=0.1)
    epochs, weights = run_through(recipe, few)
    first, last = (epoch.monitored_error or epoch.monitored_loss for epoch in (epochs[0], epochs[-1]))
    assert last < 0.9 * first
    state, pieces = None, []
    for _ in range(recipe.epochs + 1):
        pieces.append(next(train(recipe, few, state=state)))
        state = {**pieces[-1].state(), "model": {k: v.clone() for k, v in pieces[-1].model.state_dict().items()}}
    assert pieces == epochs
    assert same(state["model"], weights)


def plainly(recipe, dataset):
    """Train as the first version did, without penalties or terms; return the batch losses and the weights."""
    images, _ = dataset.split(recipe.validation_images)
    model = fresh_model(recipe)
    optimiser = make_optimiser(recipe, model)
    batches = math.ceil(len(images) / recipe.batch_size)
    scheduler = make_scheduler(recipe, optimiser, epoch=1, batches=batches)
    losses = []
    for number in range(1, recipe.epochs + 1):
        with reproducible(recipe.seed, number, torch.device("cpu")):
            for chosen in torch.randperm(len(images)).split(recipe.batch_size):
                x = datasets.to_float(images.index_select(0, chosen))
                optimiser.zero_grad()
                if recipe.model == "vae":
                    reconstructed, mu, log_var = model(x)
                    kl = kl_divergence(mu, log_var).sum(1).mean()
                    loss = F.mse_loss(reconstructed, x.flatten(1)) + recipe.beta / reconstructed.shape[1] * kl
                else:
                    loss = F.mse_loss(model.decode(model.encode(x)).reshape(x.shape), x)
                loss.backward()
                optimiser.step()
                scheduler.step()
                losses.append(loss.item())
    return losses, model.state_dict()


@pytest.mark.parametrize("changes", [{}, {"model": "conv"}, {"model": "vae", "beta": 1.0}, {"model": "vae"}])
def test_a_recipe_without_a_penalty_is_trained_as_before_bit_for_bit(few, changes):
    recipe = preset("fast", dataset="digits", epochs=2, precision="fp32", device="cpu", **changes)
    recipe = dataclasses.replace(recipe, validation_images=16)
    epochs, weights = run_through(recipe, few)
    losses, expected = plainly(recipe, few)
    assert [loss for epoch in epochs for loss in epoch.batch_losses] == losses
    assert same(weights, expected)


def test_a_penalty_that_weighs_next_to_nothing_changes_next_to_nothing(few):
    plain, _ = run_through(quick(), few)
    light, _ = run_through(quick(penalty="l1", penalty_weight=1e-9), few)
    assert [each.monitored_error for each in light] == pytest.approx([each.monitored_loss for each in plain], rel=1e-3)


def test_an_earlier_recipe_has_no_penalty():
    assert Recipe.from_dict({}).term == ""
