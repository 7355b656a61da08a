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


def make_scheduler(recipe: Recipe, optimiser: Optimizer, *, steps: int) -> LRScheduler | None:
    """Make the recipe's learning rate schedule over ``steps`` optimiser steps; None for a constant rate."""
    match recipe.schedule:
        case "plateau":
            return ReduceLROnPlateau(optimiser, "min")
        case "one-cycle":
            momentum = recipe.optimiser != "muon"  # its two parts have different ones
            return OneCycleLR(optimiser, recipe.learning_rate, total_steps=steps, cycle_momentum=momentum)
        case _:
            return None
