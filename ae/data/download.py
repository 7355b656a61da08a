"""Download a dataset."""

import gzip
import hashlib
import http.client
import importlib
import pickle
import shutil
import socket
import tarfile
import tempfile
import urllib.error
import urllib.request
import zipfile
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from filelock import FileLock

from ae.data.idx import read_idx
from ae.data.sources import OWN_FILES, DataError, Source, absent, array_folder, find, is_here, raw_folder

PATIENCE = 20.0
"""Seconds to wait for a server's next bytes."""


UNREADABLE = (
    ValueError, KeyError, TypeError, EOFError, IndexError, zlib.error, zipfile.BadZipFile, tarfile.TarError,
    pickle.UnpicklingError,
)  # fmt: skip
"""What readers raise for files that hold something else, beside ``OSError`` and ``DataError``."""


def download(name: str, root: Path | None = None, *, say: Callable[[str], None] | None = None) -> None:
    """Download a dataset; its files appear all at once or not at all.

    The addresses and checksums are torchvision's. The transfer is our own, because torchvision's has no timeout of its
    own, only the one for all sockets of the process.

    Args:
        name: a key of ``SOURCES``, with a ``folder``.
        root: the folder of downloads, if not ``data_folder()``.
        say: called with a progress message before and after.

    Raises:
        DataError: the download failed. The message says what to do.
    """
    source = find(name)
    if source.own:
        raise absent(name)
    final = array_folder(name, root) if source.reader else raw_folder(root, source.folder)
    if say:
        say(f"Downloading {source.title}, {source.megabytes} MB, into {final.parent.parent}")
    try:
        final.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(download_lock(final)):  # a second download waits here, and then finds the files
            if is_here(name, root):
                return
            for left in final.parent.glob(".download-*"):  # by a download that was killed
                shutil.rmtree(left, ignore_errors=True)
            with tempfile.TemporaryDirectory(prefix=".download-", dir=final.parent) as place:
                arrived = Path(place) / "arrived"
                arrived.mkdir()
                if source.reader:
                    _bring_arrays(source, Path(place), arrived)
                else:
                    _bring_idx(source.folder, arrived)
                shutil.rmtree(final, ignore_errors=True)
                arrived.replace(final)
    except (OSError, DataError, http.client.HTTPException) as error:
        raise DataError(
            f"{source.title} could not be downloaded ({_reason(error)}): try again with a network, point AE_DATA to a "
            f"folder that holds {final.parent.name}/{final.name}, or use the dataset 'digits', which needs no download"
        ) from error
    if say:
        say(f"{source.title} is downloaded")


def _bring_idx(folder: str, arrived: Path) -> None:
    mirrors, archives = published(folder)
    for archive, checksum in archives:
        zipped = arrived / archive
        _fetch([mirror + archive for mirror in mirrors], checksum, zipped)
        file = arrived / archive.removesuffix(".gz")
        file.write_bytes(gzip.decompress(zipped.read_bytes()))
        zipped.unlink()
        read_idx(file)


def _bring_arrays(source: Source, place: Path, arrived: Path) -> None:
    """Download the files of a dataset with a reader, and write its arrays.

    Raises:
        DataError: the files hold something else.
    """
    module, _, function = source.reader.partition(":")
    published = getattr(importlib.import_module(module), function)()
    files = [place / str(number) for number in range(len(published.files))]
    for (address, checksum), file in zip(published.files, files, strict=True):
        _fetch([address], checksum, file)
    try:
        arrays = published.read(files)
    except UNREADABLE as error:
        raise DataError(f"its files can't be read: {error}") from error
    for images, labels, count in (
        (arrays.images, arrays.labels, source.training_images),
        (arrays.test_images, arrays.test_labels, source.test_images),
    ):
        if images.shape != (count, *source.shape) or labels.shape != (count,):
            raise DataError(f"it has images of shape {images.shape} instead of {(count, *source.shape)}")
    for name, array in zip(OWN_FILES[1:], arrays, strict=True):
        np.save(arrived / name, np.ascontiguousarray(array, np.uint8))


def _reason(error: Exception) -> str:
    """Return in a few words why a download failed."""
    match error:
        case urllib.error.HTTPError():
            return f"the server responded with status {error.code}"
        case urllib.error.URLError(reason=Exception() as cause):
            return _reason(cause)
        case socket.gaierror():
            return "the server's name can't be looked up: is there a network?"
        case TimeoutError():
            return f"the server sent nothing for {PATIENCE:g} s"
        case ConnectionRefusedError():
            return "the server refused the connection"
        case http.client.IncompleteRead():
            return "the connection ended too early"
    lines = str(error).strip().splitlines()
    return lines[-1] if lines else type(error).__name__


def published(folder: str) -> tuple[list[str], list[tuple[str, str]]]:
    """Return the mirrors that torchvision downloads a dataset from, and the archives there with their MD5 sums."""
    from torchvision import datasets  # takes a second to import

    kind = getattr(datasets, folder)
    return kind.mirrors, kind.resources


def _fetch(addresses: Sequence[str], checksum: str, target: Path) -> None:
    """Write the file at the first address that has it with the right checksum.

    Raises:
        OSError, http.client.HTTPException, DataError: none has.
    """
    failed: Exception = DataError(f"{target.name} has no mirror")
    for address in addresses:
        try:
            found = _copy(address, target)
        except (OSError, http.client.HTTPException) as error:
            failed = error
            continue
        if found == checksum:
            return
        failed = DataError(f"{address} has the wrong checksum")
    raise failed


def _copy(address: str, target: Path) -> str:
    """Write what a server sends to a file, part by part, and return its MD5 sum."""
    request = urllib.request.Request(address, headers={"User-Agent": "autoencoder-lab"})
    digest = hashlib.md5(usedforsecurity=False)
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer, target.open("wb") as file:
        while part := answer.read(2**20):
            digest.update(part)
            file.write(part)
        if answer.length:  # bytes that were announced and did not come
            raise http.client.IncompleteRead(b"", answer.length)
    return digest.hexdigest()


def download_lock(folder: Path) -> Path:
    """Return the lock file of a folder's download; it lies elsewhere, so that a failed download leaves no trace."""
    return Path(tempfile.gettempdir()) / f"ae-download-{zlib.crc32(str(folder.resolve()).encode()):08x}.lock"
