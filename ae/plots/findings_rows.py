"""The charts of a question that compare rows: each with its name at a bar, and its value beside the dot."""

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from ae.plots.bottleneck_curve import mean_with_spread
from ae.plots.colours import QUIET
from ae.plots.findings_shape import mark_colour, row_text, x_values
from ae.plots.style import TITLE, escaped, style
from ae.runs.findings.question import Panel

HIGH_ROW, ROW, LOW_ROW = 49, 48, 36
"""The height of a row, in pixels: with its name above the bar; to the left in two lines of type, and in one."""

SHORT = 17
"""The most letters of names that stand to the left of the bars on a phone too; longer ones would leave no room."""

NAME = 24
"""By how many pixels the middle of a name is above its bar."""

OVER_ROWS, UNDER_ROWS = 0.7, 0.25
"""What the first row has above its bar, where its name or its value is, and the last below, in rows."""

NARROW, NARROWER, BROAD, BROADEST = 350, 200, 250, 390
"""The least width of the axes, in pixels: on a phone with the names above the bars or to the left; on a laptop beside
another chart or alone."""

COMMA = ", "
"""What separates a name from its explanation."""

LETTER, DIGIT = 5.8, 7.5
"""Pixels of a letter of a name, and of a digit of a value, which may be bold."""

DOT, OVER, GAP = 8, 10, 6
"""Pixels from a dot to its value, aside and up, where no error bar is, and from the bars to the names beside them."""

BASELINE = 0.24
"""How far the baseline reaches above and below a bar that has its name above it, in rows."""

WORDS = 60
"""Pixels on either side of the baseline for the words that say which side is better."""

HEAD, RIGHT = 54, 8
"""Pixels above the axes, for the title and for what is measured, and to the right of them."""


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
            down = is_left(panel, row[panel.x], row["mean"])
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
    column = 0 if above else _column(names)
    left, right = _ends(panel, least, column)
    top = _compare(figure, panel, each_row=above) if panel.baseline else HEAD
    figure.update_layout(
        height=top + round(row_height * (len(names) - 1 + over + under)) + (4 if panel.baseline else 34),
        margin={"t": top, "b": 4, "l": column, "r": RIGHT},
        hovermode="closest",
        showlegend=len(panel.parts) > 1,
        scattermode="group",
        scattergap=0.5,
    )
    figure.update_yaxes(type="category", categoryarray=names[::-1], categoryorder="array", showgrid=False)
    figure.update_yaxes(range=[-under, len(names) - 1 + over], showticklabels=False, automargin=False)
    if above:
        _name_rows(figure, names)
    else:
        _name_column(figure, names)
    percent = "+.0%" if panel.of else ".0%"
    figure.update_xaxes(range=[left, right], nticks=4, tickformat=percent if panel.form.endswith("%") else None)
    figure.update_xaxes(labelalias={"+0%": "0%"})
    if panel.baseline:  # each row says its value
        figure.update_xaxes(showticklabels=False, automargin=False)
    return figure


def is_left(panel: Panel, name: str, mean: float) -> bool:
    """Whether the value of a row is to the left of its dot: if the bar goes there by more than the value shows."""
    return bool(panel.baseline and mean < panel.baseline.value) and row_text(panel, name, mean)[0].strip("0%.") != ""


def _small(text: str) -> str:
    """Return the explanation of a name."""
    return f'<span style="font-size: 12px; opacity: 0.8">{escaped(text)}</span>'


def _name_rows(figure: go.Figure, names: Sequence[str]) -> None:
    """Write the names above the bars, all from the left edge on, each with its explanation after it."""
    for name in names:
        short, comma, more = name.partition(COMMA)
        figure.add_annotation(
            text=f"{escaped(short)}{_small(comma + more) if more else ''}",
            x=0,
            xref="paper",
            xanchor="left",
            y=name,
            yshift=NAME,
            showarrow=False,
            borderpad=0,
            font={"size": 13},
        )


def _column(names: Sequence[str]) -> int:
    """Return the width of the column of names to the left of the bars, in pixels."""
    return 14 + round(LETTER * 1.15 * max(len(part) for name in names for part in name.split(COMMA)))


def _name_column(figure: go.Figure, names: Sequence[str]) -> None:
    """Write the names in a column to the left of the bars, right at them, each with its explanation below it."""
    for name in names:
        short, _, more = name.partition(COMMA)
        figure.add_annotation(
            text=f"{escaped(short)}{f'<br>{_small(more)}' if more else ''}",
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


def _ends(panel: Panel, room: int, column: int) -> tuple[float, float]:
    """Return the ends of the x axis, with room for the values and for what is written above the baseline.

    Args:
        panel: whose x axis has texts.
        room: the least width of the axes in pixels.
        column: the pixels to the left of the axes.
    """
    rows = [row for part in panel.parts.values() for row in part.to_dict("records")]
    usual = panel.baseline.value if panel.baseline else min(row["least"] for row in rows)
    low, high = min(usual, *(row["least"] for row in rows)), max(usual, *(row["most"] for row in rows))
    text = (2 + DOT + DIGIT * max(len(f"{row['mean']:{panel.form}}") for row in rows)) / room  # a share of the width
    before = [row["mean"] for row in rows if is_left(panel, row[panel.x], row["mean"])]
    after = [row["mean"] for row in rows if not is_left(panel, row[panel.x], row["mean"])]
    half = LETTER * len(panel.baseline.text) / 2 if panel.baseline else 0.0
    words = WORDS if panel.baseline and panel.better else 0
    to_left, to_right = (max(words, half - aside) / room for aside in (column, RIGHT))
    left, right = low, high if high > low else low + 1.0
    for _ in range(100):  # the room is a share of the width, which grows with it
        width = right - left
        left = min(left, low - 0.03 * width, usual - to_left * width, *(value - text * width for value in before))
        right = max(right, high + 0.03 * width, usual + to_right * width, *(value + text * width for value in after))
    return left, right


def _compare(figure: go.Figure, panel: Panel, *, each_row: bool) -> int:
    """Draw the baseline, and say which side is better; return the height above the axes.

    Its name and the words stand above the rows, in the middle of it. It goes through all rows or, where the names of
    rows would be in its way, is drawn in each row.
    """
    assert panel.baseline is not None
    value, rows = panel.baseline.value, range(len(x_values(panel)))
    spans = [(row - BASELINE, row + BASELINE, "y") for row in rows] if each_row else [(0, 1, "paper")]
    for low, high, to in spans:
        line = {"color": QUIET, "width": 1.5}
        figure.add_shape(type="line", x0=value, x1=value, y0=low, y1=high, yref=to, line=line, layer="below")
    said: dict[str, object] = {"x": value, "yref": "paper", "y": 1, "yanchor": "bottom", "showarrow": False}
    said["font"] = {"size": 13}
    text, shift = f"<b>{escaped(panel.baseline.text)}</b>", 20 if panel.better else 2
    figure.add_annotation(text=text, xanchor="center", yshift=shift, **said)
    if panel.better:
        words = ("better", "worse") if panel.better == "lower" else ("worse", "better")
        for text, anchor, shift in ((f"← {words[0]}", "right", -6), (f"{words[1]} →", "left", 6)):
            figure.add_annotation(text=text, xanchor=anchor, xshift=shift, **said)
    return HEAD + (36 if panel.better else 20)
