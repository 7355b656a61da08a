"""A person's own digit: drawn on a pad, or uploaded, and kept in the page's address."""

from collections.abc import Callable

import numpy as np
import streamlit as st
import torch
from torch import Tensor

from ae import data, drawing
from ae.ui import cached, plain
from ae.ui.pad import digit_pad


def own_digit() -> Tensor:
    """Let a person bring a digit; gives it as uint8 (1, 1, 28, 28). Until then one of the test images is shown."""
    kept = _kept()
    left, right = st.columns(2, gap="large")
    with left:
        st.caption("Draw a digit")
        found = _said(lambda: digit_pad("pad", before=kept))
    with right:
        file = st.file_uploader(
            "Or upload a picture of one",
            type=["png", "jpg", "jpeg", "webp", "bmp", "gif"],
            max_upload_size=drawing.LARGEST_BYTES // 10**6,
            key="upload",
            help="Any size and colour, also a photo of dark ink on white paper. It is cut out, shrunk to 20 x 20 "
            "pixels and centred by its mass, as MNIST's makers did.",
        )
        if file is not None:
            found = _said(lambda: drawing.from_file(file.getvalue(), file.name))
    if found is not None:
        st.query_params["own"] = drawing.to_text(found)
        kept = found
    if kept is None:
        st.caption("Nothing is drawn yet, so here is a digit that came along.")
        kept = cached.dataset("digits").test_images[0, 0].numpy()
    return torch.from_numpy(np.ascontiguousarray(kept)).reshape(1, 1, data.SIDE, data.SIDE)


def _kept() -> np.ndarray | None:
    """Give the drawing that the page's address holds, if any."""
    text = st.query_params.get("own")
    return _said(lambda: drawing.from_text(text)) if text else None


def _said(make: Callable[[], np.ndarray | None]) -> np.ndarray | None:
    """Make a drawing; where it can't be made, say why."""
    try:
        return make()
    except drawing.DrawingError as error:
        st.warning(plain(f"{error}."), icon=":material/draw:")
        return None
