"""The charts of a question: each says its conclusion, names its lines at their ends, and lets no text collide."""

import re

import numpy as np
import pytest

from ae.plots.colours import QUIET, RUNS
from ae.plots.findings_plots import BROAD, NARROW, PLOT, chart, charts, space
from ae.plots.findings_shape import (
    BESIDE,
    LETTER,
    LINE,
    RING,
    alt,
    axes,
    grid,
    is_numeric,
    line_colours,
    marked,
    sides,
    text_box,
    x_values,
)
from ae.plots.findings_svg import svg
from ae.plots.inside_labels import APART, WIDTHS, inside
from ae.runs.findings import keeping
from ae.runs.findings.questions import QUESTIONS

EVERY = [
    (name, place)
    for name, question in QUESTIONS.items()
    for place in range(len(question.panels(keeping.kept(question).rows)))
]


def panels(name):
    return QUESTIONS[name].panels(keeping.kept(QUESTIONS[name]).rows)


def written(figure):
    return [re.sub("<[^>]*>", " ", annotation.text) for annotation in figure.layout.annotations]


@pytest.mark.parametrize(("name", "place"), EVERY)
def test_a_chart_has_its_conclusion_and_what_is_measured_above_it_and_no_legend(name, place):
    panel = panels(name)[place]
    figure = chart(panel, line_colours(panels(name)))
    title, _, below = figure.layout.title.text.partition("<br>")
    assert title == panel.title and 10 < len(title) <= 52  # a phone has room for about as many letters
    assert panel.measures in (below or title).replace("&amp;", "&")
    assert not figure.layout.showlegend and not figure.layout.yaxis.title.text
    assert panel.title in alt(panel) and panel.y_label in alt(panel)


@pytest.mark.parametrize(("name", "place"), EVERY)
def test_each_line_is_named_in_its_colour(name, place):
    panel, colours = panels(name)[place], line_colours(panels(name))
    texts = [annotation.text for annotation in chart(panel, colours).layout.annotations]
    for line in panel.parts if is_numeric(panel) and len(panel.parts) > 1 else ():
        (text,) = [text for text in texts if re.sub("<[^>]*>", " ", text).split() == ["●", *line.split()]]
        assert colours[line] in text


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(("name", "place"), EVERY)
def test_names_inside_the_axes_cover_nothing_stand_apart_and_are_nearest_to_their_own_line(name, place, width):
    panel = panels(name)[place]
    names = inside(space(panel)) if is_numeric(panel) and len(panel.parts) > 1 else None
    if names is None:
        return
    across, up = axes(panel)

    def places(part, edge="mean"):
        return [(across.at(x) * width, up.at(y) * PLOT) for x, y in zip(part[panel.x], part[edge], strict=True)]

    texts = [
        text_box((across.at(x), up.at(y), len(mark.text)), side, width, PLOT)
        for (mark, x, y), side in zip(marked(panel), sides(panel, [(each, PLOT) for each in WIDTHS]), strict=True)
        if mark.text
    ]
    boxes = {each.line: each.box(width, PLOT) for each in names}
    assert set(boxes) == set(panel.parts)
    for line, (left, bottom, right, top) in boxes.items():
        assert left >= 0 and right <= width and bottom >= 0 and top <= PLOT
        for other in [*texts, *(box for each, box in boxes.items() if each != line)]:
            assert max(left - other[2], other[0] - right, bottom - other[3], other[1] - top) >= APART
        gaps = {}
        for each, part in panel.parts.items():
            for edge in ("least", "mean", "most"):
                x, y = zip(*places(part, edge), strict=True)
                along = np.linspace(x[0], x[-1], 2000)
                levels = np.interp(along, x, y)
                assert not ((left < along) & (along < right) & (bottom < levels) & (levels < top)).any()
                if edge == "mean":
                    aside = np.maximum(0, np.maximum(left - along, along - right))
                    over = np.maximum(0, np.maximum(bottom - levels, levels - top))
                    gaps[each] = np.hypot(aside, over).min()
        assert gaps[line] <= min(gaps.values()) + 3


def test_names_are_clear_of_the_lines_of_a_chart_that_come_together():
    panel = panels("dimensions")[2]
    names = {each.line: each for each in inside(space(panel))}
    assert names["PCA"].above > 0 > names["autoencoder"].above
    assert all(each.x < axes(panel)[0].at(16) for each in names.values())  # before the lines meet


