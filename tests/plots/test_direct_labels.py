"""Lines are named beside their ends: after a mark in their colours, and never over each other."""

import math
import re
from itertools import pairwise

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest
from histories import SPLIT, history
from hypothesis import given
from hypothesis import strategies as st

from ae.plots import bottleneck_curve, loss_curve
from ae.plots.colours import RUNS
from ae.plots.direct_labels import LONGEST, Label, apart, label_ends, name_lines
from ae.plots.inside_labels import LINE, WIDTHS, name_width
from ae.plots.style import PLOT, shortened
from ae.runs.comparison import REPORTED

places = st.lists(st.floats(-5, 5), min_size=1, max_size=20)


@given(places, st.floats(0.01, 1))
def test_labels_keep_their_distance_their_order_and_within_the_axis(wanted, gap):
    moved = apart(wanted, gap, -6.0, 6.0)
    room = min(gap, 12 / max(1, len(wanted) - 1))
    assert all(upper - lower >= room - 1e-9 for lower, upper in pairwise(sorted(moved)))
    assert all(-6 - 1e-9 <= place <= 6 + 1e-9 for place in moved)
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    assert [moved[i] for i in order] == sorted(moved)


@given(places)
def test_labels_that_do_not_touch_stay_where_their_lines_end(wanted):
    wanted = [3.0 * rank for rank, _ in enumerate(wanted)]
    assert apart(wanted, 1.0, -1.0, 60.0) == pytest.approx(wanted)


def eight():
    names = [f"{size} · Plain MLP (Xavier)" for size in range(8)]
    return names, dict(zip(names, RUNS[:8], strict=True))


def test_eight_runs_have_eight_labels_in_their_colours_and_no_legend():
    names, colours = eight()
    for figure in (
        loss_curve.curves({name: (SPLIT, history(SPLIT)) for name in names}, colours=colours, of=["validation"]),
        bottleneck_curve.class_dots({name: {"0": 0.02, "1": 0.03} for name in names}, colours, ["0", "1"]),
        bottleneck_curve.size_curve({}, [], (), {name: (8, 0.03) for name in names}, colours=colours),
    ):
        labels = figure.layout.annotations
        marked = dict(
            re.fullmatch(r'<span style="color: (#\w+)">.</span> (.+)', label.text).groups()[::-1] for label in labels
        )
        assert marked == colours
        assert not any(label.font.color for label in labels)  # the page's, which is readable in every theme
        assert figure.layout.showlegend is False
        low, high = figure.layout.yaxis.range
        pixels = (high - low) / (figure.layout.height - figure.layout.margin.t - figure.layout.margin.b)
        heights = sorted(label.y for label in labels)
        assert all(above - below > 12 * pixels for below, above in pairwise(heights))


def test_eight_runs_have_eight_marks():
    names, colours = eight()
    figure = bottleneck_curve.class_dots({name: {"0": 0.02} for name in names}, colours, ["0"])
    marks = [trace.marker for trace in figure.data if trace.mode == "markers"]
    assert len({mark.symbol for mark in marks}) == len({mark.color for mark in marks}) == 8


def test_a_label_has_the_mark_of_its_run_and_grey_circles_are_named():
    names, colours = eight()
    chosen = {name: (8, 0.03) for name in names}
    group = pd.DataFrame({"Bottleneck": [2, 64], "mean": [0.03, 0.003], "least": 0.0, "most": 0.04, "runs": 1})
    reported = REPORTED["mnist"]
    grey = {"Lab": group, "Own": group.iloc[1:], "Chosen": group.assign(Bottleneck=8)}  # which have a label already
    figure = bottleneck_curve.size_curve(grey, [0.1] * 100, reported, chosen, colours=colours)
    marks = [re.sub("<[^>]*>", "", label.text).partition(" ")[::2] for label in figure.layout.annotations]
    assert [name for _, name in marks[:8]] == names
    assert len({mark for mark, _ in marks}) == len(marks) == 12
    assert [name for _, name in marks[8:]] == [
        "the course's reports",
        "Lab",
        "other runs",
        "PCA, the best linear autoencoder",
    ]


