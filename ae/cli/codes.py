"""Commands on a run's latent codes: active units, a map, decoded codes, and the replay of training."""

import argparse
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from ae.analysis import latent, reconstruct, sampling, tsne
from ae.cli import choosing, tables, writing
from ae.cli.command import OK, Command, add_run
from ae.data import datasets, sources
from ae.data.datasets import Dataset
from ae.plots import animations, export, image_grid
from ae.plots.image_grid import Row, to_rgb
from ae.runs import folders, imported, model_file, reading
from ae.runs.folders import RunError

MAPPED = 2000
"""Test images on the map."""

MOST_SAMPLES = 400

ROW = 8
"""Decoded codes in a row."""


def _latent(options: argparse.Namespace) -> int:
    writing.check(options.out, ".png")
    writing.check(options.csv, ".csv")
    run = folders.find(options.run)
    model, dataset = model_file.load(run), datasets.load(run.recipe.dataset)
    codes = reconstruct.codes_of(model, dataset.test_images)
    units = latent.health(model, codes, datasets.to_float(dataset.test_images))
    print(f"{run.name} ({run.id})")
    print(_units(units))
    if units.inactive:
        print(f"Inactive (dead): {', '.join(map(str, units.inactive))}. {latent.cause(run.recipe)}")
    if options.csv:
        writing.write(options.csv, _codes_csv(codes, dataset))
        print(f"Codes written to {options.csv}")
    if options.out:
        print(writing.write_png(options.out, _map(run.name, codes, dataset, by_tsne=options.tsne)))
    return OK


def _latent_arguments(parser: argparse.ArgumentParser) -> None:
    add_run(parser)
    parser.add_argument("--csv", type=Path, metavar="FILE", help="write index, class and code of every test image")
    parser.add_argument("--tsne", action="store_true", help="lay the map out by t-SNE")
    parser.add_argument("-o", dest="out", type=Path, metavar="FILE.png", help=f"write a map of {MAPPED:,} test images")


def _units(units: latent.Health) -> str:
    """Return a line for each unit: its standard deviation over the test images, and whether it is active."""
    kl = [] if units.kl is None else [f"{value:.3f}" for value in units.kl]
    lines = [("unit", "spread", "state", *(["KL (nats per image)"] if kl else []))]
    for unit, (spread, active) in enumerate(zip(units.spread, units.active, strict=True)):
        state = "active" if active else "inactive"
        lines.append((str(unit), f"{spread:.4g}", state, *([kl[unit]] if kl else [])))
    return tables.columns(lines)


def _codes_csv(codes: Tensor, dataset: Dataset) -> bytes:
    names = choosing.class_names(dataset, range(len(codes)))
    header = ("image", "class", *(f"unit_{unit}" for unit in range(codes.shape[1])))
    rows = [(i, name, *code) for i, (name, code) in enumerate(zip(names, codes.tolist(), strict=True))]
    return writing.to_csv([header, *rows])


def _map(name: str, codes: Tensor, dataset: Dataset, *, by_tsne: bool) -> Image.Image:
    """Draw the first codes as points, coloured by class: by t-SNE, or in the plane of the largest variance."""
    some, labels = codes[:MAPPED], dataset.test_labels[:MAPPED].numpy()
    points = tsne.tsne(some.numpy()) if by_tsne else latent.plane(codes).to_plane(some).numpy()
    picture = animations.scatter(
        points, labels, latent.bounds(torch.from_numpy(points)), paper=image_grid.PAPER, side=1600
    )
    title = f"{name}: {len(some):,} codes {'by t-SNE' if by_tsne else 'in the plane of the largest variance'}"
    return animations.labelled(picture, title, dataset.class_names)


def _decode(options: argparse.Namespace) -> int:
    writing.check(options.out, ".png")
    run = folders.find(options.run)
    model, size = model_file.load(run), run.recipe.code_size
    if bool(options.codes) == bool(options.sample):
        raise ValueError("pass either codes, as in --code=0.5,-1.2, or --sample N")
    if options.sample:
        if not 1 <= options.sample <= MOST_SAMPLES:
            raise ValueError(f"--sample {options.sample} is out of range: use 1 to {MOST_SAMPLES}")
        known = reconstruct.codes_of(model, datasets.load(run.recipe.dataset).test_images)
        codes = sampling.sampler(known, prior=run.recipe.prior).sample(options.sample, seed=options.seed)
    else:
        codes = torch.stack([_code(text, size) for text in options.codes])
    images = to_rgb(reconstruct.decode(model, codes).numpy())
    print(writing.write_png(options.out, image_grid.sheet(_in_rows(images), title=run.name)))
    return OK


def _decode_arguments(parser: argparse.ArgumentParser) -> None:
    add_run(parser)
    parser.add_argument(
        "--code", dest="codes", action="append", default=[], metavar="CODE", help="a code, as in --code=-1.2,0.5"
    )
    parser.add_argument("--sample", type=int, default=0, metavar="N", help="decode N random codes instead")
    parser.add_argument("--seed", type=choosing.seed, default=0, metavar="N", help="seed of the random codes (0)")
    parser.add_argument("-o", dest="out", type=Path, required=True, metavar="FILE.png", help="the picture to write")


def _code(text: str, size: int) -> Tensor:
    """Parse a code.

    Raises:
        ValueError: it is not ``size`` finite numbers.
    """
    try:
        values = torch.tensor([float(word) for word in text.split(",")])
    except ValueError:
        raise ValueError(f"{text[:40]!r} is not a code: separate numbers by commas, as in 0.5,-1.2") from None
    if len(values) != size or not values.isfinite().all():
        raise ValueError(f"{text[:40]!r} is not a code of this model: use {size} finite numbers")
    return values


def _in_rows(images: np.ndarray) -> list[Row]:
    """Break images into rows of one length; white fills the last."""
    rows = [images[i : i + ROW] for i in range(0, len(images), ROW)]
    if len(rows) > 1 and len(rows[-1]) < ROW:
        missing = np.full((ROW - len(rows[-1]), *images.shape[1:]), 255, np.uint8)
        rows[-1] = np.concatenate([rows[-1], missing])
    return [Row("", row) for row in rows]


def _replay(options: argparse.Namespace) -> int:
    writing.check(options.out, *export.FILMS)
    run = folders.find(options.run)
    found = reading.read_replay(run)
    if found is None:
        why = imported.NO_HISTORY if run.recipe.imported else "nothing was recorded while it was training"
        raise RunError(f"{run.id} has no replay: {why}")
    ending = options.out.suffix.lower()
    if options.codes:
        film = animations.codes_film(found, run.name, sources.find(run.recipe.dataset).class_names, ending)
    else:
        film = animations.reconstructions_film(found, run.name, ending)
    writing.write(options.out, film)
    print(f"Animation written to {options.out}")
    return OK


def _replay_arguments(parser: argparse.ArgumentParser) -> None:
    add_run(parser)
    parser.add_argument("--codes", action="store_true", help="animate its latent codes instead of its reconstructions")
    parser.add_argument(
        "-o", dest="out", type=Path, required=True, metavar="FILE", help="the .gif, .mp4 or .webm to write"
    )


COMMANDS = {
    "latent": Command(_latent, _latent_arguments),
    "decode": Command(_decode, _decode_arguments),
    "replay": Command(_replay, _replay_arguments),
}
