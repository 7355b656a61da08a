"""Reconstruct, run without a browser."""

import base64
import io
import itertools
import re

import numpy as np
import pytest
import torch
from PIL import Image
from screens import (
    RECONSTRUCT,
    component,
    pictures,
    screen,
    unpacked,
    words,
)

from ae.analysis import digit_classifier, latent, reconstruct
from ae.data import datasets, drawing
from ae.runs import model_file
from ae.ui import noticed
from ae.ui import own as own_page

pytestmark = pytest.mark.usefixtures("screens_alone")
MEASURED = ["MSE", "PSNR (dB)", "SSIM"]


def test_the_closer_look_has_the_codes_of_the_row_and_begins_at_the_chosen_image(finished):
    images = datasets.load("digits").test_images[[5, 3, 8]]
    originals, reconstructed, codes = reconstruct.round_trip(model_file.load(finished), images)
    truth = [str(label) for label in datasets.load("digits").test_labels[[5, 3, 8]].tolist()]
    found = [str(digit) for digit in digit_classifier.classify(torch.from_numpy(reconstructed))[0].tolist()]
    worst = noticed.worst(found, truth, reconstruct.compare(originals, reconstructed).mse)
    for chosen, place in (("3", 1), ("3: a 7", 1), ("5", 0), ("8", 2), ("4", worst), ("<b>", worst), ("", worst)):
        data = component(screen(RECONSTRUCT, indices="5, 3, 8", code_of=chosen), "one_image")
        assert data["chosen"] == place
    assert data["indices"] == [5, 3, 8]
    assert np.allclose(unpacked(data["codes"], np.float32), codes.ravel(), atol=1e-5)
    picture = np.asarray(Image.open(io.BytesIO(base64.b64decode(data["images"].partition(",")[2]))))
    assert picture.shape == (2 * 28, 3 * 28, 3)
    assert (picture[:28, 28:56, 0] == images[1, 0].numpy()).all()
    assert np.abs(picture[28:, 56:, 0] / 255 - reconstructed[2]).max() < 0.5 / 255 + 1e-6


@pytest.mark.parametrize(("label", "form", "rounded"), [("PSNR", "{:.1f} dB", 1), ("SSIM", "{:.2f}", 2)])
def test_the_mean_of_these_images_is_computed_before_rounding(finished, label, form, rounded):
    originals, reconstructed, _ = reconstruct.round_trip(
        model_file.load(finished), datasets.load("digits").test_images[:40]
    )
    values = getattr(reconstruct.compare(originals, reconstructed), label.lower())
    one, other = next(
        (i, j)
        for i, j in itertools.combinations(range(40), 2)
        if form.format(values[[i, j]].mean()) != form.format(values[[i, j]].round(rounded).mean())
    )
    app = screen(RECONSTRUCT, indices=f"{one}, {other}", measurements="true")
    assert f"{label} {form.format(values[[one, other]].mean())}" in words(app)


def test_measurements_are_below_the_reconstructions_and_a_wrong_class_is_in_a_corner_in_red(finished):
    images, labels = (getattr(datasets.load("digits"), name)[:8] for name in ("test_images", "test_labels"))
    _, reconstructed, _ = reconstruct.round_trip(model_file.load(finished), images)
    found, _ = digit_classifier.classify(torch.from_numpy(reconstructed))
    names = ["true class", "Original", "Reconstruction", "Error"]
    for measurements, expected in (("false", names), ("true", [*names[:2], "index", names[2], *MEASURED, "Error"])):
        app = screen(RECONSTRUCT, measurements=measurements, errors="true")
        body = pictures(app)[0]
        assert re.findall(r'<div class="ae-(?:small(?: ae-heads)?|label)">([^<]*)', body) == expected
        assert body.count('class="ae-missed"') == (found != labels).sum() > 0
        assert "Red frame: classified as the digit in its corner." in words(app)
        assert re.search(r"(All|\w+ of) eight are still recognised; the ", words(app))
        assert bool(app.metric) == (measurements == "true")
        assert "Drag a number or choose another digit." in words(app)
        sent = component(app, "one_image")
        assert sent["captions"][0] == f"A {labels[0]}" and sent["digits"] == [str(digit) for digit in found.tolist()]
        assert np.allclose(sent["mse"], ((reconstructed - images.numpy() / 255) ** 2).mean((1, 2, 3)))


@pytest.mark.parametrize(
    ("digits", "truth", "errors", "place"),
    [
        ("749", "749", (0.1, 0.3, 0.2), 1),  # all are recognised: the greatest error
        ("799", "749", (0.3, 0.1, 0.2), 1),  # the only one that is not
        ("1122", "2211", (0.1, 0.3, 0.2, 0.3), 1),
        ("", "", (0.1, 0.2, 0.4), 2),
        ("7", "7", (0.1,), 0),
    ],
)
def test_the_image_that_suffers_most_is_a_wrong_one_if_there_is_any(digits, truth, errors, place):
    assert noticed.worst(digits, truth, np.array(errors)) == place


