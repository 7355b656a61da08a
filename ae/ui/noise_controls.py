"""The controls of Denoise: what noise is added, and how much."""

from typing import NamedTuple

import streamlit as st

from ae.data import noise
from ae.ui import pick


class Choice(NamedTuple):
    """What was chosen: the noise, as ``ae.data.noise.add`` takes it, and how many numbers PCA keeps."""

    kind: str
    strength: float
    clip: bool
    seed: int
    size: int


def choose_noise(largest: int) -> Choice:
    """Let people choose the noise; PCA keeps ``largest`` numbers unless they say otherwise."""
    kind = st.selectbox(
        "Noise",
        list(noise.KINDS),
        key="noise",
        bind="query-params",
        format_func=lambda name: noise.KINDS[name].title,
        help=" ".join(f"**{each.title}**: {each.sentence}" for each in noise.KINDS.values()),
    )
    strength = st.slider(
        "Strength",
        0.0,
        1.0,
        0.3,
        0.05,
        key="strength",
        bind="query-params",
        help=f"How much: the {noise.KINDS[kind].unit} of the noise, where black is 0 and white is 1.",
    )
    clip = st.toggle(
        "Clip to [0, 1]",
        True,
        key="clip",
        bind="query-params",
        help="Bring noisy pixels back between black and white, as a picture file would. Unclipped noise is easier to "
        "take away, so figures with and without do not compare.",
    )
    with st.expander("More", icon=":material/tune:"):
        seed = pick.pick_seed("noise_seed", help="The same number draws the same noise.")
        entered = pick.whole_number(
            "Numbers that PCA keeps",
            key="pca",
            min_value=1,
            max_value=784,
            value=None,
            placeholder=str(largest),
            help="Components of the linear projection; left empty, as many as the largest bottleneck here.",
        )
    return Choice(kind, strength, clip, seed, entered or largest)
