"""A dataset is made of a zip file or a .npz file, safely."""

import dataclasses
import io
import zipfile

import numpy as np
import pytest
from own_images import CLASSES, write_drawings
from PIL import Image

from ae.data import datasets, gathering
from ae.data.gathering import OwnError
from ae.data.own import prepare
from ae.data.sources import find

RANDOM = np.random.default_rng(0)
BYTES = RANDOM.integers(0, 256, (24, 20, 20, 3), np.uint8)


@pytest.fixture(autouse=True)
def data(tmp_path, monkeypatch):
    monkeypatch.setenv("AE_DATA", str(tmp_path / "data"))


def zipped(folder, target, outer=""):
    with zipfile.ZipFile(target, "w") as archive:
        for path in sorted(folder.rglob("*.png")):
            archive.write(path, outer + path.relative_to(folder).as_posix())
    return target


def saved(path, **arrays):
    np.savez_compressed(path, **arrays)
    return path


def images_of(path, **wishes):
    """Return all images of a dataset that is made of a file, as a set."""
    dataset = datasets.load(prepare(path, **wishes).name)
    return {image.numpy().tobytes() for images in (dataset.images, dataset.test_images) for image in images}


# --------------------------------------------------------------------------------------------------------------- zips


@pytest.mark.parametrize("outer", ["", "outer/", "a/b/"])
def test_a_zipped_folder_is_the_folder(tmp_path, outer):
    folder = write_drawings(tmp_path / "all")
    first = prepare(zipped(folder, tmp_path / "all.zip", outer))
    assert (first.kept, first.skipped) == (24, [])
    assert prepare(folder) == dataclasses.replace(first, before=True)


def test_the_paths_in_a_zip_lead_nowhere(tmp_path):
    path = zipped(write_drawings(tmp_path / "all"), tmp_path / "all.zip")
    png = (tmp_path / "all" / "circle" / "0.png").read_bytes()
    with zipfile.ZipFile(path, "a") as archive:
        for name in ("../out.png", "/tmp/out-of-a-zip.png", "circle/../../out.png", "C:\\out.png"):
            archive.writestr(name, png)
    before = set(tmp_path.rglob("*"))
    prepare(path)
    assert {each.relative_to(tmp_path).parts[0] for each in set(tmp_path.rglob("*")) - before} == {"data"}


def test_a_zip_bomb_is_left_out(tmp_path):
    path = zipped(write_drawings(tmp_path / "all"), tmp_path / "all.zip")
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("circle/bomb.png", bytes(10**8))
    assert prepare(path).skipped == [("circle/bomb.png", "is larger than 20 MB")]


def test_damaged_members_of_a_zip_are_left_out(tmp_path):
    path = zipped(write_drawings(tmp_path / "all"), tmp_path / "all.zip")
    content = path.read_bytes()
    at = content.index(b"IDAT") + 20  # in the first image
    path.write_bytes(content[:at] + b"??" + content[at + 2 :])
    assert prepare(path).skipped == [("circle/0.png", "can't be read from the zip file")]


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x03\x04" + bytes(50)])
def test_what_is_no_zip_is_refused(tmp_path, content):
    (tmp_path / "a.zip").write_bytes(content)
    with pytest.raises(OwnError, match=r"a\.zip can't be read as a zip file"):
        prepare(tmp_path / "a.zip")


def test_too_many_files_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(gathering, "MOST_FILES", 20)
    folder = write_drawings(tmp_path / "all")
    for path in (folder, zipped(folder, tmp_path / "all.zip")):
        with pytest.raises(OwnError, match="more than 20 files"):
            prepare(path)


# ------------------------------------------------------------------------------------------------------------- arrays


@pytest.mark.parametrize(
    "images",
    [BYTES, BYTES.transpose(0, 3, 1, 2), BYTES / 255, np.float32(BYTES / 255), BYTES.astype(int), BYTES.copy("F")],
    ids=["last", "first", "double", "single", "int", "fortran"],
)  # fmt: skip
def test_arrays_of_every_kind_hold_the_same_images(tmp_path, images):
    found = images_of(saved(tmp_path / "a.npz", images=images), size=20)
    assert found == {np.moveaxis(image, -1, 0).tobytes() for image in BYTES}


@pytest.mark.parametrize(
    "images", [BYTES[..., 0], BYTES[..., :1], BYTES[:, None, :, :, 0]], ids=["plain", "last", "first"]
)
def test_grey_arrays(tmp_path, images):
    assert images_of(saved(tmp_path / "a.npz", images=images), size=20) == {each.tobytes() for each in BYTES[..., 0]}


