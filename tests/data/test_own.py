"""A dataset is made of a folder of images, whatever is in it."""

import dataclasses
import io
import os
import struct
import zlib

import numpy as np
import pytest
from own_images import CLASSES, drawing, write_drawings
from PIL import Image

from ae.data import datasets, own, pictures, prepared, sources
from ae.data.gathering import OwnError
from ae.data.own import prepare
from ae.data.sources import DataError, array_folder, find, own_shape
from ae.recipe import Recipe


@pytest.fixture(autouse=True)
def data(tmp_path, monkeypatch):
    """The folder of downloads of this test."""
    monkeypatch.setenv("AE_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


@pytest.fixture
def drawings(tmp_path):
    return write_drawings(tmp_path / "My Drawings")


def as_bytes(picture, format="PNG", **options):
    buffer = io.BytesIO()
    picture.save(buffer, format, **options)
    return buffer.getvalue()


def test_sub_folders_become_classes_and_a_sixth_of_the_images_test_images(drawings):
    made = prepare(drawings)
    source, dataset = find(made.name), datasets.load(made.name)
    assert (source.title, source.class_names, source.shape) == ("My Drawings", CLASSES, (3, 32, 32))
    assert made.name in sources.names() and sources.is_here(made.name) and not made.skipped
    assert (len(dataset.images), len(dataset.test_images)) == (source.training_images, source.test_images)
    assert (made.kept, source.training_images, source.test_images) == (24, 20, 4)
    assert dataset.shape == source.shape == Recipe(dataset=made.name, validation_images=1).image_shape
    for images, labels in ((dataset.images, dataset.labels), (dataset.test_images, dataset.test_labels)):
        for image, label in zip(images.numpy(), labels.tolist(), strict=True):
            expected = [drawing(1000 * label + n, CLASSES[label]).resize((32, 32), 3) for n in range(12)]
            assert any((np.moveaxis(image, 0, -1) == np.asarray(each)).all() for each in expected)


def test_the_same_images_are_prepared_once_wherever_they_are_and_whatever_they_are_called(drawings, monkeypatch):
    first = prepare(drawings)
    (drawings / "circle" / "0.png").rename(drawings / "circle" / "another name.png")
    drawings = drawings.rename(drawings.with_name("Moved"))
    monkeypatch.setattr(own, "_convert", None)  # does not work a second time
    assert prepare(drawings) == dataclasses.replace(first, before=True)


@pytest.mark.parametrize("wish", [{"size": 16}, {"colour": "grey"}, {"fit": "pad"}])
def test_other_wishes_make_another_dataset(drawings, wish):
    made = {prepare(drawings).name, prepare(drawings, **wish).name}
    assert len(made) == 2 and set(sources.names()) >= made


def test_one_changed_pixel_makes_another_dataset(drawings):
    before = prepare(drawings).name
    picture = drawing(0)
    picture.putpixel((0, 0), (1, 2, 3))
    picture.save(drawings / "circle" / "0.png")
    assert prepare(drawings).name != before


def test_a_folder_without_sub_folders_has_no_classes(tmp_path):
    folder = write_drawings(tmp_path / "all", classes=("circle",)) / "circle"
    made = prepare(folder)
    assert prepare(folder.parent).name == made.name  # nor has one with a single sub-folder
    dataset = datasets.load(made.name)
    assert not dataset.labelled and not find(made.name).labelled
    assert dataset.class_names == ("",) and not dataset.labels.any()


def test_train_and_test_folders_are_the_split(tmp_path):
    write_drawings(tmp_path / "all" / "train", each=5)
    write_drawings(tmp_path / "all" / "test", each=3, classes=("square",))
    (tmp_path / "all" / "other").mkdir()
    drawing(7).save(tmp_path / "all" / "other" / "7.png")
    made = prepare(tmp_path / "all")
    source = find(made.name)
    assert (source.training_images, source.test_images, source.class_names) == (10, 3, CLASSES)
    assert made.skipped == [("other/7.png", "lies beside the folders train and test")]


def test_equal_images_are_never_both_in_training_and_test(tmp_path):
    folder = write_drawings(tmp_path / "all", each=30)
    for path in sorted(folder.rglob("*.png")):
        path.with_name(f"copy of {path.name}").write_bytes(path.read_bytes())
    dataset = datasets.load(prepare(folder).name)
    training = {image.numpy().tobytes() for image in dataset.images}
    assert not training & {image.numpy().tobytes() for image in dataset.test_images}


def bomb(side):
    """A PNG of a few bytes that claims to have ``side`` x ``side`` pixels."""
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(bytes(1000))), (b"IEND", b""))
    parts = [struct.pack(">I", len(c)) + t + c + struct.pack(">I", zlib.crc32(t + c)) for t, c in chunks]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


