"""One's own images go through every command: colour images with classes, and grey ones without."""

import shutil
import zipfile

import numpy as np
import pytest
from own_images import drawing, write_drawings
from PIL import Image

import ae
from ae.cli.main import main
from ae.data import datasets, sources
from ae.runs import folders, reading


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Runs on images of one's own, by kind, and the folder of downloads."""
    folder = tmp_path_factory.mktemp("own")
    write_drawings(folder / "coloured", size=(18, 24))
    write_drawings(folder / "grey", classes=("circle",), each=30, size=(32, 32))
    for path in (folder / "grey").rglob("*.png"):
        Image.open(path).convert("L").save(folder / "grey" / path.name)
    for path in (folder / "grey" / "circle").iterdir():
        path.unlink()
    (folder / "grey" / "circle").rmdir()
    return folder


@pytest.fixture(scope="module", params=["coloured", "grey"])
def _trained(request, made, tmp_path_factory):
    """A run that the command line has trained on a folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AE_DATA", str(made / "data"))
        patch.setenv("AE_CHECKPOINTS", str(tmp_path_factory.mktemp("trained")))
        folder = str(made / request.param)
        assert main(["train", "--dataset", folder, "--preset", "conv", "-z", "3", "-e", "2", "-b", "8"]) == 0
        (found,) = [run for run in folders.list_runs() if not run.shipped]
    return found


@pytest.fixture
def run(_trained, made, runs, monkeypatch):
    """The same in this test's own folder of runs."""
    monkeypatch.setenv("AE_DATA", str(made / "data"))
    shutil.copytree(_trained.path, runs / _trained.id)
    return folders.open_run(_trained.id)


def test_every_command_works_on_them(run, call, tmp_path):
    channels, side, _ = run.recipe.image_shape
    (bad := tmp_path / "a.txt").write_text("no picture")
    assert (channels, side) in ((3, 16), (1, 32))
    labelled = channels == 3
    for command in (
        ("list",), ("datasets",), ("show", "last", "--layers"),
        ("reconstruct", "last", "--worst", "3", "-o", tmp_path / "worst.png"),
        ("interpolate", "last", "--to", "2", "-o", tmp_path / "walk.png"),
        ("interpolate", "last", "--to", "2", "--corners", "1", "3", "-o", tmp_path / "square.png"),
        ("denoise", "last", "--noise", "salt-and-pepper", "-o", tmp_path / "noise.png"),
        ("latent", "last", "-o", tmp_path / "map.png", "--csv", tmp_path / "codes.csv"),
        ("decode", "last", "--code=0,0,0", "-o", tmp_path / "decoded.png"),
        ("replay", "last", "-o", tmp_path / "replay.gif"),
        ("report", "last", "-o", tmp_path / "report.html"),
        ("pack", "last", "-o", tmp_path / "run.zip"),
    ):  # fmt: skip
        code, printed, said = call(*command)
        assert code == 0 and "Traceback" not in said, said
    drawing(77).save(tmp_path / "mine.png")
    assert call("reconstruct", "last", "--own", tmp_path / "mine.png", "-o", tmp_path / "own.png")[0] == 0
    assert "a.txt can't be read as an image" in call("reconstruct", "last", "--own", bad, "-o", tmp_path / "own.png")[2]
    code, printed, _ = call("evaluate", "last")
    assert code == 0
    assert ("kNN accuracy" in printed) == ("MSE of class circle" in printed) == labelled
    code, _, said = call("reconstruct", "last", "--class", "circle", "-o", tmp_path / "circle.png")
    assert (code == 0) == labelled and labelled == ("have no classes" not in said)


def test_pictures_show_their_colours(run, call, tmp_path):
    assert call("reconstruct", "last", "-i", "0-2", "-o", tmp_path / "a.png")[0] == 0
    picture = np.asarray(Image.open(tmp_path / "a.png")).astype(int)
    original = datasets.load(run.recipe.dataset).test_images[0].numpy().transpose(1, 2, 0)
    colours = {tuple(pixel) for pixel in np.broadcast_to(original, (*original.shape[:2], 3)).reshape(-1, 3).tolist()}
    assert colours <= {tuple(pixel) for pixel in picture.reshape(-1, 3).tolist()}


