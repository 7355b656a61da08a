"""The charts of a question as a file for the documents."""

import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ae.plots.colours import INK, QUIET
from ae.plots.direct_labels import apart
from ae.plots.findings_plots import CROWDED
from ae.plots.findings_rows import RANGE
from ae.plots.findings_shape import (
    BESIDE,
    RING,
    across_label,
    axes,
    end_level,
    is_numeric,
    line_colours,
    mark_colour,
    marked,
    row_text,
    shaded,
    shaded_from_top,
    sides,
    subtitle,
    wrapped,
    x_values,
)
from ae.runs.findings.question import Panel
from ae.runs.sweep_study import shown

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SIZE = 5.2, 3.6
"""Width and height of a chart in inches."""

DRAWN = 270, 190
"""About the width and the height of the axes, in points."""


def svg(panels: Sequence[Panel]) -> bytes:
    """Draw the charts of a question, two in a row, as an SVG, the same bytes each time."""
    import matplotlib as mpl  # takes a second to import, and only this function needs it
    from matplotlib.figure import Figure

    (width, height), across = SIZE, min(len(panels), 2)
    down, colours = -(-len(panels) // across), line_colours(panels)
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "findings", "font.size": 9}):
        figure = Figure(figsize=(width * across, height * down), layout="constrained")
        for place, panel in enumerate(panels, start=1):
            drawn = figure.add_subplot(down, across, place)
            (_lines if is_numeric(panel) else _rows)(panel, drawn, colours)
            drawn.set_title(panel.title, loc="left", fontsize=10, fontweight="bold", pad=24 if panel.baseline else 8)
            drawn.spines[["top", "right"]].set_visible(False)
        file = io.BytesIO()
        figure.savefig(file, format="svg", metadata={"Date": None})
    return file.getvalue()


def _lines(panel: Panel, drawn: "Axes", colours: Mapping[str, str]) -> None:
    from matplotlib.ticker import Formatter, FuncFormatter, NullLocator, PercentFormatter

    values, (across, up) = x_values(panel), axes(panel)
    for name, part in panel.parts.items():
        bars = [part["mean"] - part["least"], part["most"] - part["mean"]]
        style = {"ls": ":"} if name == panel.limit else {"ls": "-", "marker": "o", "ms": 4}
        drawn.errorbar(part[panel.x], part["mean"], yerr=bars, color=colours[name], elinewidth=2, **style)
    for axis, scale, limit in ((across, drawn.set_xscale, drawn.set_xlim), (up, drawn.set_yscale, drawn.set_ylim)):
        if axis.log:
            scale("log")
        limit(*((10**axis.low, 10**axis.high) if axis.log else (axis.low, axis.high)))
    if across.log:
        drawn.xaxis.set_minor_locator(NullLocator())
    if len(values) < CROWDED:
        drawn.set_xticks(values, [shown(value) for value in values])
    plain: Formatter = FuncFormatter(lambda value, _: f"{value:g}")
    if panel.form.endswith("%"):
        plain = FuncFormatter(lambda value, _: f"{100 * value:g}%") if up.log else PercentFormatter(1)
    drawn.yaxis.set_major_formatter(plain)
    if up.log:
        drawn.yaxis.set_minor_formatter(
            FuncFormatter(lambda value, place: plain(value, place) if _named(value) else "")
        )
    drawn.set_ylabel(wrapped(subtitle(panel), "\n", 40))
    drawn.set_xlabel(across_label(panel))
    drawn.grid(axis="y", alpha=0.25)
    for (mark, x, y), side in zip(marked(panel), sides(panel, [DRAWN]), strict=True):
        right, above = side
        drawn.plot(x, y, "o", ms=9, mfc="none", mec=mark_colour(mark, colours), mew=1.5)
        drawn.annotate(
            mark.text,
            (x, y),
            (right * (BESIDE if above else RING), above * RING),
            textcoords="offset points",
            ha={1: "left", 0: "center", -1: "right"}[right],
            va={1: "bottom", 0: "center", -1: "top"}[above],
            fontsize=8,
            fontweight="bold",
        )
    if zone := shaded(panel):
        (start, end, words), top = zone, shaded_from_top(panel)
        drawn.axvspan(start, end, color=QUIET, alpha=0.15, lw=0)
        middle = (across.at(start) + across.at(end)) / 2
        drawn.text(
            middle,
            0.98 if top else 0.02,
            wrapped(words, "\n", 7),
            transform=drawn.transAxes,
            ha="center",
            va="top" if top else "bottom",
            fontsize=8,
            color=INK,
        )
    if len(panel.parts) > 1:
        ends = [up.at(end_level(part)) for part in panel.parts.values()]
        for (name, part), level in zip(panel.parts.items(), apart(ends, 13 / DRAWN[1], 0, 1), strict=True):
            end = across.at(part[panel.x].iloc[-1])
            drawn.annotate(
                name,
                (1 if end > 0.5 else end, level),
                (6, 0),
                xycoords="axes fraction",
                textcoords="offset points",
                va="center",
                fontsize=8,
                color=colours[name],
            )


def _named(value: float) -> bool:
    """Whether a tick between the powers of ten is named: 2 and 5 times a power."""
    return f"{value:e}"[0] in "25"


def _rows(panel: Panel, drawn: "Axes", colours: Mapping[str, str]) -> None:
    from matplotlib.ticker import MaxNLocator, PercentFormatter

    names = x_values(panel)
    for number, (line, part) in enumerate(panel.parts.items()):
        aside = 0.5 * ((number + 0.5) / len(panel.parts) - 0.5)  # above each other in a row
        for row in part.to_dict("records"):
            text, mark = row_text(panel, row[panel.x], row["mean"])
            colour = mark_colour(mark, colours) if mark else colours[line] if len(panel.parts) > 1 else QUIET
            level = names.index(row[panel.x]) + aside
            drawn.hlines(level, row["least"], row["most"], color=colour, lw=8, alpha=RANGE)
            if panel.baseline:
                drawn.hlines(level, *sorted((panel.baseline.value, row["mean"])), color=colour, lw=2)
            drawn.plot(row["mean"], level, "o", color=colour, ms=5)
            looks: dict[str, Any] = {"fontweight": "bold"} if mark else {}
            drawn.annotate(
                text,
                (1, level),
                (6, 0),
                xycoords=("axes fraction", "data"),
                textcoords="offset points",
                va="center",
                fontsize=8,
                **looks,
            )
    drawn.set_yticks(range(len(names)), [wrapped(name, "\n", 24) for name in names])
    drawn.set_ylim(len(names) - 0.4, -0.6)
    if panel.title != panel.measures:
        drawn.set_xlabel(panel.measures)
    drawn.xaxis.set_major_locator(MaxNLocator(5))
    if panel.form.endswith("%"):
        drawn.xaxis.set_major_formatter(PercentFormatter(1))
    drawn.grid(axis="y", alpha=0.25)
    if panel.baseline:
        drawn.axvline(panel.baseline.value, color=QUIET, lw=1, ls="--")
        words = ("better", "worse") if panel.better == "lower" else ("worse", "better")
        left, right = (f"← {words[0]}    ", f"    {words[1]} →") if panel.better else ("", "")
        drawn.annotate(
            f"{left}{panel.baseline.text}{right}",
            (panel.baseline.value, 1),
            (0, 6),
            xycoords=("data", "axes fraction"),
            textcoords="offset points",
            ha="center",
            fontsize=8,
        )
