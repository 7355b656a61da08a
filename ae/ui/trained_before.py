"""Which recipes were trained already: training one again gives the same model once more."""

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from ae.recipe import Recipe
from ae.runs import queue
from ae.runs.folders import Run
from ae.ui import plain
from ae.ui.pick_runs import readable_runs
from ae.ui.run_labels import labels


def twins(recipes: Sequence[Recipe], runs: Sequence[Run]) -> list[Run]:
    """Return the newest finished run of each recipe, for the recipes that have one; only the device may differ."""
    found = []
    for recipe in recipes:
        same = (run for run in runs if replace(run.recipe, device=recipe.device) == recipe)
        found += [run for run in same if queue.state(run) == "finished"][:1]
    return found


def mention_twins(recipes: Sequence[Recipe]) -> None:
    """Show which of the recipes in the form were trained already, with links to those runs, if any."""
    runs = readable_runs()
    if not (found := twins(recipes, runs)):
        return
    if len(recipes) > 1:
        st.caption(f"Trained already: {len(found)} of {len(recipes)}.")
    names = labels(runs)
    with st.container(key="twins"):
        for run in found:
            st.page_link(
                "pages/train.py",
                label=f"{'Trained already: open' if len(recipes) == 1 else 'Open'} {plain(names[run.id])}",
                icon=":material/check_circle:",
                query_params={"run": run.id},
            )