def test_replay_preview_and_model_have_the_dataset_s_shape(run):
    shape, replay = run.recipe.image_shape, reading.read_replay(run)
    assert replay.images.shape[1:] == shape and replay.reconstructed.shape[:1] == (3,)
    assert replay.reconstructed.shape[2:] == shape
    dataset, (seen, reconstructed) = datasets.load(run.recipe.dataset), reading.read_preview(run)
    assert np.array_equal(seen, dataset.test_images[: len(seen)].numpy()) and reconstructed.shape == seen.shape
    assert np.array_equal(replay.images, dataset.test_images[: len(replay.images)].numpy())
    model = ae.load(run.id)
    assert model.reconstruct(dataset.test_images).shape == tuple(dataset.test_images.shape)
    assert model.reconstruct(dataset.test_images.flatten(1)).shape == (len(dataset.test_images), np.prod(shape))
    assert model.decode([0, 0, 0]).shape == (1, *(shape if shape[0] == 3 else shape[1:]))
    with pytest.raises(ValueError, match="images with shape"):
        model.encode(np.zeros((2, 9, 9)))


def test_a_packed_run_can_be_unpacked_where_the_images_are_not(run, call, tmp_path, monkeypatch):
    call("pack", "last", "-o", tmp_path / "run.zip")
    assert "recipe.json" in " ".join(zipfile.ZipFile(tmp_path / "run.zip").namelist())
    monkeypatch.setenv("AE_CHECKPOINTS", str(tmp_path / "others"))
    monkeypatch.setenv("AE_DATA", str(tmp_path / "others' data"))
    assert call("unpack", tmp_path / "run.zip")[0] == 0
    for command in (("list",), ("show", "last"), ("decode", "last", "--code=0,0,0", "-o", tmp_path / "d.png")):
        assert call(*command)[0] == 0
    code, _, said = call("evaluate", "last")
    assert code == 1 and f"the images of {run.recipe.dataset} are not on this machine: prepare the same" in said


def test_preparing_says_what_became_of_the_files(made, call, tmp_path, monkeypatch):
    monkeypatch.setenv("AE_DATA", str(tmp_path / "data"))
    broken = made / "coloured" / "circle" / "broken.png"
    broken.write_bytes(b"")
    code, printed, said = call("prepare", made / "coloured")
    broken.unlink()
    assert code == 0 and printed.strip() in sources.names()
    assert "24 images, 16 x 16 colour, 2 classes; 20 to train on, 4 to test" in said
    assert "1 file left out: circle/broken.png can't be read as an image" in said
    assert printed.strip() in call("datasets")[1]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("train", "--dataset", "nowhere"), "unknown dataset 'nowhere': choose from mnist"),
        (("train", "--dataset", "digits", "--fit", "pad"), "--fit is for a folder or file of your own images"),
        (("train", "--dataset", ".", "--colour", "red"), "unknown colour 'red'"),
        (("train", "--dataset", ".", "--image-size", "8"), "image size 8 is out of range: use 16 to 64"),
        (("prepare", "nowhere"), "there is no folder or file nowhere"),
        (("import", "a.pth", "--dataset", "nowhere"), "unknown dataset 'nowhere'"),
    ],
)
def test_what_can_not_be_prepared_is_refused_in_a_sentence(call, arguments, sentence, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, printed, said = call(*arguments)
    assert (code, printed) == (2, "") and sentence in said


def test_a_checkpoint_of_a_network_for_other_images_is_imported(run, call, tmp_path, made):
    if run.recipe.image_shape[0] == 1:
        pytest.skip("once is enough")
    assert call("export", "last", "-o", tmp_path / "w.pth")[0] == 0
    code, printed, said = call("import", tmp_path / "w.pth", "--dataset", run.recipe.dataset)
    assert code == 0, said
    assert "Convolutional, 3 units" in printed
