"""The view of a run on the Train screen: its progress, numbers, loss curve and reconstructions."""

import time
from collections.abc import Sequence

import streamlit as st

from ae import ui
from ae.data import sources
from ae.plots import image_grid, loss_curve
from ae.plots.image_grid import Row
from ae.presets import fitted
from ae.recipe import Recipe
from ae.runs import filenames, folders, log, queue, reading
from ae.runs.folders import Run
from ae.runs.reading import Line
from ae.ui import cached
from ae.ui.images import image_rows
from ae.ui.train_longer import train_longer

PLAIN = {"displaylogo": False}


def duration(seconds: float) -> str:
    """Format a duration: 4 s, 3 min 20 s, 2 h 5 min."""
    whole = round(seconds)
    if whole < 60:
        return f"{seconds:.1f} s" if seconds < 9.95 else f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def pace(epochs: int, *, begun: bool) -> float:
    """Return the seconds between two updates of the screen; each update slows training down a little.

    Short until the first point is there, then a second, or two for a run of many epochs.
    """
    return 0.3 if not begun else 1.0 if epochs <= 20 else 2.0


def nothing_yet(dataset: str) -> None:
    """Show an empty chart for the first curve, and images of the chosen dataset."""
    st.plotly_chart(
        loss_curve.loss_curve([], Recipe()),
        key="curve",
        config=PLAIN,
        alt="An empty loss curve",
    )
    if sources.is_here(dataset) and (images := cached.first_images(dataset)) is not None:
        image_rows([Row("Original", image_grid.grey(images))], alt=f"Eight test images of {dataset}")


def monitor(run: Run, state: queue.State) -> None:
    """Show a run: progress, numbers, curve, and eight test images with their reconstructions."""
    history = cached.history(run)
    _head(run, state, history)
    _progress(run, state, history)
    _numbers(run, history)
    losses = f"{run.recipe.training_label} and {run.recipe.monitored_label.lower()} loss"
    figure = loss_curve.loss_curve(history, run.recipe)
    st.plotly_chart(figure, key="curve", config=PLAIN, alt=f"{losses} of {run.name} by epoch")
    if state not in queue.ACTIVE and cached.replay(run):
        return  # the page shows the replay, whose last epoch is the same
    preview = reading.read_preview(run)
    with st.container(height=250, border=False):
        if preview:
            seen, reconstructed = (image_grid.grey(images / 255) for images in preview)
            after = f"after epoch {history[-1].epoch}" if history else ""
            st.caption(f"Eight test images and their reconstructions {after}".strip())
            rows = [Row("Original", seen), Row("Reconstructed", reconstructed)]
            image_rows(rows, alt=f"Eight test images reconstructed by {run.name}")


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
                on_click=ui.handler(lambda: queue.stop(run)),
                help="Stop at once. The model of the last whole epoch is kept, and training can be resumed from there.",
            )
        elif state != "finished":
            st.button(
                "Resume" if history else "Start",
                icon=":material/play_arrow:",
                key="resume",
                type="primary",
                on_click=ui.handler(lambda: queue.start(run)),
                help="Go on from the last saved epoch; the result is the same as without the interruption.",
            )
        else:
            train_longer(run)
        if history and state not in queue.ACTIVE:
            st.page_link(
                "pages/reconstruct.py",
                label="See reconstructions",
                icon=":material/compare:",
                query_params={"run": run.id},
            )
    if state == "failed":
        st.error(ui.plain(reading.read_error(run)), icon=":material/error:")
        if not sources.is_here(run.recipe.dataset):
            clicked = st.button("Train on the built-in digits instead", key="digits", icon=":material/play_arrow:")
            if clicked and ui.try_to(lambda: _on_digits(run)):
                st.rerun()  # the whole page, which lists the runs


def _on_digits(run: Run) -> None:
    """Train the same recipe on the built-in digits, which need no download."""
    queue.start(folders.create(fitted(run.recipe, "digits"), preset=run.preset))
    st.query_params.pop("run", None)


def _progress(run: Run, state: queue.State, history: Sequence[Line]) -> None:
    epochs, done = run.recipe.epochs, history[-1].epoch if history else 0
    spent = sum(line.seconds for line in history)
    share = done / epochs
    match state:
        case "queued":
            text = "Waiting for its turn: another run is training" if queue.busy() else "Starting"
        case "running" if not history:
            text = ui.plain(log.last_line(run.path)) or "Getting ready"
        case "running" if done == epochs:
            text = f"All {epochs} epochs done · measuring on the test images"
        case "running":
            recent = [line.seconds for line in history[-5:] if line.epoch] or [history[0].seconds]
            each = sum(recent) / len(recent)
            since = time.time() - (run.path / filenames.HISTORY).stat().st_mtime
            share = min((done + min(since / max(each, 1e-6), 0.95)) / epochs, 1.0)
            left = max((epochs - done) * each - since, 0.1)
            text = f"Epoch {done} of {epochs} done · about {duration(left)} left"
        case "finished":
            text = f"All {epochs} epochs in {duration(spent)}"
        case _:
            text = f"{done} of {epochs} epochs in {duration(spent)}"
    st.progress(share, text=text)


def _numbers(run: Run, history: Sequence[Line]) -> None:
    last, recipe = history[-1] if history else None, run.recipe
    kind = {"mse": "Squared error", "bce": "Binary cross-entropy in nats"}[recipe.loss]
    kind += " plus the weighted KL term" if recipe.beta else ""
    training, _, mark = recipe.training_label.partition(" ")
    validation = (
        ("Validation loss", f"The same on {recipe.validation_images:,} images split off the training set.")
        if recipe.validation_images
        else ("Test loss (no validation split)", "The same on the test images. Do not use it to choose between models.")
    )
    shown = (
        (
            f"{training} loss {mark}".strip(),
            f"{last.training_loss:.4f}" if last else "–",
            f"{kind}, mean over pixels and images, measured during the epoch while the weights were changing.",
        ),
        (
            validation[0],
            f"{last.monitored_loss:.4f}" if last else "–",
            validation[1],
        ),
        (
            "Learning rate",
            f"{last.learning_rate:.2g}" if last and last.epoch else "–",
            "The step size of the optimiser at the last step.",
        ),
        (
            "Active units",
            f"{last.active_units} of {recipe.code_size}" if last else "–",
            ui.ACTIVE_UNITS,
        ),
        (
            "Training time",
            duration(sum(line.seconds for line in history)) if last else "–",
            "The time of all epochs so far, including the measurement after each.",
        ),
    )
    ui.numbers(shown)
