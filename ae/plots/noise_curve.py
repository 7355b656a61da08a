"""Quality against noise strength."""

from collections.abc import Mapping, Sequence
from itertools import cycle

import plotly.graph_objects as go

from ae.plots.colours import FILTERS, RUNS
from ae.plots.style import style

DASHES = {"solid": "solid", "dash": "dashed", "dot": "dotted"}
"""What Plotly's dashes are called in a style sheet."""


def method_lines(methods: Sequence[str], runs: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Give each method its dash and colour: models are solid and coloured, in order, the others dashed and quiet."""
    colours = dict(zip(runs, cycle(RUNS), strict=False))
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
) -> go.Figure:
    """Draw a measure of quality over the strength of noise; its legend stands elsewhere, for several figures share it.

    The strength that is looked at is not marked: every move of its slider would then draw all curves anew.

    Args:
        measured: for each method, a value at each strength.
        strengths: of the noise.
        lines: dash and colour of each method, as ``method_lines`` gives them.
        title: what is shown.
        unit: what the strength is.
        of: what the values are, with their unit.
        form: how a value is written, as in ".1f".
    """
    figure = go.Figure()
    for name, values in measured.items():
        dash, colour = lines[name]
        shown = [value if value < 60 else None for value in values]  # no noise at all is 100 dB
        figure.add_scatter(
            x=strengths,
            y=shown,
            name=name,
            mode="lines",
            line={"color": colour, "width": 2.5 if dash == "solid" else 1.5, "dash": dash},
            hovertemplate=f"%{{y:{form}}}",
        )
    style(figure, title, x=f"Strength ({unit})", y=of)
    figure.update_layout(height=280, showlegend=False)
    if form.endswith("%"):
        figure.update_yaxes(tickformat=".0%", range=[0, 1.02])
    return figure
