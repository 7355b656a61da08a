"""A person's own picture, for networks of images that the drawing pad can't make."""

import zlib

import numpy as np
import streamlit as st

from ae import ui
from ae.data import pictures
from ae.data.datasets import Dataset
from ae.data.pictures import PictureError
from ae.data.sources import SIDE, Shape
from ae.data.texts import printable
from ae.runs.folders import Run
from ae.ui import cached
from ae.ui.images import save_button
from ae.ui.network import Reference
from ae.ui.own import figure, show

LARGEST_MB = 20
"""The largest picture that the page accepts."""

_KEY = "own-picture"


@st.fragment
def own_picture(run: Run, dataset: Dataset, page_network: Reference, *, bars: bool) -> None:
    """Let a person upload a picture, and show what a run's network makes of it.

    Args:
        run: its model is on this machine.
        dataset: of the run.
        page_network: the reference to its network in the page.
        bars: whether to show the latent code.
    """
    cached.model_and_codes(run)
    st.caption(
        f"The drawing pad makes {SIDE} x {SIDE} grey digits; this model was trained on images of "
        f"{kind(dataset.shape)}. Upload a picture instead."
    )
    file = st.file_uploader(
        "Picture",
        type=["png", "jpg", "jpeg", "webp", "bmp", "gif", "tif", "tiff"],
        max_upload_size=LARGEST_MB,
        key="upload",
        help="Any size and colour. Its middle is cut out as a square and scaled to the model's size.",
    )
    picture = None
    if file is not None:
        try:
            picture = pictures.like(file.getvalue(), dataset.shape)
        except PictureError as error:
            st.warning(ui.plain(f"{printable(file.name, 100)} {error}."), icon=":material/broken_image:")
    example: np.ndarray = dataset.test_images[0].numpy()
    version = 0 if picture is None else zlib.crc32(picture.tobytes())
    show(_KEY, run, page_network, None, picture, example, version=version, bars=bars)
    save_button("Figure", "reconstructions.png", lambda: figure(run, example if picture is None else picture))


def kind(shape: Shape) -> str:
    """Return what images of a shape are, as in "32 x 32 pixels in colour"."""
    channels, height, width = shape
    return f"{height} x {width} pixels {'in colour' if channels == 3 else 'in grey'}"
