"""What a finished run has come to, in a sentence on Train."""

import json
from dataclasses import replace

import pytest
from screens import component, screen, words
from tiny import tiny

from ae.analysis import pca
from ae.data import datasets
from ae.runs import filenames, folders, reading
from ae.runs.recording import record
from ae.ui import other_sizes, takeaway

pytestmark = pytest.mark.usefixtures("screens_alone")


def trained(error, **changes):
    """Train a run with 4 latent units on the digits, and let its measured error be another."""
    run = folders.create(tiny(**changes))
    list(record(run))
    (run.path / filenames.METRICS).write_text(json.dumps(reading.read_metrics(run) | {"test_mse": error}))
    return run


def inside(app, key):
    """Return all elements in the container with a key."""
    (block,) = [each for each in app.main if str(getattr(each.proto, "id", "")).endswith(f"-{key}")]
    return list(block)


def test_a_finished_run_is_compared_with_pca_and_with_the_best_other_of_its_size(runs):
    linear = float(pca.test_errors(pca.fit_images(datasets.load("digits")), datasets.load("digits"))[4])
    best, run = trained(linear / 4), trained(linear / 2, seed=1)
    trained(linear / 8, code_size=5)  # of another size
    app = screen("pages/train.py", run=run.id)
    assert "50% less error than PCA, the best linear autoencoder with 4 units." in words(app).replace("**", "")
    assert "of this size" not in words(app)  # one figure; the link has the other
    links = [
        each.proto.query_string
        for each in app.get("page_link")
        if each.proto.label == "Compare with the best: 50% less error"
    ]
    assert links == [f"runs={run.id}%2C{best.id}"]
    app = screen("pages/train.py", run=best.id)
    assert "The best run of this size: 50% less error than" in words(app).replace("**", "")


def test_alone_a_run_is_compared_with_pca_only_and_an_unfinished_one_with_nothing(runs):
    run = trained(0.5)
    app = screen("pages/train.py", run=run.id)
    assert "more error than PCA" in words(app).replace("**", "")
    assert "of this size" not in words(app)
    (run.path / filenames.METRICS).unlink()
    assert "PCA" not in words(screen("pages/train.py", run=run.id))


@pytest.mark.parametrize(
    ("error", "other", "said"),
    [
        (0.02, 0.02001, "is as good"),
        (0.01, 0.02, "**The best run of this size:** 50% less error than A"),
    ],
)
def test_errors_that_hardly_differ_are_called_equal(error, other, said):
    assert said in takeaway.against_best(error, other, "A")


def test_train_names_its_run_once_in_the_box_that_offers_all(runs):
    old, new = trained(0.5), trained(0.4, seed=1)
    app = screen("pages/train.py")
    box = app.selectbox(key="watched")
    assert box.value == new.id and len(box.options) == 2  # the newest is shown
    assert not list(app.subheader)
    app = box.select(old.id).run()
    assert app.query_params["run"] == old.id
    assert app.selectbox(key="watched").value == component(app, "live")["run"] == old.id
    app.selectbox(key="watched").select(new.id).run()
    assert "run" not in app.query_params
    assert app.selectbox(key="watched").value == component(app, "live")["run"] == new.id


def test_the_ways_to_go_on_from_a_run_are_in_one_group(runs):
    run = trained(0.4)
    trained(0.5, seed=1)
    app = screen("pages/train.py", run=run.id)
    steps = inside(app, "next_steps")
    assert {each.key for each in steps if each.type == "button"} >= {"next_size"}
    links = {each.proto.label for each in steps if each.type == "page_link"}
    assert links == {"See reconstructions", "Compare with the best"}


def test_one_button_trains_the_next_bottleneck_size_the_wider_one_first(runs, monkeypatch):
    run = trained(0.5)
    started = []
    monkeypatch.setattr("ae.ui.other_sizes.queue.start", started.append)
    for size in (8, 2):
        app = screen("pages/train.py", run=run.id)
        button = app.button(key="next_size")
        assert button.label == f"Train with {size} units"
        button.click().run()
        assert started[-1].recipe == replace(run.recipe, code_size=size)
        assert app.query_params["run"] == started[-1].id
        trained(0.6, code_size=size)
    app = screen("pages/train.py", run=run.id)
    assert "next_size" not in {each.key for each in app.button}  # both are there: one compares them


@pytest.mark.parametrize(("changes", "line"), [({}, True), ({"noise": 0.2}, False), ({"loss": "bce"}, False)])
def test_the_curve_has_the_error_of_pca_if_its_loss_is_the_same_error(runs, changes, line):
    run = trained(0.5, **changes)
    level = component(screen("pages/train.py", run=run.id), "live")["curve"]["level"]
    assert (level is not None) == line
    if line:
        linear = pca.test_errors(pca.fit_images(datasets.load("digits")), datasets.load("digits"))
        assert level["value"] == pytest.approx(float(linear[4])) and level["text"] == "PCA, 4 units, test images"


def test_only_bottleneck_sizes_that_are_possible_are_offered():
    def sizes(recipe):
        return [each.code_size for each in other_sizes.others(recipe)]

    assert sizes(tiny(code_size=1)) == [2]
    assert sizes(tiny(code_size=8)) == [4, 16]
    assert sizes(tiny(code_size=784)) == [392]
    assert sizes(tiny(code_size=4, code_activation="top-k", top_k=3)) == [8]
