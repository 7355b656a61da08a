"""Rows of images as one picture, with labels and captions; an image under the pointer is enlarged."""

import base64
import html
import io
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from itertools import accumulate, pairwise

import streamlit as st
from PIL import Image
from streamlit.delta_generator import DeltaGenerator

from ae.plots import export, image_grid
from ae.plots.colours import ERROR_TEXT
from ae.plots.image_grid import Row
from ae.plots.noise_curve import DASHES
from ae.ui import component, plain

FULL = 8
"""The number of images in a row that is as wide as the page."""

FEW = 4
"""The number of images in a row that a phone shows side by side, and a part of the next, where a finger moves them."""

RED = f"light-dark({ERROR_TEXT['light']}, {ERROR_TEXT['dark']})"
"""The colour, in CSS, of a class that an image is mistaken for."""

TRUE_CLASS = "true class"
"""The label of the headings where each is the class of the test image below it."""

_STYLE = f"<style>{component.read('images.css')}</style>"
_MIME = {
    "png": "image/png",
    "svg": "image/svg+xml",
    "gif": "image/gif",
    "mp4": "video/mp4",
    "webm": "video/webm",
    "csv": "text/csv",
    "html": "text/html",
    "ipynb": "application/x-ipynb+json",
    "zip": "application/zip",
}
_HELPS = {
    "png": "A PNG at 300 dpi on white, with all labels, ready for a report.",
    "svg": "An SVG, sharp at any size, for a report or a slide.",
    "gif": "The animation as a GIF, for a web page or a slide.",
    "mp4": "The animation as an MP4 video.",
    "webm": "The animation as a WebM video.",
    "csv": "The numbers, for a spreadsheet.",
    "zip": "The whole run in one file: drop it on Home of another installation.",
}


@dataclass(frozen=True)
class Links:
    """The test images in the columns of rows of images, and the run in each row that has one."""

    dataset: str
    indices: Sequence[int | None]
    """None for a column that shows no test image."""
    runs: Mapping[str, str] = field(default_factory=dict)
    """Ids of runs, by the label of their row."""


def image_rows(
    rows: Sequence[Row],
    *,
    heads: Sequence[str] = (),
    head: str = "",
    alt: str,
    largest: int = 104,
    full: int = FULL,
    file: str = "",
    title: str = "",
    key: str = "",
    note: str = "",
    links: Links | None = None,
    more: Callable[[], None] | None = None,
    swipe: bool = False,
) -> None:
    """Show rows of images below each other, sharp at any size, with the rows' labels on the left.

    Args:
        rows: all with the same number of images.
        heads: a heading for each column.
        head: says what the headings are, such as ``TRUE_CLASS``.
        alt: the text for screen readers.
        largest: the greatest width of an image in a row of fewer than ``full``, in CSS pixels.
        full: the number of images from which on a row is as wide as the page.
        file: if set, a button downloads the figure under this name, as a PNG for print.
        title: the title of that PNG.
        key: what the marks mean, above the rows; in the PNG it follows the note.
        note: a caption, below the rows and in the PNG.
        links: the test images in the columns, if each cell is to open their menu (``ae.ui.image_menu``).
        more: shows further buttons; they and the one that downloads the figure are then in a menu.
        swipe: whether a phone shows about four images of a row, which a finger moves, instead of all of them smaller.
    """
    count = len(rows[0].images)
    # A full row ends where charts and tables end; a few images are not enlarged to its width.
    most = [f"{count * largest}px"] * (count < full) + [f"{count} * var(--digit-most, 100vw)"]
    width = f"--n:{count};max-width:min({', '.join(most)})"
    cells = [_captions(head, heads, width, kind="ae-heads")] if heads else []
    labels: set[str] = set()
    for row in rows:
        again = row.caption in labels
        labels.add(row.caption)
        if not row.images.size:
            cells.append(_captions(row.caption, row.captions, width, kind="ae-again" * again))
            continue
        source = data_url(image_grid.strip(row.images))
        sides = ["--l:100%" if 2 * i < count else "--r:100%" for i in range(count)]
        places = [f"--x:{100 * i / max(count - 1, 1):.4f}%;{side}" for i, side in enumerate(sides)]
        role, what = "group" if links else "img", html.escape(f"{alt}: {row.label}" if row.label else alt)
        if row.mistaken and not links:  # otherwise the buttons say it
            what += "".join(f", {i + 1} classified as {html.escape(name)}" for i, name in row.mistaken.items())
        scores = "".join(f"<small>{html.escape(score)}</small>" for score in row.scores)
        squares = "".join(_square(row, i, place, links) for i, place in enumerate(places))
        cells.append(
            f'<div class="ae-label">{_dot(row.colour)}{html.escape(row.label)}{scores}</div>'
            f'<div class="ae-cells" role="{role}" aria-label="{what}" '
            f'style="{width};--s:url({source});--wrong:{RED}">{squares}</div>'
        )
        if row.captions:
            kind = "ae-again" * again
            cells.append(_captions(row.caption, row.captions, width, kind=kind, red=row.red, hints=row.hints))
    looks = " ae-alone" * (not any(row.label or row.caption for row in rows))
    looks += " ae-swipe" * (swipe and count > FEW)
    if key:
        st.caption(plain(key))
    _html(f'<div class="ae-box"><div class="ae-grid{looks}">{"".join(cells)}</div></div>')
    if note or file:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            if note:
                st.caption(plain(note), width="stretch")
            if file:
                with export_menu(file) if more else nullcontext():
                    save_button(
                        "Figure",
                        f"{file}.png",
                        lambda: export.png(
                            image_grid.sheet(rows, heads=heads, title=title, note=f"{note} {key}".strip())
                        ),
                    )
                    if more:
                        more()


