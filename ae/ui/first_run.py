"""A first run, trained with one click."""

import streamlit as st

from ae import ui
from ae.data import sources
from ae.presets import preset
from ae.runs import folders, queue


def dataset() -> str:
    """Return the dataset to train on: MNIST if it is here, otherwise one that needs no download."""
    return "mnist" if sources.is_here("mnist") else "digits"


def start() -> None:
    """Train the preset fast; ``follow`` then opens the Train screen. If that fails, ``ui.show_notice`` says why."""
    recipe = preset("fast", dataset=dataset())
    if ui.try_to(lambda: queue.start(folders.create(recipe, preset="fast"))):
        st.session_state["goto"] = "pages/train.py"


def follow() -> None:
    """Open the screen that a click asked for, if one did."""
    if goto := st.session_state.pop("goto", None):
        st.switch_page(goto)
