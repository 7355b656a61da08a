"""A lens over a chart of points: the image under the pointer, and clicks anywhere, on a point or between them.

Streamlit's own charts report clicks on points only and can't show an image at the pointer.
"""

import base64
import io
import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import streamlit as st
from PIL import Image

from ae.ui.component import component

_COLUMNS = 50
_LENS = component("lens", '<div class="tip" aria-hidden="true"></div>')


class Picked(NamedTuple):
    """A click: its position in the chart, and the image of the point there, if there is one."""

    x: float
    y: float
    image: int | None


def sprites(images: np.ndarray) -> str:
    """Compose images, uint8 with shape (N, 28, 28), into one picture, 50 in a row, as a data URL."""
    rows = -(-len(images) // _COLUMNS)
    sheet = np.zeros((rows * _COLUMNS, 28, 28), np.uint8)
    sheet[: len(images)] = images
    picture = sheet.reshape(rows, _COLUMNS, 28, 28).transpose(0, 2, 1, 3).reshape(rows * 28, _COLUMNS * 28)
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, "PNG")
    return f"data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode()}"


def lens(
    key: str,
    *,
    over: str,
    images: str,
    count: int,
    at: tuple[float, float] | None,
    on_pick: Callable[[Picked], None],
) -> None:
    """Lay the lens over a chart.

    Args:
        key: of the component.
        over: the chart's key; the ``customdata`` of its points are image numbers.
        images: the result of ``sprites``.
        count: the number of images.
        at: a spot to mark, in the chart's units.
        on_pick: called with a click, before the page runs again.
    """

    def picked() -> None:
        click = _checked(st.session_state[key].get("picked"), count)
        if click:
            on_pick(click)

    data = {"over": over, "sprites": images, "count": count, "columns": _COLUMNS, "at": at}
    _LENS(key=key, data=data, on_picked_change=picked, height=1)


def _checked(sent: object, count: int) -> Picked | None:
    """Return a browser's message as a click, or None if it is not one."""
    if not isinstance(sent, dict):
        return None
    x, y, image = sent.get("x"), sent.get("y"), sent.get("id")
    if not (isinstance(x, int | float) and isinstance(y, int | float) and math.isfinite(x) and math.isfinite(y)):
        return None
    known = int(image) if isinstance(image, int | float) and 0 <= image < count else None
    return Picked(float(x), float(y), known)
