"""What the tour says about every outcome of what it computes."""

import json

import pytest
from screens import component, screen

from ae.analysis import denoise
from ae.runs import filenames, kept_images, model_file
from ae.ui import tour_claims
from ae.ui.tour_claims import noisy_claim, way_claim


def test_the_claims_about_the_way_between_two_digits_cover_every_outcome():
    through = "In latent space, {} images in between are clear digits; cross\u2011faded, {}"
    assert way_claim(9, 6, 9) == through.format("all 9", "6 are")
    assert way_claim(7, 1, 9) == through.format("7 of 9", "1 is")
    assert way_claim(7, 0, 9) == through.format("7 of 9", "none is")
    assert all("no more clear digits" in way_claim(*found, 9) for found in ((6, 6), (9, 9), (3, 5)))


def test_the_claims_about_noise_cover_every_outcome():
    assert "noise pays: 8 of 8 digits are recognised, against 3 without" in noisy_claim(3, 8, 8)
    assert "little against so much: 4 of 8 digits are recognised, against 2 without" in noisy_claim(2, 4, 8)
    assert "harms neither network: 8 and 7 of 8" in noisy_claim(8, 7, 8)
    assert "gains nothing here: 1 of 8 are recognised, against 2" in noisy_claim(2, 1, 8)


@pytest.mark.usefixtures("screens_alone")
def test_with_many_test_images_the_step_on_noise_says_how_many_are_recognised(included, monkeypatch):
    monkeypatch.setattr(tour_claims, "MANY", 16)
    (said,) = [
        each.value for each in screen("pages/tour.py", step="4", strength="0.4").markdown if "test images" in each.value
    ]
    clean, labels = denoise.test_set(kept_images.kept_images("mnist"), sample=16)
    rates = [
        denoise.curve(
            denoise.by_model(model_file.load(included[id])), clean, labels, kind="gaussian", strengths=[0.4], clip=True
        )[0].recognition_rate
        for id in ("shipped-best-z16", "shipped-denoiser-z16")
    ]
    (itself,) = denoise.curve(None, clean, labels, kind="gaussian", strengths=[0.4], clip=True)
    assert rates[0] < rates[1]
    assert f"Of all 16 test images at this strength, **{rates[1]:.0%}** are recognised after the network" in said
    assert f"**{rates[0]:.0%}** after the one trained on clean digits." in said
    assert f"recognises {itself.recognition_rate:.0%} of the noisy images themselves." in said


@pytest.mark.usefixtures("screens_alone")
def test_without_recognition_rates_the_bottlenecks_are_compared_by_their_errors(included, runs):
    for size in (2, 8, 16):
        file = runs / f"shipped-best-z{size}" / filenames.METRICS
        measured = json.loads(file.read_text())
        del measured["recognition_rate"]
        file.unlink()
        file.write_text(json.dumps(measured))
    app = screen("pages/tour.py", step="1")
    assert [size["recognised"] for size in component(app, "tour_sizes")["sizes"]] == [None] * 3
    assert not [each for each in app.markdown if "Recognised" in each.value]
