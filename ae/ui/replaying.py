"""The replay of training on Latent space, and the animations to download."""

import io
import math
from collections.abc import Sequence

import streamlit as st

from ae.data import sources
from ae.plots import animations, loss_file
from ae.runs import imported, queue
from ae.runs.folders import Run
from ae.runs.reading import Line
from ae.ui import cached
from ae.ui.export import chart_format, export_menu, film_ending
from ae.ui.images import save_button
from ae.ui.live import live_view

MOST = 0.9
"""The share of the improvement, by the loss, that is called most of it."""

NOTHING = "This run has no replay: it was trained with an earlier version."


def replay_codes(run: Run) -> None:
    """Show the latent codes and the reconstructions, epoch by epoch."""
    if cached.replay(run) is None:
        st.caption(imported.NO_HISTORY.capitalize() + "." if run.recipe.imported else NOTHING)
        return
    soon, epochs = _mostly(cached.history(run)), run.recipe.epochs
    st.markdown(_story(soon, epochs))
    mark = None if soon is None else (soon, f"{MOST:.0%} reached")
    live_view(run, queue.state(run), layout="replay", mark=mark)
    replay_files(run)


def _story(soon: int | None, epochs: int) -> str:
    """Return in Markdown what to look for, with the epoch by which most of the loss is gone, if there is such a one."""
    if soon is None:
        return "Every frame is an epoch: press Play and **watch the codes find their places while the loss falls.**"
    when = f"in the first {soon} of {epochs:,} epochs" if soon > 1 else f"in the first of {epochs:,} epochs"
    return f"**{MOST:.0%} of the improvement comes {when}:** press Play and watch the codes find their places."


def _mostly(history: Sequence[Line]) -> int | None:
    """Return the first epoch at which most of what the loss loses is gone; None if that is not known."""
    losses = {line.epoch: line.monitored_loss for line in history}
    if len(losses) < 3 or not all(map(math.isfinite, losses.values())):
        return None
    first, last = losses[min(losses)], losses[max(losses)]
    soon = next((epoch for epoch, loss in losses.items() if loss <= last + (1 - MOST) * (first - last)), None)
    if first <= last or soon is None or soon == max(losses):
        return None
    return soon


def replay_files(run: Run, *, framed: bool = False) -> None:
    """Show the menu of a run's files: its curve, the animations of its replay, and all else that it is exported as."""
    history, replay = cached.history(run), cached.replay(run)
    source = sources.find(run.recipe.dataset)
    names = source.class_names if source.labelled else ()
    ending, form = film_ending(), chart_format()

    def pictures() -> None:
        if history:
            save_button("Loss curve", f"loss.{form}", lambda: _curve(run, history, form))
        if replay:
            save_button(
                "Reconstructions", f"replay{ending}", lambda: animations.reconstructions_film(replay, run.name, ending)
            )
            save_button(
                "Latent codes", f"codes{ending}", lambda: animations.codes_film(replay, run.name, names, ending)
            )

    export_menu([run], first=pictures, framed=framed)


def _curve(run: Run, history: Sequence[Line], form: str) -> bytes:
    content = io.BytesIO()
    loss_file.save_curve(history, content, title=run.name, recipe=run.recipe, form=form)
    return content.getvalue()
