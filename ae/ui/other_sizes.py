"""The buttons on Train that try the recipe of a finished run with a narrower or a wider bottleneck."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import streamlit as st

from ae import ui
from ae.presets import PRESETS
from ae.recipe import Recipe
from ae.runs import folders, names, queue
from ae.runs.folders import Run
from ae.ui.pick_runs import show_run
from ae.ui.trained_before import twin


def offer(run: Run, runs: Sequence[Run]) -> None:
    """Offer half and twice the bottleneck size of a finished run: a click opens the run of that recipe, or trains it.

    Args:
        run: the run; nothing is offered for an imported one.
        runs: all, to open one that has been trained already.
    """
    if run.recipe.imported:
        return
    for recipe in others(run.recipe):
        there = twin(recipe, runs)
        st.button(
            f"Try {names.units(recipe.code_size)}",
            key=f"size_{recipe.code_size}",
            icon=":material/arrow_forward:" if there else ":material/play_arrow:",
            on_click=ui.handler(partial(show_run, there.id) if there else partial(_train, recipe, run.preset)),
            help="Opens the run of the same recipe with that bottleneck size."
            if there
            else "Trains the same recipe with that bottleneck size.",
        )


def others(recipe: Recipe) -> list[Recipe]:
    """Return a recipe with half and with twice its bottleneck size, as far as they are allowed."""
    found = []
    for size in (recipe.code_size // 2, 2 * recipe.code_size):
        try:
            found.append(replace(recipe, code_size=size, restarts=()))
        except ValueError:  # below 1, or more than the image has values
            continue
    return found


def _train(recipe: Recipe, preset: str) -> None:
    queue.check_room(1)
    new = folders.create(recipe, preset=preset if preset in PRESETS else "")
    queue.start(new)
    show_run(new.id)