ODD = {
    "empty.png": (b"", "can't be read as an image"),
    "cut.png": (as_bytes(Image.effect_noise((90, 90), 50))[:-3000], "can't be read as an image"),
    "text.jpg": (b"This is no photo.", "can't be read as an image"),
    "bomb.png": (bomb(5000), "has more than 24 million pixels"),
    "large bomb.png": (bomb(60_000), "has more than 24 million pixels"),
    "notes.txt": (b"about these images", "is not an image file"),
    "large.bmp": (bytes(20 * 10**6 + 1), "is larger than 20 MB"),
}


def test_damaged_and_odd_files_are_named_and_left_out(drawings):
    for name, (content, _) in ODD.items():
        (drawings / "circle" / name).write_bytes(content)
    drawing(3).save(drawings / "loose.png")
    (drawings / ".hidden.png").write_bytes(b"")
    os.mkfifo(drawings / "circle" / "pipe.png")
    made = prepare(drawings)
    expected = {f"circle/{name}": reason for name, (_, reason) in ODD.items()}
    assert dict(made.skipped) == {**expected, "loose.png": "lies beside the folders of the classes"}
    assert (made.kept, made.skipped_count) == (24, len(expected) + 1)


def test_many_odd_files_are_counted_and_the_first_named(drawings):
    for number in range(30):
        (drawings / "circle" / f"{number}.jpg").write_bytes(b"")
    made = prepare(drawings)
    assert (len(made.skipped), made.skipped_count) == (own.NAMED, 30)


@pytest.mark.parametrize(
    ("write", "sentence"),
    [
        (lambda folder: None, r"there is no image in .* that can be used$"),
        (lambda folder: (folder / "a.png").write_bytes(b""), r"no image in .*: a.png can't be read as an image"),
        (lambda folder: drawing(1).save(folder / "a.png"), "only one image"),
    ],
)
def test_without_two_images_there_is_no_dataset(tmp_path, data, write, sentence):
    (tmp_path / "few").mkdir()
    write(tmp_path / "few")
    with pytest.raises(OwnError, match=sentence):
        prepare(tmp_path / "few")
    assert not list((data / "own").iterdir())


def test_what_is_no_folder_of_images_is_refused_in_a_sentence(tmp_path):
    (tmp_path / "a.txt").write_text("text")
    for path, sentence in (
        (tmp_path / "a.txt", "a.txt is neither a folder nor"),
        ("nowhere", "no folder or file nowhere"),
    ):
        with pytest.raises(OwnError, match=sentence):
            prepare(path)
    for wish in ({"size": 15}, {"size": 65}, {"colour": "red"}, {"fit": "squeeze"}):
        with pytest.raises(ValueError, match=r"out of range|unknown"):
            prepare(tmp_path, **wish)


@pytest.mark.parametrize(
    ("size", "chosen"),
    [((28, 28), 28), ((20, 300), 16), ((10, 10), 16), ((31, 31), 28), ((47, 60), 32), ((500, 400), 64)],
)
def test_the_size_is_the_largest_that_half_of_the_images_have(tmp_path, size, chosen):
    made = prepare(write_drawings(tmp_path / "all", size=size, each=2))
    assert find(made.name).shape[1:] == (chosen, chosen)


def test_images_are_in_colour_if_one_of_them_is(tmp_path):
    folder = tmp_path / "all"
    folder.mkdir()
    for number in range(4):
        drawing(number).convert("L").save(folder / f"{number}.png")
    assert find(prepare(folder).name).shape[0] == 1
    assert find(prepare(folder, colour="colour").name).shape[0] == 3
    drawing(5).save(folder / "5.png")
    assert find(prepare(folder).name).shape[0] == 3
    assert find(prepare(folder, colour="grey").name).shape[0] == 1