@pytest.mark.parametrize("chosen", [{2: 0.032, 8: 0.01, 16: 0.005}, {8: 0.025}, {4: 0.06, 32: 0.002}])
def test_pca_is_named_inside_where_no_line_of_the_grid_and_nothing_drawn_is(chosen):
    names = {f"{size} units": (size, loss) for size, loss in chosen.items()}
    pca = [0.07 / (1 + size / 8) for size in range(100)]
    figure = bottleneck_curve.size_curve({}, pca, (), names, colours=dict(zip(names, RUNS, strict=False)))
    (name,) = [each for each in figure.layout.annotations if "PCA, the best linear autoencoder" in each.text]
    height = figure.layout.height - figure.layout.margin.t - bottleneck_curve.BELOW
    (left, right), (low, high) = figure.layout.xaxis.range, figure.layout.yaxis.range
    for width in WIDTHS:
        end = (name.x - left) / (right - left) * width + name.xshift
        start, end = sorted((end, end + name_width(bottleneck_curve.PCA) * (1 if name.xanchor == "left" else -1)))
        middle = (name.y - low) / (high - low) * height + name.yshift
        assert start >= 0 and end <= width and LINE / 2 <= middle <= height - LINE / 2
        grid = [
            (math.log10(digit) - decade - low) / (high - low) * height for decade in range(5) for digit in (1, 2, 5)
        ]
        assert all(abs(middle - level) >= LINE / 2 - 1 for level in grid)
        for trace in figure.data:
            x = np.array([(math.log10(each) - left) / (right - left) * width for each in trace.x])
            y = np.array([(math.log10(each) - low) / (high - low) * height for each in trace.y])
            along = np.linspace(x[0], x[-1], 500)
            levels = np.interp(along, x, y)
            assert not ((start < along) & (along < end) & (abs(levels - middle) < LINE / 2)).any()


def test_forty_labels_make_the_figure_taller_and_a_long_name_is_cut():
    figure = go.Figure()
    figure.update_layout(height=310)
    label_ends(figure, [Label("x" * 90, 0.1, "#000000")] * 40, [0.1], log=True, plot=PLOT)
    assert figure.layout.height >= 40 * 15
    assert max(len(each.text.partition("> ")[2]) for each in figure.layout.annotations) == LONGEST


@pytest.mark.parametrize("value", [float("nan"), 0.0, -1.0])
def test_the_name_of_a_line_that_ends_where_the_axis_has_no_place_is_in_the_row(value):
    for names in (["A", "B"], ["A" * LONGEST, *"BCDEFGHIJKLMN"], ["A" * 90]):
        figure = go.Figure()
        figure.add_annotation(text="kept", x=0, y=0)
        values = [value, *(0.1 for _ in names[1:])]
        labels = [Label(name, each, "#000000") for name, each in zip(names, values, strict=True)]
        name_lines(figure, labels, values, unit="Loss", log=True, plot=PLOT)
        kept, *beside = [re.sub("<[^>]*>", "", each.text) for each in figure.layout.annotations]
        row = re.sub("<[^>]*>", "", figure.layout.title.subtitle.text).split("\u2002 ")
        assert kept == "kept" and row[0] == "Loss"
        assert sorted([*row[1:], *beside]) == sorted(f"● {shortened(name, LONGEST)}" for name in names)
        assert f"● {shortened(names[0], LONGEST)}" in row


def test_a_run_without_the_last_class_is_named_too():
    losses = {"A": {"0": 0.02, "1": 0.01}, "B": {"0": 0.03}, "no losses": {}}
    figure = bottleneck_curve.class_dots(losses, dict(zip(losses, RUNS, strict=False)), ["0", "1"])
    row = re.sub("<[^>]*>", "", figure.layout.title.subtitle.text)
    assert row.split("\u2002 ") == ["Test MSE", "● A", "■ B"]


def test_few_short_names_are_in_a_row_below_the_title_and_take_no_width():
    losses = {f"{size} units": {"0": 0.02, "1": 0.01 * size, "2": 0.06} for size in (1, 2, 3)}
    figure = bottleneck_curve.class_dots(losses, dict(zip(losses, RUNS, strict=False)), ["0", "1", "2"])
    row = re.sub("<[^>]*>", "", figure.layout.title.subtitle.text)
    assert row.split("\u2002 ") == ["Test MSE", "● 1 units", "■ 2 units", "◆ 3 units"]
    assert not figure.layout.annotations and figure.layout.margin.r < 10
    assert not figure.layout.yaxis.title.text
    long = {name * 9: by_class for name, by_class in losses.items()}
    figure = bottleneck_curve.class_dots(long, dict(zip(long, RUNS, strict=False)), ["0", "1", "2"])
    assert figure.layout.title.subtitle.text == "Test MSE" and len(figure.layout.annotations) == 3


@pytest.mark.parametrize(
    ("means", "title"),
    [
        ((0.01, 0.02, 0.03), "Class A is easiest, C is hardest"),
        ((0.01, 0.0299, 0.03), "Class A is easiest, B and C are hardest"),
        ((0.03, 0.03, 0.03), "Test MSE by class, lower is better"),
    ],
)
def test_the_title_says_which_classes_are_the_easiest_and_the_hardest(means, title):
    by_class = dict(zip("ABC", means, strict=True))
    assert bottleneck_curve.class_dots({"X": by_class}, {"X": RUNS[0]}, "ABC").layout.title.text == title
