"""The charts of a question that compare rows: each with its name at a bar, and its value beside the dot."""

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from ae.plots.bottleneck_curve import mean_with_spread
from ae.plots.colours import QUIET
from ae.plots.findings_shape import mark_colour, row_text, subtitle, x_values
from ae.plots.style import TITLE, escaped, style
from ae.runs.findings.question import Panel

HIGH_ROW, ROW, LOW_ROW = 36, 40, 36
"""The height of a row, in pixels: with its name above the bar; to the left in two lines of type, and in one."""

SHORT = 17
"""The most letters of names that stand to the left of the bars on a phone too; longer ones would leave no room."""

NAME = 15
"""By how many pixels the middle of a name is above its bar, much less than below the bar of the row before."""

OVER_ROWS, UNDER_ROWS = 0.6, 0.25
"""What the first row has above its bar, where its name or its value is, and the last below, in rows."""

NARROW, NARROWER, BROAD, BROADEST = 340, 200, 250, 390
"""The least width of the axes, in pixels: on a phone with the names above the bars or to the left; on a laptop beside
another chart or alone."""

COMMA = ", "
"""What separates a name from its explanation."""

LETTER, DIGIT = 5.8, 7.5
"""Pixels of a letter of a name, and of a digit of a value, which may be bold."""

DOT, GAP = 8, 6
"""Pixels from a dot to its value, and from the bars to the names beside them."""

TICKS = 34
"""Pixels below the axes, for the ticks."""

BASELINE = 0.18
"""How far the baseline reaches above and below a bar that has its name above it, in rows."""

WORDS, BETWEEN = 56, 12
"""Pixels on either side of the baseline for the words that say which side is better, and from them to its name."""

THICK, RANGE = 13, 0.35
"""The height in pixels of the bar that shows how far the values of a row reach, and its opacity."""

HEAD, RIGHT, LEFT = 54, 10, 16
"""Pixels above the axes, for the title and for what is measured; to the right of them; and to the left, without a
column of names, for half of the label of a tick at the edge."""


def _head(panel: Panel) -> int:
    """Return the pixels above the axes of a chart with rows, whose title may be what is measured: one line less."""
    return HEAD - (18 if panel.title == panel.measures else 0)


def headed(figure: go.Figure, panel: Panel) -> None:
    """Write the conclusion above a chart, and under it what is measured."""
    small = f'<br><span style="font-size: 13px; font-weight: normal">{escaped(subtitle(panel))}</span>'
    text = f"{escaped(panel.title)}{small if panel.title != panel.measures else ''}"
    figure.update_layout(title={"text": text, "font": TITLE, "pad": {"t": 14, "l": 0}})


def long_names(panel: Panel) -> bool:
    """Whether a phone has no room for the names of the rows to the left of the bars."""
    return max(map(len, x_values(panel))) > SHORT


def rows_of_dots(panel: Panel, colours: Mapping[str, str], *, above: bool = False, alone: bool = False) -> go.Figure:
    """Draw a bar in each row from the baseline to a dot, over a pale one of the spread, with the value beyond both.

    Args:
        panel: whose x axis has texts.
        colours: of the lines, by name.
        above: whether the names are above the bars, so that both have the whole width, or else in a column to the left.
        alone: whether no other chart is beside this one.
    """
    figure, names = go.Figure(), x_values(panel)
    row_height = HIGH_ROW if above else ROW if any(COMMA in name for name in names) else LOW_ROW
    over, under = OVER_ROWS, UNDER_ROWS
    least = NARROW if above else NARROWER if not long_names(panel) else BROADEST if alone else BROAD
    column = LEFT if above else _column(names)
    left, right = _ends(panel, least, column)
    for line, part in panel.parts.items():
        texts = [row_text(panel, name, mean) for name, mean in zip(part[panel.x], part["mean"], strict=True)]
        plain = colours[line] if len(panel.parts) > 1 else QUIET
        each = [mark_colour(mark, colours) if mark else plain for _, mark in texts]
        looks = mean_with_spread(part, form=panel.form, axis="x", visible=False)
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
            bars = [(row["least"], row["most"], THICK, RANGE)]
            if panel.baseline:
                bars.append((panel.baseline.value, row["mean"], 3, 1.0))
            for start, end, width, opacity in bars:
                figure.add_shape(
                    type="line", x0=start, x1=end, y0=row[panel.x], y1=row[panel.x], opacity=opacity,
                    line={"color": colour, "width": width}, layer="below",
                )  # fmt: skip
            figure.add_annotation(
                text=f"<b>{escaped(text)}</b>" if mark else escaped(text),
                x=row["least" if down else "most"],
                xanchor="right" if down else "left",
                xshift=-DOT if down else DOT,
                y=row[panel.x],
                showarrow=False,
                borderpad=0,
                font={"size": 13},
            )
    style(figure, panel.title, x="", y="")
    headed(figure, panel)
    top = _compare(figure, panel, each_row=above) if panel.baseline else _head(panel)
    figure.update_layout(
        height=top + round(row_height * (len(names) - 1 + over + under)) + TICKS,
        margin={"t": top, "b": TICKS, "l": column, "r": RIGHT},
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
        _name_column(figure, names, column)
    percent = "+.0%" if panel.of else ".0%"
    figure.update_xaxes(range=[left, right], nticks=7, tickformat=percent if panel.form.endswith("%") else None)
    figure.update_xaxes(
        labelalias={"+0%": "0%"},
        automargin=False,
        ticklabeloverflow="allow",
        ticks="outside",
        ticklen=4,
        tickcolor=QUIET,
    )
    figure.update_xaxes(showline=True, linecolor=QUIET)
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
            xshift=-LEFT,
            y=name,
            yshift=NAME,
            showarrow=False,
            borderpad=0,
            font={"size": 13},
        )


