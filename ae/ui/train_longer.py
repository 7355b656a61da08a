"""The control that trains a finished run for more epochs."""

import streamlit as st

from ae import ui
from ae.recipe import SETTINGS
from ae.runs import filenames, queue
from ae.runs.folders import Run
from ae.runs.longer import schedule_when_longer

MOST_EPOCHS = int(SETTINGS["epochs"].metadata["most"])


def train_longer(run: Run) -> None:
    """Show the control for a finished run, or why training can't go on."""
    with st.popover(
        "Train longer", icon=":material/more_time:", help="Add epochs to this run. Its history so far is kept."
    ):
        if reason := why_not(run):
            st.markdown(reason)
        else:
            _choose_epochs(run)


def why_not(run: Run) -> str:
    """Return why a finished run can't be trained longer; empty if it can."""
    if run.recipe.imported:
        return "This model was imported: how it was trained is not known, so training can't go on from here."
    if run.shipped:
        return "Models included with the project are protected. Train your own run from the same preset instead."
    if not (run.path / filenames.STATE).exists():
        return "The state of the optimiser was not kept, so training can't go on from here."
    if run.recipe.epochs >= MOST_EPOCHS:
        return f"This run has {MOST_EPOCHS:,} epochs, which is the limit."
    return ""


def _choose_epochs(run: Run) -> None:
    done = run.recipe.epochs
    key = f"more-{run.id}-{done}"

    def extend() -> None:
        """Queue the epochs that the field asks for, which may be newer than the page with the button."""
        queue.extend(run, done + int(st.session_state[key]))

    more = st.number_input(
        "More epochs",
        1,
        MOST_EPOCHS - done,
        min(done, MOST_EPOCHS - done),
        key=key,
        help=f"The number of epochs to add to the {done:,} already trained.",
    )
    epochs = done + int(more)
    st.caption(schedule_when_longer(run.recipe, epochs))
    st.button(
        f"Train to epoch {epochs:,}",
        type="primary",
        icon=":material/play_arrow:",
        key="longer",
        on_click=ui.handler(extend),
        help="Queue this run to train the new epochs.",
    )
