"""What all screens that show models have in common, run without a browser."""

import json
import re
import shutil

import pytest
from screens import (
    COMPARE,
    DENOISE,
    INTERPOLATE,
    LATENT,
    RECONSTRUCT,
    SCREENS,
    component,
    ids,
    pictures,
    screen,
    words,
)

from ae.runs import editing, filenames, folders

pytestmark = pytest.mark.usefixtures("screens_alone")


PLAIN = {
    "Against", "Class", "Classes", "From image", "How many", "Images", "Logarithmic", "Model", "Models", "Name", "Run",
    "Steps", "Tag", "Tags", "To image",
}  # fmt: skip
"""The labels that anyone understands; an icon with help beside them would be in the way."""


@pytest.mark.parametrize("path", SCREENS)
def test_a_screen_shows_every_kind_of_model_without_a_click(several, path):
    app = screen(path)
    assert pictures(app)
    assert not app.error
    assert not app.warning


@pytest.mark.parametrize("path", SCREENS)
def test_a_control_has_help_unless_its_label_is_plain_and_every_chart_has_an_alt(several, path):
    app = screen(path)
    controls = [
        *app.selectbox, *app.multiselect, *app.slider, *app.toggle, *app.number_input, *app.text_input,
        *app.get("button_group"), *app.get("segmented_control"), *app.select_slider, *app.metric,
    ]  # fmt: skip
    assert controls
    for control in controls:
        label = getattr(control, "label", None) or control.proto.label
        help = getattr(control, "help", None) or control.proto.help
        assert (label in PLAIN) == (len(help) <= 10), label
    for button in app.button:  # a help text on a button shows no icon
        assert button.label or len(button.proto.help) > 10
    for chart in app.get("plotly_chart"):
        assert len(chart.proto.alt) > 10


@pytest.mark.parametrize("path", SCREENS)
def test_no_sidebar_shows_more_than_seven_controls_at_once(several, path):
    side = screen(path).sidebar
    controls = [side.selectbox, side.multiselect, side.slider, side.toggle, side.text_input, side.get("button_group")]
    inside = [each for block in side.expander for each in block.number_input]
    assert sum(map(len, controls)) <= 7
    assert len(side.number_input) - len(inside) <= 2


@pytest.mark.parametrize("path", SCREENS)
def test_a_link_to_a_run_that_does_not_exist_says_so(finished, path):
    app = screen(path, run="20200101-000000-gone", runs="20200101-000000-gone")
    assert "no such run here" in app.warning[0].value
    assert pictures(app)


@pytest.mark.parametrize("path", SCREENS)
def test_a_link_to_a_run_of_a_newer_version_says_so(several, path):
    about = several[0].path / filenames.ABOUT
    about.write_text(about.read_text().replace('"format": 1', '"format": 2'))
    app = screen(path, run=several[0].id, runs=several[0].id)
    assert "can't be read: it is of a newer version: its format is 2, this version reads 1" in app.warning[0].value
    assert pictures(app)


@pytest.mark.parametrize("path", SCREENS)
def test_a_run_can_be_deleted_while_its_page_is_open(finished, several, path):
    app = screen(path)
    for run in several:
        editing.delete(run)
    app.run()
    assert not app.exception
    assert pictures(app)
    editing.delete(finished)
    app.run()
    assert not app.exception
    assert "no trained model" in app.info[0].value


@pytest.mark.parametrize("path", (COMPARE, DENOISE, INTERPOLATE))
def test_without_a_model_a_sentence_asks_for_one(several, path):
    app = screen(path)
    app.multiselect(key="runs_choice").set_value([]).run()
    assert not app.exception
    assert "at least one model" in app.info[0].value


@pytest.mark.parametrize("path", (COMPARE, DENOISE, INTERPOLATE))
def test_a_run_trained_on_another_dataset_is_left_out_and_named(finished, several, runs, monkeypatch, path):
    file = several[0].path / filenames.RECIPE
    file.write_text(json.dumps(json.loads(file.read_text()) | {"dataset": "kmnist"}))
    app = screen(path, runs=ids([several[1], several[0]]))
    shown = words(app)
    assert "Kuzushiji" in shown or "trained on a different dataset" in shown
    assert pictures(app)


@pytest.mark.parametrize("path", (COMPARE, DENOISE, INTERPOLATE))
def test_a_damaged_model_is_left_out_and_named(several, path):
    shutil.copy(several[2].path / filenames.WEIGHTS, several[0].path / filenames.WEIGHTS)
    for order in ([several[1], several[0]], [several[0], several[1]]):
        app = screen(path, runs=ids(order), by="Worst first")
        shown = words(app)
        assert f"{filenames.WEIGHTS} of {several[0].id} is too large for its recipe" in shown
        assert "is left out" in shown
        assert pictures(app)


@pytest.mark.parametrize("path", (COMPARE, RECONSTRUCT, DENOISE))
@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("10000000", "There is no test image 10,000,000: use 0 to 296"),
        ("seven", "is not an index"),
        ("", "no image is chosen"),
        ("5-1", "runs backwards"),
        ("0-99", "more than 16 images"),
    ],
)
def test_a_bad_index_is_explained_and_stays_in_its_field(finished, path, text, sentence):
    app = screen(path)
    app.text_input(key="indices").set_value(text).run()
    assert not app.exception
    assert sentence in app.error[0].value.replace("\\", "")
    assert app.text_input(key="indices").value == text
    assert pictures(app)


def test_runs_of_the_same_name_and_second_have_different_labels(several, runs):
    twins = []
    for i, run in enumerate(several[:2]):
        shutil.copytree(run.path, runs / f"twin-{i}")
        file = runs / f"twin-{i}" / filenames.ABOUT
        about = json.loads(file.read_text()) | {"name": "Twin · z 2", "created": "2026-01-01T00:00:00+00:00"}
        file.write_text(json.dumps(about))
        twins.append(folders.open_run(f"twin-{i}"))
    for path, made in ((COMPARE, ""), (DENOISE, "denoise"), (INTERPOLATE, "walk")):
        app = screen(path, runs=ids(twins))
        app.run()
        assert app.multiselect(key="runs_choice").value == [run.id for run in twins]
        rows = component(app, made)["rows"] if made else re.findall('class="ae-cells" role=', pictures(app)[0])
        assert len(rows) == 3
    assert screen(LATENT, run="twin-1").selectbox(key="run_choice").value == "twin-1"


@pytest.mark.parametrize("path", SCREENS)
def test_a_link_is_never_interpreted_as_markdown(several, path):
    evil = "![x](https://example.org/x.png)"
    for words_shown in (each.value for each in screen(path, run=evil, runs=evil).warning):
        assert evil not in words_shown
