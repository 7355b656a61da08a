"""A run has one colour: on every screen, in every row and chart, whatever else is shown."""

import itertools
import json
import re

import pytest
from screens import COMPARE, DENOISE, charts, ids, pictures, screen
from tiny import tiny

from ae.plots.colours import MARK, RUNS
from ae.runs import editing, filenames, files, folders
from ae.ui.run_colours import run_colours

pytestmark = pytest.mark.usefixtures("screens_alone")


def test_runs_created_one_after_another_have_different_colours_which_stay():
    made = [folders.create(tiny()) for _ in range(len(RUNS) + 2)]
    for some in (made[: len(RUNS)], made[2:]):
        assert len({run.colour for run in some}) == len(some)
    editing.delete(made[0])
    editing.change(made[1], name="Another", tags=["a tag"])
    assert [folders.open_run(run.id).colour for run in made[1:]] == [run.colour for run in made[1:]]


@pytest.mark.parametrize("colour", [-1, len(RUNS), 1.0, True, "red", None, [], {}, 10**30])
def test_a_run_without_a_colour_has_one_that_follows_from_its_id(spoiled, colour):
    about = json.loads((spoiled / filenames.ABOUT).read_text())
    without = folders.open_run("a-run").colour
    files.replace(spoiled / filenames.ABOUT, files.to_json({**about, "colour": colour}))
    assert folders.open_run("a-run").colour == without
    assert 0 <= without < len(RUNS)


def test_runs_shown_together_differ_and_each_has_its_own_colour_if_it_is_free():
    made = [folders.create(tiny()) for _ in range(len(RUNS) + 1)]
    assert made[0].colour == made[-1].colour
    for shown in itertools.permutations([made[0], made[1], made[-1]]):
        colours = run_colours(shown)
        assert len(set(colours.values())) == 3
        assert colours[shown[0]] == RUNS[shown[0].colour]
    assert run_colours(made)[made[-1]] == RUNS[made[-1].colour]  # there is no free one
    assert run_colours(made[:-1]) == {run: RUNS[run.colour] for run in made[:-1]}


def test_a_run_has_one_colour_in_every_row_and_chart_of_compare_and_denoise(several):
    for shown in (several, several[::-1], several[1:]):
        expected = [RUNS[run.colour] for run in shown]
        app = screen(COMPARE, runs=ids(shown))
        assert dots(pictures(app)[0]) == expected
        sizes, classes, curves = charts(app)
        assert [line["line"]["color"] for line in curves["data"]] == expected
        for chart in (sizes, classes):
            marks = [trace["marker"] for trace in chart["data"] if trace.get("mode") == "markers" and "marker" in trace]
            assert [mark["color"] for mark in marks if mark["color"] != MARK] == expected
        for chart in (curves, sizes, classes):
            labels = " ".join(label["text"] for label in chart["layout"]["annotations"])
            assert [colour for colour in re.findall(r"#\w{6}", labels) if colour in RUNS] == expected
        app = screen(DENOISE, runs=ids(shown))
        lines = charts(app)[0]["data"]
        assert [line["line"]["color"] for line in lines if line["line"]["dash"] == "solid"] == expected


def dots(picture):
    return re.findall(r'class="ae-dot" style="background:(#\w+)"', picture)
