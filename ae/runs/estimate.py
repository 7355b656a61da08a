"""How long training will take, by what was measured on this machine."""

import math
from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

from ae.recipe import Recipe
from ae.runs import reading
from ae.runs.folders import Run
from ae.runs.reading import Line

RECENT = 5
"""Epochs whose mean is a run's pace."""

SAMPLE = 20
"""The most runs that are read for an estimate."""

TIMED_SECONDS = 5.0
"""After so long, an epoch that is timed is given up, and the rest of it reckoned."""

_FREE = (
    *("code_size", "epochs", "seed", "learning_rate", "weight_decay", "schedule", "code_activation", "top_k"),
    *("penalty_weight", "target_activity", "init", "device", "restarts"),
)
"""Settings that change the duration of an epoch little."""


def pace(history: Sequence[Line]) -> float:
    """Return the seconds that an epoch of a run takes, by its last epochs; NaN while that is not known."""
    recent = [line.seconds for line in history[-RECENT:] if line.epoch]
    return sum(recent) / len(recent) if recent else math.nan


def seconds_left(active: Sequence[Run], histories: Mapping[Run, Sequence[Line]], workers: int = 1) -> float:
    """Return the seconds that training will take; NaN while that is not known.

    Args:
        active: the runs that are to be trained, or are in training.
        histories: of these and others; a run that has not begun is expected to take as long for an epoch as they do.
        workers: how many are trained at the same time.
    """
    paces = {run: each for run, history in histories.items() if not math.isnan(each := pace(history))}
    usual = sum(paces.values()) / len(paces) if paces else math.nan
    done = {run: histories[run][-1].epoch if histories[run] else 0 for run in active}
    return sum((run.recipe.epochs - done[run]) * paces.get(run, usual) for run in active) / workers


def measured(recipes: Sequence[Recipe], runs: Sequence[Run], *, threads: int) -> float:
    """Return the seconds that training will take in all, one run after another; NaN if nothing alike was measured.

    Args:
        recipes: what is to be trained.
        runs: those that there are, newest first; shipped ones were trained elsewhere, and are left out.
        threads: that each run will have; runs that had another number of threads do not count. 0: any number.
    """
    wanted = {recipe.apart_from(*_FREE) for recipe in recipes}
    paces: dict[tuple[tuple[str, Any], ...], list[float]] = {kind: [] for kind in wanted}
    for run in runs:
        kind = run.recipe.apart_from(*_FREE)
        if run.shipped or run.recipe.imported or kind not in wanted or len(paces[kind]) >= SAMPLE:
            continue
        if threads and reading.read_threads(run) != threads:
            continue
        each = pace(reading.read_history(run))
        paces[kind] += [] if math.isnan(each) else [each]
    usual = {kind: median(each) for kind, each in paces.items() if each}
    return sum(recipe.epochs * usual.get(recipe.apart_from(*_FREE), math.nan) for recipe in recipes)


def timed(recipe: Recipe, *, threads: int) -> float:
    """Train a recipe for an epoch, or for ``TIMED_SECONDS`` of one; return the seconds that an epoch takes.

    Args:
        recipe: the recipe; its dataset is on this machine.
        threads: to use; 0 for the usual number.

    Raises:
        RuntimeError, OSError: as in ``ae.train.loop.train``.
    """
    import time

    import torch

    from ae.data import datasets
    from ae.train.loop import train

    dataset = datasets.load(recipe.dataset)
    batches = math.ceil(len(dataset.split(recipe.validation_images)[0]) / recipe.batch_size)
    usual, begun, count = torch.get_num_threads(), 0.0, 0

    def late() -> bool:
        nonlocal begun, count
        begun = begun or time.perf_counter()
        count += 1
        return time.perf_counter() - begun > TIMED_SECONDS and count > 1

    torch.set_num_threads(threads or usual)
    try:
        for epoch in train(recipe, dataset, stop=late):
            if epoch.number == 1:
                return epoch.seconds
    finally:
        torch.set_num_threads(usual)
    return (time.perf_counter() - begun) / max(count - 1, 1) * batches
