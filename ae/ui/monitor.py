"""The view of a run that trains, or has: how far it is, its curve, and what it draws."""

import time
from collections.abc import Sequence

import streamlit as st

from ae import ui
from ae.data import sources
from ae.models.registry import MODELS
from ae.plots import image_grid, loss_curve
from ae.plots.image_grid import Row
from ae.presets import fitted
from ae.runs import filenames, folders, log, queue, reading
from ae.runs.folders import Run
from ae.runs.reading import Line
from ae.ui import cached
from ae.ui.images import image_rows

PLAIN = {"displaylogo": False}


def duration(seconds: float) -> str:
    """Say a duration as people do: 4 s, 3 min 20 s, 2 h 5 min."""
    whole = round(seconds)
    if whole < 60:
        return f"{seconds:.1f} s" if seconds < 9.95 else f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def pace(epochs: int, *, begun: bool) -> float:
    """Give the seconds between two looks at a run that trains: looking costs the training a little.

    Soon until the first point is there, then every second, or every other second in a run of many epochs.
    """
    return 0.3 if not begun else 1.0 if epochs <= 20 else 2.0


def nothing_yet(dataset: str) -> None:
    """Show where the first curve will come, and the images that a network will learn to draw."""
    st.plotly_chart(
        loss_curve.loss_curve([], 10, validation_images="images kept aside"),
        key="curve",
        config=PLAIN,
        alt="No curve yet",
    )
    if sources.is_here(dataset) and (images := cached.first_images(dataset)) is not None:
        image_rows([Row("Original", image_grid.grey(images))], alt=f"Eight test images of {dataset}")


def monitor(run: Run, state: queue.State) -> None:
    """Show a run: progress, numbers, curve, and eight test images with their reconstructions."""
    history = cached.history(run)
    _head(run, state, history)
    _progress(run, state, history)
    _numbers(run, history)
    figure = loss_curve.loss_curve(history, run.recipe.epochs, validation_images=run.recipe.validation_words)
    st.plotly_chart(figure, key="curve", config=PLAIN, alt=f"Training and held-out loss of {run.name} by epoch")
    if state not in queue.ACTIVE and cached.replay(run):
        return  # the page replays what it drew, from the first epoch to the last
    preview = reading.read_preview(run)
    with st.container(height=250, border=False):
        if preview:
            seen, reconstructed = (image_grid.grey(images / 255) for images in preview)
            after = f"after epoch {history[-1].epoch}" if history else ""
            st.caption(f"Eight test images, and how the network draws them {after}".strip())
            image_rows([Row("Original", seen), Row("Drawn", reconstructed)], alt=f"Eight test images of {run.name}")


def _head(run: Run, state: queue.State, history: Sequence[Line]) -> None:
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="left"):
        st.subheader(ui.plain(run.name), anchor=False, width="content")
        ui.state_badge(run, state)
        if state in queue.ACTIVE:
            asked = (run.path / filenames.STOP).exists()
            st.button(
                "Stopping" if asked else "Stop",
                icon=":material/stop:",
                key="stop",
                disabled=asked,
                on_click=ui.try_to,
                args=(lambda: queue.stop(run),),
                help="Stop after the epoch it is in. The model is kept, and training can go on later.",
            )
        elif state != "finished":
            st.button(
                "Resume" if history else "Start",
                icon=":material/play_arrow:",
                key="resume",
                type="primary",
                on_click=ui.try_to,
                args=(lambda: queue.start(run),),
                help="Go on after the last epoch that was kept, as if nothing had happened.",
            )
        if history and state not in queue.ACTIVE:
            st.page_link(
                "pages/reconstruct.py",
                label="See what it learned",
                icon=":material/compare:",
                query_params={"run": run.id},
            )
    if state == "failed":
        st.error(ui.plain(reading.read_error(run)), icon=":material/error:")
        if not sources.is_here(run.recipe.dataset):
            clicked = st.button("Train on the built-in digits instead", key="digits", icon=":material/play_arrow:")
            if clicked and ui.try_to(lambda: _on_digits(run)):
                st.rerun()  # the whole page, for there is a run more


def _on_digits(run: Run) -> None:
    """Train by the same recipe on what needs no download."""
    queue.start(folders.create(fitted(run.recipe, "digits"), preset=run.preset))
    st.query_params.pop("run", None)


def _progress(run: Run, state: queue.State, history: Sequence[Line]) -> None:
    epochs, done = run.recipe.epochs, history[-1].epoch if history else 0
    spent = sum(line.seconds for line in history)
    share = done / epochs
    match state:
        case "queued":
            words = "Waiting for its turn: another run is training" if queue.busy() else "Starting"
        case "running" if not history:
            words = ui.plain(log.last_line(run)) or "Getting ready"
        case "running" if done == epochs:
            words = f"All {epochs} epochs done · measuring on the test images"
        case "running":
            recent = [line.seconds for line in history[-5:] if line.epoch] or [history[0].seconds]
            each = sum(recent) / len(recent)
            since = time.time() - (run.path / filenames.HISTORY).stat().st_mtime
            share = min((done + min(since / max(each, 1e-6), 0.95)) / epochs, 1.0)
            left = max((epochs - done) * each - since, 0.1)
            words = f"Epoch {done} of {epochs} done · about {duration(left)} left"
        case "finished":
            words = f"All {epochs} epochs in {duration(spent)}"
        case _:
            words = f"Epoch {done} of {epochs} kept, after {duration(spent)}"
    st.progress(share, text=words)


def _numbers(run: Run, history: Sequence[Line]) -> None:
    last = history[-1] if history else None
    size = run.recipe.code_size
    kind = {"mse": "Squared error", "bce": "Binary cross-entropy in nats"}[run.recipe.loss]
    kind += " plus the weighted KL term" if MODELS[run.recipe.model].variational else ""
    shown = (
        (
            "Training loss",
            f"{last.training_loss:.4f}" if last else "–",
            f"{kind}, mean over pixels and images, while the weights were changing.",
        ),
        (
            "Held-out loss",
            f"{last.monitored_loss:.4f}" if last else "–",
            f"The same on {run.recipe.validation_words}, which the network is not trained on.",
        ),
        (
            "Learning rate",
            f"{last.learning_rate:.2g}" if last and last.epoch else "–",
            "Of the last step: how long the steps are.",
        ),
        (
            "Live code units",
            f"{last.active_units} of {size}" if last else "–",
            ui.ACTIVE_UNITS + " A dead unit is wasted.",
        ),
        (
            "Training time",
            duration(sum(line.seconds for line in history)) if last else "–",
            "Of all epochs so far, measuring after each included.",
        ),
    )
    ui.numbers(shown)