@pytest.mark.parametrize(
    ("digits", "truth", "said"),
    [
        (
            "749",
            "749",
            "Each digit's 784 pixels become 8 numbers. **All ",
        ),
        (
            "749",
            "749",
            "All three are still recognised; the 4 suffers most.** Drag a number ",
        ),
        ("749", "749", " or choose another digit."),
        ("744", "744", "All three are still recognised; the first 4 suffers most.**"),
        ("799", "749", "Two of three are still recognised; the 4 has become a 9.**"),
        ("1111116", "2233456", "One of seven is still recognised; the second 2 suffers most and has become a 1.**"),
        ("8" * 3, "333", "None of three is still recognised; the second 3 suffers most and has become an 8.**"),
        ("1" * 14, "1" * 13 + "2", "13 of 14 are still recognised; the 2 has become a 1.**"),
        (
            "7",
            "7",
            "The digit's 784 pixels become 8 numbers. **The 7 is still recognised.**",
        ),
        ("1", "7", "**The 7 has become a 1.** Drag a number."),
        ("", "", "Each image's 784 pixels become 8 numbers. **Image 5 suffers most.** Drag"),
    ],
)
def test_the_sentence_says_what_became_of_the_digits_and_what_to_do_next(digits, truth, said):
    errors = np.resize([0.1, 0.2, 0.05, 0.1, 0.1, 0.1, 0.1], len(truth) or 3)
    found = noticed.reconstructions(digits, truth, range(4, 4 + len(errors)), errors, size=8, values=784)
    assert said in found
    fixed = noticed.reconstructions(digits, truth, range(4, 4 + len(errors)), errors, size=1, values=784, drag=False)
    assert "become 1 number." in fixed and "Drag" not in fixed
    assert ("Choose another" in fixed) == (len(errors) > 1)


def drawn(app):
    """Return the digit on the pad, uint8 with shape (28, 28), or None while there is none."""
    data = component(app, "draw")
    return unpacked(data["digit"], np.uint8).reshape(28, 28) if data["digit"] else None


def own_screen(**query):
    """Open Reconstruct with the pad."""
    app = screen(RECONSTRUCT, **query)
    app.selectbox(key="by").select("My own").run()
    assert not app.exception
    return app


def test_a_link_includes_the_drawn_digit(finished):
    own = datasets.load("digits").test_images[5, 0].numpy() // 17 * 17
    assert (drawn(own_screen(own=drawing.to_text(own))) == own).all()


def test_the_pad_is_beside_a_map_of_the_codes_and_the_range_of_each_unit(finished):
    fixed = component(own_screen(), "draw")["fixed"]
    codes = reconstruct.codes_of(model_file.load(finished), datasets.load("digits").test_images)
    plane = latent.plane(codes)
    for name, expected in (("points", plane.to_plane(codes)), ("origin", plane.origin), ("axes", plane.axes)):
        assert np.allclose(unpacked(fixed["plane"][name], np.float32), expected.flatten(), atol=1e-4)
    assert np.allclose(unpacked(fixed["ranges"], np.float32), latent.code_ranges(codes.numpy()).ravel(), atol=1e-5)


def test_a_sent_drawing_is_kept_and_anything_else_is_ignored(finished, monkeypatch):
    own = datasets.load("digits").test_images[7, 0].numpy() // 17 * 17
    text = base64.b64encode(own.tobytes()).decode()
    kept = []
    monkeypatch.setattr("ae.ui.own.address.put", lambda name, value: kept.append((name, value)))
    monkeypatch.setattr("ae.ui.own.address.drop", lambda name: kept.append((name, "")))
    monkeypatch.setattr("ae.ui.own.st.session_state", {})
    damaged = (None, 3, {"a": 1}, text[:-4], text + text, "!" * len(text), base64.b64encode(bytes(784)).decode())
    for sent in damaged:
        own_page.st.session_state["draw"] = {"stroke": sent}
        own_page._drawn()
    assert not kept
    for sent, expected in ((text, drawing.to_text(own)), ("", "")):
        own_page.st.session_state["draw"] = {"stroke": sent}
        own_page._drawn()
        assert kept.pop() == ("own", expected)


def test_a_picture_that_is_uploaded_lies_on_the_pad_instead_of_what_was_there(finished):
    app = own_screen()
    assert drawn(app) is None
    before = component(app, "draw")["version"]
    digit = datasets.load("digits").test_images[3, 0].numpy()
    content = io.BytesIO()
    Image.fromarray(255 - np.kron(digit, np.ones((9, 9), np.uint8))).save(content, "PNG")
    app.file_uploader(key="upload").upload("seven.png", content.getvalue()).run()
    assert (drawn(app) == drawing.from_text(drawing.to_text(drawing.from_file(content.getvalue())))).all()
    assert component(app, "draw")["version"] > before
    app.switch_page("pages/train.py").run()
    app.switch_page(RECONSTRUCT).run()
    app.selectbox(key="by").select("My own").run()
    assert drawn(app) is not None


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("notes.png", b"this is text", "notes.png can't be read as a picture"),
        ("cut.png", b"\x89PNG\r\n\x1a\n\0\0", "cut.png can't be read as a picture"),
        ("empty.png", b"", "empty.png can't be read as a picture"),
    ],
)
def test_an_upload_that_is_not_a_picture_is_explained(finished, name, content, sentence):
    app = own_screen()
    app.file_uploader(key="upload").upload(name, content).run()
    assert not app.exception
    assert sentence in words(app)


def test_a_damaged_drawing_in_the_address_is_explained(finished):
    app = own_screen(own="<script>")
    assert "can't be read" in words(app)
    assert drawn(app) is None


def test_a_drawing_whose_text_looks_like_a_number_is_kept(finished):
    images = datasets.load("digits").test_images[:, 0].numpy()
    texts = (drawing.to_text(np.roll(image, move, axis=1)) for move in range(-4, 5) for image in images)
    own = next(text for text in texts if re.search(r"\d[eE]\d{3}", text))
    app = own_screen(own=own)
    assert app.query_params["own"] in (own, [own])
