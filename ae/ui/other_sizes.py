"""The button on Train that trains the recipe of a finished run with a wider or a narrower bottleneck."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Literal

import streamlit as st

from ae import ui
from ae.presets import PRESETS
from ae.recipe import Recipe
from ae.runs import folders, names, queue
from ae.runs.folders import Run
from ae.ui import address
from ae.ui.pick_runs import show_run
from ae.ui.trained_before import twin


def offer(
    recipe: Recipe, preset: str, runs: Sequence[Run], *, key: str, main: bool, width: Literal["content", "stretch"]
) -> bool:
    """Offer to train a recipe with twice or else half its bottleneck size; return False if there are runs of both.

    Args:
        recipe: which has been trained.
        preset: of the new run.
        runs: all.
        key: of the button.
        main: whether it is the page's main button.
        width: of the button.
    """
    new = untrained(recipe, runs)
    if not new:
        return False
    st.button(
        f"Train with {names.units(new[-1].code_size)}",
        type="primary" if main else "secondary",
        icon=":material/play_arrow:",
        width=width,
        key=key,
        on_click=ui.handler(partial(_train, new[-1], preset)),
        help="Trains the same recipe with that bottleneck size.",
    )
    return True


def untrained(recipe: Recipe, runs: Sequence[Run]) -> list[Recipe]:
    """Return those of ``others`` of which there is no finished run."""
    return [each for each in others(recipe) if not twin(each, runs)]


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
    address.drop("runs", "sweep", "epoch")
    show_run(new.id)
