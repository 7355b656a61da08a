"""Reconstruct test images or a picture, and interpolate between test images."""

import argparse
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ae.analysis import digit_classifier, interpolate, reconstruct, refine
from ae.cli import choosing, writing
from ae.cli.choosing import Chosen
from ae.cli.command import OK, RUN, Command
from ae.data import datasets, drawing, pictures
from ae.data.datasets import Dataset
from ae.data.sources import DIGIT, find
from ae.models.base import Autoencoder
from ae.plots import export, image_grid
from ae.plots.image_grid import Row, signed, to_rgb

MOST_STEPS = 40

MOST_REFINEMENTS = 20


def _reconstruct(options: argparse.Namespace) -> int:
    writing.check(options.out, ".png")
    models, dataset = choosing.models(options.runs)
    for name, model in models.items():
        if options.refine and (reason := refine.why_not(model)):
            raise ValueError(f"{name}: {reason}")
    if options.own:
        images, heads, below = _own_picture(options.own, dataset), ["yours"], [""]
    else:
        chosen = choosing.indices(options, next(iter(models.values())), dataset)
        images, heads, below = (
            dataset.test_images[chosen],
            choosing.class_names(dataset, chosen),
            list(map(str, chosen)),
        )
    originals = images.numpy() / 255
    rows = [Row("Original", to_rgb(originals), below, "" if options.own else "index")]
    for name, model in models.items():
        originals, reconstructed, _ = reconstruct.round_trip(model, images)
        rows += _rows(name, originals, reconstructed)
        if options.refine:
            rows += _rows(f"{name}, codes refined", originals, _refined(model, originals, options.refine))
    print(writing.write_png(options.out, image_grid.sheet(rows, heads=heads, note=image_grid.ERROR_NOTE)))
    return OK


def _rows(name: str, originals: np.ndarray, reconstructed: np.ndarray) -> list[Row]:
    """Print the error of some reconstructions, and return their row and that of their error maps."""
    errors = ((reconstructed - originals) ** 2).mean(axis=(1, 2, 3))
    print(f"{name}: MSE of these images {errors.mean():.5f} per pixel")
    shown = Row(name, to_rgb(reconstructed), [f"{error:.4f}" for error in errors], "MSE")
    return [shown, Row("Error", signed(reconstructed - originals))]


def _refined(model: Autoencoder, originals: np.ndarray, steps: int) -> np.ndarray:
    """Reconstruct images from codes that were refined in some steps; see ``ae.analysis.refine``."""
    images = torch.from_numpy(originals)
    codes = refine.refined(model, images, reconstruct.encode(model, images), steps=steps)
    return reconstruct.decode(model, codes).numpy()


def _reconstruct_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("runs", nargs="+", metavar="RUN", help=RUN)
    choosing.add_indices(parser)
    by = parser.add_mutually_exclusive_group()
    by.add_argument("--worst", type=int, metavar="N", help="the N images that the first run reconstructs worst")
    by.add_argument("--best", type=int, metavar="N", help="the N images that the first run reconstructs best")
    by.add_argument("--class", dest="of_class", metavar="NAME", help="the first 8 images of this class")
    by.add_argument("--random", type=choosing.seed, metavar="SEED", help="8 random images, the same for the same seed")
    by.add_argument(
        "--own",
        type=Path,
        metavar="PICTURE",
        help="a picture of your own: a photo of a digit, or what the dataset shows",
    )
    parser.add_argument(
        "--refine",
        type=int,
        choices=range(1, MOST_REFINEMENTS + 1),
        metavar="STEPS",
        help="also reconstruct from better codes, searched for in STEPS steps from the encoder's "
        f"(1 to {MOST_REFINEMENTS}; {refine.STEPS} find most of what there is to gain)",
    )
    parser.add_argument("-o", dest="out", type=Path, required=True, metavar="FILE.png", help="the picture to write")


