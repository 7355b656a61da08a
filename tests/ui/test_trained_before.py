"""Train says what was trained already."""

from dataclasses import replace

import pytest
from screens import component, screen, words

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
    """Return which of a page's buttons in view are its main ones, "replay" for the player's."""
    found = {each.key for each in app.button if each.proto.type == "primary"} - {"train_here", "longer"}
    return found | ({"replay"} if component(app, "live")["lead"] else set())


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
    assert main_buttons(app) == {"replay"}  # nothing new would be trained
    app.query_params["run"] = run.id
    app.run()
    assert not links(app)  # it is on the page
    assert main_buttons(app) == {"replay"}
    app.multiselect(key="form_sizes").set_value(["4", "8"]).run()
    assert "2 runs: 1 finished already" in words(app)
    app.number_input(key="form_seed").set_value(1).run()
    assert "Trained already" not in words(app)
    assert not links(app)


def test_only_a_finished_run_with_the_same_recipe_counts(finished, stopped):
    runs = [finished, stopped]
    assert twin(finished.recipe, runs) == finished
    assert twin(replace(finished.recipe, device="auto"), runs) == finished
    assert twin(stopped.recipe, [stopped]) is None
    for change in ({"seed": 9}, {"epochs": 3}, {"code_size": 5}, {"precision": "bf16"}):
        assert twin(replace(finished.recipe, **change), runs) is None
