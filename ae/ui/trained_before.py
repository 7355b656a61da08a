"""Whether a recipe was trained already: training it again gives the same model once more."""

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from ae.recipe import Recipe
from ae.runs import queue
from ae.runs.folders import Run


def twin(recipe: Recipe, runs: Sequence[Run]) -> Run | None:
    """Return the newest finished run of a recipe, if there is one; only the device may differ."""
    same = (run for run in runs if replace(run.recipe, device=recipe.device) == recipe)
    return next((run for run in same if queue.state(run) == "finished"), None)


def mention_twin(recipe: Recipe, runs: Sequence[Run], shown: Run | None) -> bool:
    """Show a link to the run of the recipe in the form, if it was trained already; return whether it was.

    Args:
        recipe: of the form.
        runs: all.
        shown: the run on the page; no link leads to it.
    """
    if (run := twin(recipe, runs)) and run != shown:
        with st.container(key="twins"):
            st.page_link(
                "pages/train.py",
                label="Trained already: open it",
                icon=":material/check_circle:",
                query_params={"run": run.id},
            )
    return run is not None
