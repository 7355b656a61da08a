"""Latent space: a map of the codes, a slider for each unit, samples, the code's health, and a replay of training."""

import streamlit as st

from ae import ui
from ae.ui import address, replaying
from ae.ui.image_menu import LATENT_SPACE, image_menu
from ae.ui.latent_health import health_view, with_inactive
from ae.ui.latent_map import map_view
from ae.ui.latent_samples import samples_view
from ae.ui.latent_units import units_view
from ae.ui.open_models import open_model
from ae.ui.pick_runs import finished_here, pick_run, trained_runs

VIEWS = {
    "Map": map_view,
    "Units": units_view,
    "Samples": samples_view,
    "Health": lambda run, _: health_view(run, runs),
    "Replay": lambda run, _: replaying.replay_codes(run),
}

corner = ui.page("Latent space")
runs = trained_runs()
first = next((run for run in finished_here(runs) if run.recipe.code_size == 2), None)
if st.query_params.get("view") == "Health":
    first = with_inactive(finished_here(runs)) or first
with corner:
    run = pick_run("Model", runs, first=first)
_, dataset = open_model(run)
view = address.one_of(
    "View",
    list(VIEWS),
    key="view",
    label_visibility="collapsed",
    help="Map: the codes of the test images as points. Units: the effect of each unit on the image. Samples: new "
    "images. Health: how much each unit matters, and which are inactive. Replay: how the codes moved during training.",
)
image_menu(dataset, [run], here={LATENT_SPACE: lambda image: address.put_place(image=image, spot=(0, 0))})
VIEWS[view](run, dataset)
