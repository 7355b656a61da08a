"""The replay of training on Latent space, and the animations to download."""

import streamlit as st

from ae.data.sources import SOURCES
from ae.plots import animations
from ae.runs import queue
from ae.runs.folders import Run
from ae.ui import cached
from ae.ui.images import save_button
from ae.ui.live import live_view

NOTHING = "This run has no replay: it was trained with an earlier version."


def replay_codes(run: Run) -> None:
    """Show the latent codes and the reconstructions, epoch by epoch."""
    if cached.replay(run) is None:
        st.caption(NOTHING)
        return
    live_view(run, queue.state(run), layout="replay")
    replay_files(run)


def replay_files(run: Run) -> None:
    """Offer the animations of a run's replay as files, which are made when they are asked for."""
    replay = cached.replay(run)
    if replay is None:
        return
    names = SOURCES[run.recipe.dataset].class_names
    with st.container(horizontal=True, gap="small"):
        save_button("Reconstructions", "replay.gif", lambda: animations.reconstructions_gif(replay, run.name))
        save_button("Latent codes", "codes.gif", lambda: animations.codes_gif(replay, run.name, names))
