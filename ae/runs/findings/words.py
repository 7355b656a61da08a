"""Measured figures in words: a mean with its spread, and whether two groups of runs differ."""

from collections.abc import Mapping

import pandas as pd

from ae.presets import PRESETS, preset
from ae.recipe import Recipe

EPOCHS = 3
"""Epochs of the runs that several questions share."""

FAST = PRESETS["fast"]

SHARED = f"the preset {FAST.title}, trained for {EPOCHS} epochs"

SHORT = f"{SHARED} instead of its {FAST.recipe.epochs}"
"""The same where its shipped run, which is trained for longer, may be compared."""


def shared(dataset: str) -> Recipe:
    """Return the recipe of the runs that several questions share."""
    return preset("fast", dataset=dataset, epochs=EPOCHS)


def mean(values: pd.Series, form: str = ".4f") -> str:
    """Return the mean of some values, with their standard deviation if there are several and it can be seen."""
    count = len(values)
    middle, spread = (f"{value:{form}}" for value in (values.mean(), values.std(ddof=1) if count > 1 else 0.0))
    return middle if count < 2 or not float(spread.rstrip("%")) else f"{middle} ± {spread}"


def count(values: pd.Series) -> str:
    """Return the mean of some whole numbers, without decimals if all are the same."""
    return f"{values.iloc[0]:g}" if values.nunique() == 1 else mean(values, ".1f")


def order(one: pd.Series, other: pd.Series) -> int:
    """Return -1 if all values of the one are below all of the other, 1 if they are above, and 0 if they overlap."""
    if one.max() < other.min():
        return -1
    return int(one.min() > other.max())


def best(groups: Mapping[int, pd.Series]) -> list[int]:
    """Return the keys of the groups, in order, that are not below the one with the highest mean, by ``order``."""
    top = max(groups, key=lambda key: groups[key].mean())
    return [key for key in sorted(groups) if order(groups[key], groups[top]) >= 0]


def seeds(rows: pd.DataFrame) -> str:
    """Return how many seeds some rows come from, as in "5 seeds"."""
    count = rows["seed"].nunique()
    return f"{count} seed{'s' if count != 1 else ''}"


def change(share: float, form: str = ".1%") -> str:
    """Return a relative change with its sign, as in "−3.6%"; no change has none."""
    text = f"{share:+{form}}".replace("-", "−")
    return text if float(text.lstrip("+−").rstrip("%")) else text.lstrip("+−")