@pytest.mark.parametrize(
    ("more", "names"),
    [
        ({}, ("",)),
        ({"labels": np.arange(24) % 3 + 5}, ("5", "6", "7")),
        ({"labels": np.array(["b", "a"])[np.arange(24) % 2]}, ("a", "b")),
        ({"labels": np.arange(24) % 2, "class_names": np.array(CLASSES)}, CLASSES),
        ({"labels": np.arange(24)[::-1] / 7}, None),
    ],
)
def test_labels_are_numbers_or_texts(tmp_path, more, names):
    found = find(prepare(saved(tmp_path / "a.npz", images=BYTES, **more)).name).class_names
    assert found == names or (names is None and len(found) == 24)


@pytest.mark.parametrize("labels", [np.zeros(300), np.arange(300)], ids=["one", "too many"])
def test_labels_that_are_no_classes_are_ignored(tmp_path, labels):
    images = RANDOM.integers(0, 256, (300, 16, 16), np.uint8)
    assert not find(prepare(saved(tmp_path / "a.npz", images=images, labels=labels)).name).labelled


def test_a_label_without_a_name_is_left_out(tmp_path):
    made = prepare(saved(tmp_path / "a.npz", images=BYTES, labels=np.arange(24) % 3, class_names=np.array(CLASSES)))
    assert made.kept == 16 and made.skipped[0] == ("images[2]", "has the label 2, which class_names does not name")


def test_test_images_are_the_test_split(tmp_path):
    path = saved(
        tmp_path / "a.npz", images=BYTES[:20], test_images=BYTES[20:], labels=np.arange(20) % 2, test_labels=np.ones(4)
    )
    dataset = datasets.load(prepare(path, size=20).name)
    assert dataset.test_labels.tolist() == [1] * 4
    assert {each.numpy().tobytes() for each in dataset.test_images} == {
        np.moveaxis(each, -1, 0).tobytes() for each in BYTES[20:]
    }


def test_broken_images_in_an_array_are_left_out(tmp_path):
    images = np.float32(BYTES) / 255
    images[3, 0, 0, 0], images[5, 0, 0, 0] = np.nan, 1.5
    made = prepare(saved(tmp_path / "a.npz", images=images))
    assert made.skipped == [
        ("images[3]", "has pixels that are not finite numbers"),
        ("images[5]", "has pixels outside 0 to 1"),
    ]


@pytest.mark.parametrize(
    ("arrays", "sentence"),
    [
        ({"x": BYTES}, "has no array named images, but x"),
        ({"images": BYTES[0, 0]}, "has shape"),
        ({"images": np.zeros((3, 8, 8, 4), np.uint8)}, "has shape"),
        ({"images": np.zeros((0, 8, 8), np.uint8)}, "has shape"),
        ({"images": BYTES, "labels": np.arange(3)}, "labels in a.npz has shape"),
        ({"images": np.array(["a"] * 64).reshape(4, 4, 4)}, "holds <U1"),
        ({"images": np.array([[[object()]]])}, "can't be read as a .npz file of plain arrays"),
    ],
)
def test_other_arrays_are_refused_in_a_sentence(tmp_path, arrays, sentence):
    with pytest.raises(OwnError, match=sentence):
        prepare(saved(tmp_path / "a.npz", **arrays))


def header(shape):
    """Return a .npy file's beginning without its numbers."""
    content = io.BytesIO()
    np.lib.format.write_array_header_1_0(content, {"descr": "|u1", "fortran_order": False, "shape": shape})
    return content.getvalue()


@pytest.mark.parametrize(
    "content",
    [b"", b"\x93NUMPY", header((4, 20, 20)), header((10**6, 10**6, 10**6)) + bytes(9)],
    ids=["empty", "magic", "short", "huge"],
)
def test_a_damaged_or_a_lying_array_is_refused(tmp_path, content):
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as archive:
        archive.writestr("images.npy", content)
    with pytest.raises(OwnError, match=r"can't be read as a \.npz|takes .* GB"):
        prepare(tmp_path / "a.npz")


def test_a_png_is_no_npz(tmp_path):
    Image.new("L", (9, 9)).save(tmp_path / "a.npz", "PNG")
    with pytest.raises(OwnError, match=r"can't be read as a \.npz file"):
        prepare(tmp_path / "a.npz")