def export_menu(file: str) -> DeltaGenerator:
    """Return the place of the buttons that download what a figure shows: a menu."""
    return st.popover("Export", key=f"export-{file}", type="tertiary", icon=":material/ios_share:")


def _square(row: Row, i: int, place: str, links: Links | None) -> str:
    """Return one image of a row: a button if it is a test image with a menu.

    Only the first button of a row can be reached by Tab, the others by the arrow keys.
    """
    kind, mark, said = "", "", ""
    if i in row.mistaken:
        name = html.escape(row.mistaken[i])
        kind, mark, said = ' class="ae-missed"', f'<b aria-hidden="true">{name}</b>', f", classified as {name}"
    if links is None or (index := links.indices[i]) is None:
        return f'<i{kind} style="{place}">{mark}</i>'
    first = next(at for at, each in enumerate(links.indices) if each is not None)
    what = f"{html.escape(row.label)}, " if row.label else ""
    return (
        f'<button type="button"{kind} style="{place}" data-images="{html.escape(links.dataset)}" '
        f'data-run="{html.escape(links.runs.get(row.label, ""))}" data-index="{index}" aria-haspopup="menu" '
        f'tabindex="{0 if i == first else -1}" aria-label="{what}image {index}{said}">{mark}</button>'
    )


def picture(image: Image.Image, *, alt: str, largest: int) -> None:
    """Show one picture with sharp pixels, as wide as the page allows, but at most ``largest`` CSS pixels."""
    _picture(data_url(image), alt, largest)


def animation(content: bytes, *, alt: str, largest: int) -> None:
    """Show an animated GIF with sharp pixels."""
    _picture(f"data:image/gif;base64,{base64.b64encode(content).decode()}", alt, largest)


def line_legend(lines: Mapping[str, tuple[str, str]]) -> None:
    """Show the dash and colour of each line, as ``ae.plots.noise_curve.method_lines`` returns them."""
    _legend({name: _line(DASHES[dash], colour) for name, (dash, colour) in lines.items()})


def _dot(colour: str) -> str:
    return f'<i class="ae-dot" style="background:{colour}"></i>' if colour else ""


def _line(lengths: Sequence[int], colour: str) -> str:
    ends = [0, *accumulate(lengths)]
    parts = [f"{'transparent' if n % 2 else colour} {start}px {end}px" for n, (start, end) in enumerate(pairwise(ends))]
    return f'<i class="ae-line" style="background:repeating-linear-gradient(90deg,{",".join(parts)})"></i>'


def save_button(label: str, name: str, make: Callable[[], bytes], *, help: str = "", missing: str = "") -> None:
    """Offer a file for download; it is created when the button is clicked.

    Args:
        label: of the button.
        name: of the file.
        make: returns its content.
        help: a sentence on it; that of its kind if empty.
        missing: why it can't be made; the button is then off.
    """
    kind = name.rpartition(".")[2]
    st.download_button(
        f"{label} ({kind.upper()})",
        make,
        name,
        _MIME.get(kind, "application/octet-stream"),
        key=f"save-{name}",
        on_click="ignore",
        type="tertiary",
        icon=":material/download:",
        help=missing or help or _HELPS[kind],
        disabled=bool(missing),
    )


def data_url(image: Image.Image) -> str:
    """Encode a picture as a data URL."""
    buffer = io.BytesIO()
    image.save(buffer, "PNG", compress_level=1)
    return f"data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode()}"


def _picture(source: str, alt: str, largest: int) -> None:
    _html(f'<img class="ae-picture" src="{source}" alt="{html.escape(alt)}" style="max-width:{largest}px">')


def _legend(marks: Mapping[str, str]) -> None:
    cells = "".join(f"<span>{mark}{html.escape(name)}</span>" for name, mark in marks.items())
    _html(f'<div class="ae-legend">{cells}</div>')


def _captions(
    label: str,
    captions: Sequence[str],
    width: str,
    *,
    kind: str = "",
    red: Collection[int] = (),
    hints: Sequence[str] = (),
) -> str:
    """Return a line of captions.

    Args:
        label: to the left of them.
        captions: one for each image.
        width: the style of the row.
        kind: "ae-heads" for headings, "ae-again" if the label was there before: a narrow window leaves it out.
        red: the places of those in red.
        hints: words on each, for the pointer; may be empty.
    """
    titles = [f' title="{html.escape(hint)}"' for hint in hints] or [""] * len(captions)
    styles = [f' class="ae-wrong" style="color:{RED}"' if i in red else "" for i in range(len(captions))]
    cells = "".join(
        f"<span{style}{title}>{html.escape(caption)}</span>"
        for style, title, caption in zip(styles, titles, captions, strict=True)
    )
    small = f"ae-small {kind}".strip()
    return (
        f'<div class="{small}">{html.escape(label)}</div>'
        f'<div class="ae-cells ae-captions {small}" style="{width}">{cells}</div>'
    )


def _html(body: str) -> None:
    st.html(_STYLE + body)