def _own_picture(path: Path, dataset: Dataset) -> Tensor:
    """Read a person's own picture as an image of the dataset, uint8 with shape (1, C, S, S).

    For datasets of 28 x 28 drawings it is centred as MNIST's digits are; for others its middle is cut out.

    Raises:
        ValueError: the file can't be read, or shows no digit.
    """
    try:
        content = path.read_bytes()
        if dataset.shape == DIGIT and not find(dataset.name).own:
            image = drawing.from_file(content, path.name)[None]
        else:
            image = pictures.like(content, dataset.shape)
    except OSError as error:
        raise ValueError(f"{path} can't be read: {error.strerror or error}") from error
    except pictures.PictureError as error:
        raise ValueError(f"{path} {error}") from error
    except drawing.DrawingError as error:
        raise ValueError(str(error)) from error
    return torch.from_numpy(np.ascontiguousarray(image))[None]


def _interpolate(options: argparse.Namespace) -> int:
    writing.check(options.out, ".png", *([] if options.corners else export.FILMS))
    if not 1 <= options.n <= MOST_STEPS:
        raise ValueError(f"-n {options.n} is out of range: use 1 to {MOST_STEPS} steps")
    chosen = choosing.models(options.runs)
    ends = [options.start, options.end, *(options.corners or [])]
    for index in ends:
        if not 0 <= index < len(chosen.dataset.test_images):
            last = len(chosen.dataset.test_images) - 1
            raise ValueError(f"There is no test image {index:,}: use 0 to {last:,}")
    if options.corners:
        print(_write_square(options.out, chosen, ends, options.n))
    else:
        print(_write_way(options.out, chosen, ends, options.n, options.way))
    return OK


def _interpolate_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("runs", nargs="+", metavar="RUN", help=RUN)
    parser.add_argument("--from", dest="start", type=int, default=0, metavar="INDEX", help="the first test image (0)")
    parser.add_argument("--to", dest="end", type=int, default=3, metavar="INDEX", help="the last test image (3)")
    parser.add_argument(
        "--corners", type=int, nargs=2, metavar="INDEX", help="two more test images: interpolate between all four"
    )
    parser.add_argument("-n", type=int, default=8, metavar="STEPS", help="number of steps (8)")
    parser.add_argument(
        "--way", default="linear", metavar="|".join(interpolate.WAYS), help="the path through latent space (linear)"
    )
    parser.add_argument(
        "-o",
        dest="out",
        type=Path,
        required=True,
        metavar="FILE",
        help="the .png, or the animated .gif, .mp4 or .webm to write",
    )


def _write_square(path: Path, chosen: Chosen, corners: list[int], steps: int) -> str:
    """Write the first model's interpolation between four test images."""
    name, model = next(iter(chosen.models.items()))
    images = datasets.to_float(chosen.dataset.test_images[corners])
    square = image_grid.enlarged(image_grid.tiled(interpolate.between(model, images, steps).numpy()), 8)
    return writing.write_png(path, image_grid.titled(square, image_grid.corners_title(corners, name)))


def _write_way(path: Path, chosen: Chosen, ends: list[int], steps: int, way: str) -> str:
    """Write each model's path from one test image to another, and the cross-fade of their pixels."""
    images = datasets.to_float(chosen.dataset.test_images[ends])
    ways = {name: interpolate.walk(model, images, way, steps) for name, model in chosen.models.items()}
    ways[interpolate.FADE] = interpolate.cross_fade(images[0], images[1], steps)
    classified = not digit_classifier.why_not(chosen.dataset.name)
    rows = [
        Row(
            name,
            to_rgb(row.numpy()),
            digit_classifier.labels_with_confidence(row) if classified else (),
            "classified as" if classified else "",
        )
        for name, row in ways.items()
    ]
    heads = [f"{i}/{steps}" for i in range(steps + 1)]
    if (ending := path.suffix.lower()) in export.FILMS:
        writing.write(path, export.film(image_grid.flip_book(rows, heads), ending, there_and_back=True))
        return f"Animation written to {path}"
    first, last = (f", a {name}," if name else "" for name in choosing.class_names(chosen.dataset, ends))
    title = f"From image {ends[0]}{first} to image {ends[1]}{last or ','} {way}"
    return writing.write_png(path, image_grid.sheet(rows, heads=heads, title=title))


COMMANDS = {
    "reconstruct": Command(_reconstruct, _reconstruct_arguments),
    "interpolate": Command(_interpolate, _interpolate_arguments),
}
