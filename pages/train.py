"""Train: choose a recipe, click Train, watch the curve."""

from functools import partial

import streamlit as st

from ae import ui
from ae.data import sources
from ae.runs import folders, names, queue, sweeping
from ae.runs.grid import Grid
from ae.ui import address, grid_form, monitor, other_sizes, sweep
from ae.ui.add_images import open_dialog
from ae.ui.imported_view import imported_view
from ae.ui.keep_up import keep_up
from ae.ui.live import empty_view, live_view
from ae.ui.open_sidebar import open_settings
from ae.ui.pick_runs import readable_runs, show_run
from ae.ui.recipe_form import recipe_form
from ae.ui.run_labels import labels
from ae.ui.takeaway import next_steps, verdict
from ae.ui.trained_before import mention_twin, twin

MOST_WAITING = 10
"""The most queued runs that are listed."""


def start(wanted: Grid, preset: str, name: str) -> None:
    """Create and queue the run of a recipe, or the runs of a grid that are not there yet, and show what is training."""

    def make_all() -> None:
        if wanted.count == 1:
            queue.check_room(1)
            queue.start(folders.create(wanted.recipes()[0], name=name, preset=preset))
            return
        engine, title = grid_form.engine(), name or wanted.default_name(preset)
        engine.begin(sweeping.create(wanted, title, preset, threads=engine.threads))
        sweep.put(title.strip())

    address.drop("run", "runs", "sweep")
    ui.try_to(make_all)


def ask_to_train() -> None:
    """Have the page train what its form says as soon as it has read it again.

    A click often arrives together with what was typed last. Its callback would still be given the form as it was
    before.
    """
    st.session_state["to_train"] = True


def train_button(key: str, label: str) -> None:
    """Show a button that trains what the form says; a quiet one, if the page has another main button."""
    st.button(
        label,
        type="secondary" if led or leads else "primary",
        icon=":material/play_arrow:",
        width="stretch",
        disabled=not wanted,
        key=key,
        on_click=ask_to_train,
        help="Training runs in the background, so you can leave or close this page.",
    )


def mention_mnist() -> None:
    """Show why the built-in digits are selected, where MNIST is not there."""
    if not sources.is_here("mnist") and st.session_state["form_dataset"] == "digits":
        st.info(
            "MNIST is not on this machine yet, so the built-in digits are selected. If you select MNIST in the "
            f"sidebar, it is downloaded ({sources.find('mnist').megabytes} MB) before training.",
            icon=":material/info:",
        )


def follow(first: str) -> None:
    """Put the chosen run into the page's address, unless it is the ``first``, which the page shows without one."""
    show_run(st.session_state["watched"])
    address.drop("runs", "sweep", "epoch", *(["run"] if st.session_state["watched"] == first else []))


beside, corner = ui.titled("Train")
if st.query_params.get("add") == "images":  # a link to the dialog
    address.drop("add")
    open_dialog()
with st.sidebar:
    wanted, preset, place = recipe_form()
if st.session_state.pop("to_train", False) and wanted:
    start(wanted, preset, st.session_state["form_name"])
runs = readable_runs()
states = {run.id: queue.state(run) for run in runs}
known = {run.id: run for run in runs}
active = [run for run in runs if states[run.id] in queue.ACTIVE]
waiting = [run for run in reversed(active) if states[run.id] == "queued"]
training = [run for run in active if states[run.id] == "running"]
group = sweep.asked(known)
asked = None if group else known.get(st.query_params.get("run", ""))
first = next(iter(training or waiting or runs), None)
run = asked or first
if group:  # what is shown may have a main button of its own
    led = sweep.to_compare(group, {each: states[each.id] for each in group})
else:
    led = run is not None and monitor.can_be_resumed(states[run.id])
with place:
    button, leads = st.container(), False
    what, here, again = "Train", "Train", ""
    if wanted and wanted.count == 1:
        again = " again" if mention_twin(wanted.recipes()[0], runs, None if group else run) else ""
        if run and not group and not led and twin(wanted.recipes()[0], [run]):  # then another size leads on
            leads = bool(other_sizes.untrained(run.recipe, runs))
        what, title = f"Train{again}", names.default(wanted.recipes()[0], preset)
        here = f"{what}: {title}" if again else f"{what} {title}"
    elif wanted:
        left = len(grid_form.describe(wanted).to_train)
        what = here = f"Train {left} models" if left > 1 else "Train 1 model" if left else f"Show {wanted.count} models"
    with button:
        train_button("train", what)
ui.show_notice()
with st.container(key="train_bar", horizontal=True, gap="small"):  # below a narrow window, where the sidebar is closed
    done = wanted.recipes()[0] if wanted and again else None
    if not (done and other_sizes.offer(done, preset, runs, key="other_here", main=not led, width="stretch")):
        train_button("train_here", here)
    open_settings()
if run is None or first is None:
    mention_mnist()
    st.markdown("No runs yet. Click **Train**: the first curve appears within seconds.")
    empty_view(st.session_state["form_dataset"])
    keep_up()
    st.stop()

st.session_state["watched"] = None if group else run.id
corner.selectbox(
    "Run",
    list(known),
    key="watched",
    format_func=labels(runs).__getitem__,
    on_change=follow,
    args=(first.id,),
    placeholder="Show one run",
    label_visibility="collapsed",
)


if group:
    sweep.sweep_view(group, states)
    shown = group
else:
    monitor.head(run, states[run.id], beside)
    said = st.container(key="said")
    if run.recipe.imported:
        imported_view(run, runs)
    else:
        live_view(run, states[run.id])
    next_steps(run, runs, states, main=leads)
    with said:  # after the rest, because finding the principal components takes seconds the first time
        verdict(run, runs, states)
    shown = [run]
queued = [each for each in waiting if each not in shown]
sweep.links(queued)
for each in queued[:MOST_WAITING]:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f":material/schedule: Queued: {ui.plain(each.name)}", width="content")
        st.button(
            "Remove",
            key=f"stop-{each.id}",
            on_click=ui.handler(partial(queue.stop, each)),
            type="tertiary",
            help="Remove this run from the queue; it can be started later.",
        )
if len(queued) > MOST_WAITING:
    st.caption(f"{len(queued) - MOST_WAITING} more are queued.")
mention_mnist()
keep_up()
