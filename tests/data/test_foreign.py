"""Torchvision's other small datasets are downloaded, read from their own formats and kept as arrays."""

import bz2
import dataclasses
import gzip
import hashlib
import http.server
import io
import os
import pickle
import struct
import tarfile
import threading
import zipfile

import numpy as np
import pytest
import torchvision.datasets as published
from scipy.io import savemat
from tiny_mnist import as_idx

from ae.data import datasets, sources
from ae.data.download import download
from ae.data.sources import DataError

RANDOM = np.random.default_rng(0)
TRAINING, TEST = 10, 4


def random_images(count, *shape):
    return RANDOM.integers(0, 256, (count, *shape), np.uint8)


def emnist(images, labels):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for split, each, classes in zip(("train", "test"), images, labels, strict=True):
            on_its_side = np.ascontiguousarray(each[:, 0].transpose(0, 2, 1))
            for kind, array in (("images-idx3", on_its_side), ("labels-idx1", (classes + 1).astype(np.uint8))):
                archive.writestr(f"gzip/emnist-letters-{split}-{kind}-ubyte.gz", gzip.compress(as_idx(array)))
    return [buffer.getvalue()]


def qmnist(images, labels):
    files = []
    for each, classes in zip(images, labels, strict=True):
        files.append(gzip.compress(as_idx(each[:, 0])))
        columns = np.zeros((len(classes), 8), ">i4")
        columns[:, 0], columns[:, 3] = classes, 70_000
        files.append(gzip.compress(struct.pack(">HBB2I", 0, 12, 2, *columns.shape) + columns.tobytes()))
    return files


def usps(images, labels):
    files = []
    for each, classes in zip(images, labels, strict=True):
        pixels = each.reshape(len(each), -1) / 127.5 - 1
        lines = [
            f"{label + 1} " + " ".join(f"{i}:{value:.4f}" for i, value in enumerate(row, 1)) + " "
            for label, row in zip(classes, pixels, strict=True)
        ]
        files.append(bz2.compress(("\n".join(lines) + "\n").encode()))
    return files


def cifar10(images, labels):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        parts = [(f"data_batch_{n + 1}", images[0][2 * n : 2 * n + 2], labels[0][2 * n : 2 * n + 2]) for n in range(5)]
        for name, each, classes in (*parts, ("test_batch", images[1], labels[1])):
            batch = {b"data": each.reshape(len(each), -1), b"labels": classes.tolist(), b"batch_label": b"a part"}
            content = pickle.dumps(batch, protocol=2).replace(b"numpy._core", b"numpy.core")  # as NumPy 1 wrote it
            add(archive, f"cifar-10-batches-py/{name}", content)
    return [buffer.getvalue()]


def add(archive, name, content):
    about = tarfile.TarInfo(name)
    about.size = len(content)
    archive.addfile(about, io.BytesIO(content))


def svhn(images, labels):
    files = []
    for each, classes in zip(images, labels, strict=True):
        buffer = io.BytesIO()
        ten = np.where(classes == 0, 10, classes).astype(np.uint8)[:, None]
        savemat(buffer, {"X": each.transpose(2, 3, 1, 0), "y": ten}, do_compression=True)
        files.append(buffer.getvalue())
    return files


SETS = {"emnist-letters": emnist, "qmnist": qmnist, "usps": usps, "cifar10": cifar10, "svhn": svhn}


@pytest.fixture
def serve(monkeypatch):
    """Return a function that serves a dataset's files where torchvision says they are."""
    files = {}

    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Length", str(len(files[self.path])))
            self.end_headers()
            self.wfile.write(files[self.path])

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()

    def serve(name, contents):
        files.update({f"/{number}": content for number, content in enumerate(contents)})
        at = [
            (f"http://127.0.0.1:{server.server_port}/{number}", hashlib.md5(content).hexdigest())
            for number, content in enumerate(contents)
        ]
        pairs = [(address, "file", checksum) for address, checksum in at]
        for kind, attribute, value in (
            (published.EMNIST, "url", at[0][0]),
            (published.EMNIST, "md5", at[0][1]),
            (published.QMNIST, "resources", {"train": at[:2], "test": at[2:]}),
            (published.USPS, "split_list", {"train": pairs[0], "test": pairs[-1]}),
            (published.CIFAR10, "url", at[0][0]),
            (published.CIFAR10, "tgz_md5", at[0][1]),
            (published.SVHN, "split_list", {"train": pairs[0], "test": pairs[-1]}),
        ):
            monkeypatch.setattr(kind, attribute, value)
        source = dataclasses.replace(sources.find(name), training_images=TRAINING, test_images=TEST)
        monkeypatch.setitem(sources.SOURCES, name, source)

    yield serve
    server.shutdown()
    server.server_close()


def content(name):
    """Return random images and labels of a dataset's shape, for training and test."""
    source = sources.find(name)
    images = [random_images(count, *source.shape) for count in (TRAINING, TEST)]
    return images, [np.arange(count) % len(source.class_names) for count in (TRAINING, TEST)]


@pytest.mark.parametrize("name", SETS)
def test_the_images_are_those_that_were_published_upright_and_with_their_classes(name, serve, tmp_path):
    images, labels = content(name)
    serve(name, SETS[name](images, labels))
    assert not sources.is_here(name, tmp_path)
    dataset = datasets.load(name, tmp_path)
    assert sources.is_here(name, tmp_path)
    for found, expected in zip((dataset.images, dataset.test_images), images, strict=True):
        assert (found.numpy() == expected).all()
    for found, expected in zip((dataset.labels, dataset.test_labels), labels, strict=True):
        assert found.tolist() == expected.tolist()
    assert dataset.shape == sources.find(name).shape


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("wrong", ["cut", "few", "foreign"])
def test_files_that_hold_something_else_leave_nothing_behind(name, wrong, serve, tmp_path):
    images, labels = content(name)
    if wrong == "few":
        images[0], labels[0] = images[0][:-1], labels[0][:-1]
    files = SETS[name](images, labels)
    if wrong == "foreign":
        files = [b"<html>Please sign in</html>"] * len(files)
    elif wrong == "cut":
        files[0] = files[0][: len(files[0]) // 2]
    serve(name, files)
    with pytest.raises(DataError, match="could not be downloaded"):
        download(name, tmp_path)
    assert not sources.is_here(name, tmp_path) and not [path for path in tmp_path.rglob("*") if path.is_file()]


class Harmful:
    def __reduce__(self):
        return os.mkdir, ("harm",)


def test_a_pickle_that_is_more_than_arrays_is_refused(serve, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        add(archive, "cifar-10-batches-py/data_batch_1", pickle.dumps({b"data": Harmful()}, protocol=2))
    serve("cifar10", [buffer.getvalue()])
    with pytest.raises(DataError, match=r"posix\.mkdir|nt\.mkdir"):
        download("cifar10", tmp_path / "data")
    assert not (tmp_path / "harm").exists()


@pytest.mark.parametrize("name", SETS)
def test_torchvision_names_addresses_and_checksums(name):
    from importlib import import_module

    module, _, function = sources.find(name).reader.partition(":")
    files = getattr(import_module(module), function)().files
    assert files and all(address.startswith("http") and len(checksum) == 32 for address, checksum in files)
