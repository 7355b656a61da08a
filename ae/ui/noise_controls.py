"""The controls of Denoise: the noise, except its strength, whose slider is above the images."""

from typing import NamedTuple

import streamlit as st

from ae.data import noise
from ae.ui.address import whole_number
from ae.ui.pick_images import pick_seed

STRENGTH = 0.6
"""The strength at first: so much noise that it makes a plain difference whether a network was trained on noise."""

FIRST_IMAGES = {"mnist": "0-4, 7, 8, 11"}
"""The test images at first, by dataset: those of the tour.

Of these eight, at the strength at first, the digit classifier recognises 8 denoised by *denoiser* and 3 by *best*, both
with 16 units: about as many as of all test images.
"""


class Choice(NamedTuple):
    """The noise, as the arguments of ``ae.data.noise.add``, and the methods without a network."""

    kind: str
    strength: float
    clip: bool
    seed: int
    size: int
    """The number of components that PCA keeps."""
    filters: bool = False
    """Whether filters and PCA are compared."""


def choose_noise(largest: int, values: int) -> Choice:
    """Show the controls and return the choice; by default PCA keeps ``largest`` of an image's ``values`` components."""
    kind = st.selectbox(
        "Kind of noise",
        list(noise.KINDS),
        key="noise",
        bind="query-params",
        format_func=lambda name: noise.KINDS[name].title,
        help=" ".join(f"**{each.title}**: {each.sentence}" for each in noise.KINDS.values()),
    )
    filters = st.toggle(
        "Compare with filters",
        key="filters",
        bind="query-params",
        help="Methods without a network: a median filter, a Gaussian blur, and PCA, the best linear autoencoder.",
    )
    with st.expander("Advanced", icon=":material/tune:"):
        clip = st.toggle(
            "Clip to [0, 1]",
            True,
            key="clip",
            bind="query-params",
            help="Clip noisy pixels to the range from black to white, as an image file would. Noise that is not "
            "clipped is easier to remove, so don't compare figures with and without.",
        )
        seed = pick_seed("noise_seed", help="The same seed gives the same noise.")
        entered = None
        if filters:
            entered = whole_number(
                "Components of PCA",
                key="pca",
                min_value=1,
                max_value=values,
                value=None,
                placeholder=str(largest),
                help="The number of principal components that the linear baseline keeps. If empty, as many as the "
                "largest bottleneck of these models.",
            )
    return Choice(kind, strength(), clip, seed, entered or largest, filters)


def strength() -> float:
    """Return the strength in the address, or the first one if there is none, or none between 0 and 1."""
    try:
        value = float(st.query_params.get("strength", ""))
    except ValueError:
        return STRENGTH
    return round(value, 2) if 0 <= value <= 1 else STRENGTH
