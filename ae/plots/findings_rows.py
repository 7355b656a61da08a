"""The charts of a question that compare rows: each with its name at a bar, and its value beside the dot."""

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from ae.plots.bottleneck_curve import mean_with_spread
from ae.plots.colours import QUIET
from ae.plots.findings_shape import mark_colour, row_text, x_values
from ae.plots.style import TITLE, escaped, style
from ae.runs.findings.question import Panel

HIGH_ROW, ROW, LOW_ROW = 53, 48, 36
"""The height of a row, in pixels: with its name above the bar; to the left in two lines of type, and in one."""

SHORT = 17
"""The most letters of names that stand to the left of the bars on a phone too; longer ones would leave no room."""

NAME = 27
"""By how many pixels the middle of a name is above its bar."""

OVER_ROWS, UNDER_ROWS = 0.7, 0.35
"""What the first row has above its bar, where its name or its value is, and the last below, in rows."""

NARROW, NARROWER, BROAD, BROADEST = 350, 200, 250, 390
"""The least width of the axes, in pixels: on a phone with the names above the bars or to the left; on a laptop beside
another chart or alone."""

COMMA = ", "
"""What separates a name from its explanation."""

LETTER, DIGIT = 5.8, 7.5
"""Pixels of a letter of a name, and of a digit of a value, which may be bold."""

DOT, OVER, GAP = 8, 10, 6
"""Pixels from a dot to its value, aside and up, where no error bar is, and from the baseline to a name."""

HEAD = 54
"""Pixels above the axes, for the title and for what is measured."""


def headed(figure: go.Figure, panel: Panel) -> None:
    """Write the conclusion above a chart, and under it what is measured."""
    small = f'<br><span style="font-size: 13px; font-weight: normal">{escaped(panel.measures)}</span>'
    text = f"{escaped(panel.title)}{small if panel.title != panel.measures else ''}"
    figure.update_layout(title={"text": text, "font": TITLE, "pad": {"t": 14, "l": 0}})


def long_names(panel: Panel) -> bool:
    """Whether a phone has no room for the names of the rows to the left of the bars."""
    return max(map(len, x_values(panel))) > SHORT


def rows_of_dots(panel: Panel, colours: Mapping[str, str], *, above: bool = False, alone: bool = False) -> go.Figure:
    """Draw a bar in each row from the baseline to a dot, with the value beside it.

    Args:
        panel: whose x axis has texts.
        colours: of the lines, by name.
        above: whether the names are above the bars, so that both have the whole width, or else in a column to the left.
        alone: whether no other chart is beside this one.
    """
    figure, names = go.Figure(), x_values(panel)
    row_height = HIGH_ROW if above else ROW if any(COMMA in name for name in names) else LOW_ROW
    over, under = OVER_ROWS, UNDER_ROWS
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
                x=row["mean"],
                xanchor="right" if down else "left",
                xshift=-DOT if down else DOT,
                y=row[panel.x],
                yshift=OVER,
                showarrow=False,
                borderpad=0,
                font={"size": 13},
            )
    style(figure, panel.title, x="", y="")
    headed(figure, panel)
    least = NARROW if above else NARROWER if not long_names(panel) else BROADEST if alone else BROAD
    left, right = _ends(panel, least, above=above)
    top = _compare(figure, panel, (left, right)) if panel.baseline else HEAD
    figure.update_layout(
        height=top + round(row_height * (len(names) - 1 + over + under)) + (8 if panel.baseline else 34),
        margin={"t": top, "b": 8, "l": 0, "r": 8},
        hovermode="closest",
        showlegend=len(panel.parts) > 1,
        scattermode="group",
        scattergap=0.5,
    )
    figure.update_yaxes(type="category", categoryarray=names[::-1], categoryorder="array", showgrid=False)
    figure.update_yaxes(range=[-under, len(names) - 1 + over])
    if above:
        figure.update_yaxes(showticklabels=False, automargin=False)
        _name_rows(figure, panel, (left, right))
    else:
        _name_column(figure, names)
    percent = "+.0%" if panel.of else ".0%"
    figure.update_xaxes(range=[left, right], nticks=4, tickformat=percent if panel.form.endswith("%") else None)
    figure.update_xaxes(labelalias={"+0%": "0%"})
    figure.update_xaxes(showticklabels=panel.baseline is None)  # each row says its value
    return figure


