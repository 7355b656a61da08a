"""A run on the Train screen: its state and buttons, and in words how far it is and what it has reached."""

import time
from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ae import ui
from ae.data import sources
from ae.data.texts import duration
from ae.presets import fitted
from ae.recipe import Recipe
from ae.runs import filenames, folders, log, queue, reading
from ae.runs.folders import Run
from ae.runs.reading import Line
from ae.ui import cached, present

MEASURING = "Measuring on the test images"
"""The log's entry while a model is measured after training."""


def pace(watchers: int, history: Sequence[Line]) -> float:
    """Return the seconds between two requests of a page; answering and drawing slow training down a little.

    Short until the first epoch is there, then a second and a half, or up to three where epochs take long; longer where
    several pages watch, which share one machine.
    """
    each = history[-1].seconds if history else 0.0
    return present.shared(min(max(each / 2, 1.5), 3.0) if history else 0.4, watchers)


def condition(run: Run, state: queue.State) -> tuple[str, bool]:
    """Return what the buttons and the state's badge depend on; when it changes, the page runs again."""
    return state, state in queue.ACTIVE and reading.stop_asked(run)


def can_be_resumed(state: queue.State) -> bool:
    """Whether training has begun or was asked for, and has ended before its last epoch."""
    return state not in queue.ACTIVE and state != "finished"


def head(run: Run, state: queue.State, beside: DeltaGenerator) -> None:
    """Show a run's state and the buttons that fit it ``beside`` the title and, if it has failed, the reason below."""
    with beside:
        ui.state_badge(run, state)
        if state in queue.ACTIVE:
            asked = reading.stop_asked(run)
            st.button(
                "Stopping" if asked else "Stop",
                icon=":material/stop:",
                key="stop",
                disabled=asked,
                on_click=ui.handler(lambda: queue.stop(run)),
                help="Stop at once. The model of the last whole epoch is kept, and training can be resumed from there.",
            )
        elif can_be_resumed(state):
            st.button(
                "Resume" if cached.history(run) else "Start",
                icon=":material/play_arrow:",
                key="resume",
                type="primary",
                on_click=ui.handler(lambda: queue.start(run)),
                help="Go on from the last saved epoch; the result is the same as without the interruption.",
            )
    if state == "stopped" and (why := reading.stopped_because(run)):
        st.caption(ui.plain(f"Stopped {why}."))
    if state == "failed":
        st.error(ui.plain(reading.read_error(run)), icon=":material/error:")
        if not sources.is_here(run.recipe.dataset):
            clicked = st.button("Train on the built-in digits instead", key="digits", icon=":material/play_arrow:")
            if clicked and ui.try_to(lambda: _on_digits(run)):
                st.rerun()  # the whole page, which lists the runs


def link_to_images(run: Run) -> None:
    """Show the link to a run's reconstructions."""
    st.page_link(
        "pages/reconstruct.py",
        label="See reconstructions",
        icon=":material/compare:",
        query_params={"run": run.id},
    )


def _on_digits(run: Run) -> None:
    """Train the same recipe on the built-in digits, which need no download."""
    queue.start(folders.create(fitted(run.recipe, "digits"), preset=run.preset))
    st.query_params.pop("run", None)


def progress(run: Run, state: queue.State, history: Sequence[Line]) -> tuple[float, str]:
    """Return the share of training that is done, 0 to 1, and a sentence on how far it is, or what it waits for."""
    epochs, done = run.recipe.epochs, history[-1].epoch if history else 0
    spent = duration(sum(line.seconds for line in history))
    share = done / epochs
    match state:
        case "queued":
            return share, "Waiting for its turn: another run is training" if queue.busy() else "Starting"
        case "running" if not history:
            return share, log.last_line(run.path) or "Getting ready"
        case "running" if done == epochs or (reading.stop_asked(run) and log.last_line(run.path) == MEASURING):
            return share, f"{_done(done, epochs)} · measuring on the test images"
        case "running" if reading.stop_asked(run):
            return share, f"{_done(done, epochs)} · stopping"
        case "running" if done == 0:
            return share, f"Epoch 1 of {epochs} is running · time left not known yet"
        case "running":
            return _left(run, done, history)
        case "finished":
            return 1.0, f"All {epochs} epochs in {spent}"
    return share, f"{done} of {epochs} epochs in {spent}"


def _done(done: int, epochs: int) -> str:
    return f"All {epochs} epochs done" if done == epochs else f"Epoch {done} of {epochs} done"


def _left(run: Run, done: int, history: Sequence[Line]) -> tuple[float, str]:
    """Return the share that is done, with the part of the running epoch, and the time left by the last five epochs."""
    epochs = run.recipe.epochs
    recent = [line.seconds for line in history[-5:] if line.epoch]
    each = max(sum(recent) / len(recent), 1e-6)
    try:
        since = time.time() - (run.path / filenames.HISTORY).stat().st_mtime
    except OSError:  # deleted meanwhile
        since = 0.0
    left = (epochs - done) * each - min(max(since, 0.0), each)
    words = f"about {duration(round(left)) if left >= 60 else f'{round(left)} s'} left" if left >= 1 else "almost done"
    return (done + min(since / each, 0.95)) / epochs, f"Epoch {done} of {epochs} done · {words}"


def numbers(
    recipe: Recipe, history: Sequence[Line], measured: Mapping[str, Any] | None = None
) -> list[tuple[str, str, str]]:
    """Return what a run has reached: each a label, a value, and a help text.

    Args:
        recipe: of the run.
        history: its epochs so far.
        measured: after training, what was measured on the test images; it takes the place of the learning rate and,
            once it is of the last epoch, of the losses, whose ends the curve shows. Once all epochs are done, the time
            that they took is there too.
    """
    last = history[-1] if history else None
    kind = {"mse": "Squared error", "bce": "Binary cross-entropy in nats"}[recipe.loss]
    kind += f" plus the weighted {recipe.term} term" if recipe.term else ""
    training, _, mark = recipe.training_label.partition(" ")
    validation = (
        ("Validation loss", f"The loss on {recipe.validation_images:,} images split off the training set.")
        if recipe.validation_images
        else ("Test loss (no validation split)", "The loss on the test images. Do not use it to choose between models.")
    )
    losses = [
        (
            f"{training} loss {mark}".strip(),
            f"{last.training_loss:.4f}" if last else "–",
            f"{kind}, mean over pixels and images, measured during the epoch while the weights were "
            "changing: at first it is higher than after the epoch.",
        ),
        (
            validation[0],
            f"{last.monitored_loss:.4f}" if last else "–",
            validation[1],
        ),
    ]
    active = ("Active units", f"{last.active_units} of {recipe.code_size}" if last else "–", ui.ACTIVE_UNITS)
    if measured is None:
        rate = f"{last.learning_rate:.2g}" if last and last.epoch else "–"
        return [*losses, active, ("Learning rate", rate, "The step size of the optimiser at the last step.")]
    current = last is not None and measured.get("epoch") == last.epoch
    error = f"{measured['test_mse']:.4f}" if current else "–"
    test = ("Test MSE", error, "Mean squared error per pixel on the test images, after the last epoch.")
    found = [test, *([] if current else losses), active]
    if last and last.epoch == recipe.epochs:
        spent = duration(sum(line.seconds for line in history))
        found.append(("Training time", spent, "The time that all epochs took together."))
    return found
