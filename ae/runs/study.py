"""Which runs to compare first, and what to notice about them."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ae.runs import comparison
from ae.runs.folders import Run

SIZES = (2, 8, 16)
"""The bottleneck sizes of a study, where a recipe has been trained with all of them."""

EVEN = 0.005
"""The share by which two errors may differ that are called equal."""


class Finding(NamedTuple):
    """What to notice about models: the point in one sentence, and what belongs to it, which may be empty."""

    point: str
    more: str = ""


def families(runs: Sequence[Run]) -> list[dict[int, Run]]:
    """Return runs that differ only in bottleneck size, as one run for each size, the first; largest families first."""
    found: dict[object, dict[int, Run]] = {}
    for run in runs:
        if run.recipe.imported:
            continue
        alike = run.recipe.apart_from("code_size", "seed", "precision", "device")
        found.setdefault(alike, {}).setdefault(run.recipe.code_size, run)
    return sorted(found.values(), key=lambda family: -len(family))


def bottleneck_study(runs: Sequence[Run], current: Run | None = None) -> list[Run]:
    """Return up to three runs of one recipe with different bottleneck sizes, in order of size; [] if there are none.

    Args:
        runs: to choose from.
        current: a run whose family is preferred; then shipped ones with all of ``SIZES``, then the largest.
    """
    several = [family for family in families(runs) if len(family) > 1]

    def rank(family: dict[int, Run]) -> tuple[bool, bool]:
        complete = all(size in family and family[size].shipped for size in SIZES)
        return current not in family.values(), not complete

    if not several:
        return []
    family = min(several, key=rank)
    sizes = sorted(family)
    chosen = set(SIZES) if set(SIZES) <= set(sizes) else {sizes[0], sizes[len(sizes) // 2], sizes[-1]}
    if current and current in family.values():
        chosen.add(current.recipe.code_size)
    return [family[size] for size in sorted(chosen)]


def to_compare(runs: Sequence[Run], current: Run | None) -> list[Run]:
    """Return the runs that Compare shows at first: a bottleneck study, and the current run if a person trained it.

    Args:
        runs: finished, of datasets that are on this machine.
        current: the run of the last page, if any.
    """
    found = bottleneck_study(runs, current)
    if found and current and current in runs and current not in found and not current.shipped:
        return [*found, current] if current.recipe.dataset == found[0].recipe.dataset else []
    return found


def finding(
    names: Mapping[Run, str],
    errors: Mapping[Run, float],
    pca: Sequence[float],
    recognised: Mapping[Run, float] | None = None,
) -> Finding:
    """Return what to notice about models, without technical terms.

    Args:
        names: of the models shown, at least one, all of one dataset.
        errors: their test MSE.
        pca: the test MSE of PCA for bottleneck sizes 0, 1, 2, ...; empty if unknown.
        recognised: the share of the test images that is recognised after each model; None if it is not known of all.
    """
    runs = sorted(names, key=lambda run: (run.recipe.code_size, errors[run]))
    first, last = runs[0], runs[-1]
    sizes = [run.recipe.code_size for run in runs]
    if len(runs) == 1:
        point = f"{names[first]} encodes each image in {sizes[0]} number{'s' * (sizes[0] != 1)}."
        if len(pca) > sizes[0] and pca[sizes[0]]:
            point = (
                f"{names[first]}: {_less(errors[first] / pca[sizes[0]])} PCA, the best linear autoencoder of its size."
            )
        return Finding(point, f"Test digits recognised: {recognised[first]:.1%}." if recognised else "")
    alike = len({comparison.recipe_label(run) for run in runs}) == 1
    if alike and sizes[0] != sizes[-1] and errors[last] < errors[first] * (1 - EVEN):
        point = f"From {sizes[0]} to {sizes[-1]} units: {1 - errors[last] / errors[first]:.0%} less error."
        if not recognised:
            return Finding(point)
        start, end = (f"{recognised[run]:.1%}" for run in (first, last))
        if start == end:
            return Finding(point, f"Test digits recognised: {start} with both.")
        how = "rise" if recognised[first] < recognised[last] else "fall"
        return Finding(point, f"Test digits recognised {how} from {start} to {end}.")
    low, high = (choose(runs, key=lambda run: errors[run]) for choose in (min, max))
    where = f"With {sizes[0]} unit{'s' * (sizes[0] != 1)} each, " if sizes[0] == sizes[-1] else ""
    lower = 1 - errors[low] / errors[high] if errors[high] else 0.0
    if lower < EVEN:
        return Finding(f"{where}{names[low]} and {names[high]} come equally close to the originals.")
    return Finding(
        f"{where}{names[low]} comes closest to the originals:",
        f"{lower:.0%} less error than {names[high]}.",
    )


def _less(share: float) -> str:
    """Return how an error compares with another, of which it is a share, as in "20% less error than"."""
    if abs(1 - share) < EVEN:
        return "as much error as"
    return f"{abs(1 - share):.0%} {'less' if share < 1 else 'more'} error than"
