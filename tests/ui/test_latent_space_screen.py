"""Latent space, run without a browser."""

import base64
import math
import re
import shutil

import numpy as np
import pytest
import torch
from inactive import codes_of, with_an_inactive_unit
from screens import LATENT, charts, component, components, live, pictures, screen, unpacked, view, words

from ae import PROJECT
from ae.analysis import digit_classifier, latent, reconstruct, sampling, tsne
from ae.data import datasets
from ae.runs import filenames, folders, model_file, reading
from ae.ui import latent_map, latent_samples, latent_units

pytestmark = pytest.mark.usefixtures("screens_alone")


@pytest.mark.parametrize("name", ["Map", "Units", "Samples", "Health", "Replay"])
@pytest.mark.parametrize("which", range(4))
def test_every_view_shows_every_kind_of_model(finished, several, name, which):
    app = view(name, run=[*several, finished][which].id)
    assert not app.error
    shown = pictures(app) or charts(app) or components(app, "latent_samples") or components(app, "units")
    assert shown if name != "Replay" else live(app)[0]["frames"]


# The map


def on_the_map(app):
    """Return the map's data, and its points, float32 with shape (N, 2)."""
    (sent,) = components(app, "latent_map")
    return sent, np.stack([unpacked(sent[axis], "<f4") for axis in "xy"], 1)


def test_a_code_of_two_units_is_mapped_directly_over_the_decoded_plane(several):
    sent, points = on_the_map(screen(LATENT, run=several[0].id))
    assert np.allclose(points, codes_of(several[0]), atol=1e-5)
    assert unpacked(sent["labels"], "u1").tolist() == datasets.load("digits").test_labels.tolist()
    assert sent["plane"] == {"origin": [0, 0], "axes": [[1, 0], [0, 1]]}
    assert sent["axes"] == ["Unit 0", "Unit 1"]
    assert sent["background"]
    assert sent["network"]["reason"] == ""


def test_a_larger_code_is_mapped_by_its_principal_components(several):
    sent, points = on_the_map(screen(LATENT, run=several[2].id))
    assert "of variance)" in sent["title"]
    assert not sent["background"]
    codes = codes_of(several[2])
    origin, axes = (torch.tensor(sent["plane"][name]) for name in ("origin", "axes"))
    assert torch.allclose((codes - origin) @ axes.T, torch.from_numpy(points), atol=1e-4)
    assert torch.allclose(axes @ axes.T, torch.eye(2), atol=1e-5)


def test_only_the_chosen_classes_are_on_the_map(several):
    app = screen(LATENT, run=several[0].id)
    app.multiselect(key="classes").set_value(["3", "5"]).run()
    assert on_the_map(app)[0]["hidden"] == [0, 1, 2, 4, 6, 7, 8, 9]


def test_the_ring_is_at_the_image_or_the_spot_that_the_address_names(several):
    sent, points = on_the_map(screen(LATENT, run=several[0].id, image="7"))
    assert sent["at"] == pytest.approx(points[7].tolist(), abs=1e-5)
    assert on_the_map(screen(LATENT, run=several[0].id, spot="0.5,-0.25"))[0]["at"] == [0.5, -0.25]


def test_without_a_pointer_the_page_decodes_what_the_address_names(several):
    kept = on_the_map(screen(LATENT, run=several[0].id, image="7"))[0]["kept"]
    assert kept["code"] == pytest.approx(codes_of(several[0])[7].tolist(), abs=1e-5)
    pixels = np.frombuffer(base64.b64decode(kept["pixels"]), np.uint8)
    assert (pixels == datasets.load("digits").test_images[7].numpy().ravel()).all()
    kept = on_the_map(screen(LATENT, run=several[0].id, spot="0.5,-0.25"))[0]["kept"]
    assert kept["code"] == [0.5, -0.25]
    assert kept["image"] is kept["pixels"] is None


@pytest.mark.parametrize(
    ("message", "click"),
    [
        ({"x": 0.5, "y": -1, "id": None}, (0.5, -1.0, None)),
        ({"x": 0.5, "y": -1, "id": 7}, (0.5, -1.0, 7)),
        ({"x": 0.5, "y": -1, "id": 297}, (0.5, -1.0, None)),
        ({"x": 0.5, "y": -1, "id": -1}, (0.5, -1.0, None)),
        ({"x": 0.5, "y": -1, "id": "7"}, (0.5, -1.0, None)),
        ({"x": float("inf"), "y": 1, "id": None}, None),
        ({"x": 1, "y": float("nan"), "id": None}, None),
        ({"x": "1", "y": 1, "id": None}, None),
        ({}, None),
        ("click", None),
        (None, None),
    ],
)
def test_a_click_that_the_browser_reports_is_checked(message, click):
    assert latent_map.checked(message, 297) == click


