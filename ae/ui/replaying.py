"""A scrubber over how a network learned, and its animation."""

import streamlit as st

from ae.data.sources import SOURCES
from ae.plots import animations
from ae.runs.folders import Run
from ae.runs.replay import Replay
from ae.ui import cached, pick
from ae.ui.images import animation, class_legend, image_rows, picture, take

NOTHING = "Nothing was kept of how this run learned: it was trained by an earlier version."


def _scrubber(run: Run, replay: Replay) -> int:
    """Let people choose an epoch, which lives in the page's address; gives its place among those that were kept."""
    epochs = [str(epoch) for epoch in replay.epochs]
    if len(epochs) < 2:
        return 0
    asked = st.query_params.get("epoch")
    epoch = st.select_slider(
        "Epoch",
        epochs,
        asked if asked in epochs else epochs[-1],
        key=f"epoch-{run.id}",
        help="Drag it to see what the network knew after that epoch.",
    )
    if epoch == epochs[-1]:
        st.query_params.pop("epoch", None)
    else:
        pick.put_in_address("epoch", epoch)
    return epochs.index(epoch)


@st.fragment
def images_then(run: Run) -> None:
    """Show what the network drew after each epoch."""
    replay = cached.replay(run)
    if replay is None:
        st.caption(NOTHING)
        return
    frame = _scrubber(run, replay)
    image_rows(
        animations.frame_rows(replay, frame),
        alt=f"Test images as {run.name} drew them after epoch {replay.epochs[frame]}",
        largest=88,
    )
    if st.toggle("Play", key="play", help="All epochs as an animation."):
        film = animations.film_of_images(replay, run.name)
        animation(film, alt=f"How {run.name} learned to draw", largest=760)
    take("Animation", "replay.gif", lambda: animations.film_of_images(replay, run.name))


@st.fragment
def codes_then(run: Run) -> None:
    """Show where the codes lay after each epoch, beside what was drawn."""
    replay = cached.replay(run)
    if replay is None:
        st.caption(NOTHING)
        return
    names = SOURCES[run.recipe.dataset].class_names
    frame = _scrubber(run, replay)
    left, right = st.columns(2, gap="large")
    with left:
        where, area = animations.view(replay)
        words = f"Codes of {len(replay.labels):,} test images after epoch {replay.epochs[frame]}"
        picture(animations.cloud(replay, frame, where, area), alt=words, largest=animations.SIDE)
        class_legend(names)
        st.caption(f"{words}, on the plane of the last epoch.")
    with right:
        image_rows(
            animations.frame_rows(replay, frame),
            alt=f"Test images as {run.name} drew them after epoch {replay.epochs[frame]}",
            largest=64,
        )
    if st.toggle("Play", key="play", help="All epochs as an animation."):
        film = animations.film_of_codes(replay, run.name, names)
        animation(film, alt=f"How the codes of {run.name} came about", largest=440)
    take("Animation", "codes.gif", lambda: animations.film_of_codes(replay, run.name, names))