def test_the_modes_of_image_files_become_the_right_pixels():
    red = Image.new("RGB", (20, 20), (255, 0, 0))
    clear = Image.new("RGBA", (20, 20), (255, 0, 0, 0))
    palette = clear.copy().quantize(4)
    deep = Image.fromarray(np.full((20, 20), 32768, np.uint16))
    tall = Image.new("RGB", (20, 40), "blue")
    tall.paste("white", (0, 0, 20, 20))
    exif = Image.Exif()
    exif[0x0112] = 6  # turn right
    moving = io.BytesIO()
    red.save(moving, "GIF", save_all=True, append_images=[tall.crop((0, 20, 20, 40))])
    for content, colour in (
        (as_bytes(red.convert("CMYK"), "TIFF"), (255, 0, 0)),
        (as_bytes(clear), (255, 255, 255)),
        (as_bytes(palette), (255, 255, 255)),
        (as_bytes(deep), (128, 128, 128)),
        (as_bytes(Image.new("1", (20, 20), 1)), (255, 255, 255)),
        (as_bytes(Image.fromarray(np.full((20, 20), 0.5, np.float32)), "TIFF"), (128, 128, 128)),
        (moving.getvalue(), (255, 0, 0)),
    ):
        assert np.abs(pictures.read(content, 16, "crop").astype(int) - colour).max() <= 1
    turned = pictures.read(as_bytes(tall, exif=exif), 16, "stretch")
    assert (turned[:, 12:] == 255).all() and (turned[:, :4] == (0, 0, 255)).all()


def test_images_become_square_by_cropping_padding_or_stretching():
    picture = Image.new("RGB", (40, 20), "red")
    picture.paste("blue", (10, 0, 30, 20))
    crop, pad, stretch = (pictures.read(as_bytes(picture), 20, fit)[10] for fit in pictures.FITS)
    assert (crop == (0, 0, 255)).all()
    assert (pictures.read(as_bytes(picture), 20, "pad")[[0, -1]] == 0).all()
    assert (pad[[1, 10, -2]] == ((255, 0, 0), (0, 0, 255), (255, 0, 0))).all()
    assert (stretch[[1, 10, -2]] == ((255, 0, 0), (0, 0, 255), (255, 0, 0))).all()


class Stopped(BaseException):
    """Stands for a process that is ended."""


@pytest.mark.parametrize("where", ["new_folder", "write_split", "publish"])
def test_a_dataset_that_is_not_finished_does_not_appear(drawings, data, monkeypatch, where):
    def stopped(*_, **__):
        raise Stopped

    with monkeypatch.context() as patch:
        patch.setattr(prepared, where, stopped)
        with pytest.raises(Stopped):
            prepare(drawings)
    assert sources.names() == list(sources.SOURCES)
    left = data / "own" / ".new-killed"  # as after a kill
    left.mkdir(parents=True)
    assert prepare(drawings).name in sources.names()


def test_two_processes_that_prepare_the_same_images_make_one_dataset(drawings, monkeypatch):
    first = prepare(drawings)
    monkeypatch.setattr(prepared, "prepared_before", lambda *_: None)
    assert prepare(drawings) == first and len(sources.names()) == len(sources.SOURCES) + 1


def test_a_recipe_names_images_that_are_not_on_this_machine(drawings, data):
    name = prepare(drawings).name
    data.rename(data.with_name("elsewhere"))
    recipe = Recipe(dataset=name, validation_images=4)
    assert recipe.image_shape == (3, 32, 32) and Recipe.from_dict(recipe.to_dict()) == recipe
    assert not sources.is_here(name) and name not in sources.names()
    with pytest.raises(
        DataError, match=f"images of {name} are not on this machine: prepare .* --image-size 32 --colour"
    ):
        datasets.load(name)


@pytest.mark.parametrize(
    "name",
    [
        *("../own-3x32x32-00000000", "a/b-3x32x32-00000000", "a-2x32x32-00000000", "a-3x32x16-00000000"),
        *("a-3x15x15-00000000", "a-3x99x99-00000000", "a-3x32x32-0000000g", "A-3x32x32-00000000"),
        *("a-3x32x32-00000000\n", "", None, 3, ["a"]),
    ],
)
def test_no_other_name_is_one_of_prepared_images(name):
    assert own_shape(name) is None
    with pytest.raises(ValueError, match="unknown dataset"):
        Recipe(dataset=name)


def test_a_bottleneck_is_not_larger_than_an_image(drawings):
    name = prepare(drawings, size=16, colour="grey").name
    assert Recipe(dataset=name, validation_images=1, code_size=256).code_size == 256
    with pytest.raises(ValueError, match="code_size 257 is out of range: use 1 to 256"):
        Recipe(dataset=name, validation_images=1, code_size=257)


@pytest.mark.parametrize("file", sources.OWN_FILES)
def test_damaged_files_are_noticed(drawings, file):
    name = prepare(drawings).name
    path = array_folder(name) / file
    path.write_bytes(path.read_bytes()[:-5])
    with pytest.raises(DataError):
        datasets.load(name)
    path.unlink()
    assert prepare(drawings).name == name  # makes it again
    assert len(datasets.load(name).images)