def _column(names: Sequence[str]) -> int:
    """Return the width of the column of names to the left of the bars, in pixels."""
    parts = [name.partition(COMMA)[::2] for name in names]
    return 24 + round(LETTER * max(max(1.08 * len(short), len(more)) for short, more in parts))


def _name_column(figure: go.Figure, names: Sequence[str], column: int) -> None:
    """Write the names in a column from the left edge on, each with its explanation below it."""
    for name in names:
        short, _, more = name.partition(COMMA)
        figure.add_annotation(
            text=f"{escaped(short)}{f'<br>{_small(more)}' if more else ''}",
            x=0,
            xref="paper",
            xanchor="left",
            xshift=-column,
            align="left",
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
    sides = [(row, is_left(panel, row[panel.x], row["mean"])) for row in rows]
    to_left, to_right = (max(0.0, need) / room for need in _beside_baseline(panel, column))
    left, right = low, high if high > low else low + 1.0
    for _ in range(100):  # the room is a share of the width, which grows with it
        width = right - left
        before = [row["least"] for row, down in sides if down]
        after = [row["most"] for row, down in sides if not down]
        left = min(left, low - 0.03 * width, usual - to_left * width, *(value - text * width for value in before))
        right = max(right, high + 0.03 * width, usual + to_right * width, *(value + text * width for value in after))
    return left, right


def _compare(figure: go.Figure, panel: Panel, *, each_row: bool) -> int:
    """Draw the baseline, and say which side is better; return the height above the axes.

    The words stand at its upper end, and its name beside them. It goes through all rows or, where the names of
    rows would be in its way, is drawn in each row.
    """
    assert panel.baseline is not None
    value, rows = panel.baseline.value, range(len(x_values(panel)))
    spans = [(row - BASELINE, row + BASELINE, "y") for row in rows] if each_row else [(0, 1, "paper")]
    for low, high, to in spans:
        line = {"color": QUIET, "width": 1.5}
        figure.add_shape(type="line", x0=value, x1=value, y0=low, y1=high, yref=to, line=line, layer="below")
    said: dict[str, Any] = {"x": value, "yref": "paper", "y": 1, "yanchor": "bottom", "showarrow": False, "yshift": 2}
    said["font"] = {"size": 13}
    text = escaped(panel.baseline.text)
    if not panel.better:
        figure.add_annotation(text=text, xanchor="center", **said)
        return _head(panel) + 20
    words = ("better", "worse") if panel.better == "lower" else ("worse", "better")
    figure.add_annotation(text=f"← {words[0]}", xanchor="right", xshift=-6, **said)
    figure.add_annotation(text=f"{words[1]} →", xanchor="left", xshift=6, **said)
    aside = WORDS + BETWEEN
    left = _name_is_left(panel)
    figure.add_annotation(text=text, xanchor="right" if left else "left", xshift=-aside if left else aside, **said)
    return _head(panel) + 20


def _name_is_left(panel: Panel) -> bool:
    """Whether the name of the baseline is to the left of it, beside the words: where the rows reach further."""
    assert panel.baseline is not None
    rows = [row for part in panel.parts.values() for row in part.to_dict("records")]
    value = panel.baseline.value
    return bool(value - min(row["least"] for row in rows) > max(row["most"] for row in rows) - value)


def _beside_baseline(panel: Panel, column: int) -> tuple[float, float]:
    """Return the pixels that what is said of the baseline needs to the left and to the right of it, within the axes."""
    if panel.baseline is None:
        return 0.0, 0.0
    text = LETTER * len(panel.baseline.text)
    if not panel.better:
        return text / 2 - column, text / 2 - RIGHT
    left = _name_is_left(panel)
    needs = [WORDS + (BETWEEN + text) * left - column * left, WORDS + (BETWEEN + text) * (not left) - RIGHT]
    return needs[0], needs[1]
