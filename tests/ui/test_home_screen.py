"""Home's first thing, run without a browser."""

import base64
import json

import numpy as np
import pytest
import torch
from screens import components, screen

from ae.analysis import digit_classifier, reconstruct
from ae.data import datasets
from ae.runs import filenames, model_file

pytestmark = pytest.mark.usefixtures("screens_alone")


def examples(data):
    """Return the indices of the examples among the test images of the built-in digits."""
    shown = np.frombuffer(base64.b64decode(data["examples"]), np.uint8).reshape(-1, 784)
    test_images = datasets.load("digits").test_images.numpy().reshape(-1, 784)
    return [int((test_images == example).all(1).nonzero()[0][0]) for example in shown]


@pytest.mark.parametrize("replayed", [True, False])
def test_home_shows_a_trained_network_with_an_example_of_each_class(finished, replayed):
    if not replayed:
        (finished.path / filenames.REPLAY).unlink()
    (data,) = components(screen(), "hero")
    size, digits = finished.recipe.code_size, datasets.load("digits")
    assert data["network"]["reason"] == ""
    assert len(data["active"]) == len(data["ranges"]) == size
    count = 16 if replayed else len(digits.test_labels)
    labels, found = digits.test_labels[:count], examples(data)
    assert sorted(labels[found].tolist()) == sorted(set(labels.tolist()))
    model = model_file.load(finished)
    errors = reconstruct.errors(model, digits.test_images[:count])
    assert all(errors[at] <= errors[labels == labels[at]].min() + 1e-6 for at in found)
    _, shown, _ = reconstruct.round_trip(model, digits.test_images[found])
    classes, sure = digit_classifier.classify(torch.as_tensor(shown).reshape(-1, 1, 28, 28))
    own = torch.where(classes == labels[found], sure, -sure).tolist()
    assert own == sorted(own, reverse=True)
    codes = reconstruct.codes_of(model, digits.test_images).numpy()
    usual = np.percentile(codes, (5, 95), axis=0).T
    assert np.abs(np.array(data["usual"]) - usual).max() < 0.01 * np.abs(codes).max()
    assert f"become {size} number" in " ".join(each.value for each in screen().markdown)


def test_home_without_a_network_of_digits_says_what_an_autoencoder_is(finished):
    file = finished.path / "recipe.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"dataset": "fashion-mnist"}))
    app = screen()
    assert not components(app, "hero")
    assert "An autoencoder squeezes an image" in " ".join(each.value for each in app.markdown)
    assert app.button(key="first")


def test_a_network_that_the_page_can_not_compute_is_not_shown_on_home(finished, monkeypatch):
    monkeypatch.setattr("ae.ui.hero.page_network", lambda run: {"id": "0", "reason": "The server computes it."})
    assert not components(screen(), "hero")
