"""Quality against noise strength."""

from collections.abc import Mapping, Sequence
from itertools import cycle

import plotly.graph_objects as go

from ae.plots.colours import FILTERS, QUIET
from ae.plots.direct_labels import Label, name_lines
from ae.plots.style import PLOT, style

DASHES = {"solid": (26,), "dash": (6, 4), "dot": (2, 3), "dashdot": (6, 3, 2, 3), "longdash": (10, 5)}
"""The lengths of strokes and gaps, in turn, in pixels, of Plotly's dashes as a legend shows them."""


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
        named: whether each line has its name at its end, for a figure that is alone.
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
    if named:
        marks = {"solid": "●", "dot": "┈"}
        labels = [
            Label(name, values[-1], lines[name][1], marks.get(lines[name][0], "╌")) for name, values in measured.items()
        ]
        drawn = [value for values in measured.values() for value in values if value < 60]
        name_lines(figure, labels, drawn, unit=of, log=False, plot=PLOT)
    figure.add_vline(
        at,
        line={"color": QUIET, "width": 1.5, "dash": "dot"},
        annotation={"text": f"<b>{at:.2f}</b>", "yanchor": "bottom", "yshift": 2, "x": at, "xanchor": "center"},
        annotation_position="top",
    )
    if form.endswith("%"):
        figure.update_yaxes(tickformat=".0%", range=[0, 1.02])
    return figure
