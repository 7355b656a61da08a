"""Train says what was trained already."""

from dataclasses import replace

import pytest
from screens import screen, words

from ae.presets import preset
from ae.runs import folders
from ae.runs.recording import record
from ae.ui.trained_before import twin

pytestmark = pytest.mark.usefixtures("screens_alone")
RECIPE = preset("fast", dataset="digits", epochs=1, validation_images=16)


def links(app):
    """Return the run that each link opens that offers to open one, by the label of the link."""
    found = {link.proto.label: link.proto.query_string for link in app.get("page_link")}
    return {label: query.removeprefix("run=") for label, query in found.items() if "pen " in label}


def main_buttons(app):
    """Return which of a page's buttons in view are its main ones."""
    return {each.key for each in app.button if each.proto.type == "primary"} - {"train_here", "other_here", "longer"}


def test_train_offers_to_open_a_run_that_has_the_recipe_of_the_form(on_few):
    old, run = (folders.create(RECIPE, preset="fast") for _ in range(2))
    for each in (old, run):
        list(record(each))
    other = folders.create(replace(RECIPE, seed=5), preset="fast")
    list(record(other))
    app = screen("pages/train.py")
    assert not links(app)
    assert main_buttons(app) == {"train"}
    app.number_input(key="form_epochs").set_value(1)
    app.number_input(key="form_validation_images").set_value(16).run()
    assert links(app) == {"Trained already: open it": run.id}
    assert main_buttons(app) == {"train"}
    app.query_params["run"] = run.id
    app.run()
    assert not links(app)  # it is on the page
    assert main_buttons(app) == {"next_size"}  # to train the next size gives more than to train it again
    app.multiselect(key="form_sizes").set_value(["4", "8"]).run()
    assert "2 runs: 1 finished already" in words(app)
    app.number_input(key="form_seed").set_value(1).run()
    assert "Trained already" not in words(app)
    assert not links(app)


def test_training_the_next_size_leaves_the_runs_that_the_page_compares(on_few):
    compared = [folders.create(replace(RECIPE, seed=seed), preset="fast") for seed in (RECIPE.seed, 5)]
    for each in compared:
        list(record(each))
    app = screen("pages/train.py", runs=",".join(run.id for run in compared))
    app.number_input(key="form_epochs").set_value(1)
    app.number_input(key="form_validation_images").set_value(16).run()
    app.button(key="other_here").click().run()
    assert "runs" not in app.query_params
    assert app.query_params["run"] not in {run.id for run in compared}


def test_only_a_finished_run_with_the_same_recipe_counts(finished, stopped):
    runs = [finished, stopped]
    assert twin(finished.recipe, runs) == finished
    assert twin(replace(finished.recipe, device="auto"), runs) == finished
    assert twin(stopped.recipe, [stopped]) is None
    for change in ({"seed": 9}, {"epochs": 3}, {"code_size": 5}, {"precision": "bf16"}):
        assert twin(replace(finished.recipe, **change), runs) is None
