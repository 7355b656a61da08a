"""Presets: recipes with a name, as data, and how they are adapted to other datasets.

Imports ``models``, ``data`` and ``recipe``. To add a preset, add an entry to ``catalogue.py``.
"""

from dataclasses import asdict, fields
from typing import Any

from ae.data.sources import find
from ae.presets.catalogue import PRESETS, Preset
from ae.presets.fitting import CALM, fitted
from ae.recipe import Recipe

__all__ = ["CALM", "PRESETS", "Preset", "changed", "fitted", "preset"]


def preset(name: str, **changes: Any) -> Recipe:  # noqa: ANN401
    """Return a preset's recipe with some settings changed.

    For another dataset than MNIST, and for noise, the preset is adapted (see ``fitted``), except for the settings in
    ``changes``.

    Raises:
        ValueError: the preset or a setting is unknown, or a value is not allowed.
    """
    if name not in PRESETS:
        raise ValueError(f"unknown preset {name!r}: choose from {', '.join(PRESETS)}")
    known = {f.name for f in fields(Recipe)}
    for key in changes:
        if key not in known:
            raise ValueError(f"unknown setting {key!r}: choose from {', '.join(sorted(known))}")
    recipe = PRESETS[name].recipe
    own = fitted(recipe, changes.get("dataset", recipe.dataset), changes.get("noise"))
    return Recipe(**{**asdict(own), **changes})


def changed(recipe: Recipe, preset: str) -> dict[str, Any]:
    """Return the settings that differ from the preset's, apart from bottleneck size, dataset, seed and device."""
    free = ["code_size", "seed", "precision", "device"]
    if not find(recipe.dataset).training_images:  # whether these differ depends on the number of images
        free += ["validation_images", "batch_size"]
    own = asdict(fitted(PRESETS[preset].recipe, recipe.dataset, recipe.noise))
    return {key: value for key, value in asdict(recipe).items() if key not in free and value != own[key]}
