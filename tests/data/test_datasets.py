"""Datasets are as documented, and damaged files are refused with a message."""

import sys
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from tiny_mnist import FILES, as_idx, write_tiny_mnist

from ae.data import idx, sources
from ae.data.datasets import load, to_float
from ae.data.digits import FILE, centre
from ae.data.sources import DataError, is_here

# -------------------------------------------------------------------------------------------------- built-in digits


def test_the_built_in_digits_are_scikit_learn_s():
    from sklearn.datasets import load_digits

    theirs = load_digits()
    with np.load(FILE) as ours:
        assert (ours["images"] == theirs.images).all()
        assert (ours["labels"] == theirs.target).all()


def test_the_digits_are_1797_images_of_28_by_28_bytes(digits):
    assert digits.images.shape == (1500, 1, 28, 28)
    assert digits.test_images.shape == (297, 1, 28, 28)
    assert digits.images.dtype == digits.test_images.dtype == torch.uint8
    assert digits.labels.shape == (1500,)
    assert digits.test_labels.shape == (297,)
    assert digits.labels.dtype == digits.test_labels.dtype == torch.int64
    assert digits.class_names == tuple("0123456789")
    assert digits.name == "digits"


def test_every_digit_uses_the_range_from_black_to_white(digits):
    for images in (digits.images, digits.test_images):
        assert images.flatten(1).amin(1).max() == 0
        assert images.flatten(1).amax(1).min() > 200


def test_every_digit_fits_a_box_of_20_and_has_its_mass_in_the_middle_as_in_mnist(digits):
    ink = torch.cat([digits.images, digits.test_images]).double().squeeze(1)
    for direction in (1, 2):
        profile = ink.sum(direction)  # (N, 28)
        inked = profile > 0
        places = torch.arange(28.0, dtype=torch.double)
        extent = (inked * (places + 1)).amax(1) - torch.where(inked, places, 28.0).amin(1)
        assert extent.max() <= 20
        middle = (profile * places).sum(1) / profile.sum(1)
        assert (middle - 13.5).abs().max() <= 0.51


def test_the_digits_are_all_of_scikit_learn_s_and_each_has_its_label(digits):
    from sklearn.datasets import load_digits

    theirs = load_digits()
    labels = torch.cat([digits.labels, digits.test_labels])
    assert torch.bincount(labels).tolist() == np.bincount(theirs.target).tolist()
    # The ink of a class, an order-free fingerprint, follows the original's: labels stayed with their images.
    images = to_float(torch.cat([digits.images, digits.test_images])).flatten(1)
    ours = [images[labels == c].sum(1).mean().item() for c in range(10)]
    original = [theirs.images[theirs.target == c].sum((1, 2)).mean() for c in range(10)]
    assert np.corrcoef(ours, original)[0, 1] > 0.99


def test_test_and_training_digits_are_both_of_every_class(digits):
    assert torch.bincount(digits.test_labels, minlength=10).min() > 15
    assert torch.bincount(digits.labels, minlength=10).min() > 100


def test_loading_twice_gives_the_same(digits):
    again = load("digits")
    for name in ("images", "labels", "test_images", "test_labels"):
        assert torch.equal(getattr(again, name), getattr(digits, name))


@pytest.mark.parametrize("validation_images", [1, 16, 300, 1499])
def test_validation_and_training_images_are_disjoint_and_together_complete(digits, validation_images):
    training, validation = digits.split(validation_images)
    assert (len(training), len(validation)) == (1500 - validation_images, validation_images)
    assert torch.equal(torch.cat([training, validation]), digits.images)


def test_without_a_validation_split_the_loss_is_measured_on_the_test_images(digits):
    training, validation = digits.split(0)
    assert torch.equal(training, digits.images)
    assert torch.equal(validation, digits.test_images)


def test_bytes_become_numbers_from_0_to_1():
    numbers = to_float(torch.tensor([0, 51, 255], dtype=torch.uint8))
    assert numbers.dtype == torch.float32
    assert numbers.tolist() == pytest.approx([0.0, 0.2, 1.0])


@given(arrays.arrays(np.uint8, arrays.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=28)))
def test_centring_loses_no_ink_and_gets_as_close_to_the_middle_as_the_edges_allow(drawing):
    field = centre(drawing)
    assert field.shape == (28, 28)
    assert field.dtype == np.uint8
    assert sorted(field[field > 0]) == sorted(drawing[drawing > 0])
    if not drawing.any():
        return
    for axis, size in ((1, drawing.shape[0]), (0, drawing.shape[1])):
        inner = (drawing.sum(axis, dtype=float) @ np.arange(size)) / drawing.sum(dtype=float)
        middle = (field.sum(axis, dtype=float) @ np.arange(28)) / field.sum(dtype=float)
        at_an_edge = any(abs(middle - inner - edge) < 1e-6 for edge in (0, 28 - size))
        assert abs(middle - 13.5) <= 0.5 + 1e-6 or at_an_edge


# --------------------------------------------------------------------------------------------------------- the files


