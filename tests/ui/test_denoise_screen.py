"""Denoise, run without a browser."""

import base64
import dataclasses
import re

import numpy as np
import pytest
import streamlit as st
from screens import DENOISE, INTERPOLATE, charts, component, ids, screen, words
from tiny import tiny

from ae.analysis import denoise, digit_classifier
from ae.data import datasets, noise, sources
from ae.plots.image_grid import to_rgb
from ae.runs import folders, model_file
from ae.runs.editing import change
from ae.runs.recording import record
from ae.ui import denoising, pick_runs

pytestmark = pytest.mark.usefixtures("screens_alone")
EVERYTHING = {"measurements": "true", "filters": "true"}


def test_denoise_shows_what_was_measured(several):
    app = screen(DENOISE, runs=several[2].id, **EVERYTHING)
    clean, labels = denoise.test_set(datasets.load("digits"), sample=40)
    shown = app.dataframe[0].value.set_index("Method")
    method = denoise.by_model(model_file.load(several[2]))
    about = {"kind": "gaussian", "strengths": (0.6,), "clip": True}
    for name, each in (("Noisy", None), ("16 units · Fully connected", method)):
        (found,) = denoise.curve(each, clean, labels, **about)
        shares = [100 * found.recognition_rate, 100 * found.recognition_error]
        assert np.allclose(shown.loc[name], [found.psnr, found.ssim, *shares], atol=1e-3)
    assert {"Median 3 × 3", "Gaussian blur", "PCA, 16 components"} < set(shown.index)
    *curves, confusion = charts(app)
    assert [len(curve["data"]) for curve in curves] == [5, 5, 5]
    for curve, field, unit in zip(curves, ("PSNR (dB)", "SSIM", "Recognition rate"), (1, 1, 100), strict=True):
        for line in curve["data"]:  # goes through what is measured at the chosen strength, on more images
            at = dict(zip(line["x"], line["y"], strict=True))
            assert sorted(at) == [0, 0.5, 0.6, 1]
            assert np.isclose(unit * at[0.6], shown.loc[line["name"], field], atol=1e-3)
    assert "means over 30 random test images; at 0.60, over 40." in words(app)
    assert confusion["data"][0]["type"] == "heatmap"


def test_the_recognition_rate_is_shown_with_the_sample_and_its_standard_error(several):
    app = screen(DENOISE, runs=several[2].id, **EVERYTHING)
    table = app.dataframe[0].value
    rate, error = table["Recognition rate"] / 100, table["± standard error"] / 100
    assert np.allclose(error, (rate * (1 - rate) / 40) ** 0.5, atol=1e-6)
    assert error.max() > 0
    assert "40 random test images" in words(app)
    assert "means over 30 random test images" in words(app)  # the curves
    helps = " ".join(each.help for each in app.caption if each.help)
    assert "standard error of the recognition rate is at most 9.1 percentage points" in helps  # 0.5 / sqrt(30)


def test_the_accuracy_of_the_digit_classifier_is_that_on_the_shown_dataset(several):
    digits = datasets.load("digits")
    right = digit_classifier.recognition_rate(datasets.to_float(digits.test_images), digits.test_labels)
    assert 0.9 < right < 0.98
    shown = words(screen(DENOISE, runs=several[0].id))
    assert f"clean test images of Built-in digits, the digit classifier's recognition rate is {right:.1%}" in shown


@pytest.mark.parametrize("kind", list(noise.KINDS))
@pytest.mark.parametrize("clip", [True, False])
def test_every_figure_names_the_noise_and_whether_it_was_clipped(several, kind, clip):
    app = screen(DENOISE, runs=several[0].id, **EVERYTHING)
    app.selectbox(key="noise").select(kind).run()
    app.toggle(key="clip").set_value(clip).run()
    assert not app.exception
    about = noise.describe(kind, 0.6, clip=clip)
    assert words(app).count(about) == 2  # below the images and above the table
    assert ("not clipped" in about) != clip


