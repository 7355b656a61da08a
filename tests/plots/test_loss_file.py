"""The loss file is a picture in the format of its extension, whatever the run is called."""

import pytest
from histories import SPLIT, UNSPLIT, history
from PIL import Image

from ae.plots.loss_file import FORMATS, save_curve

BEGINNINGS = {".png": b"\x89PNG", ".svg": b"<?xml", ".pdf": b"%PDF"}


@pytest.mark.parametrize("ending", FORMATS)
@pytest.mark.parametrize("recipe", [SPLIT, UNSPLIT], ids=["validation", "test"])
def test_the_extension_chooses_the_format(tmp_path, ending, recipe):
    path = tmp_path / f"loss{ending}"
    save_curve(history(recipe), path, title="A run", recipe=recipe)
    assert path.read_bytes().startswith(BEGINNINGS[ending])


def test_the_losses_are_named_after_the_images_they_were_measured_on(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("matplotlib").rcParams, "svg.fonttype", "none")
    for recipe, label in ((SPLIT, "Validation"), (UNSPLIT, "Test (no validation split)")):
        save_curve(history(recipe), tmp_path / "loss.svg", title="A run", recipe=recipe)
        text = (tmp_path / "loss.svg").read_text()
        assert f">{label}<" in text and ">Training<" in text


@pytest.mark.parametrize("title", [r"$\frac{$", "a $x$ b", "<a>&", "é β Ж"])
def test_a_title_is_text_and_not_a_formula(tmp_path, title):
    save_curve(history(SPLIT), tmp_path / "loss.png", title=title, recipe=SPLIT)
    with Image.open(tmp_path / "loss.png") as picture:
        assert picture.size == (1050, 630)


def test_a_file_that_can_not_be_written_is_an_error(tmp_path):
    with pytest.raises(OSError):
        save_curve(history(SPLIT), tmp_path / "nowhere" / "loss.png", title="A run", recipe=SPLIT)
