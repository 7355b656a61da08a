"""Charts that compare rows: names in one column or, on a phone, above the bars, and nothing covers anything."""

import re

import pytest

from ae.plots.findings_plots import charts
from ae.plots.findings_rows import (
    BASELINE,
    BROADEST,
    COMMA,
    DOT,
    GAP,
    LEFT,
    LETTER,
    NARROW,
    NARROWER,
    RIGHT,
    SHORT,
    is_left,
    long_names,
)
from ae.plots.findings_shape import is_numeric, line_colours, row_text, x_values
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
def test_each_row_has_its_value_beyond_its_dot_and_its_pale_bar_within_the_axes(panel, phone):
    figure, values, _ = drawn(panel, phone=phone)
    rows = [row for part in panel.parts.values() for row in part.to_dict("records")]
    low, high = figure.layout.xaxis.range
    room = (NARROW if phone else BROADEST) if long_names(panel) else NARROWER
    for value, row in zip(values, rows, strict=True):
        down = is_left(panel, row[panel.x], row["mean"])
        assert (value.y, value.x, value.yshift) == (row[panel.x], row["least" if down else "most"], None)
        assert (value.xanchor, value.xshift) == (("right", -DOT) if down else ("left", DOT))
        assert abs(value.xshift) > figure.data[0].marker.size / 2
        end = DOT + 7.2 * len(re.sub("<.*?>", "", value.text))  # in pixels, of bold digits
        assert low <= value.x + (-end if down else end) * (high - low) / room <= high


@rows_of_a_question
def test_a_value_is_left_of_its_dot_only_where_its_bar_visibly_goes_there(panel):
    for part in panel.parts.values():
        for name, mean in zip(part[panel.x], part["mean"], strict=True):
            below = panel.baseline is not None and mean < panel.baseline.value
            no_change = re.fullmatch(r"[+−]?0%", row_text(panel, name, mean)[0]) is not None
            assert is_left(panel, name, mean) == (below and not no_change)


@rows_of_a_question
def test_on_a_phone_long_names_begin_at_the_left_edge_above_their_bars_and_cover_nothing(panel):
    figure, _, names = drawn(panel, phone=True)
    if not long_names(panel):
        assert max(map(len, x_values(panel))) <= SHORT
        return
    assert figure.layout.margin.l == LEFT and not figure.layout.yaxis.showticklabels
    assert {(each.xref, each.x, each.xanchor, each.xshift) for each in names} == {("paper", 0, "left", -LEFT)}
    assert [re.sub("<.*?>", "", each.text) for each in names] == x_values(panel)
    row = row_height(figure)
    assert figure.layout.yaxis.range[1] - (len(names) - 1) >= (names[0].yshift + HALF) / row  # below what is above
    for each in names:
        short, _, more = re.sub("<.*?>", "", each.text).partition(COMMA)
        assert LETTER * (len(short) + 12 / 13 * len(COMMA + more)) <= LEFT + NARROW
        assert each.yshift - HALF >= HALF + 2  # the value of its row
        assert each.yshift + HALF <= row - HALF - 2  # the dot and the value of the row above
        assert row - each.yshift >= each.yshift + 6  # clearly nearer to its own bar than to that of the row before
        assert BASELINE * row <= min(each.yshift - HALF, row - each.yshift - HALF)  # no line through a name


@rows_of_a_question
def test_on_a_laptop_all_names_begin_at_the_left_edge_and_end_before_the_bars(panel):
    figure, _, names = drawn(panel, phone=False)
    left = figure.layout.margin.l
    assert {(each.xref, each.x, each.xanchor, each.xshift) for each in names} == {("paper", 0, "left", -left)}
    assert [each.y for each in names] == x_values(panel)
    lines = [re.sub("<.*?>", "", line) for each in names for line in each.text.split("<br>")]
    assert max(map(len, lines)) * LETTER < left
    most = max(each.text.count("<br>") + 1 for each in names)
    assert 15 * most + 4 <= row_height(figure)


@rows_of_a_question
def test_the_baseline_is_one_line_across_all_rows_or_one_in_each_row_below_its_name(panel):
    for phone in (True, False):
        figure, _, _ = drawn(panel, phone=phone)
        lines = [shape for shape in figure.layout.shapes if panel.baseline and shape.x0 == shape.x1 and not bar(shape)]
        rows = range(len(x_values(panel)))
        each_row = [(row - BASELINE, row + BASELINE) for row in rows]
        spans = [] if not panel.baseline else each_row if phone and long_names(panel) else [(0, 1)]
        assert [(line.y0, line.y1) for line in lines] == spans
        assert all(line.x0 == panel.baseline.value and line.line.dash is None for line in lines)


@rows_of_a_question
def test_what_is_said_of_the_baseline_stands_in_one_line_within_the_chart(panel):
    if panel.baseline is None:
        return
    for phone in (True, False):
        figure, _, _ = drawn(panel, phone=phone)
        (said,) = [each for each in figure.layout.annotations if each.text == panel.baseline.text]
        words = [each for each in figure.layout.annotations if re.search("[←→]", each.text)]
        assert {each.yshift for each in words} <= {said.yshift} and said.x == panel.baseline.value
        low, high = figure.layout.xaxis.range
        room = (NARROW if phone else BROADEST) if long_names(panel) else NARROWER
        before, after = ((value - low) / (high - low) * room for value in (said.x, low + high - said.x))
        length, shift = LETTER * len(panel.baseline.text), said.xshift or 0
        if not words:
            assert said.xanchor == "center"
            assert length / 2 <= min(before + figure.layout.margin.l, after + RIGHT) + 1e-6
            continue
        ends = [abs(each.xshift) + LETTER * len(each.text) for each in words]
        assert max(ends) + GAP <= abs(shift)  # beside the words
        assert length + abs(shift) <= (before + figure.layout.margin.l if shift < 0 else after + RIGHT) + 1e-6
        assert (said.xanchor == "right") == (shift < 0)


@rows_of_a_question
def test_a_scale_below_the_rows_says_what_the_error_bars_reach(panel):
    for phone in (True, False):
        figure, _, _ = drawn(panel, phone=phone)
        assert figure.layout.xaxis.showticklabels is not False and figure.layout.xaxis.nticks >= 4
        assert figure.layout.margin.b >= 34  # of a tick with its label
        assert figure.layout.margin.l >= LETTER * len("−50%") / 2  # of which a half may be to the left of the axes


def bar(shape):
    """Whether a shape is the bar of a row, or the pale one of its spread."""
    return isinstance(shape.y0, str)
