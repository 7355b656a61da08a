"""Home's first thing, run without a browser."""

import base64
import json

import numpy as np
import pytest
from screens import components, screen

from ae.analysis import reconstruct
from ae.data import datasets
from ae.runs import model_file

pytestmark = pytest.mark.usefixtures("screens_alone")


def test_home_shows_a_trained_network_with_an_example_of_each_class(finished):
    (data,) = components(screen(), "hero")
    size = finished.recipe.code_size
    assert data["network"]["reason"] == ""
    assert len(data["active"]) == len(data["ranges"]) == size
    digits = datasets.load("digits")
    examples = np.frombuffer(base64.b64decode(data["examples"]), np.uint8).reshape(-1, 784)
    test_images = digits.test_images.numpy().reshape(-1, 784)
    found = [int((test_images == example).all(1).nonzero()[0][0]) for example in examples]
    assert sorted(digits.test_labels[found].tolist()) == list(range(10))
    errors = reconstruct.errors(model_file.load(finished), digits.test_images)
    assert all(errors[at] <= errors[digits.test_labels == digits.test_labels[at]].min() + 1e-6 for at in found)
    app = screen()
    assert f"become {size} number" in " ".join(each.value for each in app.markdown)


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
