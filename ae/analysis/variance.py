"""Analysis of variance: how much of the differences between runs each setting explains."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np


class Explained(NamedTuple):
    """Shares of the sum of squares of all differences from the mean, which add up to 1."""

    factors: dict[str, float]
    """By factor, that of its main effect."""
    together: float
    """That of the factors' interactions: what combinations do beyond the sum of their main effects."""
    within: float
    """That within combinations, as between seeds."""


def explained(values: Sequence[float], factors: Mapping[str, Sequence[object]]) -> Explained | None:
    """Return the share of the variance that each factor explains, by analysis of variance on a balanced design.

    A factor's share is its main effect's sum of squares over the total one (η², Fisher 1925). In a balanced design,
    where each combination of the factors' levels has as many values, the shares are independent and add up to 1.

    Args:
        values: n numbers.
        factors: by name, the level of each of the n.

    Returns:
        the shares; None if the design is not balanced, or all values are equal.
    """
    y = np.asarray(values, float)  # (n,)
    if len(y) < 2 or not factors or not np.isfinite(y).all():
        return None
    levels = {name: np.unique([str(level) for level in each], return_inverse=True)[1] for name, each in factors.items()}
    sizes = [int(codes.max()) + 1 for codes in levels.values()]
    cells = np.ravel_multi_index(tuple(levels.values()), sizes)  # (n,)
    counts = np.bincount(cells, minlength=int(np.prod(sizes)))
    total = float(((y - y.mean()) ** 2).sum())
    if len(set(counts.tolist())) != 1 or total <= 0:
        return None
    main = {name: _between(y, codes) / total for name, codes in levels.items()}
    combined = _between(y, cells) / total
    return Explained(main, max(combined - sum(main.values()), 0.0), max(1 - combined, 0.0))


def _between(y: np.ndarray, groups: np.ndarray) -> float:
    """Return the sum of squares between groups, of numbers (n,) with the group of each (n,)."""
    counts = np.bincount(groups)
    means = np.bincount(groups, weights=y) / np.maximum(counts, 1)
    return float((counts * (means - y.mean()) ** 2).sum())
