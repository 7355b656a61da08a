"""Choose, list, download and prepare datasets."""

import argparse
from pathlib import Path

from ae.cli import tables
from ae.cli.command import OK, Command, note
from ae.data import sources
from ae.data.sources import SOURCES

COLOURS, FITS = ("auto", "grey", "colour"), ("crop", "pad", "stretch")

ALSO = "or a folder, .zip or .npz file of your own images"


def add_own_flags(parser: argparse.ArgumentParser) -> None:
    """Declare the flags that say how one's own images are prepared."""
    own = parser.add_argument_group("images of your own")
    own.add_argument(
        "--image-size",
        type=int,
        metavar="N",
        help="make them N x N pixels, 16 to 64 (default: the largest of 16, 28, 32, 48 and 64 that half of them reach)",
    )
    own.add_argument(
        "--colour", metavar="|".join(COLOURS), help="auto: in colour if any of them is coloured (default: auto)"
    )
    own.add_argument(
        "--fit",
        metavar="|".join(FITS),
        help="how they become square: cut out the middle, add black at two sides, or stretch (default: crop)",
    )


def chosen(given: str, options: argparse.Namespace) -> str:
    """Return the name of the dataset that an argument names; a folder or file of images is prepared first.

    Raises:
        ValueError: there is no such dataset, folder or file, or the flags don't apply to it.
    """
    flags = {"--image-size": options.image_size, "--colour": options.colour, "--fit": options.fit}
    try:
        source = sources.find(given)
    except ValueError as error:
        if not Path(given).exists():
            raise ValueError(f"unknown dataset {given!r}: choose from {', '.join(SOURCES)}, {ALSO}") from error
        return _prepared(Path(given), options)
    for flag, value in flags.items():
        if value is not None:
            raise ValueError(f"{flag} is for a folder or file of your own images; {source.title} is prepared already")
    return given


def _prepared(path: Path, options: argparse.Namespace) -> str:
    """Make a dataset of a folder or file of images, say what became of them, and return its name."""
    from ae.data import own
    from ae.data.gathering import OwnError

    try:
        made = own.prepare(path, options.image_size, options.colour or "auto", options.fit or "crop", note)
    except OwnError as error:
        raise ValueError(str(error)) from error
    source = sources.find(made.name)
    classes = f"{len(source.class_names)} classes" if source.labelled else "no classes"
    note(
        f"{source.title}: {made.kept:,} images, {_shape(source.shape)}, {classes}; {source.training_images:,} to train "
        f"on, {source.test_images:,} to test"
    )
    if made.skipped_count and not made.before:
        named = ", ".join(f"{file} {reason}" for file, reason in made.skipped[:5])
        more = f", and {made.skipped_count - 5:,} more" if made.skipped_count > 5 else ""
        note(f"{made.skipped_count:,} file{'s' * (made.skipped_count > 1)} left out: {named}{more}")
    return made.name


def _shape(shape: sources.Shape) -> str:
    channels, height, width = shape
    return f"{height} x {width} {'colour' if channels == 3 else 'grey'}"


def download_if_missing(dataset: str) -> None:
    """Download a dataset that is not here yet.

    Raises:
        ae.data.sources.DataError: it can't be downloaded, or it is of one's own images.
    """
    if not sources.is_here(dataset):
        from ae.data import download

        download.download(dataset, say=note)


def _datasets(options: argparse.Namespace) -> int:
    lines = [("dataset", "here", "image", "classes", "training", "test", "title")]
    for name in sources.names():
        source = sources.find(name)
        here = "yes" if sources.is_here(name) else f"{source.megabytes} MB to download"
        classes = str(len(source.class_names)) if source.labelled else "none"
        counts = f"{source.training_images:,}", f"{source.test_images:,}"
        lines.append((name, here, _shape(source.shape), classes, *counts, source.title))
    print(tables.columns(lines))
    return OK


def _download(options: argparse.Namespace) -> int:
    known = [name for name, source in SOURCES.items() if source.folder]
    if options.dataset not in known:
        raise ValueError(f"nothing to download for {options.dataset!r}: choose from {', '.join(known)}")
    if sources.is_here(options.dataset):
        print(f"{sources.find(options.dataset).title} is already downloaded")
    download_if_missing(options.dataset)
    return OK


def _download_arguments(parser: argparse.ArgumentParser) -> None:
    known = "|".join(name for name, source in SOURCES.items() if source.folder)
    parser.add_argument("dataset", metavar=known, help="the dataset")


def _prepare(options: argparse.Namespace) -> int:
    if not options.path.exists():
        raise ValueError(f"there is no folder or file {options.path}")
    print(_prepared(options.path, options))
    return OK


def _prepare_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "path",
        type=Path,
        metavar="PATH",
        help="a folder whose sub-folders are the classes, or of images without classes; a .zip of such a folder; or a "
        ".npz with images and perhaps labels",
    )
    add_own_flags(parser)


COMMANDS = {
    "datasets": Command(_datasets),
    "download": Command(_download, _download_arguments),
    "prepare": Command(_prepare, _prepare_arguments),
}
