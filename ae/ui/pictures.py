"""Pictures that a page's components share, such as the test images; the page fetches each once."""

import io

import numpy as np
import streamlit as st
from PIL import Image

from ae.data import sources
from ae.ui import cached, fetched

COLUMNS = 50
"""The number of images in a row of a sheet; frontend/pictures.js has the same number."""


def page_images(name: str) -> str:
    """Return the address of a dataset's first ``cached.POINTS`` test images, for ``openSheet``."""
    return page_picture(_sheet(name, sources.is_here(name)))


def page_picture(content: bytes) -> str:
    """Return the address of a PNG, for ``openPicture``."""
    return fetched.offer(content)


def as_png(picture: np.ndarray) -> bytes:
    """Return bytes with shape (h, w, C), grey or RGB, as a PNG."""
    buffer = io.BytesIO()
    Image.fromarray(picture.squeeze(-1) if picture.shape[-1] == 1 else picture).save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()


@st.cache_resource(show_spinner=False, max_entries=4)
def _sheet(name: str, whole: bool) -> bytes:
    images = cached.dataset(name).test_images[: cached.POINTS].numpy()
    rows, (channels, side, _) = -(-len(images) // COLUMNS), images.shape[1:]
    cells = np.zeros((rows * COLUMNS, *images.shape[1:]), np.uint8)
    cells[: len(images)] = images
    table = cells.reshape(rows, COLUMNS, channels, side, side).transpose(0, 3, 1, 4, 2)
    return as_png(table.reshape(rows * side, COLUMNS * side, channels))
