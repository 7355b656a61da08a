"""The replay of training on Latent space, and the animations to download."""

import io
import math
from collections.abc import Sequence

import numpy as np
import streamlit as st

from ae.data import sources
from ae.plots import animations, loss_file
from ae.runs import imported, queue
from ae.runs.folders import Run
from ae.runs.reading import Line
from ae.runs.replay import Replay
from ae.ui import cached
from ae.ui.export import chart_format, export_menu, film_ending
from ae.ui.images import save_button
from ae.ui.live import live_view

MOST = 0.9
"""The share of the drop in the loss that is called most of it."""

APART, MOVED = 1.25, 0.25
"""How many times as widely the codes must be spread in the end to be called further apart, and how far they must still
go, as a share of their last spread, to be called moving. The spread is their root mean square distance from their mean.
"""

NOTHING = "This run has no replay: it was trained with an earlier version."


def replay_codes(run: Run) -> None:
    """Show the latent codes and the reconstructions, epoch by epoch."""
    if (replay := cached.replay(run)) is None:
        st.caption(imported.NO_HISTORY.capitalize() + "." if run.recipe.imported else NOTHING)
        return
    mostly = _mostly(cached.history(run), replay.epochs.tolist())
    if mostly is None:
        story, mark = (
            "Every frame is an epoch: press Play and **watch the codes find their places as the loss falls.**",
            None,
        )
    else:
        soon, share = mostly
        story = _story(soon, share, run.recipe.epochs, _afterwards(replay, soon))
        mark = soon, f"{share}% of the drop"
    st.markdown(story)
    live_view(run, queue.state(run), layout="replay", mark=mark)
    replay_files(run)


def _story(soon: int, share: int, epochs: int, afterwards: str) -> str:
    """Return in Markdown what to look for.

    Args:
        soon: the epoch by which most of the loss is gone.
        share: of the drop in the loss, by then, in per cent.
        epochs: of the run.
        afterwards: what the codes do then, or nothing.
    """
    when = f"in the first {soon} of {epochs:,} epochs" if soon > 1 else f"in the first of {epochs:,} epochs"
    said = f"**{share}% of the drop in the loss comes {when}**"
    return f"{said}, but the codes {afterwards}: press Play." if afterwards else f"{said}. Press Play."


def _mostly(history: Sequence[Line], kept: Sequence[int]) -> tuple[int, int] | None:
    """Return the first epoch of a replay by which most of the drop in the loss is over; None if that is not known.

    Args:
        history: of the run.
        kept: the epochs of its replay.

    Returns:
        The epoch, and the share of the drop by then, in per cent: rounded down, and at most 99, as losses rise again.
    """
    losses = {line.epoch: line.monitored_loss for line in history}
    if len(losses) < 3 or not all(map(math.isfinite, losses.values())):
        return None
    first, last = losses[min(losses)], losses[max(losses)]
    if first <= last:
        return None
    shares = {epoch: (first - losses[epoch]) / (first - last) for epoch in kept if epoch in losses}
    soon = next((epoch for epoch, share in shares.items() if share >= MOST), None)
    if soon is None or soon == max(losses):
        return None
    return soon, min(99, math.floor(100 * shares[soon]))


def _afterwards(replay: Replay, epoch: int) -> str:
    """Return what the codes of a replay do between one of its epochs and its last: nothing, if they hardly move."""
    at, last = (codes.astype(np.float64) for codes in (replay.codes[replay.epochs == epoch][0], replay.codes[-1]))
    before, after = (math.sqrt(codes.var(axis=0).sum()) for codes in (at, last))
    if after >= APART * before:
        return "go on moving apart"
    return "go on moving" if np.linalg.norm(last - at, axis=1).mean() >= MOVED * after else ""


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
