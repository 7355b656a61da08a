"""The grid as a form on Train, watched there by its name, and on Compare as one thing."""

import pytest
from screens import charts, components, screen, watched, words
from tiny import tiny

from ae.runs import folders, queue, sweeping
from ae.runs.grid import Grid
from ae.runs.recording import record
from ae.ui import sweep_data

TRAIN, COMPARE = "pages/train.py", "pages/compare.py"

pytestmark = pytest.mark.usefixtures("screens_alone")


def filled():
    app = screen(TRAIN)
    app.multiselect(key="form_sizes").set_value(["2", "4"])
    app.text_input(key="form_seeds").set_value("0-4")
    app.selectbox(key="form_vary_0").set_value("code_activation").run()
    return app


def test_the_form_makes_a_grid_and_its_runs_are_watched_by_name():
    app = filled()
    assert "Activation of the latent code has no values yet" in app.error[0].value
    app.multiselect(key="form_values_code_activation").set_value(["relu", "none"]).run()
    assert any(each.value.startswith("20 runs") for each in app.caption)
    assert app.button(key="train").label == "Train 20 models"
    app.text_input(key="form_name").set_value("mine").run()
    app.button(key="train").click().run()
    assert not app.exception
    made = folders.list_runs()
    assert len(made) == 20 and {run.tags for run in made} == {("sweep:mine",)}
    assert {queue.state(run) for run in made} == {"queued"}
    assert app.query_params["sweep"] == "mine"
    (about,) = components(app, "sweep")
    assert (about["by"], about["groups"]) == ("code_size", ["Bottleneck size 2", "Bottleneck size 4"])
    assert [run["group"] for run in about["runs"]] == [0] * 10 + [1] * 10
    header, images = watched(about["ask"])
    assert len(header["runs"]) == 20 and not images
    assert app.button(key="train").label == "Train 20 models"
    app.button(key="stop").click().run()
    assert {queue.state(run) for run in made} == {"stopped"}
    app.button(key="resume").click().run()
    assert {queue.state(run) for run in made} == {"queued"}


def test_seeds_that_are_none_are_refused():
    app = filled()
    app.selectbox(key="form_vary_0").set_value(None)
    app.text_input(key="form_seeds").set_value("a few").run()
    assert "is not a seed or a range of seeds" in app.error[0].value
    assert app.button(key="train").disabled


def test_a_sweep_that_is_not_there_is_named(finished):
    assert "There is no sweep mine here" in words(screen(TRAIN, sweep="mine"))
    assert len(sweep_data.key([finished] * 20)) < 20


@pytest.mark.usefixtures("on_few")
def test_compare_shows_a_sweep_as_one_thing():
    wanted = Grid(tiny(epochs=1), {"code_size": (2, 4), "code_activation": ("relu", "none"), "seed": (0, 1)})
    for run in sweeping.create(wanted, "mine", "lab"):
        list(record(run))
    app = screen(COMPARE, sweep="mine")
    curve, parallel, shares = charts(app)
    lines = [trace for trace in curve["data"] if trace.get("name")]
    assert [trace["name"] for trace in lines] == [
        "Activation of the latent code None",
        "Activation of the latent code ReLU",
    ]
    assert [each["label"] for each in parallel["data"][0]["dimensions"]] == [
        "Bottleneck size",
        "Activation of the latent code",
        "Test MSE",
    ]
    assert sum(shares["data"][0]["x"]) == pytest.approx(1)
    assert "The lowest test MSE is " in words(app) and "explains" in words(app)
    app.selectbox(key="sweep_lines").set_value("").run()
    assert not app.exception
    assert [trace["name"] for trace in charts(app)[0]["data"] if trace.get("name")] == ["All runs"]
