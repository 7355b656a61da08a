"""The charts of a question that compare rows: each with its name at a bar, and its value at the dot."""

from collections.abc import Mapping

import plotly.graph_objects as go

from ae.plots.bottleneck_curve import mean_with_spread
from ae.plots.colours import QUIET
from ae.plots.findings_shape import mark_colour, row_text, x_values
from ae.plots.style import TITLE, escaped, shortened, style
from ae.runs.findings.question import Panel

ROW, LOW_ROW = 55, 36
"""The height of a row, in pixels: the name, the value, and the bar; and that of one with its name to the left."""

SHORT = 17
"""The most letters of names that stand to the left of the bars; longer ones would leave no room for them on a phone."""

VALUE, NAME = 11, 27
"""By how many pixels the middle of a value, which is clear of the error bar, and that of a name is above the bar."""

ABOVE, BELOW = 0.7, 0.22
"""What the first row needs above its bar, and the last below, in rows."""

NARROW, NARROWER = 315, 200
"""The width of the axes on a phone, in pixels: with the names above the bars, or to the left."""

LONGEST = 46
"""The most letters of the name of a row."""

LETTER, DIGIT = 5.8, 7.5
"""Pixels of a letter of a name, and of a digit of a value, which may be bold."""

DOT = 8
"""Pixels from the middle of a dot to its value."""

HEAD = 54
"""Pixels above the axes, for the title and for what is measured."""


def headed(figure: go.Figure, panel: Panel) -> None:
    """Write the conclusion above a chart, and under it what is measured."""
    small = f'<br><span style="font-size: 13px; font-weight: normal">{escaped(panel.measures)}</span>'
    text = f"{escaped(panel.title)}{small if panel.title != panel.measures else ''}"
    figure.update_layout(title={"text": text, "font": TITLE, "pad": {"t": 14, "l": 0}})


def rows_of_dots(panel: Panel, colours: Mapping[str, str]) -> go.Figure:
    """Draw a bar in each row from the baseline to a dot, with the value at the dot.

    The names are to the left if all are short, and otherwise above the bars, so that both have the whole width.
    """
    figure, names = go.Figure(), x_values(panel)
    room = NARROW if above(panel) else NARROWER
    row_height = ROW if above(panel) else LOW_ROW
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
                yshift=VALUE,
                showarrow=False,
                borderpad=0,
                font={"size": 13},
            )
    style(figure, panel.title, x="", y="")
    headed(figure, panel)
    from_baseline = [panel.baseline.value] if panel.baseline else []
    low = min([*(part["least"].min() for part in panel.parts.values()), *from_baseline])
    high = max([*(part["most"].max() for part in panel.parts.values()), *from_baseline])
    left, right = _ends(panel, low, high, room)
    top = _compare(figure, panel, (left, right), row_height) if panel.baseline else HEAD
    figure.update_layout(
        height=top + round(row_height * (len(names) - 1 + ABOVE + BELOW)) + (8 if panel.baseline else 34),
        margin={"t": top, "b": 8, "l": 0 if above(panel) else 8, "r": 8},
        hovermode="closest",
        showlegend=len(panel.parts) > 1,
        scattermode="group",
        scattergap=0.5,
    )
    figure.update_yaxes(type="category", categoryarray=names[::-1], categoryorder="array", showgrid=False)
    figure.update_yaxes(range=[-BELOW, len(names) - 1 + ABOVE])
    if above(panel):
        figure.update_yaxes(showticklabels=False, automargin=False)
        _name_rows(figure, panel, (left, right))
    percent = "+.0%" if panel.of else ".0%"
    figure.update_xaxes(range=[left, right], nticks=4, tickformat=percent if panel.form.endswith("%") else None)
    figure.update_xaxes(labelalias={"+0%": "0%"})
    figure.update_xaxes(showticklabels=panel.baseline is None)  # each row says its value
    return figure


def above(panel: Panel) -> bool:
    """Whether the names of the rows are above their bars."""
    return max(map(len, x_values(panel))) > SHORT


def _name_rows(figure: go.Figure, panel: Panel, ends: tuple[float, float]) -> None:
    """Write the names above the bars: from the baseline on, or further to the left if one would be cut off."""
    names, (left, right) = [shortened(name, LONGEST) for name in x_values(panel)], ends
    longest = max(map(len, names)) * LETTER / NARROW  # as a share of the width
    start = (panel.baseline.value - left) / (right - left) if panel.baseline else 0.0
    for name, text in zip(x_values(panel), names, strict=True):
        figure.add_annotation(
            text=escaped(text),
            x=max(0.0, min(start, 1 - longest)),
            xref="paper",
            xanchor="left",
            y=name,
            yshift=NAME,
            showarrow=False,
            borderpad=0,
            font={"size": 13},
        )


def _ends(panel: Panel, low: float, high: float, room: int) -> tuple[float, float]:
    """Return the ends of the x axis, with room for the values at the dots and for words beside the baseline."""
    means = [mean for part in panel.parts.values() for mean in part["mean"]]
    usual = panel.baseline.value if panel.baseline else low
    text = (2 + DOT + DIGIT * max(len(f"{mean:{panel.form}}") for mean in means)) / room  # as a share of the width
    before = [mean for mean in means if mean < usual]
    after = [mean for mean in means if mean >= usual]
    aside = 60 / room if panel.baseline and panel.better else 0.03
    left, right = low, high if high > low else low + 1.0
    for _ in range(30):  # the room is a share of the width, which grows with it
        width = right - left
        left = min(left, low - 0.03 * width, usual - aside * width, *(mean - text * width for mean in before))
        right = max(right, high + 0.03 * width, usual + aside * width, *(mean + text * width for mean in after))
    return left, right


def _compare(figure: go.Figure, panel: Panel, ends: tuple[float, float], row_height: int) -> int:
    """Draw the baseline at each row, where no name is, and say which side is better; return the height above the axes.

    Its name and the words stand above the rows.
    """
    assert panel.baseline is not None
    value, (left, right) = panel.baseline.value, ends
    top = 17 if above(panel) else row_height - 9  # so that it is whole where no name is
    for place in range(len(x_values(panel))):
        figure.add_shape(
            type="line", x0=value, x1=value, y0=place - 9 / row_height, y1=place + top / row_height,
            line={"color": QUIET, "width": 1.5, "dash": "dot"}, layer="below",
        )  # fmt: skip
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
