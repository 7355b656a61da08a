"""The thumbnail of a question on the overview of Findings: a digit, or its first chart with what is drawn there."""

import base64
import html
from collections.abc import Mapping

import numpy as np
from PIL import Image

from ae.plots.colours import QUIET
from ae.plots.findings_shape import is_numeric, mark_colour, marked, row_text, x_values
from ae.plots.sketch import brief_value, sketch, stressed, values
from ae.runs.findings.question import Panel
from ae.ui.images import data_url


def thumbnail(panel: Panel, colours: Mapping[str, str]) -> str:
    """Return a chart as a thumbnail, as HTML.

    Above it is what is measured, below the axis its first and its last value, and what it is. A line has its values at
    its ends, and at a point between them that the answer is about; several have their names below them, with their
    values at the points that the answer is about. Of rows there are the best, what they are compared with, and the
    worst, as bars from zero with their values.
    """
    return f'<div class="sketch">{_lines(panel, colours) if is_numeric(panel) else _bars(panel, colours)}</div>'


def digits(pictures: Mapping[str, np.ndarray]) -> str:
    """Return a digit and its reconstructions as a thumbnail, as HTML: uint8 with shape (S, S), by name."""
    cells = "".join(
        f'<span><img alt="" src="{data_url(Image.fromarray(image))}">{html.escape(name)}</span>'
        for name, image in pictures.items()
    )
    return f'<div class="sketch"><div class="digits">{cells}</div></div>'


def _lines(panel: Panel, colours: Mapping[str, str]) -> str:
    picture = base64.b64encode(sketch(panel, colours).encode()).decode()
    image = f'<img alt="" src="data:image/svg+xml;base64,{picture}">'
    written = "".join(
        f'<em class="{value.where} {"below" if value.below else "above"}"'
        f' style="left:{value.x:.1%};top:{value.y:.1%}">{value.text}</em>'
        for value in values(panel)
    )
    at_marks = {mark.line: f" {brief_value(panel, mean)}" for mark, _, mean in marked(panel)}
    names = [_coloured(f"{name}{at_marks.get(name, '')}", colours[name]) for name in stressed(panel)]
    above = f"<div>{_measured(panel)}</div>" if panel.brief else ""
    first, last = (f"<span>{x_values(panel)[at]:,g}</span>" for at in (0, -1))
    below = f'<div class="across">{first}<span>{html.escape(panel.brief_x)}</span>{last}</div>' if panel.brief_x else ""
    legend = f"<div>{''.join(names)}</div>" if len(names) > 1 else ""
    return f'{above}<span class="plot">{image}{written}</span>{below}{legend}'


def _bars(panel: Panel, colours: Mapping[str, str]) -> str:
    means = {row[panel.x]: float(row["mean"]) for part in panel.parts.values() for row in part.to_dict("records")}
    best, worst = (x_values(panel)[at] for at in (0, -1))
    rows = [(best, means[best]), (worst, means[worst])]
    if panel.baseline:
        rows.insert(1, (panel.baseline.name, panel.baseline.value))
    if panel.of:  # bars from zero need what was measured, and not the changes
        rows = [(row, panel.of[1] * (1 + change)) for row, change in rows]
    most, form = max(value for _, value in rows), ".4f" if panel.of else panel.form
    drawn = []
    for row, value in rows:
        mark = row_text(panel, row, 0.0)[1]
        colour = mark_colour(mark, colours) if mark else QUIET
        name = html.escape(panel.brief_rows.get(row, row))
        bar = f'<i style="--c:{colour};--w:{value / most:.3f}"></i>'
        drawn.append(f'<div class="bar"><span>{name}</span>{bar}<em>{value:{form}}</em></div>')
    return f"<div>{_measured(panel)}</div>{''.join(drawn)}"


def _measured(panel: Panel) -> str:
    """Return what is measured and, where there is room, which values are better."""
    better = f'<span class="better">, {panel.better} is better</span>' if panel.better else ""
    return f"{html.escape(panel.brief)}{better}"


def _coloured(name: str, colour: str) -> str:
    return f'<b style="--c:{colour}">{html.escape(name)}</b>'
