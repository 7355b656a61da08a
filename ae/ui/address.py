"""The page's address, which holds the user's choices, so that a copied link shows the same. Its values are checked."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import streamlit as st
import torch
from torch import Tensor

from ae import ui
from ae.analysis.latent import Bounds

REACH = 100
"""A spot may lie at most this many map widths outside the map; farther out, a decoder's output means nothing."""


def put(name: str, value: str) -> None:
    """Set a value if it has changed: a needless message to the browser may cross a later click."""
    if st.query_params.get(name) != value:
        st.query_params[name] = value


def drop(*names: str) -> None:
    """Remove values."""
    for name in names:
        st.query_params.pop(name, None)


def forget_place() -> None:
    """Remove the place in one model's latent space, which means nothing in another's."""
    drop("code", "spot")


def put_place(*, image: int | None, spot: tuple[float, float]) -> None:
    """Set the image that was clicked on the map or, if none was, the spot."""
    drop("image", "spot")
    if image is not None:
        put("image", str(image))
    else:
        put("spot", f"{spot[0]:.4g},{spot[1]:.4g}")


def place(count: int, area: Bounds) -> tuple[int | None, tuple[float, float] | None]:
    """Return the image or the spot that was picked on the map, if any; show a message if it can't be used.

    Args:
        count: the number of images.
        area: the map.
    """
    text = st.query_params.get("image", "")
    if text:
        if text.isdecimal() and len(text) < 12 and int(text) < count:
            return int(text), None
        _complain(f"There is no image {ui.plain(text[:40])} on this map: use 0 to {count - 1:,}.")
    text = st.query_params.get("spot", "")
    if not text:
        return None, None
    try:
        x, y = (float(word) for word in text.split(","))
    except ValueError:
        x = y = math.nan
    width, height = area.right - area.left, area.top - area.bottom
    near = (
        area.left - REACH * width <= x <= area.right + REACH * width
        and area.bottom - REACH * height <= y <= area.top + REACH * height
    )
    if not near:
        _complain(f"There is no spot {ui.plain(text[:40])} on this map: click one.")
        return None, None
    return None, (x, y)


def number(name: str, *, most: int) -> int:
    """Return a whole number from 0 to ``most``; 0 if there is none, with a message if it can't be used."""
    text = st.query_params.get(name, "")
    if text.isdecimal() and len(text) < 12 and int(text) <= most:
        return int(text)
    if text:
        _complain(f"{ui.plain(text[:40])} can't be used here: choose a whole number from 0 to {most:,}.")
    return 0


def code(low: np.ndarray, high: np.ndarray) -> Tensor | None:
    """Return the latent code, clipped to ``low`` and ``high``, both with shape (D,); None if there is none."""
    text = st.query_params.get("code", "")
    if not text:
        return None
    try:
        values = np.array([float(word) for word in text.split(",")])
    except ValueError:
        values = np.array([])
    if len(values) != len(low) or not np.isfinite(values).all():
        _complain(
            f"The latent code in the address does not have {len(low)} finite numbers, so the sliders start at the code "
            "of an image."
        )
        return None
    return torch.from_numpy(np.clip(values, low, high)).float()


def whole_number(label: str, *, key: str, place: Any = st, **settings: Any) -> int | None:  # noqa: ANN401
    """Show a field for a whole number, which the address holds; return None while the field is empty.

    Streamlit's own field fails on an infinite number in the address, such as ``inf`` or ``1e400``, so it is removed.

    Args:
        label: of the field.
        key: of the field, and its name in the address.
        place: the container to show it in.
        settings: as for ``st.number_input``.
    """
    try:
        infinite = math.isinf(float(st.query_params.get(key, "0")))
    except ValueError:
        infinite = False
    if infinite:
        drop(key)
        st.rerun()
    entered = place.number_input(label, key=key, bind="query-params", step=1, **settings)
    return None if entered is None else int(entered)


def one_of(label: str, options: Sequence[str], *, key: str, **settings: Any) -> str:  # noqa: ANN401
    """Show buttons of which one is always chosen, at first the first, kept in the address, and return its option.

    Streamlit takes an empty value in the address for no choice, so it is removed.

    Args:
        label: of the buttons.
        options: one for each.
        key: of the buttons, and their name in the address.
        settings: as for ``st.segmented_control``.
    """
    if st.query_params.get(key) == "":
        drop(key)
        st.rerun()
    chosen: str = st.segmented_control(
        label, options, default=options[0], required=True, key=key, bind="query-params", **settings
    )
    return chosen


def _complain(sentence: str) -> None:
    st.warning(sentence, icon=":material/error:")
