"""A person's own digit: drawn on a pad or uploaded, and kept in the page's address."""

from collections.abc import Callable

import numpy as np
import streamlit as st
import torch
from torch import Tensor

from ae.data import drawing, sources
from ae.ui import address, cached, plain
from ae.ui.pad import digit_pad


def own_digit() -> tuple[Tensor, bool]:
    """Let a person draw or upload a digit; return it, uint8 (1, 1, 28, 28), and whether it is theirs or an example."""
    kept = _kept()
    place = st.container()
    file = st.file_uploader(
        "Or upload a picture of a digit",
        type=["png", "jpg", "jpeg", "webp", "bmp", "gif", "tif", "tiff"],
        max_upload_size=drawing.LARGEST_BYTES // 10**6,
        key="upload",
        on_change=lambda: _came_from("file"),
        help="Any size and colour, such as a photo of dark ink on white paper. The digit is cut out, scaled to "
        "20 x 20 pixels and centred by its mass, as in MNIST.",
    )
    latest = st.session_state.get("own_from")  # which came last, the drawing or the file
    found = None
    if latest == "file" and file is not None:
        found = _try_to(lambda: drawing.from_file(file.getvalue(), file.name))
        kept = kept if found is None else drawing.from_text(drawing.to_text(found))
    with place:
        drawn = _try_to(
            lambda: digit_pad("pad", before=kept, replace=latest == "file", changed=lambda: _came_from("pad"))
        )
    if latest == "pad":
        found, kept = drawn, None
    if found is not None:
        text = drawing.to_text(found)
        address.put("own", text)
        kept = drawing.from_text(text)  # as the link shows it
    elif latest == "pad":
        address.drop("own")
    shown = cached.dataset("digits").test_images[0, 0].numpy() if kept is None else kept
    return torch.from_numpy(np.ascontiguousarray(shown)).reshape(1, 1, sources.SIDE, sources.SIDE), kept is not None


def _came_from(source: str) -> None:
    st.session_state["own_from"] = source


def _kept() -> np.ndarray | None:
    """Return the digit in the address, if there is one."""
    text = st.query_params.get("own")
    return _try_to(lambda: drawing.from_text(text)) if text else None


def _try_to(make: Callable[[], np.ndarray | None]) -> np.ndarray | None:
    """Return a drawing; if that fails, show the reason."""
    try:
        return make()
    except drawing.DrawingError as error:
        st.warning(plain(f"{error}."), icon=":material/draw:")
        return None
