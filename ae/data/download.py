"""Download a dataset with torchvision."""

import http.client
import shutil
import socket
import tempfile
import zlib
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock

from ae.data.idx import read_idx
from ae.data.sources import IDX_FILES, SOURCES, DataError, is_here, raw_folder


def download(name: str, root: Path | None = None, *, say: Callable[[str], None] | None = None) -> None:
    """Download a dataset with torchvision; the files appear all at once, or not at all.

    Raises:
        DataError: it did not arrive. The sentence says what to do.
    """
    source = SOURCES[name]
    final = raw_folder(root, source.folder)
    if say:
        say(f"Downloading {source.title}, {source.megabytes} MB, into {final.parent.parent}")
    patience = socket.getdefaulttimeout()
    lock = FileLock(download_lock(final))  # two at once would sweep away each other's files
    try:
        import torchvision  # a second to import, and only a download needs it

        final.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire()
        if is_here(name, root):
            return
        for left in final.parent.glob(".download-*"):  # by a download that was killed
            shutil.rmtree(left, ignore_errors=True)
        with tempfile.TemporaryDirectory(prefix=".download-", dir=final.parent) as place:
            socket.setdefaulttimeout(20)
            getattr(torchvision.datasets, source.folder)(place, download=True)
            arrived = Path(place) / source.folder / "raw"
            for file in IDX_FILES:
                read_idx(arrived / file)
            for packed in arrived.glob("*.gz"):
                packed.unlink()
            shutil.rmtree(final, ignore_errors=True)
            arrived.replace(final)
    except (OSError, RuntimeError, DataError, http.client.HTTPException) as error:
        reason = str(error).strip().splitlines()[-1] if str(error).strip() else type(error).__name__
        raise DataError(
            f"{source.title} could not be downloaded ({reason}): try again with a network, point AE_DATA to a folder "
            f"that holds {source.folder}/raw, or use the dataset 'digits', which needs no download"
        ) from error
    finally:
        socket.setdefaulttimeout(patience)
        lock.release()
    if say:
        say(f"{source.title} is here")


def download_lock(folder: Path) -> Path:
    """Tell where the lock of a folder's download lies: elsewhere, for a failed one leaves nothing behind."""
    return Path(tempfile.gettempdir()) / f"ae-download-{zlib.crc32(str(folder.resolve()).encode()):08x}.lock"
