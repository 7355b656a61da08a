"""Every screen shows images of one's own: in colour, without classes, of another size than digits."""

import re
import shutil
from pathlib import Path

import numpy as np
import pytest
from colourful import pictures as discs
from colourful import trained
from screens import (
    COMPARE,
    DENOISE,
    INTERPOLATE,
    LATENT,
    RECONSTRUCT,
    SCREENS,
    component,
    components,
    ids,
    live,
    pictures,
    screen,
    unpacked,
    view,
    words,
)

from ae.analysis import reconstruct
from ae.data import datasets, sources
from ae.runs import folders, model_file
from ae.ui import door
from ae.ui import walk as walking

TRAIN = "pages/train.py"

pytestmark = pytest.mark.usefixtures("screens_alone")


@pytest.fixture(scope="module")
def _made(tmp_path_factory):
    place = tmp_path_factory.mktemp("own")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AE_DATA", str(place / "data"))
        patch.setenv("AE_CHECKPOINTS", str(place / "runs"))
        return place, trained(place)


@pytest.fixture
def own_runs(_made, runs, tmp_path, screens_alone):
    """Two runs on colour images without classes, in this test's own folders."""
    place, made = _made
    shutil.copytree(place / "data", tmp_path / "data", dirs_exist_ok=True)
    shutil.copytree(place / "runs", runs)
    return [folders.open_run(run.id) for run in made]


@pytest.mark.parametrize("path", [None, TRAIN, *SCREENS])
def test_a_screen_shows_colour_images_without_classes(own_runs, path):
    app = screen(path)
    assert not app.error
    assert not app.warning
    if path in SCREENS:
        assert pictures(app)
        assert not re.search(r"\bclass(es)?\b", words(app))


@pytest.mark.parametrize("name", ["Units", "Samples", "Health", "Replay"])
def test_a_view_of_latent_space_shows_them(own_runs, name):
    assert not view(name, run=own_runs[0].id).error


def test_the_components_get_all_values_of_each_image(own_runs):
    dataset = datasets.load(own_runs[0].recipe.dataset)
    values = np.prod(dataset.shape)
    denoise = component(screen(DENOISE, runs=ids(own_runs)), "denoise")
    assert denoise["shape"] == list(dataset.shape)
    assert denoise["heads"] == []
    for row in denoise["rows"]:
        assert len(unpacked(row["pixels"], "u1")) == len(denoise["indices"]) * values
    between = screen(INTERPOLATE, runs=ids(own_runs))
    assert walking.UNCLASSIFIED in words(between)
    walk = component(between, "walk")
    assert (unpacked(walk["pixels"], "u1") == dataset.test_images[walk["indices"]].numpy().ravel()).all()


def test_the_live_view_gets_them_in_colour(own_runs):
    header, content = live(screen(TRAIN, run=own_runs[0].id))
    dataset = datasets.load(own_runs[0].recipe.dataset)
    assert header["shape"] == list(dataset.shape)
    shown = np.frombuffer(content, np.uint8)[: header["images"] * np.prod(dataset.shape)]
    assert (shown == dataset.test_images[: header["images"]].numpy().ravel()).all()


def test_instead_of_the_pad_there_is_a_place_for_a_picture(own_runs):
    app = screen(RECONSTRUCT, run=own_runs[0].id)
    app.selectbox(key="by").select("My own").run()
    assert not app.exception
    (draw,) = components(app, "draw")
    assert "Upload a picture instead" in words(app)
    assert not draw["pad"]
    dataset = datasets.load(own_runs[0].recipe.dataset)
    assert (unpacked(draw["example"], "u1") == dataset.test_images[0].numpy().ravel()).all()


def test_images_of_different_kinds_are_never_mixed(own_runs, finished):
    app = screen(COMPARE, runs=ids([own_runs[0], finished]), baseline=own_runs[0].id)
    assert "different dataset" in words(app) or "left out" in words(app)
    app = screen(DENOISE, runs=ids([own_runs[0], finished]))
    assert "is left out" in words(app)


def test_codes_come_from_all_channels(own_runs):
    run = own_runs[0]
    dataset = datasets.load(run.recipe.dataset)
    start = component(view("Units", run=run.id), "units")["start"]
    code = reconstruct.codes_of(model_file.load(run), dataset.test_images[:1])[0]
    assert np.allclose(start, code, atol=1e-5)
    assert not screen(LATENT, run=run.id, map="t-SNE").error


def test_a_zip_of_pictures_becomes_the_dataset_of_the_form(tmp_path, runs):
    place = discs(tmp_path / "discs", classes=("left", "right"))
    (place / "left" / "broken.png").write_bytes(b"not a picture")
    archive = shutil.make_archive(str(tmp_path / "discs"), "zip", place)
    app = screen(TRAIN, add="images")
    app.file_uploader(key="own_file").upload("discs.zip", Path(archive).read_bytes()).run()
    app.button(key="own_prepare").click().run()
    assert "60 images" in words(app)
    assert "1 file was skipped" in words(app)
    app.button(key="own_use").click().run()
    assert not app.exception
    assert not app.file_uploader
    assert sources.find(app.selectbox(key="form_dataset").value).class_names == ("left", "right")
    assert not app.button(key="train").disabled


def test_a_file_that_holds_no_images_causes_a_sentence(tmp_path, runs):
    app = screen(TRAIN, add="images")
    app.file_uploader(key="own_file").upload("odd.zip", b"not a zip").run()
    app.button(key="own_prepare").click().run()
    assert not app.exception
    assert "odd.zip can't be read as a zip file" in app.error[0].value.replace("\\", "")


def test_only_on_a_dashboard_of_this_machine_alone_a_folder_can_be_named(runs, monkeypatch):
    def keys():
        return [field.key for field in screen(TRAIN, add="images").text_input]

    assert "own_folder" in keys()
    monkeypatch.setattr(door, "shared", lambda: True)
    assert "own_folder" not in keys()
