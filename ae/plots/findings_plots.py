"""The charts of a question on the screen: each with its conclusion as the title, and a name at each line."""

from collections.abc import Mapping, Sequence
from math import log10

import plotly.graph_objects as go

from ae.plots.colours import FAINT
from ae.plots.direct_labels import Label, apart
from ae.plots.findings_rows import HEAD, headed, long_names, rows_of_dots
from ae.plots.findings_shape import (
    BESIDE,
    LETTER,
    LINE,
    RING,
    across_label,
    axes,
    end_level,
    grid,
    is_numeric,
    is_wide,
    mark_colour,
    marked,
    shaded,
    shaded_from_top,
    sides,
    text_box,
    wrapped,
    x_values,
)
from ae.plots.inside_labels import DOT, WIDTHS, Box, Name, Point, Space, inside, write_inside
from ae.plots.style import escaped
from ae.plots.sweep_plots import setting_curve
from ae.runs.findings.question import Panel

CROWDED = 8
"""With so many values on the x axis, not each has a tick."""

NARROW, BROAD = 200, 330
"""Width of the axes on a phone and on a laptop, in pixels, if the names of the lines are beside them."""


PLOT, BELOW = 256, 63
"""Height of the axes of lines in pixels, and what is below them, for the ticks and the label."""

LONGEST = 13
"""The most letters in a row of the name of a line that stands beside the axes."""


def charts(panels: Sequence[Panel], colours: Mapping[str, str], *, phone: bool = False) -> list[go.Figure]:
    """Draw charts that are side by side: names are inside all that have lines or beside all, so axes are alike.

    Long names of rows are to the left of the bars or, for a phone, above them.
    """
    places = [inside(space(panel)) if is_numeric(panel) and len(panel.parts) > 1 else [] for panel in panels]
    beside = None in places
    return [
        _lines(panel, colours, None if beside else names)
        if is_numeric(panel)
        else rows_of_dots(panel, colours, above=phone and long_names(panel), alone=len(panels) == 1)
        for panel, names in zip(panels, places, strict=True)
    ]


def chart(panel: Panel, colours: Mapping[str, str]) -> go.Figure:
    """Draw a chart for the screen: dots in rows if its x axis has texts, and lines otherwise."""
    return charts([panel], colours)[0]


def _lines(panel: Panel, colours: Mapping[str, str], names: Sequence[Name] | None) -> go.Figure:
    """Draw a chart with lines, whose names are inside the axes, or to the right of them if no places are given."""
    figure = setting_curve(
        panel.parts,
        panel.x,
        across_label(panel),
        log=panel.log,
        title=panel.title,
        y="",
        form=panel.form,
        colours=colours,
    )
    across, up = axes(panel)
    values = x_values(panel)
    ticks = values if len(values) < CROWDED else None
    figure.update_xaxes(
        type="log" if is_wide(panel) else "linear", tickvals=ticks, dtick=None, range=[across.low, across.high]
    )
    figure.update_yaxes(range=[up.low, up.high])
    if not up.log:
        figure.update_yaxes(tick0=0, dtick=grid(panel)[0])
    figure.update_traces(error_y={"width": 0, "thickness": 2})  # caps would make squares of the points
    for name, part in panel.parts.items():
        if len(part) > 1:
            figure.update_traces(selector={"name": name, "mode": "lines+markers"}, error_y_visible=False)  # has a band
    if panel.limit:
        figure.update_traces(selector={"name": panel.limit, "mode": "lines+markers"}, mode="lines", line_dash="dot")
    if panel.form.endswith("%"):
        figure.update_yaxes(tickformat=".3~%" if up.log else ".0%")  # as 0.5%, which is not 0%
    _shade(figure, panel)
    widths = (NARROW, BROAD) if names is None else WIDTHS
    for (mark, x, y), side in zip(marked(panel), sides(panel, [(width, PLOT) for width in widths]), strict=True):
        figure.add_scatter(
            x=[x],
            y=[y],
            mode="markers",
            marker={"size": 14, "symbol": "circle-open", "color": mark_colour(mark, colours), "line": {"width": 2.5}},
            cliponaxis=False,
            hoverinfo="skip",
            showlegend=False,
        )
        right, above = side
        figure.add_annotation(
            text=f"<b>{escaped(mark.text)}</b>",
            x=across.low + across.at(x) * (across.high - across.low),
            y=up.low + up.at(y) * (up.high - up.low),
            xanchor={1: "left", 0: "center", -1: "right"}[right],
            yanchor={1: "bottom", 0: "middle", -1: "top"}[above],
            xshift=right * (BESIDE if above else RING),
            yshift=above * RING,
            showarrow=False,
            font={"size": 13},
            borderpad=0,
        )
    figure.update_layout(showlegend=False, height=HEAD + PLOT + BELOW, margin={"t": HEAD, "b": 8, "r": 8})
    headed(figure, panel)
    if names is not None:
        labels = [Label(line, end_level(part), colours[line]) for line, part in panel.parts.items()]
        write_inside(figure, names, labels, (across.low, across.high), (up.low, up.high))
    elif len(panel.parts) > 1:
        _write_beside(figure, panel, colours)
    return figure


