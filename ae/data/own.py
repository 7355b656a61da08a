"""Make a dataset of one's own images: of a folder, a zip file or a .npz file."""

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from ae.data import arrays, gathering, pictures, prepared
from ae.data.gathering import Found, Odd, OwnError
from ae.data.pictures import FITS, PictureError
from ae.data.sources import LARGEST, OWN_FILES, SMALLEST, UNLABELLED, Shape, array_folder
from ae.data.texts import printable

SIZES = (16, 28, 32, 48, 64)
"""Of which one is chosen, if none is asked for: the largest that is not larger than half of the images are."""

MOST_CLASSES = 250
"""With more different labels, or only one, the images have no classes; a label is kept in a byte."""

COLOURS = ("auto", "grey", "colour")

NAMED = 20
"""The most skipped files that are remembered by name."""

BATCH = 256
"""Images that are read at a time."""

SHARE = 6
"""Every image of this number is a test image, in the order of their hashes."""


@dataclass(frozen=True)
class Prepared:
    """A dataset made of one's own images."""

    name: str
    """Of the dataset, for ``ae.data.sources.find`` and ``Recipe.dataset``."""
    kept: int
    """The number of its images."""
    skipped: list[tuple[str, str]]
    """The first files that were left out, each with the reason."""
    skipped_count: int
    """The number of all of them."""
    before: bool = False
    """Whether it was prepared earlier."""


def prepare(
    path: Path | str,
    size: int | None = None,
    colour: str = "auto",
    fit: str = "crop",
    say: Callable[[str], None] | None = None,
) -> Prepared:
    """Make a dataset of images, and keep it in the folder of downloads; the same images are only prepared once.

    A sixth of the images, chosen by a hash of their content, become test images, or those in the folder ``test`` if
    there are ``train`` and ``test``. Damaged and odd files are left out.

    Args:
        path: a folder whose sub-folders are the classes, or of images without classes; a zip file of such a folder; or
            a .npz file with ``images``, and perhaps ``labels``, ``test_images``, ``test_labels``, ``class_names``.
        size: width and height of the dataset's images, 16 to 64; None for one of ``SIZES``, by the images' own.
        colour: one of ``COLOURS``; with "auto" they are in colour if any of them is.
        fit: how an image becomes square, one of ``pictures.FITS``.
        say: called with progress messages.

    Raises:
        OwnError: no dataset can be made of them; the message says why.
        ValueError: ``size``, ``colour`` or ``fit`` is not allowed.
        OSError: the dataset can't be written.
    """
    path, say = Path(path), say or (lambda message: None)
    if size is not None and not SMALLEST <= size <= LARGEST:
        raise ValueError(f"image size {size!r} is out of range: use {SMALLEST} to {LARGEST}")
    if colour not in COLOURS:
        raise ValueError(f"unknown colour {colour!r}: choose from {', '.join(COLOURS)}")
    if fit not in FITS:
        raise ValueError(f"unknown fit {fit!r}: choose from {', '.join(FITS)}")
    say(f"Looking at the images in {path}")
    with prepared.new_folder() as made, ExitStack() as opened:
        found, odd = _sorted_out(_all(path, made.parent, opened))
        if len(found) < 2:
            raise OwnError(_too_few(path, found, odd))
        content = _content(found)
        asked = {"size": size, "colour": colour, "fit": fit}
        if before := prepared.prepared_before(content, asked):
            return replace(_described(before), before=True)
        side = size or _side(found)
        name, about = _convert(made, path, found, odd, side=side, colour=colour, fit=fit, content=content, say=say)
        prepared.publish(made, name, about | {"content": content, "asked": asked})
    return _described(name)


def _all(path: Path, scratch: Path, opened: ExitStack) -> Iterator[Found | Odd]:
    if path.is_dir():
        return gathering.in_folder(path)
    if not path.is_file():
        raise OwnError(f"there is no folder or file {path}")
    if path.suffix.lower() == ".npz":
        return arrays.in_npz(path, scratch)
    if path.suffix.lower() == ".zip":
        return gathering.in_zip(path, opened)
    raise OwnError(f"{path.name} is neither a folder nor a .zip or .npz file")


def _sorted_out(each: Iterator[Found | Odd]) -> tuple[list[Found], list[Odd]]:
    found: list[Found] = []
    odd: list[Odd] = []
    for item in each:
        if isinstance(item, Found):
            found.append(item)
        else:
            odd.append(item)
    if not 1 < len({each.label for each in found}) <= MOST_CLASSES:  # these are no classes
        found = [replace(each, label="") for each in found]
    return found, odd


