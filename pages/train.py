"""Train: choose a recipe, click Train, watch the curve."""

from functools import partial

import streamlit as st

from ae import ui
from ae.data import sources
from ae.recipe import Recipe
from ae.runs import folders, names, queue
from ae.ui import address, monitor, sweep
from ae.ui.imported_view import imported_view
from ae.ui.keep_up import keep_up
from ae.ui.live import empty_view, live_view
from ae.ui.pick_runs import readable_runs, show_run
from ae.ui.recipe_form import recipe_form
from ae.ui.replaying import replay_files
from ae.ui.run_labels import labels
from ae.ui.trained_before import mention_twins

LATEST = "The run that is training, or the newest"
TOGETHER = ","
"""The option for several runs at once; no run has such an id."""


def start(recipes: list[Recipe], preset: str, name: str) -> None:
    """Create a run for each recipe, queue them all, and show the one that is training, or all of them together."""
    made = []

    def make_all() -> None:
        queue.check_room(len(recipes))
        for recipe in recipes:
            made.append(folders.create(recipe, name=name, preset=preset))
            queue.start(made[-1])

    ui.try_to(make_all)
    address.drop("run", "runs")
    if len(made) > 1:
        sweep.put(sorted(made, key=lambda run: run.recipe.code_size))


def train_button(key: str, label: str) -> None:
    """Show a button that trains what the form says."""
    st.button(
        label,
        type="primary",
        icon=":material/play_arrow:",
        width="stretch",
        disabled=not recipes,
        key=key,
        on_click=start,
        args=(recipes, preset, st.session_state["form_name"]),
        help="Training runs in the background, so you can leave or close this page.",
    )


def follow() -> None:
    """Put the chosen run into the page's address; the first option removes it."""
    chosen = st.session_state["watched"]
    if chosen == TOGETHER:
        return
    address.drop("run", "runs")
    if chosen:
        show_run(chosen)


corner = ui.page("Train")
with st.sidebar:
    recipes, preset = recipe_form()
    mention_twins(recipes)
    what = "Train" if len(recipes) < 2 else f"Train {len(recipes)} models"
    train_button("train", what)
ui.show_notice()
with st.container(key="train_bar"):  # at the bottom of a narrow window, where the sidebar is closed
    train_button("train_here", f"Train {names.default(recipes[0], preset)}" if len(recipes) == 1 else what)
if not sources.is_here("mnist") and st.session_state["form_dataset"] == "digits":
    source = sources.find("mnist")
    st.info(
        f"MNIST is not on this machine yet, so the built-in digits are selected. If you select MNIST in the sidebar, "
        f"it is downloaded ({source.megabytes} MB) before training.",
        icon=":material/info:",
    )

runs = readable_runs()
states = {run.id: queue.state(run) for run in runs}
active = [run for run in runs if states[run.id] in queue.ACTIVE]
if not runs:
    st.markdown("No runs yet. Click **Train** in the sidebar: the first curve appears within seconds.")
    empty_view(st.session_state["form_dataset"])
    keep_up()
    st.stop()

known = {run.id: run for run in runs}
group = sweep.asked(known)
chosen = TOGETHER if group else st.query_params.get("run", "")
st.session_state["watched"] = chosen if chosen in known or group else ""
titles = {**labels(runs), "": LATEST, TOGETHER: f"{len(group)} models together"}
corner.selectbox(
    "Run",
    ["", *([TOGETHER] if group else []), *known],
    key="watched",
    format_func=titles.__getitem__,
    on_change=follow,
    label_visibility="collapsed",
)


waiting = [run for run in reversed(active) if states[run.id] == "queued"]
training = [run for run in active if states[run.id] == "running"]
if group:
    sweep.sweep_view(group, states)
    shown = group
else:
    run = known.get(st.session_state["watched"]) or (training or waiting or runs)[0]
    monitor.head(run, states[run.id])
    if run.recipe.imported:
        imported_view(run, runs)
    else:
        live_view(run, states[run.id])
    if states[run.id] not in queue.ACTIVE:
        replay_files(run)
    shown = [run]
for each in waiting:
    if each not in shown:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f":material/schedule: Queued: {ui.plain(each.name)}", width="content")
            st.button(
                "Remove",
                key=f"stop-{each.id}",
                on_click=ui.handler(partial(queue.stop, each)),
                type="tertiary",
                help="Remove this run from the queue; it can be started later.",
            )
keep_up()