def test_lines_that_end_at_different_values_are_apart():
    panel = panels("dimensions")[2]
    ends = [axes(panel)[1].at(part["mean"].iloc[-1]) for part in panel.parts.values()]
    assert PLOT * abs(ends[0] - ends[1]) > 4  # twice as much as a line


@pytest.mark.parametrize("name", QUESTIONS)
def test_charts_side_by_side_have_the_same_axes_and_only_round_points(name):
    every = panels(name)
    pair = charts(every[:2], line_colours(every))
    if len(pair) == 2 and x_values(every[0]) == x_values(every[1]) and is_numeric(every[0]):
        assert pair[0].layout.xaxis.range == pair[1].layout.xaxis.range
        assert pair[0].layout.height == pair[1].layout.height
        if set(every[0].parts) == set(every[1].parts):
            assert pair[0].layout.margin == pair[1].layout.margin
    for panel, figure in zip(every[:2], pair, strict=True):
        if is_numeric(panel):
            assert all(trace.error_y.width == 0 for trace in figure.data if trace.error_y.array is not None)
            for line, part in panel.parts.items():
                (trace,) = [
                    trace for trace in figure.data if trace.name == (line or None) and trace.error_y.array is not None
                ]
                assert (trace.error_y.visible is False) == (len(part) > 1)  # a band shows the spread of the others


@pytest.mark.parametrize("width", [NARROW, BROAD])
@pytest.mark.parametrize(("name", "place"), EVERY)
def test_what_a_chart_writes_at_a_point_crosses_no_line_and_no_edge(name, place, width):
    panel = panels(name)[place]
    if not is_numeric(panel):
        return
    across, up = axes(panel)
    boxes = []
    for (mark, x, y), (right, above) in zip(marked(panel), sides(panel, ((NARROW, PLOT), (BROAD, PLOT))), strict=True):
        if not mark.text:
            continue
        half = LETTER * len(mark.text) / 2
        middle = width * across.at(x) + right * (half + (BESIDE if above else RING))
        level = PLOT * up.at(y) + above * (RING + LINE / 2)
        boxes.append((middle - half, middle + half, level - LINE / 2, level + LINE / 2))
        assert boxes[-1][0] >= 0 and boxes[-1][1] <= width and boxes[-1][2] >= 0 and boxes[-1][3] <= PLOT
    for left, end, bottom, top in boxes:
        assert sum(left < other[1] and other[0] < end and bottom < other[3] and other[2] < top for other in boxes) == 1
        for part in panel.parts.values():
            x, y = ([axis.at(value) * size for value in part[column]]
                    for axis, column, size in ((across, panel.x, width), (up, "mean", PLOT)))  # fmt: skip
            places = np.linspace(x[0], x[-1], 2000)
            levels = np.interp(places, x, y)
            assert not ((left < places) & (places < end) & (bottom < levels) & (levels < top)).any(), mark.text


@pytest.mark.parametrize(("name", "place"), EVERY)
def test_an_axis_has_a_few_lines_and_names_know_where_they_are(name, place):
    panel = panels(name)[place]
    if is_numeric(panel):
        step, levels = grid(panel)
        figure, up = chart(panel, line_colours(panels(name))), axes(panel)[1]
        inside_axes = [level for level in levels if 0 <= up.at(level) <= 1]
        assert 3 <= len(inside_axes) <= (12 if up.log else 7)
        assert figure.layout.yaxis.dtick == ("D2" if up.log else step)


def test_a_share_below_one_percent_at_a_logarithmic_axis_is_not_called_none():
    for panel in (panel for name in QUESTIONS for panel in panels(name) if panel.form.endswith("%") and panel.log):
        assert chart(panel, line_colours([panel])).layout.yaxis.tickformat == ".3~%"
    rows = keeping.kept(QUESTIONS["dimensions"]).rows
    few = QUESTIONS["dimensions"].panels(rows.assign(knn_accuracy=1 - (1 - rows["knn_accuracy"]) / 5))[2]
    assert min(few.parts["PCA"]["least"]) < 0.01
    picture = svg([few]).decode()
    assert ">0.5%<" in picture and ">0%<" not in picture