def _too_few(path: Path, found: Sequence[Found], odd: Sequence[Odd]) -> str:
    first = f": {odd[0].name} {odd[0].reason}" if odd else ""
    count = "only one image" if found else "no image"
    return f"there is {count} in {path} that can be used{first}"


def _content(found: Sequence[Found]) -> str:
    """Return a hash of all images with their classes, whatever the files are called."""
    lines = sorted(each.digest.hex() + json.dumps([each.label, each.split]) for each in found)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _side(found: Sequence[Found]) -> int:
    """Return the largest of ``SIZES`` that is not larger than half of the images are."""
    median = float(np.median([min(each.size) for each in found]))
    return max((side for side in SIZES if side <= median), default=SIZES[0])


def _convert(
    made: Path,
    path: Path,
    found: Sequence[Found],
    odd: list[Odd],
    *,
    side: int,
    colour: str,
    fit: str,
    content: str,
    say: Callable[[str], None],
) -> tuple[str, dict[str, Any]]:
    """Write the dataset's arrays; return its name and its description."""
    all_images = made.parent / "all.npy"
    kept, tinted = _read(all_images, found, odd, side, fit, say)
    if len(kept) < 2:
        raise OwnError(_too_few(path, kept, odd))
    shape: Shape = (3 if colour == "colour" or (colour == "auto" and tinted) else 1, side, side)
    names = sorted({each.label for each in kept}, key=_natural)
    labels = np.array([names.index(each.label) for each in kept])
    training, test = _split(kept)
    images = np.load(all_images, mmap_mode="r")
    prepared.write_split(made, images, labels, training, test=False, shape=shape)
    prepared.write_split(made, images, labels, test, test=True, shape=shape)
    title = printable(path.resolve().name if path.is_dir() else path.stem, 60).strip() or "images"
    digest = hashlib.sha256(f"{content} {fit} {shape}".encode()).hexdigest()[:8]
    slug = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:40].strip("-") or "images"
    about = {
        "title": title,
        "file": printable(path.name or path.resolve().name),
        "class_names": names if names != [""] else list(UNLABELLED),
        "training_images": len(training),
        "test_images": len(test),
        "fit": fit,
        "skipped": [[each.name, each.reason] for each in odd[:NAMED]],
        "skipped_count": len(odd),
    }
    return f"{slug}-{'x'.join(map(str, shape))}-{digest}", about


def _read(
    path: Path, found: Sequence[Found], odd: list[Odd], side: int, fit: str, say: Callable[[str], None]
) -> tuple[list[Found], bool]:
    """Write all images to a .npy file, (N, 3, S, S); return those that could be read, and whether any is coloured.

    The others are added to ``odd``.
    """
    kept, tinted = [], False
    writer = prepared.Writer(path, (3, side, side))
    remaining = iter(found)

    def read(each: Found) -> np.ndarray | Odd:
        try:
            return each.read(side, fit)
        except PictureError as error:
            return Odd(each.name, str(error))

    with ThreadPoolExecutor() as threads:
        while batch := list(islice(remaining, BATCH)):
            images = []
            for each, image in zip(batch, threads.map(read, batch), strict=True):
                if isinstance(image, Odd):
                    odd.append(image)
                else:
                    kept.append(each)
                    images.append(image)
            if images:
                square = np.stack(images)
                tinted = tinted or pictures.coloured(square)
                writer.append(square.transpose(0, 3, 1, 2))
            if len(found) > 10 * BATCH and len(kept) // BATCH % 20 == 0:
                say(f"{len(kept):,} of {len(found):,} images read")
    writer.close()
    return kept, tinted


def _split(kept: Sequence[Found]) -> tuple[list[int], list[int]]:
    """Return the indices of the training and of the test images, in the order of their hashes, so in a random order.

    Equal images are on one side.
    """
    order = sorted(range(len(kept)), key=lambda i: kept[i].digest)
    given = {each.split for each in kept} == set(gathering.SPLITS)
    chosen = set(sorted({each.digest for each in kept})[SHARE - 1 :: SHARE])
    test = [i for i in order if (kept[i].split == "test" if given else kept[i].digest in chosen)]
    if not test:
        test = order[:1]
    taken = set(test)
    return [i for i in order if i not in taken], test


def _natural(name: str) -> list[tuple[int, int, str]]:
    """Return a key by which "class 2" is before "class 10"."""
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in re.split(r"(\d+)", name)]


def _described(name: str) -> Prepared:
    about = json.loads((array_folder(name) / OWN_FILES[0]).read_text(encoding="utf-8"))
    skipped = [(str(file), str(reason)) for file, reason in about["skipped"]]
    return Prepared(name, about["training_images"] + about["test_images"], skipped, about["skipped_count"])
