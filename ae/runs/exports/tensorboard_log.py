"""A run as TensorBoard event files: curves, images, and its codes for the Embedding Projector."""

import tempfile
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ae.analysis import reconstruct
from ae.data import datasets
from ae.runs import model_file, reading
from ae.runs.folders import Run
from ae.runs.reading import Line

if TYPE_CHECKING:
    from torch.utils.tensorboard import SummaryWriter

PROJECTED = 2000
"""Test images in the Projector: it lays out a few thousand points in moments."""


def files(run: Run) -> dict[str, bytes]:
    """Return the files of a log folder: events, and the Projector's vectors, metadata and sprite of images.

    Raises:
        RunError: the run has no weights.
        ae.data.sources.DataError: its dataset can't be loaded.
    """
    from torch.utils.tensorboard import SummaryWriter

    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        writer = SummaryWriter(place)
        _write_curves(writer, run)
        _write_images(writer, run)
        _write_codes(writer, run)
        writer.close()
        paths = [path for path in sorted(folder.rglob("*")) if path.is_file()]
        return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def _times(run: Run, history: list[Line]) -> list[float]:
    """Return the time of each epoch in seconds since 1970, as if training had begun when the run was created."""
    try:
        begun = datetime.fromisoformat(run.created).timestamp()
    except ValueError:
        begun = 0.0
    times: list[float] = (begun + np.cumsum([line.seconds for line in history])).tolist()
    return times


def _write_curves(writer: "SummaryWriter", run: Run) -> None:
    history = reading.read_history(run)
    monitored = "validation" if run.recipe.validation_images else "test"
    for line, time in zip(history, _times(run, history), strict=True):
        writer.add_scalar("loss/training", line.training_loss, line.epoch, time)
        writer.add_scalar(f"loss/{monitored}", line.monitored_loss, line.epoch, time)
        for of, error in (("training", line.training_error), (monitored, line.monitored_error)):
            if error is not None:
                writer.add_scalar(f"error/{of}", error, line.epoch, time)
        writer.add_scalar("learning rate", line.learning_rate, line.epoch, time)
        writer.add_scalar("active units", line.active_units, line.epoch, time)
    table = "\n".join(f"| {name} | {value} |" for name, value in run.recipe.rows())
    writer.add_text("recipe", f"| setting | value |\n|---|---|\n{table}")
    for name, value in reading.read_metrics(run).items():
        if isinstance(value, int | float):
            writer.add_scalar(f"measured/{name}", value, run.recipe.epochs)


def _write_images(writer: "SummaryWriter", run: Run) -> None:
    """Write the originals above their reconstructions after each epoch of the replay."""
    replay = reading.read_replay(run)
    if replay is None:
        return
    shown = min(8, len(replay.images))
    originals = np.concatenate(list(replay.images[:shown]), axis=2)  # (C, S, shown * S)
    for epoch, images in zip(replay.epochs.tolist(), replay.reconstructed, strict=True):
        pair = np.concatenate([originals, np.concatenate(list(images[:shown]), axis=2)], axis=1)
        writer.add_image("originals and reconstructions", pair, epoch, dataformats="CHW")


def _write_codes(writer: "SummaryWriter", run: Run) -> None:
    dataset = datasets.load(run.recipe.dataset)
    images, labels = dataset.test_images[:PROJECTED], dataset.test_labels[:PROJECTED].tolist()
    codes = reconstruct.codes_of(model_file.load(run), images)
    names = [dataset.class_names[label] for label in labels] if dataset.labelled else None
    writer.add_embedding(codes, names, datasets.to_float(images), tag="codes")
