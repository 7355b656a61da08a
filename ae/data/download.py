"""Download a dataset."""

import gzip
import hashlib
import http.client
import shutil
import tempfile
import urllib.request
import zlib
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock

from ae.data.idx import read_idx
from ae.data.sources import IDX_FILES, SOURCES, DataError, Source, is_here, raw_folder

PATIENCE = 20.0
"""Seconds to wait for a server's next bytes."""


def download(name: str, root: Path | None = None, *, say: Callable[[str], None] | None = None) -> None:
    """Download a dataset; its files appear all at once, or not at all.

    torchvision downloads the same files, but without a timeout of its own: only one for the whole process.

    Args:
        name: a key of ``SOURCES``, with a ``folder``.
        root: the folder of downloads, if not ``data_folder()``.
        say: called with a sentence before and after.

    Raises:
        DataError: it did not arrive. The sentence says what to do.
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
                for file, checksum in zip(IDX_FILES, source.checksums, strict=True):
                    (arrived / file).write_bytes(_fetch(source, f"{file}.gz", checksum))
                    read_idx(arrived / file)
                shutil.rmtree(final, ignore_errors=True)
                arrived.replace(final)
    except (OSError, DataError, http.client.HTTPException) as error:
        reason = str(error).strip().splitlines()[-1] if str(error).strip() else type(error).__name__
        raise DataError(
            f"{source.title} could not be downloaded ({reason}): try again with a network, point AE_DATA to a folder "
            f"that holds {source.folder}/raw, or use the dataset 'digits', which needs no download"
        ) from error
    if say:
        say(f"{source.title} is here")


def _fetch(source: Source, file: str, checksum: str) -> bytes:
    """Return a file, unzipped, from the first mirror that has it with the right checksum."""
    failed: Exception = DataError(f"{source.title} has no mirror")
    for mirror in source.mirrors:
        try:
            request = urllib.request.Request(mirror + file, headers={"User-Agent": "autoencoder-lab"})
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                content: bytes = answer.read()
        except (OSError, http.client.HTTPException) as error:
            failed = error
            continue
        if hashlib.md5(content, usedforsecurity=False).hexdigest() == checksum:
            return gzip.decompress(content)
        failed = DataError(f"{mirror}{file} is not the file that was expected")
    raise failed


def download_lock(folder: Path) -> Path:
    """Return the path of the lock of a folder's download: elsewhere, since a failed download leaves nothing behind."""
    return Path(tempfile.gettempdir()) / f"ae-download-{zlib.crc32(str(folder.resolve()).encode()):08x}.lock"
