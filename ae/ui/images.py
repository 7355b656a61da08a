"""Rows of images as one picture, with words beside and below; an image under the pointer is enlarged."""

import base64
import html
import io
from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import cycle

import streamlit as st
from PIL import Image

from ae.plots import export, image_grid
from ae.plots.colours import CLASSES, ERROR_COLOUR
from ae.plots.image_grid import Row
from ae.plots.noise_curve import DASHES
from ae.ui import plain

STYLE = """<style>
.ae-box{container-type:inline-size}
.ae-grid{display:grid;grid-template-columns:minmax(4.5rem,max-content) minmax(0,1fr);column-gap:.75rem;row-gap:.2rem;
align-items:center;padding-bottom:.25rem}
.ae-alone{grid-template-columns:minmax(0,1fr)}
.ae-alone>.ae-label,.ae-alone>.ae-small:not(.ae-cells){display:none}
.ae-label{font-size:.875rem;opacity:.8;max-width:13rem;overflow-wrap:anywhere;line-height:1.25}
.ae-small{font-size:.75rem;opacity:.8}
.ae-cells{display:grid;gap:2px;grid-template-columns:repeat(var(--n),minmax(0,1fr))}
.ae-words{text-align:center;white-space:nowrap}
.ae-words>span{overflow:hidden;text-overflow:clip}
.ae-cells>i{display:block;aspect-ratio:1;background-image:var(--s);background-size:calc(var(--n)*100%) 100%;
background-position-x:var(--x);image-rendering:pixelated;transition:transform .12s}
.ae-cells>i:hover{transform:scale(2);z-index:20;position:relative;outline:1px solid #8d93a1}
@container (max-width:560px){.ae-grid{grid-template-columns:minmax(0,1fr)}.ae-grid>div:empty{display:none}
.ae-words,.ae-small{font-size:.65rem;letter-spacing:-.02em}}
@media (prefers-reduced-motion:reduce){.ae-cells>i{transition:none}}
</style>"""


def image_rows(
    rows: Sequence[Row],
    *,
    heads: Sequence[str] = (),
    alt: str,
    largest: int = 104,
    file: str = "",
    title: str = "",
    note: str = "",
) -> None:
    """Show rows of images under each other, sharp at any size, with the rows' names to their left.

    Args:
        rows: all with the same number of images.
        heads: what stands above each column.
        alt: what a person who can't see the picture is told.
        largest: an image is at most so wide, in pixels of the screen.
        file: if given, the picture can be taken away under this name, as a PNG fit for print.
        title: what then stands above it.
        note: what stands below it, here and there.
    """
    count = len(rows[0].images)
    width = f"--n:{count};max-width:{count * largest}px"
    cells = [_words("", heads, width)] if heads else []
    for row in rows:
        if not row.images.size:
            cells.append(_words(row.caption, row.captions, width))
            continue
        source = data_url(image_grid.strip(row.images))
        squares = "".join(f'<i style="--x:{100 * i / max(count - 1, 1):.4f}%"></i>' for i in range(count))
        cells.append(
            f'<div class="ae-label">{html.escape(row.label)}</div>'
            f'<div class="ae-cells" role="img" aria-label="{html.escape(f"{alt}: {row.label}")}" '
            f'style="{width};--s:url({source})">{squares}</div>'
        )
        if row.captions:
            cells.append(_words(row.caption, row.captions, width, wrong=row.wrong))
    alone = "" if any(row.label or row.caption for row in rows) else " ae-alone"
    st.html(f'{STYLE}<div class="ae-box"><div class="ae-grid{alone}">{"".join(cells)}</div></div>')
    if note or file:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            if note:
                st.caption(plain(note), width="stretch")
            if file:
                take(
                    "Picture",
                    f"{file}.png",
                    lambda: export.png(image_grid.sheet(rows, heads=heads, title=title, note=note)),
                )


def picture(image: Image.Image, *, alt: str, largest: int) -> None:
    """Show one picture with sharp pixels, as wide as there is room but at most ``largest`` pixels of the screen."""
    st.html(
        f'<img src="{data_url(image)}" alt="{html.escape(alt)}" '
        f'style="width:100%;max-width:{largest}px;image-rendering:pixelated;display:block">'
    )


def animation(content: bytes, *, alt: str, largest: int) -> None:
    """Show a GIF, which plays, with sharp pixels."""
    source = base64.b64encode(content).decode()
    st.html(
        f'<img src="data:image/gif;base64,{source}" alt="{html.escape(alt)}" '
        f'style="width:100%;max-width:{largest}px;image-rendering:pixelated;display:block">'
    )


def class_legend(names: Sequence[str]) -> None:
    """Say which colour is which class."""
    mark = "display:inline-block;width:.6rem;height:.6rem;border-radius:50%;background:{}"
    _legend({name: mark.format(colour) for name, colour in zip(names, cycle(CLASSES), strict=False)})


def line_legend(lines: Mapping[str, tuple[str, str]]) -> None:
    """Say which line is which; for each its dash and colour, as ``ae.plots.noise_curve.method_lines`` gives them."""
    mark = "display:inline-block;width:1.6rem;border-top:2px {} {};vertical-align:middle"
    _legend({name: mark.format(DASHES[dash], colour) for name, (dash, colour) in lines.items()})


def _legend(marks: Mapping[str, str]) -> None:
    cells = "".join(
        f'<span><i style="{mark};margin-right:.35rem"></i>{html.escape(name)}</span>' for name, mark in marks.items()
    )
    st.html(f'<div style="display:flex;flex-wrap:wrap;gap:.2rem 1rem;font-size:.8rem">{cells}</div>')


def take(label: str, name: str, make: Callable[[], bytes]) -> None:
    """Offer a file; it is made when somebody asks for it."""
    kinds = {"png": "image/png", "gif": "image/gif", "csv": "text/csv"}
    kind = name.rpartition(".")[2]
    st.download_button(
        f"{label} ({kind.upper()})",
        make,
        name,
        kinds[kind],
        key=f"take-{name}",
        on_click="ignore",
        type="tertiary",
        icon=":material/download:",
        help=_WHY[kind],
    )


_WHY = {
    "png": "At 300 dots per inch, on white paper, with all labels: for a report.",
    "gif": "The animation as a file that any page or slide can show.",
    "csv": "The numbers, for a spreadsheet.",
}


def data_url(image: Image.Image) -> str:
    """Give a picture as a URL that holds it."""
    buffer = io.BytesIO()
    image.save(buffer, "PNG", compress_level=1)
    return f"data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode()}"


def _words(label: str, words: Sequence[str], width: str, *, wrong: Collection[int] = ()) -> str:
    red = f' style="color:{ERROR_COLOUR};font-weight:600;opacity:1"'
    cells = "".join(f"<span{red if i in wrong else ''}>{html.escape(word)}</span>" for i, word in enumerate(words))
    return (
        f'<div class="ae-small">{html.escape(label)}</div>'
        f'<div class="ae-cells ae-words ae-small" style="{width}">{cells}</div>'
    )
