"""One test digit as the measured runs of a question reconstruct it, to look at beside its answer."""

from collections.abc import Mapping

import numpy as np
import streamlit as st

from ae.plots.image_grid import Row, to_rgb
from ae.ui.images import image_rows

LARGEST = 88
"""The greatest width of an image in CSS pixels."""


def one_digit(pictures: Mapping[str, np.ndarray]) -> None:
    """Show a digit and its reconstructions by the measured runs, with a caption.

    Args:
        pictures: uint8 with shape (S, S), by heading: the original comes first.
    """
    with st.container(width=LARGEST * len(pictures)):
        image_rows(
            [Row("", to_rgb(np.stack(list(pictures.values()))))],
            heads=list(pictures),
            alt="A test digit and its reconstructions",
            largest=LARGEST,
        )
    st.caption("One test digit, chosen to show the difference; each copy is from one run.")
