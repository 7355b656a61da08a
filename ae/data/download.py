"""Download a dataset."""

import gzip
import hashlib
import http.client
import shutil
import socket
import tempfile
import urllib.error
import urllib.request
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

from filelock import FileLock

from ae.data.idx import read_idx
from ae.data.sources import SOURCES, DataError, is_here, raw_folder

PATIENCE = 20.0
"""Seconds to wait for a server's next bytes."""


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
    source = SOURCES[name]
    final = raw_folder(root, source.folder)
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
                arrived = Path(place) / "raw"
                arrived.mkdir()
                mirrors, archives = published(source.folder)
                for archive, checksum in archives:
                    file = arrived / archive.removesuffix(".gz")
                    file.write_bytes(_fetch(mirrors, archive, checksum))
                    read_idx(file)
                shutil.rmtree(final, ignore_errors=True)
                arrived.replace(final)
    except (OSError, DataError, http.client.HTTPException) as error:
        raise DataError(
            f"{source.title} could not be downloaded ({_reason(error)}): try again with a network, point AE_DATA to a "
            f"folder that holds {source.folder}/raw, or use the dataset 'digits', which needs no download"
        ) from error
    if say:
        say(f"{source.title} is downloaded")


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


def _fetch(mirrors: Sequence[str], archive: str, checksum: str) -> bytes:
    """Return an archive's content, unzipped, from the first mirror that has it with the right checksum."""
    failed: Exception = DataError(f"{archive} has no mirror")
    for mirror in mirrors:
        try:
            request = urllib.request.Request(mirror + archive, headers={"User-Agent": "autoencoder-lab"})
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                content: bytes = answer.read()
        except (OSError, http.client.HTTPException) as error:
            failed = error
            continue
        if hashlib.md5(content, usedforsecurity=False).hexdigest() == checksum:
            return gzip.decompress(content)
        failed = DataError(f"{mirror}{archive} has the wrong checksum")
    raise failed


def download_lock(folder: Path) -> Path:
    """Return the lock file of a folder's download; it lies elsewhere, so that a failed download leaves no trace."""
    return Path(tempfile.gettempdir()) / f"ae-download-{zlib.crc32(str(folder.resolve()).encode()):08x}.lock"
