"""Recipes of earlier versions: other names of settings, and values of settings that they lack. Imports no torch."""

from typing import Any

from ae.models.penalties import NONE

EARLIER_NAMES = {"held_out": "validation_images"}
"""Current names of settings, by their names in earlier versions."""

EARLIER_DEFAULTS: dict[str, Any] = {
    "model": "mlp4", "code_size": 8, "activation": "relu", "code_activation": "relu", "init": "pytorch",
    "dataset": "mnist", "validation_images": 0, "epochs": 50, "batch_size": 2048, "optimiser": "adam",
    "learning_rate": 1e-3, "schedule": "plateau", "weight_decay": 1e-5, "augmentation": 0.0, "loss": "mse",
    "noise": 0.0, "noise_levels": "fixed", "beta": 0.0, "seed": 0, "precision": "auto", "device": "auto",
    "restarts": (), "top_k": 0, "codebook_size": 256, "penalty": NONE, "penalty_weight": 0.0, "target_activity": 0.05,
}  # fmt: skip
"""Values of the settings that a recipe of an earlier version lacks: those of the preset lab."""

LATER = ("top_k", "codebook_size", "penalty", "penalty_weight", "target_activity")
"""Settings that came later, and have no effect in most recipes; those recipes are written as before."""
