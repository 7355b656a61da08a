"""Quality against noise strength."""

from collections.abc import Mapping, Sequence
from itertools import cycle

import plotly.graph_objects as go

from ae.plots.colours import FILTERS, QUIET
from ae.plots.direct_labels import BELOW_TITLE, Label, name_lines
from ae.plots.inside_labels import Space, inside, placed, write_inside
from ae.plots.style import PLOT, escaped, style

DASHES = {"solid": (26,), "dash": (6, 4), "dot": (2, 3), "dashdot": (6, 3, 2, 3), "longdash": (10, 5)}
"""The lengths of strokes and gaps, in turn, in pixels, of Plotly's dashes as a legend shows them."""

MARKED = 16
"""Pixels: the height of the strength that is marked above the axes."""

GAP = 5
"""Pixels between a line and its name."""

SHARES = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
"""The grid of an axis of shares."""

ROOM = 0.12
"""What the y axis adds above the lines for a name, as a share of their range."""


def method_lines(methods: Sequence[str], colours: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Return each method's dash and colour: runs are solid, in the colours given, the others dashed and muted."""
    others = iter(cycle(FILTERS))
    return {name: ("solid", colours[name]) if name in colours else next(others) for name in methods}


def noise_curve(
    measured: Mapping[str, Sequence[float]],
    strengths: Sequence[float],
    lines: Mapping[str, tuple[str, str]],
    *,
    title: str,
    unit: str,
    of: str,
    form: str,
    at: float,
    named: bool = False,
) -> go.Figure:
    """Draw a quality measure against noise strength, without a legend: several figures share one.

    Args:
        measured: by method, a value for each strength.
        strengths: of the noise.
        lines: dash and colour of each method, the result of ``method_lines``.
        title: of the figure.
        unit: of the strength.
        of: the name of the values, with their unit.
        form: the format of the values, such as ".1f".
        at: the strength to mark.
        named: whether each line has its name beside it, for a figure that is alone.
    """
    figure = go.Figure()
    for name, values in measured.items():
        dash, colour = lines[name]
        shown = [value if value < 60 else None for value in values]  # without noise the PSNR is 100 dB
        figure.add_scatter(
            x=strengths,
            y=shown,
            name=name,
            mode="lines",
            line={"color": colour, "width": 2.5 if dash == "solid" else 2, "dash": dash},
            hovertemplate=f"%{{y:{form}}}",
        )
    style(figure, title, x=f"Noise strength ({unit})", y="" if named else of)
    figure.update_layout(height=300 if named else 262, showlegend=False)
    share = form.endswith("%")
    if share:
        figure.update_yaxes(tickformat=".0%", tickvals=SHARES, range=[0, 1.02])
    if named:
        _name(figure, strengths, lines, of=of, at=at, least=0.0 if share else None)
        figure.layout.margin.t += MARKED  # the strength is below what the values are, wherever on the axis
        figure.layout.height += MARKED
    figure.add_vline(
        at,
        line={"color": QUIET, "width": 1.5, "dash": "dot"},
        annotation={"text": f"<b>{at:.2f}</b>", "yanchor": "bottom", "yshift": 2, "x": at, "xanchor": "center"},
        annotation_position="top",
    )
    return figure


def _name(
    figure: go.Figure,
    strengths: Sequence[float],
    lines: Mapping[str, tuple[str, str]],
    *,
    of: str,
    at: float,
    least: float | None,
) -> None:
    """Name the lines inside the chart where there is room, and beside their ends otherwise.

    The arguments are those of ``noise_curve``; least: at which the y axis begins, if not below the least value.
    """
    marks = {"solid": "●", "dot": "┈"}
    curves = [list(trace.y) for trace in figure.data]
    drawn = [value for curve in curves for value in curve if value is not None]
    labels = [
        Label(name, curve[-1], colour, marks.get(dash, "╌"))
        for (name, (dash, colour)), curve in zip(lines.items(), curves, strict=True)
    ]
    if drawn:
        span = max(drawn) - (min(drawn) if least is None else least) or 1.0
        area = (min(drawn) - ROOM * span if least is None else least, max(drawn) + ROOM * span)
        ends = strengths[0], strengths[-1]
        places = [placed(strengths, curve, ends, area) for curve in curves]
        grid = [(level - area[0]) / (area[1] - area[0]) for level in (SHARES if least is not None else ())]
        named = {label.name: way for label, way in zip(labels, places, strict=True) if way}
        space = Space(named, height=PLOT, gap=GAP, across=[(at - ends[0]) / (ends[1] - ends[0])], grid=grid)
        if len(named) == len(labels) and (names := inside(space)) is not None:
            write_inside(figure, names, labels, ends, area)
            figure.update_yaxes(range=area)
            figure.update_xaxes(range=ends)
            subtitle = {"text": escaped(of), "font": {"size": 12}}
            figure.update_layout(title={"subtitle": subtitle}, margin={"t": BELOW_TITLE}, height=330)
            return
    name_lines(figure, labels, drawn, unit=of, log=False, plot=PLOT)
