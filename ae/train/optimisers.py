"""The optimisers and learning rate schedules by name."""

from typing import Any

import torch
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler, OneCycleLR, ReduceLROnPlateau

from ae.models.base import Autoencoder
from ae.recipe import Recipe
from ae.train.uncompiled import uncompiled


def make_optimiser(recipe: Recipe, model: Autoencoder) -> Optimizer:
    """Return the recipe's optimiser for a model's parameters."""
    if recipe.optimiser == "muon":
        from ae.train.muon import MuonAndAdamW

        return MuonAndAdamW(model, lr=recipe.learning_rate, weight_decay=recipe.weight_decay)
    kinds: dict[str, Any] = {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW, "sgd": torch.optim.SGD}
    extra = {"momentum": 0.9} if recipe.optimiser == "sgd" else {}
    rates = {"lr": recipe.learning_rate, "weight_decay": recipe.weight_decay}
    optimiser: Optimizer = uncompiled(kinds[recipe.optimiser])(model.parameters(), **rates, fused=True, **extra)
    return optimiser


def make_scheduler(recipe: Recipe, optimiser: Optimizer, *, epoch: int, batches: int) -> LRScheduler | None:
    """Return the recipe's learning rate schedule, or None for a constant rate.

    Args:
        recipe: defines the schedule.
        optimiser: the schedule sets its learning rate and leaves its moments unchanged.
        epoch: the epoch to train next; a one-cycle schedule spans the cycle that contains it.
        batches: optimiser steps per epoch.
    """
    match recipe.schedule:
        case "plateau":
            return ReduceLROnPlateau(optimiser, "min")
        case "one-cycle":
            start, end = next(cycle for cycle in recipe.cycles if epoch <= cycle[1])
            momentum = recipe.optimiser != "muon"  # its two parts have different momenta
            steps = (end - start) * batches
            return OneCycleLR(optimiser, recipe.learning_rate, total_steps=steps, cycle_momentum=momentum)
        case _:
            return None
