"""Compare, run without a browser."""

import dataclasses
import html
import re

import numpy as np
import pytest
import torch
from screens import (
    COMPARE,
    DENOISE,
    charts,
    ids,
    pictures,
    screen,
    words,
)
from tiny import tiny

from ae.analysis import digit_classifier, reconstruct
from ae.data import datasets, sources
from ae.runs import comparison, folders, model_file, reading
from ae.runs.recording import record
from ae.ui.run_labels import short_names

pytestmark = pytest.mark.usefixtures("screens_alone")


def test_compare_shows_the_runs_numbers_and_their_differences_to_the_baseline(several):
    app = screen(COMPARE, runs=ids(several), baseline=several[1].id, measurements="true")
    expected = comparison.table(several)
    shown = app.dataframe[0].value
    assert shown["Run"].tolist() == list(short_names(several).values())
    assert np.allclose(shown["Test MSE"], expected["Test MSE"])
    app.toggle(key="differ").set_value(True).run()
    differences = app.dataframe[0].value
    assert "Test MSE" not in differences
    assert differences["Test MSE difference"][1] == 0
    assert np.allclose(differences["Test MSE difference"], expected["Test MSE"] - expected["Test MSE"][1])
    assert "a different bottleneck size from the baseline" in words(app)


def test_a_test_loss_is_never_in_the_column_of_validation_losses(finished, on_few):
    unsplit = folders.create(tiny(validation_images=0, epochs=1), name="Unsplit")
    list(record(unsplit))
    app = screen(COMPARE, runs=ids([finished, unsplit]), measurements="true")
    table = app.dataframe[0].value.set_index("Run")
    assert table.loc["4 units · A tiny run", "Validation images"] == 16
    assert table.loc["4 units · A tiny run", "Validation loss"] == reading.read_history(finished)[-1].validation_loss
    assert table[["Validation images", "Validation loss"]].isna().loc["4 units · Unsplit"].all()
    assert "1 of these runs has no validation split" in words(app)
    names = [trace["name"] for trace in charts(app)[-1]["data"]]
    assert names == ["4 units · A tiny run", "4 units · Unsplit · test (no validation split)"]


def test_compare_opens_on_a_bottleneck_study_without_runs_that_have_not_finished(several, stopped, on_few):
    study = [folders.create(tiny(code_size=size, epochs=1)) for size in (16, 2, 8)]
    for run in study:
        list(record(run))
    app = screen(COMPARE)
    assert [name[:2] for name in names(app)] == ["2 ", "8 ", "16"]
    assert re.search("From 2 to 16 units|clos(e|est) to the originals", words(app))
    assert len(set(rows(app))) == len(rows(app)) == 4
    assert not any("epoch" in name for name in names(app))
    app = screen(COMPARE, runs=ids([study[0], stopped, study[0]]))
    assert names(app)[1].endswith(", epoch 1 of 2")
    assert len(set(rows(app))) == len(rows(app)) == 3


def test_a_choice_made_on_another_screen_comes_before_the_study(several, on_few):
    for size in (2, 8):
        list(record(folders.create(tiny(code_size=size, epochs=1))))
    app = screen(DENOISE)
    default = app.multiselect(key="runs_choice").value
    assert go(app, COMPARE).multiselect(key="runs_choice").value != default
    go(app, DENOISE).multiselect(key="runs_choice").set_value([several[0].id]).run()
    assert go(app, COMPARE).multiselect(key="runs_choice").value == [several[0].id]


def go(app, path):
    """Open another screen by its link in the menu, which has no query."""
    app.query_params.clear()
    return app.switch_page(path).run()


def names(app):
    """Return the names of the models beside their images."""
    return [html.unescape(name) for name in re.findall(r'class="ae-dot"[^>]*></i>([^<]+)<small>', pictures(app)[0])]


def test_the_table_is_there_only_if_measurements_are_shown(several):
    app = screen(COMPARE, runs=ids(several))
    assert not app.dataframe  # what it would say stands beside the names
    app.toggle(key="measurements").set_value(True).run()
    found = app.dataframe[0].value
    assert len(found.columns) > 12
    assert {"Seconds", "Active units", "Test MSE", "Recognition rate"} <= set(found)


def test_each_model_has_its_scores_beside_its_name_and_each_image_its_error_only_if_asked_for(several):
    app = screen(COMPARE, runs=ids(several))
    body = pictures(app)[0]
    for name, run in zip(short_names(several).values(), several, strict=True):
        found = reading.read_metrics(run)
        scores = f"Test MSE {found['test_mse']:.4f}</small><small>{found['recognition_rate']:.1%} recognised</small>"
        assert f"{name}<small>{scores}" in body
    assert f"Error (test MSE) and % recognised: all {len(datasets.load('digits').test_images)} test images." in words(
        app
    )
    assert ">MSE<" not in body and ">index<" not in body
    body = pictures(screen(COMPARE, runs=ids(several), measurements="true"))[0]
    assert body.count(">MSE<") == len(several)
    assert body.count(">index<") == 1


