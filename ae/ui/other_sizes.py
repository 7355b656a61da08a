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
from ae.ui import address
from ae.ui.pick_runs import show_run
from ae.ui.trained_before import twin


def offer(run: Run, runs: Sequence[Run], *, main: bool) -> None:
    """Offer half and twice the bottleneck size of a finished run: a click opens the run of that recipe, or trains it.

    Args:
        run: the run; nothing is offered for an imported one.
        runs: all, to open one that has been trained already.
        main: whether the button that trains the larger new size is the page's main one; ``offer_new`` then has it on a
            phone, where ``frontend/frame.css`` hides it here.
    """
    if run.recipe.imported:
        return
    new = untrained(run.recipe, runs)
    for recipe in others(run.recipe):
        there = twin(recipe, runs)
        st.button(
            f"Try {names.units(recipe.code_size)}",
            key=f"size_{recipe.code_size}",
            type="primary" if main and recipe in new[-1:] else "secondary",
            icon=":material/arrow_forward:" if there else ":material/play_arrow:",
            on_click=ui.handler(partial(show_run, there.id) if there else partial(_train, recipe, run.preset)),
            help="Opens the run of the same recipe with that bottleneck size."
            if there
            else "Trains the same recipe with that bottleneck size.",
        )


def offer_new(recipe: Recipe, preset: str, runs: Sequence[Run], *, key: str, main: bool) -> bool:
    """Offer to train a recipe with twice or half its bottleneck size; return False if there are runs of both.

    Args:
        recipe: which has been trained.
        preset: of the new run.
        runs: all.
        key: of the button.
        main: whether it is a main button.
    """
    new = untrained(recipe, runs)
    if not new:
        return False
    st.button(
        f"Train with {names.units(new[-1].code_size)}",
        type="primary" if main else "secondary",
        icon=":material/play_arrow:",
        width="stretch",
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
