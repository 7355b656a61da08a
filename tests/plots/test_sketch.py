"""A thumbnail shows the same points as the chart, inside its frame."""

import xml.etree.ElementTree as ElementTree

import pytest

from ae.plots.findings_plots import line_colours
from ae.plots.sketch import HEIGHT, WIDTH, sketch
from ae.runs.findings import keeping
from ae.runs.findings.questions import QUESTIONS

SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("name", QUESTIONS)
def test_every_chart_has_a_thumbnail_with_all_its_points_in_the_frame(name):
    for panel in QUESTIONS[name].panels(keeping.kept(QUESTIONS[name]).rows):
        drawn = ElementTree.fromstring(sketch(panel, line_colours([panel])))
        points = sum(len(part) for part in panel.parts.values())
        if lines := drawn.findall(f"{SVG}polyline"):
            places = [tuple(map(float, point.split(","))) for line in lines for point in line.get("points").split()]
        else:
            bars = [bar for path in drawn.findall(f"{SVG}path")[1:] for bar in path.get("d").split("M")[1:]]
            places = [(float(bar.split()[0]), float(bar.split("V")[1])) for bar in bars]
        assert len(places) == points
        assert all(0 < x < WIDTH and 0 < y < HEIGHT for x, y in places)


def test_higher_values_are_drawn_higher():
    question = QUESTIONS["epochs"]
    panel = question.panels(keeping.kept(question).rows)[0]
    line = ElementTree.fromstring(sketch(panel, line_colours([panel]))).find(f"{SVG}polyline")
    heights = [float(point.split(",")[1]) for point in line.get("points").split()]
    assert heights == sorted(heights)  # the loss falls, and y grows downwards
