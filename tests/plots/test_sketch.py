"""A thumbnail shows the points that the answer is about, inside its frame, and at most two lines."""

import xml.etree.ElementTree as ElementTree

import pytest

from ae.plots.colours import QUIET
from ae.plots.findings_shape import is_numeric, line_colours
from ae.plots.sketch import BESIDE, HEIGHT, STEEP, WIDTH, ends, sketch, stressed
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
def test_the_ends_of_a_single_line_have_its_first_and_its_last_value_at_their_points(panel):
    found = ends(panel)
    assert len(found) == (2 if len(stressed(panel)) == 1 else 0)
    if not found:
        return
    means, percent = list(panel.parts[stressed(panel)[0]]["mean"]), panel.form.endswith("%")
    line = ElementTree.fromstring(sketch(panel, line_colours([panel]))).find(f"{SVG}polyline").get("points").split()
    for end, mean, point in zip(found, (means[0], means[-1]), (line[0], line[-1]), strict=True):
        assert float(end.text.rstrip("%")) == pytest.approx(
            mean * 100 if percent else mean, rel=0.05, abs=0.5 * percent
        )
        assert (end.x * WIDTH, end.y * HEIGHT) == pytest.approx(tuple(map(float, point.split(","))), abs=0.1)
    across = [float(point.split(",")[0]) / WIDTH for point in line]
    near = [mean for x, mean in zip(across, means, strict=True) if x <= across[0] + BESIDE + 0.001]
    steep = means[0] - (near[-1] if len(near) > 1 else means[1]) >= STEEP * max(means)
    assert [end.below for end in found] == [not steep, means[-1] > means[0]]  # where the line is not


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