def _name_rows(figure: go.Figure, panel: Panel, ends: tuple[float, float]) -> None:
    """Write the names above the bars, on the roomier side of the baseline and right at it."""
    left, right = ends
    if panel.baseline is None:
        place: dict[str, object] = {"x": 0, "xref": "paper", "xanchor": "left"}
    elif _on_the_right(panel.baseline.value, left, right):
        place = {"x": panel.baseline.value, "xanchor": "left", "xshift": GAP}
    else:
        place = {"x": panel.baseline.value, "xanchor": "right", "xshift": -GAP}
    for name in x_values(panel):
        figure.add_annotation(
            text=escaped(name), y=name, yshift=NAME, showarrow=False, borderpad=0, font={"size": 13}, **place
        )


def _on_the_right(value: float, left: float, right: float) -> bool:
    """Whether there is more room to the right of the baseline."""
    return 2 * value <= left + right


def _name_column(figure: go.Figure, names: Sequence[str]) -> None:
    """Write the names in a column to the left of the bars, right at them, each with its explanation below it."""
    parts = [name.partition(COMMA) for name in names]
    width = 14 + round(LETTER * 1.15 * max(len(part) for name, _, more in parts for part in (name, more)))
    figure.update_yaxes(showticklabels=False, automargin=False)
    figure.update_layout(margin_l=width)
    for name, (short, _, more) in zip(names, parts, strict=True):
        small = f'<br><span style="font-size: 12px; opacity: 0.8">{escaped(more)}</span>' if more else ""
        figure.add_annotation(
            text=f"{escaped(short)}{small}",
            x=0,
            xref="paper",
            xanchor="right",
            xshift=-GAP,
            align="right",
            y=name,
            showarrow=False,
            borderpad=0,
            font={"size": 13},
        )


def _ends(panel: Panel, room: int, *, above: bool) -> tuple[float, float]:
    """Return the ends of the x axis, with room for the values and names, and for words beside the baseline.

    Args:
        panel: whose x axis has texts.
        room: the least width of the axes in pixels.
        above: whether the names are above the bars.
    """
    rows = [row for part in panel.parts.values() for row in part.to_dict("records")]
    usual = panel.baseline.value if panel.baseline else min(row["least"] for row in rows)
    low, high = min(usual, *(row["least"] for row in rows)), max(usual, *(row["most"] for row in rows))
    text = (2 + DOT + DIGIT * max(len(f"{row['mean']:{panel.form}}") for row in rows)) / room  # a share of the width
    before = [row["mean"] for row in rows if row["mean"] < usual]
    after = [row["mean"] for row in rows if row["mean"] >= usual]
    aside = 60 / room if panel.baseline and panel.better else 0.03
    name = (GAP + LETTER * max(map(len, x_values(panel)))) / room if above and panel.baseline else 0.0
    left, right = low, high if high > low else low + 1.0
    for _ in range(100):  # the room is a share of the width, which grows with it
        width = right - left
        roomier = _on_the_right(usual, left, right)
        left = min(left, low - 0.03 * width, usual - aside * width, *(value - text * width for value in before))
        right = max(right, high + 0.03 * width, usual + aside * width, *(value + text * width for value in after))
        if roomier:
            right = max(right, usual + name * width)
        else:
            left = min(left, usual - name * width)
    return left, right


def _compare(figure: go.Figure, panel: Panel, ends: tuple[float, float]) -> int:
    """Draw the baseline across all rows, and say which side is better; return the height above the axes.

    Its name and the words stand above the rows.
    """
    assert panel.baseline is not None
    value, (left, right) = panel.baseline.value, ends
    figure.add_shape(
        type="line", x0=value, x1=value, y0=0, y1=1, yref="paper", line={"color": QUIET, "width": 1.5}, layer="below"
    )
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
    return HEAD + (36 if panel.better else 20)