def test_a_spot_in_the_address_is_decoded_and_an_image_shown(several):
    codes = codes_of(several[0])
    for query, where, code in (
        ({"spot": "0.5,-0.25"}, "the spot 0.5, −0.25", [0.5, -0.25]),
        ({"image": "7"}, "image 7", codes[7].tolist()),
    ):
        kept = component(screen(LATENT, run=several[0].id, **query), "latent_map")["kept"]
        assert kept["where"] == where
        assert kept["code"] == pytest.approx(code, abs=1e-5)


def test_what_was_picked_is_shown_with_the_five_test_images_whose_codes_are_nearest(several):
    codes, digits = codes_of(several[2]), datasets.load("digits")
    kept = component(screen(LATENT, run=several[2].id, image="7"), "latent_map")["kept"]
    near = kept["near"]["indices"]
    apart = (codes - codes[7]).norm(dim=1)
    assert near == [index for index in apart.argsort().tolist() if index != 7][:5]
    assert (unpacked(kept["near"]["pixels"], "u1") == digits.test_images[near].numpy().ravel()).all()
    assert kept["near"]["classes"] == [str(label) for label in digits.test_labels[near].tolist()]


@pytest.mark.parametrize("text", ["here", "1", "1,2,3", "nan,1", "0,nan", "inf,0", "0,1e400", "1e39,0", "0,-1e30"])
def test_a_spot_that_is_not_on_the_map_is_explained(several, text):
    app = screen(LATENT, run=several[0].id, spot=text)
    assert f"There is no spot {text} on this map" in words(app)
    assert component(app, "latent_map")["kept"]["image"] == 0


@pytest.mark.parametrize("text", ["10000000", "0000000000009999999", "9" * 5000, "-1", "1e39", "seven"])
def test_an_image_that_does_not_exist_is_explained(several, text):
    app = screen(LATENT, run=several[0].id, image=text)
    assert f"There is no image {text[:40]} on this map" in words(app)
    assert component(app, "latent_map")["kept"]["image"] == 0


def test_tsne_is_computed_once_for_a_run(several, monkeypatch):
    asked = []

    def quick(codes):
        asked.append(len(codes))
        return codes[:, :2]

    monkeypatch.setattr(tsne, "tsne", quick)
    app = screen(LATENT, run=several[2].id)
    app.segmented_control(key="map").set_value("t-SNE").run()
    assert not app.exception
    app.run()
    assert asked == [297]
    sent, points = on_the_map(app)
    assert "t-SNE" in sent["title"]
    assert sent["plane"] is None
    assert np.allclose(points, codes_of(several[2])[:, :2], atol=1e-5)


# Samples


def test_samples_are_codes_of_the_seed_with_the_map_that_they_lie_on(several):
    app = view("Samples", run=several[0].id)
    (sent,) = components(app, "latent_samples")
    codes = sampling.sampler(codes_of(several[0]), prior=False).sample(30, seed=0)
    assert np.allclose(unpacked(sent["codes"], "<f4").reshape(30, 2), codes, atol=1e-5)
    assert len(unpacked(sent["x"], "<f4")) == 297
    assert "mixture of 10 Gaussians" in app.markdown[0].help
    assert (
        " of 30 random codes give a digit the classifier is sure of.** Codes spread like those of test images."
        in words(app)
    )
    assert latent_samples._lead(None, 30, prior=True) == "**30 new images** from random codes, drawn from N(0, 1)."
    (other,) = components(view("Samples", run=several[0].id, sample_seed="1"), "latent_samples")
    assert other["codes"] != sent["codes"]
    variational = view("Samples", run=several[1].id)
    assert "N(0, 1) for each unit" in variational.markdown[0].help
    assert " of 30 random codes give a digit the classifier is sure of.** Codes are drawn from N(0, 1)." in words(
        variational
    )


@pytest.fixture
def shipped(runs):
    """Return the included run on the built-in digits, which has learned more than those made for tests."""
    shutil.copytree(PROJECT / "checkpoints" / "shipped-digits-z2", runs / "shipped-digits-z2")
    return folders.open_run("shipped-digits-z2")


def test_the_samples_that_the_classifier_is_not_sure_of_are_marked(shipped):
    app = view("Samples", run=shipped.id)
    (sent,) = components(app, "latent_samples")
    codes = torch.from_numpy(unpacked(sent["codes"], "<f4").reshape(30, 2).copy())
    digits, sure = digit_classifier.classify(reconstruct.decode(model_file.load(shipped), codes))
    assert [i for i, *_ in sent["unsure"]] == [i for i, share in enumerate(sure.tolist()) if share < 0.9]
    for i, mark, said in sent["unsure"]:
        assert mark == (f"{digits[i]}?" if sure[i] >= 0.5 else "–")
        assert said == f"{digits[i]}, {min(sure[i], 0.89):.0%} sure"
    assert f"**{30 - len(sent['unsure'])} of 30 random codes" in app.markdown[0].value
    assert sent["unsure"] and "Dashed: under 90%." in app.markdown[0].value
    assert "Dashed" not in latent_samples._lead({}, 30, prior=False)  # none is marked


