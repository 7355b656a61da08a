"""The replay of training: an epoch slider over the reconstructions or the latent codes, and their animation."""

from collections.abc import Callable

import streamlit as st

from ae.data.sources import SOURCES
from ae.plots import animations
from ae.runs.folders import Run
from ae.runs.replay import Replay
from ae.ui import address, cached
from ae.ui.images import animation, class_legend, image_rows, picture, save_button

NOTHING = "This run has no replay: it was trained with an earlier version."


@st.fragment
def replay_reconstructions(run: Run) -> None:
    """Show the reconstructions of test images after each epoch."""
    replay = cached.replay(run)
    if replay is None:
        st.caption(NOTHING)
        return
    _reconstructions(run, replay, _pick_epoch(run, replay), largest=88)
    _animation(
        lambda: animations.reconstructions_gif(replay, run.name),
        alt=f"The reconstructions of {run.name}, epoch by epoch",
        file="replay.gif",
        largest=760,
    )


@st.fragment
def replay_codes(run: Run) -> None:
    """Show the latent codes after each epoch, beside the reconstructions."""
    replay = cached.replay(run)
    if replay is None:
        st.caption(NOTHING)
        return
    names = SOURCES[run.recipe.dataset].class_names
    frame = _pick_epoch(run, replay)
    left, right = st.columns(2, gap="large")
    with left:
        where, area = animations.view(replay)
        title = f"Latent codes of {len(replay.labels):,} test images after epoch {replay.epochs[frame]}"
        picture(animations.cloud(replay, frame, where, area), alt=title, largest=animations.SIDE)
        class_legend(names)
        st.caption(f"{title}, projected onto the plane of the last epoch.")
    with right:
        _reconstructions(run, replay, frame, largest=64)
    _animation(
        lambda: animations.codes_gif(replay, run.name, names),
        alt=f"The latent codes of {run.name}, epoch by epoch",
        file="codes.gif",
        largest=440,
    )


def _pick_epoch(run: Run, replay: Replay) -> int:
    """Show a slider to choose an epoch, which the address holds; return its index among the replay's epochs."""
    epochs = [str(epoch) for epoch in replay.epochs]
    if len(epochs) < 2:
        return 0
    asked = st.query_params.get("epoch")
    epoch = st.select_slider(
        "Epoch",
        epochs,
        asked if asked in epochs else epochs[-1],
        key=f"epoch-{run.id}",
        help="Drag to see the state of the network after each epoch; 0 is before training.",
    )
    if epoch == epochs[-1]:
        st.query_params.pop("epoch", None)
    else:
        address.put("epoch", epoch)
    return epochs.index(epoch)


def _reconstructions(run: Run, replay: Replay, frame: int, *, largest: int) -> None:
    image_rows(
        animations.frame_rows(replay, frame),
        alt=f"Test images reconstructed by {run.name} after epoch {replay.epochs[frame]}",
        largest=largest,
    )


def _animation(make: Callable[[], bytes], *, alt: str, file: str, largest: int) -> None:
    """Offer an animation, to play here and to download."""
    if st.toggle("Play", key="play", help="All epochs as an animation."):
        animation(make(), alt=alt, largest=largest)
    save_button("Animation", file, make)
