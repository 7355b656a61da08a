"""Denoise, run without a browser."""

import numpy as np
import pytest
from screens import DENOISE, INTERPOLATE, charts, ids, pictures, screen, words

from ae.analysis import denoise, digit_classifier
from ae.data import datasets, noise
from ae.runs import model_file
from ae.runs.editing import change

pytestmark = pytest.mark.usefixtures("screens_alone")


def test_denoise_shows_what_was_measured(several):
    app = screen(DENOISE, runs=several[2].id)
    clean, labels = denoise.test_set(datasets.load("digits"), sample=40)
    shown = app.dataframe[0].value.set_index("Method")
    method = denoise.by_model(model_file.load(several[2]))
    about = {"kind": "gaussian", "strengths": (0.3,), "clip": True}
    for name, each in (("Noisy", None), ("16 · Fully connected", method)):
        (found,) = denoise.curve(each, clean, labels, **about)
        shares = [100 * found.recognition_rate, 100 * found.recognition_error]
        assert np.allclose(shown.loc[name], [found.psnr, found.ssim, *shares], atol=1e-3)
    assert {"Median 3 × 3", "Gaussian blur", "PCA, 16 components"} < set(shown.index)
    *curves, confusion = charts(app)
    assert [len(curve["data"]) for curve in curves] == [5, 5, 5]
    assert confusion["data"][0]["type"] == "heatmap"


def test_the_recognition_rate_is_shown_with_the_sample_and_its_standard_error(several):
    app = screen(DENOISE, runs=several[2].id)
    table = app.dataframe[0].value
    rate, error = table["Recognition rate"] / 100, table["± standard error"] / 100
    assert np.allclose(error, (rate * (1 - rate) / 40) ** 0.5, atol=1e-6)
    assert error.max() > 0
    assert "40 of the 297 test images, drawn at random" in words(app)
    assert "means over 30 of the 297 test images" in words(app)  # the curves
    assert "standard error of the recognition rate: at most 9.1 percentage points" in words(app)  # 0.5 / sqrt(30)


def test_the_accuracy_of_the_digit_classifier_is_that_on_the_shown_dataset(several):
    digits = datasets.load("digits")
    right = digit_classifier.recognition_rate(datasets.to_float(digits.test_images), digits.test_labels)
    assert 0.9 < right < 0.98
    shown = words(screen(DENOISE, runs=several[0].id))
    assert f"clean test images of Built-in digits, the digit classifier's recognition rate is {right:.1%}" in shown


@pytest.mark.parametrize("kind", list(noise.KINDS))
@pytest.mark.parametrize("clip", [True, False])
def test_every_figure_names_the_noise_and_whether_it_was_clipped(several, kind, clip):
    app = screen(DENOISE, runs=several[0].id)
    app.selectbox(key="noise").select(kind).run()
    app.toggle(key="clip").set_value(clip).run()
    assert not app.exception
    about = noise.describe(kind, 0.3, clip=clip)
    assert words(app).count(about) == 2  # below the images and above the table
    assert ("not clipped" in about) != clip


def test_without_a_digit_classifier_denoise_says_why_and_shows_the_rest(several, monkeypatch):
    monkeypatch.setattr(digit_classifier, "KNOWS", ())
    app = screen(DENOISE, runs=several[0].id)
    assert "There is no digit classifier for digits" in words(app)
    assert list(app.dataframe[0].value) == ["Method", "PSNR (dB)", "SSIM"]
    assert [len(curve["data"]) for curve in charts(app)] == [5, 5]


def test_pca_keeps_as_many_components_as_the_largest_chosen_bottleneck(several):
    app = screen(DENOISE, runs=several[0].id)
    assert "PCA, 2 components" in app.dataframe[0].value["Method"].tolist()
    app.multiselect(key="runs_choice").set_value([several[0].id, several[2].id]).run()
    assert "PCA, 16 components" in app.dataframe[0].value["Method"].tolist()


def test_a_run_named_like_a_filter_keeps_its_row(several):
    for run, name in zip(several, ("Median 3 × 3", "Cross-fade of pixels", "Noisy"), strict=True):
        change(run, name=name)
    assert pictures(screen(DENOISE, runs=ids(several)))[0].count('role="img"') == 2 + 3 + 3
    assert pictures(screen(INTERPOLATE, runs=ids(several)))[0].count('role="img"') == 3 + 1
