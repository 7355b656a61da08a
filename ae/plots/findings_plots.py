"""The charts of a question on the screen: each with its conclusion as the title, and a name at the end of each line."""

from collections.abc import Mapping, Sequence
from math import log10

import plotly.graph_objects as go

from ae.plots import findings_names
from ae.plots.bottleneck_curve import mean_with_spread
from ae.plots.colours import FAINT, QUIET
from ae.plots.findings_shape import (
    BESIDE,
    LETTER,
    RING,
    axes,
    is_numeric,
    is_wide,
    mark_colour,
    marked,
    row_text,
    shaded,
    sides,
    wrapped,
    x_values,
)
from ae.plots.style import PLOT, TITLE, escaped, style
from ae.plots.sweep_plots import setting_curve
from ae.runs.findings.question import Panel

ROW = 36
"""The height of a row of dots, in pixels."""

CROWDED = 8
"""With so many values on the x axis, not each has a tick."""

NARROW, BROAD = 200, 330
"""Width of the axes on a phone and on a laptop, in pixels, if the names of the lines are beside them."""

HEAD = 54
"""Pixels above the axes, for the title and for what is measured."""


def charts(panels: Sequence[Panel], colours: Mapping[str, str]) -> list[go.Figure]:
    """Draw charts that are side by side: names are inside all that have lines or beside all, so axes are alike."""
    named = [panel for panel in panels if is_numeric(panel) and len(panel.parts) > 1]
    beside = any(findings_names.inside(panel) is None for panel in named)
    return [chart(panel, colours, beside=beside) for panel in panels]


def chart(panel: Panel, colours: Mapping[str, str], *, beside: bool = False) -> go.Figure:
    """Draw a chart for the screen: dots in rows if its x axis has texts.

    Args:
        panel: what is drawn.
        colours: of its lines, by name.
        beside: whether the names of the lines are to the right of the axes; otherwise inside where they fit.
    """
    if not is_numeric(panel):
        return rows_of_dots(panel, colours)
    figure = setting_curve(
        panel.parts,
        panel.x,
        panel.x_label,
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
    figure.update_traces(error_y={"width": 0, "thickness": 2})  # caps would make squares of the points
    if panel.form.endswith("%"):
        figure.update_yaxes(tickformat=".0%")
    _shade(figure, panel)
    names = None if beside else findings_names.inside(panel)
    widths = (NARROW, BROAD) if names is None else findings_names.WIDTHS
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
    figure.update_layout(showlegend=False, height=HEAD + PLOT + 46, margin={"t": HEAD, "b": 8, "r": 8})
    _headed(figure, panel)
    if names is not None:
        findings_names.write_inside(figure, panel, colours, names)
    elif len(panel.parts) > 1:
        findings_names.write_beside(figure, panel, colours)
    return figure


def _headed(figure: go.Figure, panel: Panel) -> None:
    """Write the conclusion above a chart, and under it what is measured."""
    small = f'<br><span style="font-size: 13px; font-weight: normal">{escaped(panel.measures)}</span>'
    text = f"{escaped(panel.title)}{small if panel.title != panel.measures else ''}"
    figure.update_layout(title={"text": text, "font": TITLE, "pad": {"t": 14, "l": 0}})


def _shade(figure: go.Figure, panel: Panel) -> None:
    """Shade a chart from some value on, and write there why."""
    zone, across = shaded(panel), axes(panel)[0]
    if zone is None:
        return
    start, end, words = zone
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
        y=1,
        yref="paper",
        yanchor="top",
        yshift=-4,
        showarrow=False,
        font={"size": 12},
    )


