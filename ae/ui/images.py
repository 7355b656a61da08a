"""Rows of images as one picture, with words beside and below."""

import base64
import html
import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st

from ae import explore


@dataclass(frozen=True)
class Row:
    """A row of images, RGB bytes with shape (N, 28, 28, 3), with its name and, below each, a few words."""

    label: str
    images: np.ndarray
    captions: Sequence[str] = ()
    caption: str = ""
    """What the captions are, said once at their left."""


def image_rows(rows: Sequence[Row], *, heads: Sequence[str] = (), alt: str, largest: int = 104) -> None:
    """Show rows of images under each other, sharp at any size, with the rows' names to their left.

    Args:
        rows: all with the same number of images.
        heads: what stands above each column.
        alt: what a person who can't see the picture is told.
        largest: an image is at most so wide, in pixels of the screen.
    """
    count = len(rows[0].images)
    width = f"max-width:{count * largest}px"
    cells = [_words("", heads, width)] if heads else []
    for row in rows:
        picture = io.BytesIO()
        explore.strip(row.images).save(picture, "PNG")
        source = base64.b64encode(picture.getvalue()).decode()
        cells.append(
            f'<div style="{_LABEL}">{html.escape(row.label)}</div>'
            f'<img src="data:image/png;base64,{source}" alt="{html.escape(f"{alt}: {row.label}")}" '
            f'style="width:100%;{width};image-rendering:pixelated;display:block">'
        )
        if row.captions:
            cells.append(_words(row.caption, row.captions, width))
    st.html(
        '<div style="display:grid;grid-template-columns:minmax(4.5rem,max-content) minmax(0,1fr);'
        f'column-gap:.75rem;row-gap:.15rem;align-items:center">{"".join(cells)}</div>'
    )


_LABEL = "font-size:.875rem;opacity:.75"
_SMALL = "font-size:.75rem;opacity:.75"


def _words(label: str, words: Sequence[str], width: str) -> str:
    cells = "".join(f"<span>{html.escape(word)}</span>" for word in words)
    return (
        f'<div style="{_SMALL}">{html.escape(label)}</div>'
        f'<div style="display:grid;grid-template-columns:repeat({len(words)},minmax(0,1fr));{width};'
        f'text-align:center;overflow:hidden;white-space:nowrap;{_SMALL}">{cells}</div>'
    )
