"""A thumbnail shows the points that the answer is about, inside its frame, and at most two lines."""

import xml.etree.ElementTree as ElementTree

import pytest

from ae.plots.colours import QUIET
from ae.plots.findings_shape import is_numeric, line_colours, marked
from ae.plots.sketch import APART, BESIDE, HEIGHT, STEEP, WIDTH, sketch, stressed, values
from ae.runs.findings import keeping
from ae.runs.findings.questions import QUESTIONS

SVG = "{http://www.w3.org/2000/svg}"


PANELS = {
    f"{name}-{place}": panel
    for name, question in QUESTIONS.items()
    for place, panel in enumerate(question.panels(keeping.kept(question).rows))
    if is_numeric(panel)
}
charts_of_lines = pytest.mark.parametrize("panel", PANELS.values(), ids=PANELS)


@charts_of_lines
def test_every_chart_of_lines_has_a_thumbnail_with_the_points_of_its_answer_in_the_frame(panel):
    drawn = ElementTree.fromstring(sketch(panel, line_colours([panel])))
    lines = drawn.findall(f"{SVG}polyline")
    places = [tuple(map(float, point.split(","))) for line in lines for point in line.get("points").split()]
    assert len(places) == sum(len(panel.parts[name]) for name in stressed(panel))
    assert all(0 < x < WIDTH and 0 < y < HEIGHT for x, y in places)
    assert not drawn.findall(f".//{SVG}text")


@charts_of_lines
def test_a_single_line_has_the_values_at_its_ends_and_at_one_marked_point_between_them_at_their_points(panel):
    found = values(panel)
    if len(stressed(panel)) > 1:
        assert not found
        return
    part, percent = panel.parts[stressed(panel)[0]], panel.form.endswith("%")
    means = list(part["mean"])
    line = ElementTree.fromstring(sketch(panel, line_colours([panel]))).find(f"{SVG}polyline").get("points").split()
    across = [float(point.split(",")[0]) / WIDTH for point in line]
    marks = [list(part[panel.x]).index(x) for _, x, _ in marked(panel)]
    between = [at for at in marks if across[0] + APART <= across[at] <= across[-1] - APART]
    written = [0, *(between if len(between) == 1 else []), len(means) - 1]
    assert [value.where for value in found] == ["first", *["between"] * (len(written) - 2), "last"]
    for value, at in zip(found, written, strict=True):
        assert float(value.text.rstrip("%")) == pytest.approx(
            means[at] * 100 if percent else means[at], rel=0.05, abs=0.5 * percent
        )
        assert (value.x * WIDTH, value.y * HEIGHT) == pytest.approx(tuple(map(float, line[at].split(","))), abs=0.1)
    near = [mean for x, mean in zip(across, means, strict=True) if x <= across[0] + BESIDE + 0.001]
    steep = means[0] - (near[-1] if len(near) > 1 else means[1]) >= STEEP * max(means)
    rises = means[-1] > means[0]
    assert [value.below for value in found] == [not steep, *[rises] * (len(written) - 1)]  # where the line is not


def test_the_loss_after_50_epochs_is_written_at_its_point():
    question = QUESTIONS["epochs"]
    assert [value.where for value in values(question.panels(keeping.kept(question).rows)[0])][1:-1] == ["between"]


@charts_of_lines
def test_the_axis_begins_at_zero(panel):
    drawn = ElementTree.fromstring(sketch(panel, line_colours([panel]))).findall(f"{SVG}polyline")
    points = [point.split(",") for line in drawn for point in line.get("points").split()]
    means = [mean for name in stressed(panel) for mean in panel.parts[name]["mean"]]
    top = HEIGHT - 1 - min(float(y) for _, y in points)
    heights = [HEIGHT - 1 - float(y) for _, y in points]
    assert heights == pytest.approx([mean / max(means) * top for mean in means], abs=0.1)


def test_higher_values_are_drawn_higher():
    question = QUESTIONS["epochs"]
    panel = question.panels(keeping.kept(question).rows)[0]
    line = ElementTree.fromstring(sketch(panel, line_colours([panel]))).find(f"{SVG}polyline")
    heights = [float(point.split(",")[1]) for point in line.get("points").split()]
    assert heights == sorted(heights)  # the loss falls, and y grows downwards


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_thumbnail_has_one_line_or_the_two_that_its_question_compares(name):
    panel = QUESTIONS[name].panels(keeping.kept(QUESTIONS[name]).rows)[0]
    if is_numeric(panel):
        lines = ElementTree.fromstring(sketch(panel, line_colours([panel]))).findall(f"{SVG}polyline")
        assert len(lines) == 1 + (name == "interpolation")
        assert len({line.get("stroke") for line in lines} - {QUIET}) == len(lines)
        assert all(float(line.get("stroke-width")) > 2 for line in lines)


@charts_of_lines
def test_all_thumbnails_have_the_same_axes(panel):
    axes = ElementTree.fromstring(sketch(panel, line_colours([panel]))).find(f"{SVG}path").get("d")
    assert axes == f"M1 0V{HEIGHT - 1}H{WIDTH}"


def test_the_best_kind_is_drawn_at_the_top():
    question = QUESTIONS["family"]
    panel = question.panels(keeping.kept(question).rows)[0]
    better = [mark.x for mark in panel.marks if mark.better]
    assert better and list(panel.parts[""][panel.x])[: len(better)] == better
