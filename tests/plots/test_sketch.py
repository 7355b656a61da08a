"""A thumbnail shows the same points as the chart, inside its frame."""

import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest

from ae.plots.findings_plots import chart, line_colours, svg
from ae.plots.sketch import HEIGHT, LETTER, LINE, WIDTH, sketch
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
            places = [(float(dot.get("cx")), float(dot.get("cy"))) for dot in drawn.findall(f"{SVG}circle")]
        assert len(places) == points
        assert all(0 < x < WIDTH and 0 < y < HEIGHT for x, y in places)


def test_higher_values_are_drawn_higher():
    question = QUESTIONS["epochs"]
    panel = question.panels(keeping.kept(question).rows)[0]
    line = ElementTree.fromstring(sketch(panel, line_colours([panel]))).find(f"{SVG}polyline")
    heights = [float(point.split(",")[1]) for point in line.get("points").split()]
    assert heights == sorted(heights)  # the loss falls, and y grows downwards


@pytest.mark.parametrize("name", QUESTIONS)
def test_what_the_answer_names_is_written_in_chart_and_thumbnail(name):
    panel = QUESTIONS[name].panels(keeping.kept(QUESTIONS[name]).rows)[0]
    colours = line_colours([panel])
    texts = [mark.text for mark in panel.marks]
    assert texts
    drawn = ElementTree.fromstring(sketch(panel, colours)).findall(f"{SVG}text")
    assert sorted(text.text for text in drawn) == sorted(texts)
    for text in drawn:
        half, x, y = LETTER * len(text.text) / 2, float(text.get("x")), float(text.get("y"))
        assert half <= x <= WIDTH - half and LINE <= y <= HEIGHT
    written = [
        text
        for trace in chart(panel, colours).data
        for text in np.atleast_1d(trace.text if trace.text is not None else [])
    ]
    assert sorted(
        text.removeprefix("<b>").removesuffix("</b>") for text in written if text not in ("", "<b></b>", None)
    ) == sorted(texts)
    assert all(f">{text}<" in svg([panel]).decode() for text in texts)