def test_only_images_that_are_classified_wrongly_are_marked_and_a_line_says_what_the_mark_means(several):
    app = screen(COMPARE, runs=ids(several))
    images, labels = (getattr(datasets.load("digits"), name)[:8] for name in ("test_images", "test_labels"))
    expected = []
    for run in several:
        _, reconstructed, _ = reconstruct.round_trip(model_file.load(run), images)
        found = digit_classifier.classify(torch.from_numpy(reconstructed))[0]
        expected += [str(digit) for digit in found[found != labels].tolist()]
    body = pictures(app)[0]
    assert expected
    assert re.findall(r'class="ae-missed".*?<b aria-hidden="true">(\d)</b>', body) == expected
    assert re.findall(r'aria-label="[^"]*, classified as (\d)"', body) == expected
    assert words(app).count("Red frame: classified as the digit in its corner.") == 1


def test_without_a_digit_classifier_no_image_is_marked(several, monkeypatch):
    monkeypatch.setitem(sources.SOURCES, "digits", dataclasses.replace(sources.find("digits"), digits=False))
    app = screen(COMPARE, runs=ids(several))
    assert 'class="ae-missed"' not in pictures(app)[0]
    assert "Red frame" not in words(app)


def rows(app):
    """Return the pictures of the rows of images."""
    return re.findall(r"--s:url\(([^)]*)\)", pictures(app)[0])


def test_compare_draws_all_runs_in_each_chart(several):
    app = screen(COMPARE, runs=ids(several))
    sizes, classes, curves = charts(app)
    assert [trace["name"] for trace in curves["data"]] == list(short_names(several).values())
    assert curves["layout"]["yaxis"]["type"] == "log"
    assert sizes["data"][0]["name"] == "PCA, the best linear autoencoder"
    assert len(classes["data"]) == 4  # and the lines behind the dots
    app.segmented_control(key="of").set_value("Both").run()
    app.segmented_control(key="against").set_value("seconds").run()
    app.toggle(key="log").set_value(False).run()
    curves = charts(app)[-1]
    assert len(curves["data"]) == 6
    assert curves["layout"]["xaxis"]["title"]["text"] == "Seconds of training"
    assert "type" not in curves["layout"]["yaxis"]


def test_compare_shows_one_row_for_each_model_and_another_for_its_errors(several):
    app = screen(COMPARE, runs=ids(several))
    assert pictures(app)[0].count('class="ae-cells" role=') == 4
    app.toggle(key="errors").set_value(True).run()
    assert pictures(app)[0].count('class="ae-cells" role=') == 7


def test_a_run_is_renamed_and_tagged_from_the_screen_and_found_by_its_tag(several):
    app = screen(COMPARE, runs=ids(several))
    id = several[0].id
    app.text_input(key=f"name-{id}").set_value("My best").run()
    app.text_input(key=f"tags-{id}").set_value("report, week 3").run()
    app.button(key="save").click().run()
    assert not app.exception
    run = folders.open_run(id)
    assert (run.name, run.tags) == ("My best", ("report", "week 3"))
    app.selectbox(key="tag").select("week 3").run()
    assert names(app) == ["2 units · My best"]


def test_the_last_input_is_saved_even_if_the_click_follows_at_once(several):
    app = screen(COMPARE, runs=ids(several))
    app.text_input(key=f"name-{several[0].id}").set_value("At once")
    app.button(key="save").click().run()
    assert folders.open_run(several[0].id).name == "At once"


def test_a_bad_name_is_explained_and_changes_nothing(several):
    app = screen(COMPARE, runs=ids(several))
    id = several[0].id
    app.text_input(key=f"name-{id}").set_value("  ").run()
    app.button(key="save").click().run()
    assert "use 1 to 200" in app.error[0].value
    assert folders.open_run(id).name == several[0].name


def test_delete_names_the_run_and_asks_first(several):
    app = screen(COMPARE, runs=ids(several))
    app.button(key="delete").click().run()
    shown = words(app)
    assert several[0].id in shown
    assert "deleted permanently" in shown
    assert several[0].path.is_dir()
    app.button(key="really").click().run()
    assert not app.exception
    assert not several[0].path.exists()
    assert several[1].path.is_dir()


def test_a_finger_is_told_of_the_images_that_a_phone_has_no_room_for(several):
    assert "Swipe for more images." in words(screen(COMPARE, runs=ids(several), indices="0-4"))
    assert "Swipe" not in words(screen(COMPARE, runs=ids(several), indices="0-3"))
