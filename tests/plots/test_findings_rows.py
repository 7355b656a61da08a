"""Charts that compare rows: names in one column or, on a phone, above the bars, and nothing covers anything."""

import re

import pytest

from ae.plots.findings_plots import charts
from ae.plots.findings_rows import BROADEST, COMMA, DOT, GAP, LETTER, NARROW, NARROWER, OVER, SHORT, long_names
from ae.plots.findings_shape import is_numeric, line_colours, x_values
from ae.runs.findings import keeping
from ae.runs.findings.questions import QUESTIONS

PANELS = {
    f"{name}-{place}": panel
    for name, question in QUESTIONS.items()
    for place, panel in enumerate(question.panels(keeping.kept(question).rows))
    if not is_numeric(panel)
}
HALF = 13 / 2
"""Pixels from the middle of a line of type to its edges."""

rows_of_a_question = pytest.mark.parametrize("panel", PANELS.values(), ids=PANELS)


def drawn(panel, *, phone):
    """Return the chart of a panel with the annotations at its rows: the values and the names."""
    (figure,) = charts([panel], line_colours([panel]), phone=phone)
    at_rows = [each for each in figure.layout.annotations if each.yref != "paper"]
    names = {re.sub("<.*?>", "", each) for name in x_values(panel) for each in (name, name.replace(COMMA, "", 1))}
    texts = [re.sub("<.*?>", "", each.text) for each in at_rows]
    return (
        figure,
        [each for each, text in zip(at_rows, texts, strict=True) if text not in names],
        [each for each, text in zip(at_rows, texts, strict=True) if text in names],
    )


def row_height(figure):
    """Return the pixels from a row to the next."""
    low, high = figure.layout.yaxis.range
    return (figure.layout.height - figure.layout.margin.t - figure.layout.margin.b) / (high - low)


@pytest.mark.parametrize("phone", [True, False])
@rows_of_a_question
def test_each_row_has_its_value_beside_its_dot_above_its_error_bar_within_the_axes(panel, phone):
    figure, values, _ = drawn(panel, phone=phone)
    rows = [row for part in panel.parts.values() for row in part.to_dict("records")]
    low, high = figure.layout.xaxis.range
    room = (NARROW if phone else BROADEST) if long_names(panel) else NARROWER
    for value, row in zip(values, rows, strict=True):
        down = panel.baseline is not None and row["mean"] < panel.baseline.value
        assert (value.y, value.x) == (row[panel.x], row["mean"])
        assert (value.xanchor, value.xshift) == (("right", -DOT) if down else ("left", DOT))
        assert abs(value.xshift) > figure.data[0].marker.size / 2
        assert value.yshift - HALF > 3  # the error bar is half as thick
        end = DOT + 7.2 * len(re.sub("<.*?>", "", value.text))  # in pixels, of bold digits
        assert low <= value.x + (-end if down else end) * (high - low) / room <= high


@rows_of_a_question
def test_on_a_phone_long_names_are_above_their_bars_right_at_the_baseline_and_cover_nothing(panel):
    figure, _, names = drawn(panel, phone=True)
    if not long_names(panel):
        assert max(map(len, x_values(panel))) <= SHORT
        return
    assert figure.layout.margin.l == 0 and not figure.layout.yaxis.showticklabels
    assert [each.text for each in names] == x_values(panel)
    row, (low, high) = row_height(figure), figure.layout.xaxis.range
    assert figure.layout.yaxis.range[1] - (len(names) - 1) >= (names[0].yshift + HALF) / row  # below what is above
    for each in names:
        if panel.baseline:
            assert each.x == panel.baseline.value and abs(each.xshift) == GAP
            beside = (high - each.x if each.xanchor == "left" else each.x - low) / (high - low)
            assert GAP + LETTER * len(each.text) <= beside * NARROW + 1e-6
        assert each.yshift - HALF >= OVER + HALF  # the value of its row
        assert each.yshift + HALF <= row - HALF - 2  # the dot and the value of the row above
        assert row - each.yshift > each.yshift - HALF  # nearer to its own row


@rows_of_a_question
def test_on_a_laptop_all_names_end_right_before_the_bars_and_begin_within_the_chart(panel):
    figure, _, names = drawn(panel, phone=False)
    left = figure.layout.margin.l
    assert {(each.xref, each.x, each.xanchor, each.xshift) for each in names} == {("paper", 0, "right", -GAP)}
    assert [each.y for each in names] == x_values(panel)
    lines = [re.sub("<.*?>", "", line) for each in names for line in each.text.split("<br>")]
    assert max(map(len, lines)) * LETTER * 1.1 < left
    most = max(each.text.count("<br>") + 1 for each in names)
    assert 15 * most + 4 <= row_height(figure)


@rows_of_a_question
def test_the_baseline_is_one_line_across_all_rows(panel):
    for phone in (True, False):
        figure, _, _ = drawn(panel, phone=phone)
        lines = [shape for shape in figure.layout.shapes if shape.yref == "paper"]
        assert len(lines) == bool(panel.baseline)
        for line in lines:
            assert line.x0 == line.x1 == panel.baseline.value
            assert (line.y0, line.y1, line.line.dash) == (0, 1, None)
