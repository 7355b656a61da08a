"""The sentence on Train that says what a finished run has come to."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ae.runs import queue, reading
from ae.runs.folders import Run
from ae.ui import cached, other_sizes, plain
from ae.ui.monitor import link_to_images
from ae.ui.run_labels import labels
from ae.ui.train_longer import train_longer

EVEN = 0.005
"""The share by which two errors may differ that are called equal."""


class Places(NamedTuple):
    """Where on the page a takeaway is shown."""

    beside: DeltaGenerator
    """Beside the run's name: the sizes to try next."""
    said: DeltaGenerator
    """The sentence."""
    below: DeltaGenerator
    """Below the pictures: the other ways to go on."""


def show_takeaway(run: Run, runs: Sequence[Run], states: Mapping[str, queue.State], places: Places) -> None:
    """Show how a finished run's test error compares with PCA and with the best other run of its size, and what next.

    Args:
        run: the run that is shown; nothing appears unless it has finished.
        runs: all, to compare it with those of the same dataset and bottleneck size.
        states: of all, by id.
        places: where to show it.
    """
    if states[run.id] != "finished":
        return
    best = None
    if (error := _error(run, states)) is not None:
        size, best = run.recipe.code_size, best_other(run, runs, states)
        pca = cached.principal_errors(run.recipe.dataset)
        parts = [against_pca(error, float(pca[size]), size)] if len(pca) > size else []
        if best:
            parts.append(against_best(error, best[1], plain(labels([run, best[0]])[best[0].id])))
        if parts:
            places.said.markdown(" ".join(parts))
        if not run.recipe.imported:
            with places.beside:
                other_sizes.offer(run, runs)
    with places.below:
        link_to_images(run)
        if best:
            st.page_link(
                "pages/compare.py",
                label="Compare with the best",
                icon=":material/compare_arrows:",
                query_params={"runs": f"{run.id},{best[0].id}"},
            )
        train_longer(run)


def best_other(run: Run, runs: Sequence[Run], states: Mapping[str, queue.State]) -> tuple[Run, float] | None:
    """Return the other finished run of the same dataset and bottleneck size with the least test error, and that."""
    found = (
        (error, each.id, each)
        for each in runs
        if each.id != run.id
        and (each.recipe.dataset, each.recipe.code_size) == (run.recipe.dataset, run.recipe.code_size)
        and (error := _error(each, states)) is not None
    )
    least = min(found, default=None)
    return (least[2], least[0]) if least else None


def _error(run: Run, states: Mapping[str, queue.State]) -> float | None:
    """Return a finished run's test MSE, if it was measured after its last epoch."""
    if states[run.id] != "finished":
        return None
    found = reading.read_metrics(run).get("test_mse")
    return float(found) if found else None


def against_pca(error: float, pca: float, size: int) -> str:
    """Compare a test error with that of PCA, the best linear method, in a sentence of Markdown."""
    linear = f"the best linear method with {size} number{'s' * (size != 1)}"
    if abs(error - pca) <= EVEN * pca:
        return f"Its error is **that of PCA**, {linear}."
    if error > pca:
        return f"Its error is **{error / pca - 1:.0%} above that of PCA**, {linear}."
    return f"Its error is **{1 - error / pca:.0%} below that of PCA**, {linear}."


def against_best(error: float, other: float, name: str) -> str:
    """Compare a test error with that of the best other run, in a sentence of Markdown."""
    if abs(error - other) <= EVEN * other:
        return f"{name}, the best other model of this size, is as good."
    if error < other:
        return f"It is **the best of this size**, {1 - error / other:.0%} below {name}."
    return f"The error of the best model of this size, {name}, is {1 - other / error:.0%} lower."
