"""The optimisers and learning rate schedules by name."""

import torch
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler, OneCycleLR, ReduceLROnPlateau

from ae.models.base import Autoencoder
from ae.recipe import Recipe
from ae.train.uncompiled import uncompiled


def make_optimiser(recipe: Recipe, model: Autoencoder) -> Optimizer:
    """Make the recipe's optimiser for a model."""
    if recipe.optimiser == "muon":
        from ae.train.muon import MuonAndAdamW

        return MuonAndAdamW(model, lr=recipe.learning_rate, weight_decay=recipe.weight_decay)
    kind = {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW, "sgd": torch.optim.SGD}[recipe.optimiser]
    extra = {"momentum": 0.9} if recipe.optimiser == "sgd" else {}
    return uncompiled(kind)(
        model.parameters(), lr=recipe.learning_rate, weight_decay=recipe.weight_decay, fused=True, **extra
    )


def make_scheduler(recipe: Recipe, optimiser: Optimizer, *, epoch: int, batches: int) -> LRScheduler | None:
    """Return the recipe's learning rate schedule, or None for a constant rate.

    Args:
        recipe: whose schedule.
        optimiser: whose rate it sets; its moments stay as they are.
        epoch: which epoch it is for: a one-cycle schedule is that of the cycle that the epoch lies in.
        batches: optimiser steps per epoch.
    """
    match recipe.schedule:
        case "plateau":
            return ReduceLROnPlateau(optimiser, "min")
        case "one-cycle":
            start, end = next(cycle for cycle in recipe.cycles if epoch <= cycle[1])
            momentum = recipe.optimiser != "muon"  # its two parts have different ones
            steps = (end - start) * batches
            return OneCycleLR(optimiser, recipe.learning_rate, total_steps=steps, cycle_momentum=momentum)
        case _:
            return None
