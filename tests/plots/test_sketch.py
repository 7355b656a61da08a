"""A thumbnail shows the points that the answer is about, inside its frame, and at most two lines."""

import xml.etree.ElementTree as ElementTree

import pytest

from ae.plots.colours import QUIET
from ae.plots.findings_shape import is_numeric, line_colours
from ae.plots.sketch import HEIGHT, WIDTH, sketch, stressed
from ae.runs.findings import keeping
from ae.runs.findings.questions import QUESTIONS

SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("name", QUESTIONS)
def test_every_chart_has_a_thumbnail_with_the_points_of_its_answer_in_the_frame(name):
    for panel in QUESTIONS[name].panels(keeping.kept(QUESTIONS[name]).rows):
        drawn = ElementTree.fromstring(sketch(panel, line_colours([panel])))
        named = stressed(panel)
        points = sum(len(part) for name, part in panel.parts.items() if name in named or not is_numeric(panel))
        if is_numeric(panel):
            lines = drawn.findall(f"{SVG}polyline")
            places = [tuple(map(float, point.split(","))) for line in lines for point in line.get("points").split()]
        else:
            places = [(float(dot.get("cx")), float(dot.get("cy"))) for dot in drawn.findall(f"{SVG}circle")]
        assert len(places) == points
        assert all(0 < x < WIDTH and 0 < y < HEIGHT for x, y in places)
        assert not drawn.findall(f".//{SVG}text")


def test_higher_values_are_drawn_higher():
    question = QUESTIONS["epochs"]
    panel = question.panels(keeping.kept(question).rows)[0]
    line = ElementTree.fromstring(sketch(panel, line_colours([panel]))).find(f"{SVG}polyline")
    heights = [float(point.split(",")[1]) for point in line.get("points").split()]
    assert heights == sorted(heights)  # the loss falls, and y grows downwards


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_thumbnail_has_one_line_or_the_two_that_its_question_compares(name):
    panel = QUESTIONS[name].panels(keeping.kept(QUESTIONS[name]).rows)[0]
    lines = ElementTree.fromstring(sketch(panel, line_colours([panel]))).findall(f"{SVG}polyline")
    if is_numeric(panel):
        assert len(lines) == 1 + (name == "interpolation")
        assert len({line.get("stroke") for line in lines} - {QUIET}) == len(lines)
        assert all(float(line.get("stroke-width")) > 2 for line in lines)


@pytest.mark.parametrize("name", QUESTIONS)
def test_all_thumbnails_have_the_same_axis_at_the_bottom_and_those_with_lines_at_the_left(name):
    panel = QUESTIONS[name].panels(keeping.kept(QUESTIONS[name]).rows)[0]
    axes = ElementTree.fromstring(sketch(panel, line_colours([panel]))).find(f"{SVG}path").get("d")
    start = "M1 0V" if is_numeric(panel) else "M0 "
    assert axes == f"{start}{HEIGHT - 1}H{WIDTH}"


def test_the_best_kind_is_drawn_at_the_top():
    question = QUESTIONS["family"]
    panel = question.panels(keeping.kept(question).rows)[0]
    better = [mark.x for mark in panel.marks if mark.better]
    assert better and list(panel.parts[""][panel.x])[: len(better)] == better