def test_what_the_others_are_compared_with_is_grey_and_what_the_answer_is_about_blue():
    assert line_colours(panels("dimensions"))["PCA"] == QUIET
    assert line_colours(panels("dimensions"))["autoencoder"] == RUNS[0]
    assert line_colours(panels("denoising"))[panels("denoising")[0].main] == RUNS[0]


def test_what_comes_after_the_answer_is_shaded_and_says_why():
    rows = keeping.kept(QUESTIONS["dimensions"]).rows
    wider = rows["code_size"] == 64
    alike = rows.mask(wider, rows.assign(recognition_rate=rows["recognition_rate"] - 0.01))  # no more are recognised
    panel = QUESTIONS["dimensions"].panels(alike)[0]
    figure = chart(panel, line_colours([panel]))
    (shade,) = figure.layout.shapes
    assert [mark.x for mark in panel.marks] == [shade.x0] and shade.x1 == max(panel.parts["autoencoder"][panel.x])
    (words,) = [each for each in figure.layout.annotations if "hardly" in each.text]
    ends = [part["mean"].iloc[-1] for part in panel.parts.values()]
    assert (words.y, words.yanchor) == (0, "bottom") and min(ends) > 0.9  # the lines are at the top
    assert "hardly any gain" in written(figure)
    assert "32 units" in [text.strip() for text in written(figure)]
    assert not chart(panels("dimensions")[1], line_colours([panel])).layout.shapes


def test_changes_are_in_percent_of_a_named_preset_with_a_better_and_a_worse_side():
    (panel,) = panels("ingredients")
    assert panel.baseline.name not in list(panel.parts[""][panel.x])
    figure = chart(panel, line_colours([panel]))
    texts = [text.strip() for text in written(figure)]
    assert panel.baseline.text in texts and "← better" in texts and "worse →" in texts
    drawn = [shape for shape in figure.layout.shapes if shape.yref != "paper"]
    bars, pale = ([shape for shape in drawn if (shape.opacity == 1) == solid] for solid in (True, False))
    (line,) = [shape for shape in figure.layout.shapes if shape.yref == "paper"]
    rows = panel.parts[""].to_dict("records")
    assert line.x0 == line.x1 == panel.baseline.value == 0 and (line.y0, line.y1) == (0, 1)  # without a gap
    assert not line.line.dash
    assert [(bar.x0, bar.x1, bar.y0) for bar in bars] == [(0, row["mean"], row[panel.x]) for row in rows]
    assert [(bar.x0, bar.x1, bar.y0) for bar in pale] == [(row["least"], row["most"], row[panel.x]) for row in rows]
    assert all(wide.line.width >= 3 * thin.line.width for wide, thin in zip(pale, bars, strict=True))
    assert figure.data[0].error_x.visible is False  # the pale bars show it
    low, high = figure.layout.xaxis.range
    assert min(panel.parts[""]["least"]) > low and max(panel.parts[""]["most"]) < high
    (trace,) = figure.data
    assert "test MSE 0." in trace.customdata[0][0] and "customdata[0]" in trace.hovertemplate
    family = panels("family")[0]
    assert "← worse" in [text.strip() for text in written(chart(family, line_colours([family])))]


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_file_has_every_conclusion_and_every_name_and_no_legend(name):
    picture = svg(panels(name)).decode()
    for panel in panels(name):
        assert panel.title.replace("'", "&apos;") in picture.replace("&#x27;", "&apos;").replace("'", "&apos;")
        assert all(line in picture for line in panel.parts)
    assert "legend" not in picture


def test_a_chart_says_of_each_axis_whether_it_is_logarithmic():
    recognised, errors, mixed_up, units = panels("dimensions")
    for panel in (recognised, errors, mixed_up, units):
        figure = chart(panel, line_colours([panel]))
        scales = figure.layout.xaxis.type, figure.layout.yaxis.type
        said = "log scale" in figure.layout.xaxis.title.text, ", log scale" in figure.layout.title.text
        assert said == tuple(scale == "log" for scale in scales)
    assert errors.log and mixed_up.log and not recognised.log and not units.log


def test_what_no_line_can_pass_is_dotted_without_points():
    panel = panels("dimensions")[0]
    looks = {
        trace.name: (trace.mode, trace.line.dash) for trace in chart(panel, line_colours([panel])).data if trace.name
    }
    assert looks.pop(panel.limit) == ("lines", "dot")
    assert set(looks.values()) == {("lines+markers", None)}
