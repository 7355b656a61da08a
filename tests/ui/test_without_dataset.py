"""Every screen shows something of a run whose dataset is not on this machine."""

import json

import pytest
from screens import COMPARE, DENOISE, INTERPOLATE, RECONSTRUCT, pictures, screen, view

from ae.data import sources
from ae.runs import folders
from ae.ui import cached

pytestmark = pytest.mark.usefixtures("screens_alone")


@pytest.fixture
def elsewhere(finished):
    """A run whose dataset is not here, with a replay."""
    file = finished.path / "recipe.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"dataset": "mnist"}))
    return folders.open_run(finished.id)


@pytest.fixture(autouse=True)
def no_data(tmp_path, monkeypatch):
    monkeypatch.setenv("AE_DATA", str(tmp_path / "nothing"))


@pytest.mark.parametrize("path", [COMPARE, RECONSTRUCT, DENOISE, INTERPOLATE])
def test_a_screen_shows_the_images_that_the_replay_holds(elsewhere, path):
    app = screen(path)
    said = " ".join(each.value for each in app.markdown)
    assert "MNIST is not on this machine yet, so only 16 of its test images are shown" in said
    assert app.button(key="download")
    assert pictures(app)


@pytest.mark.parametrize("name", ["Map", "Units", "Samples", "Health", "Replay"])
def test_the_latent_space_is_shown_too(elsewhere, name):
    app = view(name)
    assert "so only 16 of its test images" in " ".join(each.value for each in app.markdown)


def test_what_was_computed_from_few_images_is_not_kept_when_the_dataset_arrives(elsewhere, digits, monkeypatch):
    assert len(cached.test_codes(elsewhere)) == 16
    monkeypatch.setattr(sources, "is_here", lambda *_: True)
    monkeypatch.setattr(cached, "_dataset", lambda name: digits)
    assert len(cached.test_codes(elsewhere)) == len(digits.test_images)