def space(panel: Panel) -> Space:
    """Return what a chart with lines holds: places that the names of the lines keep clear of."""
    across, up = axes(panel)

    def way(x: Sequence[float], y: Sequence[float]) -> list[Point]:
        return [(across.at(each), up.at(level)) for each, level in zip(x, y, strict=True)]

    parts = panel.parts.values()
    bars = [way([row[panel.x]] * 2, [row["least"], row["most"]]) for part in parts for row in part.to_dict("records")]
    bands = [way(part[panel.x], part[edge]) for part in parts for edge in ("least", "most")]
    zone = shaded(panel)
    edge = [[(across.at(zone[0]), 0.0), (across.at(zone[0]), 1.0)]] if zone else []
    return Space(
        {line: way(part[panel.x], part["mean"]) for line, part in panel.parts.items()},
        height=PLOT,
        gap=RING,
        texts={width: _texts(panel, width) for width in WIDTHS},
        ways=[*bars, *bands, *edge],
        grid=[up.at(level) for level in grid(panel)[1]],
    )


def _texts(panel: Panel, width: float) -> list[Box]:
    """Return the boxes of the texts and rings that a chart has without the names."""
    across, up = axes(panel)
    places = [(across.at(x), up.at(y), len(mark.text)) for mark, x, y in marked(panel)]
    found = [
        text_box(place, side, width, PLOT)
        for place, side in zip(places, sides(panel, [(each, PLOT) for each in WIDTHS]), strict=True)
        if place[2]
    ]
    found += [(x * width - DOT, y * PLOT - DOT, x * width + DOT, y * PLOT + DOT) for x, y, _ in places]
    if zone := shaded(panel):
        low = PLOT - 3.2 * LINE if shaded_from_top(panel) else 0.0
        found.append((across.at(zone[0]) * width, low, across.at(zone[1]) * width, low + 3.2 * LINE))
    return found


def _write_beside(figure: go.Figure, panel: Panel, colours: Mapping[str, str]) -> None:
    """Write the name of each line to the right of the axes, level with its end, but never over another."""
    across, up = axes(panel)
    names = {name: wrapped(escaped(name), "<br>", LONGEST) for name in panel.parts}
    rows = max(name.count("<br>") + 1 for name in names.values())
    ends = [up.low + up.at(level) * (up.high - up.low) for level in map(end_level, panel.parts.values())]
    for name, y in zip(names, apart(ends, LINE * rows * (up.high - up.low) / PLOT, up.low, up.high), strict=True):
        end = float(panel.parts[name][panel.x].iloc[-1])
        figure.add_annotation(
            text=f'<span style="color: {colours[name]}">●</span> {names[name]}',
            x=1 if across.at(end) > 0.5 else across.low + across.at(end) * (across.high - across.low),
            xref="paper" if across.at(end) > 0.5 else "x",
            xanchor="left",
            xshift=6 if across.at(end) > 0.5 else 10,
            y=y,
            yanchor="middle",
            showarrow=False,
            align="left",
            font={"size": 12},
        )
    longest = max(len(row) for name in names.values() for row in name.split("<br>"))
    figure.update_layout(margin={"r": round(LETTER * (longest + 2)) + 14})


def _shade(figure: go.Figure, panel: Panel) -> None:
    """Shade a chart from some value on, and write there why."""
    zone, across = shaded(panel), axes(panel)[0]
    if zone is None:
        return
    (start, end, words), top = zone, shaded_from_top(panel)
    figure.add_shape(
        type="rect",
        x0=start,
        x1=end,
        y0=0,
        y1=1,
        yref="paper",
        fillcolor=FAINT,
        opacity=0.25,
        line={"width": 0},
        layer="below",
    )
    figure.add_annotation(
        text=wrapped(words, "<br>", 7),
        x=(log10(start * end) if across.log else start + end) / 2,
        y=1 if top else 0,
        yref="paper",
        yanchor="top" if top else "bottom",
        yshift=-4 if top else 4,
        showarrow=False,
        font={"size": 12},
    )
