"""Where a question of Findings can be tried: a screen with the runs for it, and the settings that it found best."""

import urllib.parse

import streamlit as st

from ae.recipe import Recipe
from ae.runs.folders import Run
from ae.ui.pick_runs import finished_here, readable_runs
from ae.ui.recipe_form import bring

TO_TRY = {
    "inactive-units": ("latent_space", "See inactive units", "run=shipped-lab-z8&view=Health"),
    "denoising": ("denoise", "Move the noise yourself", ""),
    "epochs": ("train", "Watch such a run", "run=shipped-lab-xavier-z8"),
    "width": ("train", "Train one", ""),
    "dimensions": (
        "compare",
        "Compare three sizes of Best, trained for 60 epochs",
        "runs=shipped-best-z2,shipped-best-z8,shipped-best-z16",
    ),
    "interpolation": ("interpolate", "Walk between two digits", ""),
    "ingredients": ("compare", "Compare the presets", "runs=shipped-lab-z8,shipped-fast-z8,shipped-best-z8"),
    "family": ("latent_space", "Sample a variational one", "run=shipped-vae-z2&view=Samples"),
}
"""For each question, the screen on which to try it, the label of the link, and the address's query."""


def runs_to_try(name: str) -> list[Run]:
    """Return the runs with which a question can be tried, which may be none; empty if one of them is not here."""
    query = dict(urllib.parse.parse_qsl(TO_TRY[name][2])) if name in TO_TRY else {}
    ids = set(filter(None, query.get("runs", query.get("run", "")).split(",")))
    here = finished_here([run for run in readable_runs() if run.id in ids]) if ids else []
    return here if len(here) == len(ids) else []


def try_it(name: str) -> None:
    """Show the link to where a question can be tried, unless its runs are not here."""
    page, label, query = TO_TRY[name]
    if query and not runs_to_try(name):
        return
    st.page_link(
        f"pages/{page}.py",
        label=label,
        icon=":material/touch_app:",
        query_params=dict(urllib.parse.parse_qsl(query)),
    )


def train_it(recipe: Recipe) -> None:
    """Show the main button that opens Train with the settings that a question found best."""
    clicked = st.button(
        "Train the best settings",
        key="train_found",
        type="primary",
        icon=":material/play_arrow:",
        help="Opens Train with the settings of the best measured runs in its form.",
    )
    if clicked:
        bring(recipe, "fast")
        st.switch_page("pages/train.py")
