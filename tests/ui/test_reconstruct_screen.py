"""Reconstruct, run without a browser."""

import itertools
import re

import numpy as np
import pytest
import torch
from screens import (
    RECONSTRUCT,
    charts,
    metrics,
    pictures,
    screen,
    words,
)

from ae.analysis import reconstruct
from ae.data import datasets, drawing
from ae.runs import model_file

pytestmark = pytest.mark.usefixtures("screens_alone")


def test_the_bars_are_the_code_of_the_chosen_image(finished):
    app = screen(RECONSTRUCT)
    codes = reconstruct.codes_of(model_file.load(finished), datasets.load("digits").test_images)
    assert np.allclose(charts(app)[0]["data"][1]["y"], codes[0], atol=1e-5)
    labels = datasets.load("digits").test_labels
    app.segmented_control(key="code_of").set_value(f"3: a {labels[3]}").run()
    assert np.allclose(charts(app)[0]["data"][1]["y"], codes[3], atol=1e-5)


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
    app = screen(RECONSTRUCT, indices=f"{one}, {other}")
    assert metrics(app, label)[0] == form.format(values[[one, other]].mean())


def test_a_link_includes_the_drawn_digit(finished):
    own = datasets.load("digits").test_images[5, 0].numpy() // 17 * 17
    app = screen(RECONSTRUCT, by="My own", own=drawing.to_text(own))
    app.selectbox(key="by").select("My own").run()
    reconstructed = reconstruct.round_trip(model_file.load(finished), torch.from_numpy(own)[None, None])[1]
    mse = ((reconstructed - own / 255) ** 2).mean()
    assert metrics(app, "MSE")[0] == f"{mse:.4f}"


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("notes.png", b"this is text", "notes.png can't be read as a picture"),
        ("cut.png", b"\x89PNG\r\n\x1a\n\0\0", "cut.png can't be read as a picture"),
        ("empty.png", b"", "empty.png can't be read as a picture"),
    ],
)
def test_an_upload_that_is_not_a_picture_is_explained(finished, name, content, sentence):
    app = screen(RECONSTRUCT)
    app.selectbox(key="by").select("My own").run()
    app.file_uploader(key="upload").upload(name, content).run()
    assert not app.exception
    assert sentence in words(app)


def test_a_damaged_drawing_in_the_address_is_explained(finished):
    app = screen(RECONSTRUCT, own="<script>")
    app.selectbox(key="by").select("My own").run()
    assert "can't be read" in words(app)
    assert pictures(app)


def test_a_drawing_whose_text_looks_like_a_number_is_kept(finished):
    images = datasets.load("digits").test_images[:, 0].numpy()
    texts = (drawing.to_text(np.roll(image, move, axis=1)) for move in range(-4, 5) for image in images)
    own = next(text for text in texts if re.search(r"\d[eE]\d{3}", text))
    app = screen(RECONSTRUCT, own=own)
    app.selectbox(key="by").select("My own").run()
    assert not app.exception
    assert app.query_params["own"] in (own, [own])
