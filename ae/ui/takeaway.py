"""What a finished run on Train has come to, in a sentence, and the ways to go on from it."""

from collections.abc import Mapping, Sequence

import streamlit as st

from ae.runs import queue, reading
from ae.runs.folders import Run
from ae.ui import cached, other_sizes, plain
from ae.ui.monitor import link_to_images
from ae.ui.replaying import replay_files
from ae.ui.run_labels import labels
from ae.ui.train_longer import train_longer

EVEN = 0.005
"""The share by which two errors may differ that are called equal."""


def verdict(run: Run, runs: Sequence[Run], states: Mapping[str, queue.State]) -> None:
    """Show how a finished run's test error compares with PCA and with the best other run of its size.

    Args:
        run: the run that is shown; nothing appears unless it has finished.
        runs: all, to compare it with those of the same dataset and bottleneck size.
        states: of all, by id.
    """
    if (error := _error(run, states)) is None:
        return
    size, known = run.recipe.code_size, cached.knows_principal(run.recipe.dataset)
    pca = cached.principal_errors(run.recipe.dataset)
    if len(pca) and not known:
        st.rerun()  # so that the curve has its line as well
    parts = [against_pca(error, float(pca[size]), size)] if len(pca) > size else []
    if (best := best_other(run, runs, states)) and not _lower(error, best[1]):  # or the link to it says so
        name = plain(labels([run, best[0]])[best[0].id])
        parts.append(against_best(error, best[1], name))
    if parts:
        st.markdown(" ".join(parts))


def next_steps(run: Run, runs: Sequence[Run], states: Mapping[str, queue.State], *, main: bool = False) -> None:
    """Offer the ways to go on from a run that is not training in one group; arguments as above.

    Args:
        run: the run that is shown.
        runs: all.
        states: of all, by id.
        main: whether to train the next size is the page's main button.
    """
    if states[run.id] in queue.ACTIVE:
        return
    with st.container(horizontal=True, gap="small", key="next_steps"):
        if states[run.id] == "finished" or cached.history(run):
            link_to_images(run)
        if states[run.id] == "finished":
            if best := best_other(run, runs, states):
                st.page_link(
                    "pages/compare.py",
                    label=f"Compare with the best{_lower(_error(run, states), best[1])}",
                    icon=":material/compare_arrows:",
                    query_params={"runs": f"{run.id},{best[0].id}"},
                )
            if not run.recipe.imported:  # on a phone, where it is the main button, the bar at the bottom has it instead
                other_sizes.offer(run.recipe, run.preset, runs, key="next_size", main=main, width="content")
            train_longer(run)
        replay_files(run, framed=True)


def _lower(error: float | None, other: float) -> str:
    """Return how much less error the best other run has, as in ": 37% less error"; empty if it is no less."""
    return f": {1 - other / error:.0%} less error" if error and error - other > EVEN * other else ""


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
    """Compare a test error with that of PCA, the best linear autoencoder, in a sentence of Markdown."""
    linear = f"the best linear autoencoder with {size} unit{'s' * (size != 1)}"
    if abs(error - pca) <= EVEN * pca:
        return f"**As much error as PCA**, {linear}."
    if error > pca:
        return f"**{error / pca - 1:.0%} more error than PCA**, {linear}."
    return f"**{1 - error / pca:.0%} less error than PCA**, {linear}."


def against_best(error: float, other: float, name: str) -> str:
    """Compare a test error with that of the best other run, which is no lower, in a sentence of Markdown."""
    if abs(error - other) <= EVEN * other:
        return f"{name}, the best other model of this size, is as good."
    return f"**The best run of this size:** {1 - error / other:.0%} less error than {name}."