def test_without_a_digit_classifier_denoise_says_why_and_shows_the_rest(several, monkeypatch):
    monkeypatch.setitem(sources.SOURCES, "digits", dataclasses.replace(sources.find("digits"), digits=False))
    app = screen(DENOISE, runs=several[0].id, **EVERYTHING)
    assert "There is no digit classifier for Built-in digits" in words(app)
    assert list(app.dataframe[0].value) == ["Method", "PSNR (dB)", "SSIM"]
    assert [len(curve["data"]) for curve in charts(app)] == [5, 5]
    app = screen(DENOISE, runs=several[0].id)
    assert "of the noise's squared error" in words(app)
    assert list(app.dataframe[0].value) == ["Method", "PSNR (dB)"]
    assert [len(curve["data"]) for curve in charts(app)] == [2]


def test_filters_and_measurements_are_shown_only_if_asked_for(several):
    app = screen(DENOISE, runs=several[0].id)
    data = component(app, "denoise")
    assert [row["label"] for row in data["rows"]] == ["Noisy", "2 units · Convolutional"]
    assert not data["measured"]
    assert list(app.dataframe[0].value) == ["Method", "Recognition rate"]
    assert app.dataframe[0].value["Method"].tolist() == ["Noisy", "2 units · Convolutional"]
    assert len(charts(app)) == 2  # the recognition rate, and the confusion matrix
    app.toggle(key="filters").set_value(True).run()
    assert [row["label"] for row in component(app, "denoise")["rows"][2:]] == list(app.dataframe[0].value["Method"][2:])
    assert len(component(app, "denoise")["rows"]) == 5
    app.toggle(key="measurements").set_value(True).run()
    assert component(app, "denoise")["measured"]
    assert len(charts(app)) == 4


def test_pca_keeps_as_many_components_as_the_largest_chosen_bottleneck(several):
    app = screen(DENOISE, runs=several[0].id, filters="true")
    assert "PCA, 2 components" in app.dataframe[0].value["Method"].tolist()
    app.multiselect(key="runs_choice").set_value([several[0].id, several[2].id]).run()
    assert "PCA, 16 components" in app.dataframe[0].value["Method"].tolist()


def test_a_run_named_like_a_filter_keeps_its_row(several):
    for run, name in zip(several, ("Median 3 × 3", "Cross-fade of pixels", "Noisy"), strict=True):
        change(run, name=name)
    rows = [row["label"] for row in component(screen(DENOISE, runs=ids(several), filters="true"), "denoise")["rows"]]
    assert len(set(rows)) == 1 + 3 + 3
    rows = [row["name"] for row in component(screen(INTERPOLATE, runs=ids(several)), "walk")["rows"]]
    assert len(set(rows)) == 3 + 1


@pytest.mark.parametrize(
    ("sent", "strength"),
    [("0.35", 0.35), ("0", 0), ("1", 1), ("1.01", 0.6), ("-0.1", 0.6), ("nan", 0.6), ("much", 0.6), ("", 0.6)],
)
def test_the_strength_is_in_the_address(several, sent, strength):
    app = screen(DENOISE, runs=several[0].id, **({"strength": sent} if sent else {}))
    assert component(app, "denoise")["strength"] == strength
    assert noise.describe("gaussian", strength, clip=True) in words(app)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [(0.25, "0.25"), (0.123456, "0.12"), (1.5, None), (float("nan"), None), ("0.2", None), (None, None)],
)
def test_only_a_strength_is_taken_from_the_browser(monkeypatch, sent, kept):
    put = {}
    monkeypatch.setattr(st, "session_state", {denoising.KEY: {"strength": sent}})
    monkeypatch.setattr(denoising.address, "put", put.__setitem__)
    denoising._moved()
    assert put.get("strength") == kept


