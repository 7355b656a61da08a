"""Latent space: a map of the codes, a slider for each unit, samples, the code's health, and how it came about."""

import streamlit as st

from ae import ui
from ae.ui import latent, pick, replaying

VIEWS = {
    "Map": latent.map_view,
    "Units": latent.units_view,
    "Samples": lambda run, _: latent.samples_view(run),
    "Health": lambda run, _: latent.health_view(run),
    "Replay": lambda run, _: replaying.replay_codes(run),
}

ui.page("Latent space")
runs = pick.trained_runs()
with st.sidebar:
    run = pick.pick_run("Model", runs, help="Any run that has weights: trained, stopped, or still training.")
_, dataset = pick.open_model(run)
view = st.segmented_control(
    "View",
    list(VIEWS),
    default="Map",
    required=True,
    key="view",
    bind="query-params",
    label_visibility="collapsed",
    help="What to look at: where the codes lie, what each unit does, what nobody ever drew, which units say nothing, "
    "and how all of it came about.",
)
VIEWS[view](run, dataset)