@given(arrays.arrays(np.uint8, arrays.array_shapes(min_dims=1, max_dims=4, max_side=5)))
def test_an_idx_file_is_read_back_as_written(tmp_path_factory, array):
    path = tmp_path_factory.getbasetemp() / "written-idx"
    path.write_bytes(as_idx(array))
    assert idx.read_idx(path).numpy().tolist() == array.tolist()


def test_an_idx_file_cut_anywhere_or_too_long_is_refused(tmp_path):
    whole = as_idx(np.arange(24, dtype=np.uint8).reshape(2, 3, 4))
    for content in (*(whole[:n] for n in range(len(whole))), whole + b"\0"):
        path = tmp_path / "idx"
        path.write_bytes(content)
        with pytest.raises(DataError, match=r"damaged or incomplete: delete the folder .* and load again"):
            idx.read_idx(path)


@given(st.binary(max_size=40) | st.binary(max_size=20).map(lambda rest: b"\0\0\x08" + rest))
def test_garbage_is_refused_unless_its_size_matches_its_header(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "garbage-idx"
    path.write_bytes(content)
    try:
        assert idx.read_idx(path).numel() == len(content) - 4 - 4 * content[3]
    except DataError:
        pass


def test_ae_data_names_the_folder_of_the_files(tmp_path, monkeypatch):
    monkeypatch.setenv("AE_DATA", str(tmp_path))
    assert sources.data_folder() == tmp_path
    assert not is_here("mnist")
    train, labels, test, test_labels = write_tiny_mnist(tmp_path)
    assert is_here("mnist")
    loaded = load("mnist", say=lambda words: pytest.fail(f"nothing is to be said, but: {words}"))
    assert loaded.images.numpy().tolist() == train[:, None].tolist()
    assert loaded.labels.tolist() == labels.tolist()
    assert loaded.test_images.numpy().tolist() == test[:, None].tolist()
    assert loaded.test_labels.tolist() == test_labels.tolist()
    assert loaded.labels.dtype == torch.int64


def test_without_ae_data_the_files_are_beside_the_package(monkeypatch):
    monkeypatch.setenv("AE_DATA", "")
    assert sources.data_folder().name == "data"
    assert (sources.data_folder().parent / "ae" / "data" / "sources.py").is_file()


@pytest.mark.parametrize("missing", FILES)
def test_a_dataset_with_a_missing_file_needs_a_download(tmp_path, missing):
    write_tiny_mnist(tmp_path, folder="KMNIST")
    assert is_here("kmnist", tmp_path)
    (tmp_path / "KMNIST" / "raw" / missing).unlink()
    assert not is_here("kmnist", tmp_path)


def test_the_digits_never_need_a_download(tmp_path):
    assert is_here("digits", tmp_path)


def test_files_that_do_not_match_are_refused(tmp_path):
    write_tiny_mnist(tmp_path)
    (tmp_path / "MNIST" / "raw" / FILES[1]).write_bytes(as_idx(np.zeros(6, np.uint8)))
    with pytest.raises(DataError, match="do not belong together: delete that folder"):
        load("mnist", tmp_path)


def test_images_of_another_size_are_refused(tmp_path):
    write_tiny_mnist(tmp_path, side=20)
    with pytest.raises(DataError, match="do not belong together"):
        load("mnist", tmp_path)


def test_a_damaged_file_is_refused_with_a_message_on_what_to_do(tmp_path):
    write_tiny_mnist(tmp_path)
    path = tmp_path / "MNIST" / "raw" / FILES[2]
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(DataError, match=r"t10k-images-idx3-ubyte is damaged .* delete the folder"):
        load("mnist", tmp_path)


def test_an_unknown_dataset_is_refused():
    with pytest.raises(ValueError, match=r"unknown dataset 'cifar': choose from mnist, .*cifar10, .*digits$"):
        load("cifar")


@pytest.mark.skipif(not is_here("mnist"), reason=f"MNIST is not in {sources.data_folder()}: set AE_DATA")
def test_mnist_is_60000_and_10000_images():
    mnist = load("mnist")
    assert mnist.images.shape == (60_000, 1, 28, 28)
    assert mnist.test_images.shape == (10_000, 1, 28, 28)
    assert torch.bincount(mnist.labels).tolist()[0] == 5923
    assert set(mnist.test_labels.tolist()) == set(range(10))


def stripes():
    """A dataset that is computed: stripes across (0) and stripes down (1)."""
    across = np.zeros((28, 28), np.uint8)
    across[::2] = 255
    labels = torch.arange(50) % 2
    return torch.from_numpy(np.stack([across, across.T]))[labels], labels


def test_a_dataset_is_one_function_and_one_entry(monkeypatch):
    entry = sources.Source("Stripes", "Computed.", ("across", "down"), 40, 10, loader=f"{__name__}:stripes")
    monkeypatch.setitem(sources.SOURCES, "stripes", entry)
    monkeypatch.setitem(sys.modules, __name__, sys.modules.get(__name__) or SimpleNamespace(stripes=stripes))
    assert is_here("stripes")
    loaded = load("stripes")
    assert (loaded.images.shape, loaded.test_images.shape) == ((40, 1, 28, 28), (10, 1, 28, 28))
    assert loaded.test_labels.tolist() == [0, 1] * 5
    assert (loaded.test_images[1, 0, :, 0] == 255).all()