# Units


def units(**query):
    """Return what the view of the units is sent, and the app."""
    app = view("Units", **query)
    (data,) = components(app, "units")
    return data, app


def test_the_sliders_start_at_the_code_of_an_image(several):
    data, _ = units(run=several[0].id, start="5")
    begun = codes_of(several[0])[5].tolist()
    assert data["code"] == data["start"] == pytest.approx(begun, abs=1e-5)
    assert all(low < value < high for low, value, high in zip(data["low"], begun, data["high"], strict=True))
    pixels = np.frombuffer(base64.b64decode(data["pixels"]), np.uint8)
    assert (pixels == datasets.load("digits").test_images[5].numpy().ravel()).all()


def test_what_one_unit_makes_of_the_image_is_read_from_the_ends_of_its_images(shipped):
    run, named = shipped, {}
    for start in range(12):
        said = latent_units._turns(run, start)
        if found := re.fullmatch(r"\*\*Unit (\d+)\*\* alone takes it from an? (\d) to an? (\d)\.", said):
            named[start] = tuple(map(int, found.groups()))
        else:
            assert said == ""
    model, codes = model_file.load(run), codes_of(run)
    for start, (unit, first, last) in named.items():
        low, high = latent_units._range(torch.as_tensor(codes), start)
        moved = torch.as_tensor(codes[start]).float().repeat(9, 1)
        middles = (np.arange(9) + 0.5) / 9  # of the images below the slider
        moved[:, unit] = torch.as_tensor(low[unit] + middles * (high[unit] - low[unit]))
        classes, sure = digit_classifier.classify(reconstruct.decode(model, moved))
        known = classes[sure >= 0.9].tolist()
        assert (first, last) == (known[0], known[-1]) and first != last
    assert named


def test_inactive_units_are_shown_as_such(runs):
    run, weights = with_an_inactive_unit()
    data, _ = units(run=run.id)
    assert data["active"] == weights.active_units(codes_of(run)).tolist()
    assert not data["active"][1]


def test_a_code_in_the_address_is_shown(several):
    low, _, high = latent.code_ranges(codes_of(several[0]).numpy())
    middle = ((low + high) / 2).tolist()
    data, _ = units(run=several[0].id, code=",".join(map(str, middle)))
    assert data["code"] == pytest.approx(middle, abs=1e-5)


@pytest.mark.parametrize("text", ["1", "1,2,3", "nan,0", "inf,0", "1e400,0", "one,two"])
def test_a_code_that_does_not_fit_is_explained(several, text):
    data, app = units(run=several[0].id, code=text)
    assert "does not have 2 finite numbers" in words(app)
    assert data["code"] == data["start"]


def test_a_code_far_outside_is_clipped_to_the_ends_of_the_sliders(several):
    data, _ = units(run=several[0].id, code="1e39,-1e39")
    assert data["code"] == pytest.approx([data["high"][0], data["low"][1]])


@pytest.mark.parametrize(
    "sent", [None, "1,2", {"0": 1}, [1], [1, 2, 3], [1, None], [1, "2"], [True, 0], [math.nan, 0], [0, math.inf]]
)
def test_only_a_code_is_taken_from_the_page(sent):
    ends = np.array([-1.0, -1.0]), np.array([1.0, 1.0])
    assert latent_units._checked(sent, *ends) is None
    assert latent_units._checked([0.5, -1e300], *ends).tolist() == [0.5, -1.0]


# Replay


@pytest.mark.parametrize("path", ["pages/latent_space.py", "pages/train.py"])
def test_the_replay_has_the_images_and_points_of_all_recorded_epochs(finished, path):
    app = screen(path, run=finished.id, view="Replay", epoch="1")
    header, content = live(app)
    recorded = reading.read_replay(finished)
    assert header["frames"] == [placed["epoch"] for placed in header["placed"]] == [0, 1, 2]
    sent = component(app, "live")
    assert sent["epoch"] == 1
    assert "log scale" in sent["curve"]["unit"]
    assert not header["active"]
    labels = len(recorded.labels)
    begin = recorded.images.size + labels
    assert content[:begin] == recorded.images.tobytes() + recorded.labels.tobytes()
    assert content[begin : begin + recorded.reconstructed.size] == recorded.reconstructed.tobytes()
    assert len(content) == begin + recorded.reconstructed.size + 3 * 4 * labels


def test_a_run_without_a_replay_says_so(finished):
    (finished.path / filenames.REPLAY).unlink()
    assert "no replay" in words(view("Replay", run=finished.id))
