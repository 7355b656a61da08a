"""Datasets that torchvision downloads in formats of their own: where they are, and how to read them."""

import bz2
import gzip
import io
import pickle
import tarfile
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ae.data.idx import parse_idx
from ae.data.sources import DataError


class Arrays(NamedTuple):
    """Images, uint8 with shape (N, C, S, S), and their classes from 0, with shape (N,)."""

    images: np.ndarray
    labels: np.ndarray
    test_images: np.ndarray
    test_labels: np.ndarray


class Published(NamedTuple):
    """A dataset on the web."""

    files: list[tuple[str, str]]
    """Addresses with MD5 sums."""
    read: Callable[[Sequence[Path]], Arrays]
    """Reads the downloaded files, in the same order."""


def emnist_letters() -> Published:
    """Handwritten letters, as in MNIST (Cohen et al. 2017)."""
    from torchvision.datasets import EMNIST  # takes a second to import

    return Published([(EMNIST.url, EMNIST.md5)], _read_emnist)


def _read_emnist(files: Sequence[Path]) -> Arrays:
    with zipfile.ZipFile(files[0]) as archive:

        def part(name: str) -> np.ndarray:
            member = f"gzip/emnist-letters-{name}-ubyte.gz"
            return parse_idx(gzip.decompress(archive.read(member)), member)

        images, test_images = (part(f"{split}-images-idx3") for split in ("train", "test"))
        labels, test_labels = (part(f"{split}-labels-idx1") for split in ("train", "test"))
    # The files hold each image with its rows as columns.
    upright = (each.transpose(0, 2, 1)[:, None] for each in (images, test_images))
    return Arrays(next(upright), labels - 1, next(upright), test_labels - 1)


def qmnist() -> Published:
    """MNIST with 50,000 more test images (Yadav & Bottou 2019)."""
    from torchvision.datasets import QMNIST

    return Published([*QMNIST.resources["train"], *QMNIST.resources["test"]], _read_qmnist)


def _read_qmnist(files: Sequence[Path]) -> Arrays:
    parts = [parse_idx(gzip.decompress(file.read_bytes()), file.name) for file in files]
    return Arrays(parts[0][:, None], parts[1][:, 0], parts[2][:, None], parts[3][:, 0])  # the others: writer, form ...


def usps() -> Published:
    """Handwritten digits from envelopes (Hull 1994)."""
    from torchvision.datasets import USPS

    return Published(
        [(address, sum) for address, _, sum in (USPS.split_list[key] for key in ("train", "test"))], _read_usps
    )


def _read_usps(files: Sequence[Path]) -> Arrays:
    """Read LIBSVM's text: a line for each image, with its class from 1 and pixels from -1 to 1, as "index:value"."""
    parts: list[np.ndarray] = []
    for file in files:
        with bz2.open(file, "rt", encoding="ascii") as lines:
            words = [line.split() for line in lines]
        pixels = np.array([[float(word.partition(":")[2]) for word in each[1:]] for each in words])
        parts += [((pixels + 1) * 127.5).round().clip(0, 255).astype(np.uint8).reshape(-1, 1, 16, 16)]
        parts += [np.array([int(float(each[0])) - 1 for each in words])]
    return Arrays(*parts)


def cifar10() -> Published:
    """Small photos of ten kinds of things (Krizhevsky 2009)."""
    from torchvision.datasets import CIFAR10

    return Published([(CIFAR10.url, CIFAR10.tgz_md5)], _read_cifar10)


def _read_cifar10(files: Sequence[Path]) -> Arrays:
    images: dict[bool, list[np.ndarray]] = {False: [], True: []}
    labels: dict[bool, list[int]] = {False: [], True: []}
    with tarfile.open(files[0], "r:gz") as archive:
        for number in (1, 2, 3, 4, 5, 0):
            name = f"cifar-10-batches-py/{f'data_batch_{number}' if number else 'test_batch'}"
            member = archive.extractfile(name)
            if member is None:
                raise DataError(f"{name} is not in the archive")
            batch = _Plain(member, encoding="bytes").load()
            images[not number].append(np.asarray(batch[b"data"], np.uint8).reshape(-1, 3, 32, 32))
            labels[not number] += batch[b"labels"]
    both = [(np.concatenate(images[test]), np.array(labels[test])) for test in (False, True)]
    return Arrays(*both[0], *both[1])


class _Plain(pickle.Unpickler):
    """Reads pickled arrays, and nothing that could run as code."""

    def find_class(self, module: str, name: str) -> Any:  # noqa: ANN401
        if (module.replace("numpy._core", "numpy.core"), name) in (
            ("numpy.core.multiarray", "_reconstruct"),
            ("numpy", "ndarray"),
            ("numpy", "dtype"),
            ("_codecs", "encode"),
        ):
            return super().find_class(module.replace("numpy.core", "numpy._core"), name)
        raise DataError(f"the archive holds {module}.{name}, which is no array")


def svhn() -> Published:
    """House numbers, photographed from the street (Netzer et al. 2011)."""
    from torchvision.datasets import SVHN

    return Published(
        [(address, sum) for address, _, sum in (SVHN.split_list[key] for key in ("train", "test"))], _read_svhn
    )


def _read_svhn(files: Sequence[Path]) -> Arrays:
    from scipy.io import loadmat  # a third of a second to import
    from scipy.io.matlab import MatReadError

    parts: list[np.ndarray] = []
    for file in files:
        try:
            found = loadmat(io.BytesIO(file.read_bytes()), variable_names=("X", "y"))
        except (MatReadError, NotImplementedError) as error:
            raise DataError(f"the file can't be read: {error}") from error
        labels = found["y"].reshape(-1).astype(int) % 10  # 10 stands for 0
        parts += [np.ascontiguousarray(found["X"].transpose(3, 2, 0, 1)), labels]
    return Arrays(*parts)
