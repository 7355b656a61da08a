"""One test digit as what a question has measured reconstructs it, to look at beside its answer."""

from collections.abc import Mapping

import numpy as np
import streamlit as st

from ae.plots.image_grid import Row, to_rgb
from ae.ui.images import image_rows

CAPTION = "One test digit, chosen to show the difference; one run each."

LARGEST, IN_ROWS = 88, 76
"""The greatest width of an image in CSS pixels: of a single row, and of several, which have labels beside them."""

LABEL = 108
"""The width of the labels with their gap, in CSS pixels: with six images in a row, they are not above their row."""


def one_digit(pictures: Mapping[str, Mapping[str, np.ndarray]]) -> None:
    """Show a digit and its reconstructions, with a caption.

    Args:
        pictures: rows by label, with the same headings: uint8 with shape (S, S) by heading; the original comes first.
    """
    heads, several = list(next(iter(pictures.values()))), len(pictures) > 1
    largest = IN_ROWS if several else LARGEST
    with st.container(width=largest * len(heads) + LABEL * several):
        image_rows(
            [
                Row(label if several else "", to_rgb(np.stack([row[head] for head in heads])))
                for label, row in pictures.items()
            ],
            heads=heads,
            alt="A test digit and its reconstructions",
            largest=largest,
        )
    st.caption(CAPTION)