def rows_of_dots(panel: Panel, colours: Mapping[str, str]) -> go.Figure:
    """Draw a bar in each row from the baseline to a dot, with the value at its outer end."""
    figure, names = go.Figure(), x_values(panel)
    for line, part in panel.parts.items():
        texts = [row_text(panel, name, mean) for name, mean in zip(part[panel.x], part["mean"], strict=True)]
        plain = colours[line] if len(panel.parts) > 1 else QUIET
        each = [mark_colour(mark, colours) if mark else plain for _, mark in texts]
        looks = mean_with_spread(part, form=panel.form, axis="x", thickness=1.5, width=4, color=QUIET)
        if panel.of:
            what, usual = panel.of
            values = [f"{what} {usual * (1 + mean):.4f}" for mean in part["mean"]]
            looks["customdata"] = list(zip(values, looks["customdata"], strict=True))
            looks["hovertemplate"] = f"%{{x:{panel.form}}}: %{{customdata[0]}}, mean of %{{customdata[1]}}"
        figure.add_scatter(
            y=part[panel.x], name=line, orientation="h", mode="markers", marker={"size": 11, "color": each}, **looks
        )
        for row, colour, (text, mark) in zip(part.to_dict("records"), each, texts, strict=True):
            down = bool(panel.baseline and row["mean"] < panel.baseline.value)
            if panel.baseline:
                figure.add_shape(
                    type="line", x0=panel.baseline.value, x1=row["mean"], y0=row[panel.x], y1=row[panel.x],
                    line={"color": colour, "width": 4}, layer="below",
                )  # fmt: skip
            figure.add_annotation(
                text=f"<b>{escaped(text)}</b>" if mark else escaped(text),
                x=row["least"] if down else row["most"],
                xanchor="right" if down else "left",
                xshift=-8 if down else 8,
                y=row[panel.x],
                showarrow=False,
                borderpad=0,
                font={"size": 13},
            )
    style(figure, panel.title, x="", y="")
    _headed(figure, panel)
    from_baseline = [panel.baseline.value] if panel.baseline else []
    low = min([*(part["least"].min() for part in panel.parts.values()), *from_baseline])
    high = max([*(part["most"].max() for part in panel.parts.values()), *from_baseline])
    left, right = _ends(panel, low, high)
    top = HEAD
    if panel.baseline:
        top = _compare(figure, panel, (left, right))
    rows = ROW * len(names)
    figure.update_layout(
        height=top + rows + (12 if panel.baseline else 34),
        margin={"t": top, "b": 8, "r": 8},
        hovermode="closest",
        showlegend=len(panel.parts) > 1,
        scattermode="group",
        scattergap=0.5,
    )
    figure.update_yaxes(type="category", categoryarray=names[::-1], categoryorder="array", showgrid=False)
    figure.update_yaxes(tickvals=names, ticktext=[wrapped(name, "<br>", 17) for name in names])
    figure.update_yaxes(range=[-0.6, len(names) - 0.4])
    percent = "+.0%" if panel.of else ".0%"
    figure.update_xaxes(range=[left, right], nticks=4, tickformat=percent if panel.form.endswith("%") else None)
    figure.update_xaxes(labelalias={"+0%": "0%"})
    figure.update_xaxes(showticklabels=panel.baseline is None)  # each row says its value
    return figure


def _ends(panel: Panel, low: float, high: float) -> tuple[float, float]:
    """Return the ends of the x axis, with room for the values at the rows' ends and for words beside the baseline."""
    means = [mean for part in panel.parts.values() for mean in part["mean"]]
    usual = panel.baseline.value if panel.baseline else low
    text = 10 + LETTER * max(len(f"{mean:{panel.form}}") for mean in means)  # in pixels, with its distance
    before, after = (
        text / NARROW if any(way) else 0.04 for way in ([m < usual for m in means], [m >= usual for m in means])
    )
    aside = (0.24 if panel.better else 0.04) if panel.baseline else 0.0
    left, right = low, high if high > low else low + 1.0
    for _ in range(30):  # the room is a share of the width, which grows with it
        width = right - left
        left, right = (
            min(left, low - before * width, usual - aside * width),
            max(right, high + after * width, usual + aside * width),
        )
    return left, right


def _compare(figure: go.Figure, panel: Panel, ends: tuple[float, float]) -> int:
    """Draw the line of the baseline with its name, and say which side is better; return the height above the axes."""
    assert panel.baseline is not None
    value, (left, right) = panel.baseline.value, ends
    figure.add_vline(value, line={"color": QUIET, "width": 1.5, "dash": "dash"}, layer="below")
    said: dict[str, object] = {"yref": "paper", "y": 1, "yanchor": "bottom", "showarrow": False}
    at = (value - left) / (right - left)
    side = "left" if at < 0.35 else "right" if at > 0.65 else "center"
    figure.add_annotation(
        text=f"<b>{escaped(panel.baseline.text)}</b>",
        x=value,
        xanchor=side,
        xshift={"left": -56, "right": 56, "center": 0}[side],
        yshift=20 if panel.better else 2,
        font={"size": 13},
        **said,
    )
    if panel.better:
        words = ("better", "worse") if panel.better == "lower" else ("worse", "better")
        for text, anchor, shift in ((f"← {words[0]}", "right", -6), (f"{words[1]} →", "left", 6)):
            figure.add_annotation(text=text, x=value, xanchor=anchor, xshift=shift, font={"size": 13}, **said)
    return HEAD + (42 if panel.better else 22)
