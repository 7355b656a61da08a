"""Curves of quality against noise strength."""

import re
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ae.plots.colours import FILTERS, RUNS
from ae.plots.inside_labels import LINE, WIDTHS, name_width
from ae.plots.noise_curve import DASHES, method_lines, noise_curve
from ae.plots.style import PLOT

STRENGTHS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.75, 1.0)
MEASURED = {
    "Noisy": (1.0, 1.0, 1.0, 0.99, 0.985, 0.97, 0.86, 0.65),
    "16 units · Denoiser": (1.0, 1.0, 0.995, 0.995, 0.99, 0.975, 0.92, 0.78),
    "16 units · Best": (0.99, 0.99, 0.96, 0.86, 0.65, 0.4, 0.21, 0.19),
}
"""Recognition rates of the models that Denoise shows at first."""


def drawn(measured, form=".0%", at=0.6):
    """Draw a chart that is alone."""
    lines = method_lines(list(measured), dict(zip(measured, RUNS, strict=False)))
    about = {"title": "Quality", "unit": "standard deviation", "of": "Recognised digits", "form": form}
    return noise_curve(measured, STRENGTHS[: len(next(iter(measured.values())))], lines, at=at, named=True, **about)


def boxes(figure, axes=WIDTHS[0]):
    """Return the place of each name, by its text, in axes of some width: left, right, low, high."""
    found = {}
    low, high = figure.layout.yaxis.range
    for each in figure.layout.annotations:
        if each.xref == "paper" or "<b>" in each.text:
            continue
        name = re.sub("<[^>]*>", "", each.text).partition(" ")[2]
        pixel = (high - low) / PLOT
        width, x, y = name_width(name) / axes, each.x + each.xshift / axes, each.y + each.yshift * pixel
        left = x - width if each.xanchor == "right" else x
        found[name] = (left, left + width, y - LINE / 2 * pixel, y + LINE / 2 * pixel)
    return found


def crosses(box, line):
    """Whether a line touches a box."""
    left, right, low, high = box
    values = np.interp(np.linspace(left, right, 50), STRENGTHS[: len(line)], line)
    return values.max() >= low and values.min() <= high


def free(figure, measured):
    """See that no name touches a line, another name or the edge of the chart; return the places of all names."""
    low, high = figure.layout.yaxis.range
    for found in (boxes(figure, width) for width in (*WIDTHS, 600)):
        for box in found.values():
            assert box[0] > -0.01 and box[1] < 1.01 and box[2] >= low and box[3] <= high
            assert not any(crosses(box, line) for line in measured.values())
        for one, other in combinations(found.values(), 2):
            assert one[1] <= other[0] or other[1] <= one[0] or one[3] <= other[2] or other[3] <= one[2]
    return boxes(figure)


def test_filters_differ_in_dash_and_every_dash_can_be_shown_in_a_legend():
    dashes = [dash for dash, _ in FILTERS]
    assert len(set(dashes)) == len(dashes)
    assert set(dashes) | {"solid"} <= set(DASHES)


@pytest.mark.parametrize("at", [0.0, 0.3, 0.6, 1.0])
def test_names_are_inside_the_chart_each_closest_to_its_own_line_and_take_no_width(at):
    figure = drawn(MEASURED, at=at)
    found = free(figure, MEASURED)
    assert set(found) == set(MEASURED)
    assert figure.layout.margin.r < 10 and not figure.layout.showlegend
    assert figure.layout.title.subtitle.text == "Recognised digits"
    for name, (left, right, low, high) in found.items():
        far = {}
        for other, line in MEASURED.items():
            values = np.interp(np.linspace(left, right, 50), STRENGTHS, line)
            far[other] = min(np.abs(values - low).min(), np.abs(values - high).min())
        assert min(far, key=far.__getitem__) == name


def test_the_strength_is_marked_and_no_name_is_across_it():
    figure = drawn(MEASURED)
    assert any(each.text == "<b>0.60</b>" for each in figure.layout.annotations)
    assert all(not box[0] < 0.6 < box[1] for box in free(figure, MEASURED).values())


def test_lines_that_leave_no_room_are_named_beside_their_ends_and_the_strength_stays_marked():
    crowd = {f"Method number {i}": [0.9 + 0.001 * i] * 8 for i in range(9)}
    figure = drawn(crowd)
    assert figure.layout.margin.r > 50
    assert sum(each.xref == "paper" for each in figure.layout.annotations) == 9
    assert any(each.text == "<b>0.60</b>" for each in figure.layout.annotations)


curves = st.lists(st.floats(0, 1), min_size=8, max_size=8)


@given(st.lists(curves, min_size=1, max_size=4), st.sampled_from([".0%", ".1f"]))
def test_whatever_the_curves_no_name_lies_on_a_line_or_another_name(lines, form):
    measured = {f"{i} units · Run": line for i, line in enumerate(lines)}
    figure = drawn(measured, form)
    assert len(free(figure, measured)) in (0, len(measured))


def test_without_noise_the_psnr_is_not_drawn_and_the_names_are_inside_too():
    measured = {"Noisy": [100.0, 20, 14, 11, 9, 8, 5, 3], "16 units": [30.0, 29, 27, 25, 23, 20, 17, 15]}
    figure = drawn(measured, ".1f")
    assert figure.data[0].y[0] is None
    assert set(boxes(figure)) == set(measured)