def test_every_row_is_what_python_computes(several):
    app = screen(DENOISE, runs=several[0].id, strength="0.4", noise="Uniform", noise_seed="3")
    data = component(app, "denoise")
    clean = datasets.to_float(datasets.load("digits").test_images[:8])
    noisy = noise.add(clean, "uniform", 0.4, seed=3)
    found = denoise.by_model(model_file.load(several[0]))(noisy)
    for row, images in zip(data["rows"][:2], (noisy, found), strict=True):
        shown = np.frombuffer(base64.b64decode(row["pixels"]), np.uint8).reshape(8, 28, 28)
        assert (shown == to_rgb(images[:, 0].numpy())[..., 0]).all()
        assert np.allclose(row["psnr"], denoise.psnr(clean, images))
    assert data["rows"][1]["digits"] == [str(digit) for digit in digit_classifier.classify(found)[0].tolist()]
    drawn = np.frombuffer(base64.b64decode(data["random"]), np.float32)
    assert (drawn == noise.drawn("uniform", 8, 3).flatten().numpy()).all()


@pytest.fixture
def denoisers(runs, on_few):
    """Runs by name: a denoiser; the same network trained on clean images; a smaller one; another network."""
    changes = {
        "denoiser": {"noise": 0.5, "code_size": 8},
        "other": {"model": "conv", "code_size": 8},
        "far": {"code_size": 2, "seed": 3},
        "clean": {"code_size": 8},
    }
    made = {}
    for name, each in changes.items():
        made[name] = folders.create(tiny(batch_size=512, epochs=1, **each), name=name)
        list(record(made[name]))
    return made


def test_at_first_a_denoiser_is_next_to_the_same_network_trained_on_clean_images(denoisers):
    app = screen(DENOISE)
    assert app.multiselect(key="runs_choice").value == [denoisers["denoiser"].id, denoisers["clean"].id]
    current = screen(DENOISE, run=denoisers["far"].id)
    assert current.multiselect(key="runs_choice").value[:1] == [denoisers["denoiser"].id]


def test_a_run_that_is_still_training_is_not_chosen_at_first(denoisers, monkeypatch):
    training = denoisers["clean"].id
    monkeypatch.setattr(pick_runs.queue, "state", lambda run: "running" if run.id == training else "finished")
    found = denoising.at_first(list(denoisers.values()))
    assert found == [denoisers["denoiser"], denoisers["far"]]


def test_without_a_denoiser_the_runs_are_chosen_as_elsewhere(several):
    assert len(screen(DENOISE).multiselect(key="runs_choice").value) == 3


def test_a_sentence_says_what_the_rows_show(denoisers):
    app = screen(DENOISE, strength="0.5")
    rows = component(app, "denoise")["rows"]
    said = words(app).replace("*", "")
    assert "At noise strength 0.50, " in said
    assert all(
        row["digits"] for row in rows[1:3]
    )  # of which each label counts the right ones, so the sentence does not
    assert not re.search(r"\d digits (is|are) recognised", said)
    assert "bottlenecks differ" not in said
    assert [row.get("called") for row in rows] == [None, "Trained on noise", "Trained without noise"]
    assert [row["about"] for row in rows[1:]] == [row["label"] for row in rows[1:]]
    assert rows[0]["digits"] == []  # no score of the noisy images; the chart says why they are recognised
    assert words(app).count("the digit classifier was trained on noise, too") == 1
    called = ["Noisy", "Trained on noise", "Trained without noise"]  # in the charts and the table, too
    assert app.dataframe[0].value["Method"].tolist() == called
    curve, confusion = charts(app)
    assert [line["name"] for line in curve["data"]] == called
    assert "Trained on noise" in str(confusion["layout"]["title"])
    more = screen(DENOISE, strength="0.5", runs=ids([denoisers[name] for name in ("denoiser", "clean", "far")]))
    labels = [row["label"] for row in component(more, "denoise")["rows"]]
    assert more.dataframe[0].value["Method"].tolist() == labels and "Trained on noise" not in labels
