"""A pad to draw a digit on, with the mouse or a finger. The browser's messages are checked."""

import base64
from collections.abc import Callable

import numpy as np

from ae.data import drawing
from ae.plots.image_grid import enlarged
from ae.ui.component import component
from ae.ui.images import data_url

LONGEST = 300_000
"""In characters; a longer data URL is not from the pad."""

_PREFIX = "data:image/png;base64,"
_PAD = component("pad", '<canvas role="img" tabindex="0"></canvas><button type="button">Clear</button>')


def digit_pad(key: str, *, before: np.ndarray | None, replace: bool, changed: Callable[[], None]) -> np.ndarray | None:
    """Return the digit on the pad, uint8 (28, 28), white on black; None while nothing was drawn.

    Args:
        key: of the component.
        before: the digit on the pad when it appears, uint8 (28, 28).
        replace: whether ``before`` also replaces a later drawing.
        changed: called when something was drawn or cleared.

    Raises:
        drawing.DrawingError: the pad was cleared, or the browser sent no drawing.
    """
    shown = data_url(enlarged(np.repeat(before[..., None], 3, 2), 10)) if before is not None else ""
    state = _PAD(
        key=key,
        data={"label": "Draw a digit here", "png": shown, "replace": replace},
        default={"png": None},
        on_png_change=changed,
    )
    png = state.png
    if png is None:
        return None
    if not isinstance(png, str) or not png.startswith(_PREFIX) or len(png) > LONGEST:
        raise drawing.DrawingError("Draw a digit on the pad")
    try:
        content = base64.b64decode(png.removeprefix(_PREFIX), validate=True)
    except ValueError as error:
        raise drawing.DrawingError("Draw a digit on the pad") from error
    return drawing.from_file(content, "the pad")
