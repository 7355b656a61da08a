"""Train a run and record it: every epoch is in the run's folder before it is yielded."""

import csv
import io
import math
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ae.analysis import evaluation, reconstruct
from ae.data import datasets
from ae.models.base import Autoencoder
from ae.runs import filenames, files, model_file, reading, replay
from ae.runs.card import write_card
from ae.runs.folders import Run, RunError
from ae.runs.model_file import write_weights
from ae.runs.reading import Line, stop_asked
from ae.train.device import return_freed_memory
from ae.train.loop import Epoch, train

PREVIEW_IMAGES = 8

OWN = (
    filenames.HISTORY,
    filenames.STATE,
    filenames.WEIGHTS,
    filenames.PREVIEW,
    filenames.REPLAY,
    filenames.METRICS,
)
"""Files that only the process that has locked the run writes."""

LOOK_SECONDS = 0.05
"""The least time between two looks for a request to stop within an epoch: a look may take long on a network's disk."""

BATCH_POINTS = 50
"""The most batch losses kept of an epoch; more are thinned to the means of neighbours."""


def record(run: Run, *, say: Callable[[str], None] = lambda message: None) -> Iterator[Epoch]:
    """Train a run from its last recorded epoch, and record every epoch in its folder before yielding it.

    Training ends with the recipe's last epoch, at a requested stop, which gives up the epoch that has begun, or when
    the loss is no longer finite; the model of the last whole epoch is then measured. The caller has locked the run.
    After a kill at any moment, the run can be resumed from the last recorded epoch. A finished run keeps its resume
    state, so that it can be trained longer.

    Args:
        run: the run to train.
        say: called with progress messages.

    Raises:
        RunError: the run has finished, or its resume state can't be used.
        data.DataError, FloatingPointError, RuntimeError: as in ``ae.train.loop.train``.
    """
    state = model_file.read_state(run)
    files.sweep(run.path, OWN, older_than=0)
    done = state["epoch"] if state else -1
    files.remove(run.path / filenames.ERROR)
    kept = [line for line in reading.read_history(run) if line.epoch <= done]
    files.replace(run.path / filenames.HISTORY, _history(kept).encode())
    if state:  # weights are written after the state, so they may be an epoch behind it
        _replace_weights(run, state["model"], done)
        say(f"Going on after epoch {done}")

    dataset = datasets.load(run.recipe.dataset, say=say)
    seen = datasets.to_float(dataset.test_images[:PREVIEW_IMAGES])
    replayed = _begin_replay(run, dataset, done)
    try:
        yield from _record_epochs(run, dataset, state, seen, replayed)
    except FloatingPointError:
        with suppress(RunError):  # there may be no weights yet
            _finish(run, dataset, seen, say)
        raise
    _finish(run, dataset, seen, say)


def _record_epochs(
    run: Run, dataset: datasets.Dataset, state: dict[str, Any] | None, seen: Tensor, replayed: Tensor
) -> Iterator[Epoch]:
    for epoch in train(run.recipe, dataset, state=state, stop=_looking_for_a_stop(run)):
        # In this order, so that the state, which is read first when resuming, is never ahead of the history.
        files.append(run.path / filenames.HISTORY, _csv([_line(epoch)]))
        if epoch.number in replay.kept(run.recipe.epochs):
            _append_replay(run, epoch, replayed)
        buffer = io.BytesIO()
        torch.save(epoch.state(), buffer)
        files.replace(run.path / filenames.STATE, buffer.getvalue())
        _replace_weights(run, epoch.model.state_dict(), epoch.number)
        write_preview(run, epoch.model, seen)
        yield epoch
        if stop_asked(run) and epoch.number < run.recipe.epochs:
            break


def _replace_weights(run: Run, weights: dict[str, Tensor], epoch: int) -> None:
    """Write the weights after an epoch; measurements of others are deleted before."""
    if reading.read_metrics(run).get("epoch") != epoch:
        files.remove(run.path / filenames.METRICS)
    write_weights(run, weights, epoch)


def _finish(run: Run, dataset: datasets.Dataset, seen: Tensor, say: Callable[[str], None]) -> None:
    """Measure the weights of the last whole epoch."""
    write_preview(run, model_file.load(run), seen)  # again, in case the last attempt was killed just before writing it
    say("Measuring on the test images")
    return_freed_memory()
    measure(run, dataset)


def _looking_for_a_stop(run: Run) -> Callable[[], bool]:
    """Return a function that tells whether a stop was requested, and that costs next to nothing to call often."""
    due = 0.0

    def asked() -> bool:
        nonlocal due
        now = time.monotonic()
        if now < due:
            return False
        due = now + LOOK_SECONDS
        return stop_asked(run)

    return asked


def measure(run: Run, dataset: datasets.Dataset) -> None:
    """Measure the saved weights, and write the figures and the card."""
    epoch = reading.saved_epoch(run)
    measured = {"epoch": epoch, **evaluation.evaluate(model_file.load(run), dataset)}
    measured["seconds"] = math.fsum(line.seconds for line in reading.read_history(run))
    write_card(run, measured)
    files.replace(run.path / filenames.METRICS, files.to_json(measured))  # last, because it marks the run as finished


def write_preview(run: Run, model: Autoencoder, seen: Tensor) -> None:
    """Write test images, float (8, C, S, S) in [0, 1], and what the model makes of them, for the lists of runs."""
    reconstructed, _ = reconstruct.reconstruct(model, seen)
    pair = (torch.stack([seen, reconstructed]) * 255).round().to(torch.uint8)  # (2, 8, C, S, S)
    buffer = io.BytesIO()
    np.save(buffer, pair.numpy(), allow_pickle=False)
    files.replace(run.path / filenames.PREVIEW, buffer.getvalue(), sync=False)


def _begin_replay(run: Run, dataset: datasets.Dataset, done: int) -> Tensor:
    """Truncate the run's replay after epoch ``done``; return the images that it records, uint8 (P, C, S, S)."""
    path, size = run.path / filenames.REPLAY, run.recipe.code_size
    count = replay.points(size, len(dataset.test_images))
    shown = dataset.test_images[: min(replay.SHOWN, count)].numpy()
    beginning = replay.begin(shown, dataset.test_labels[:count].numpy(), size)
    before = replay.until(reading.replay_bytes(run), done) if done >= 0 else b""
    # A run that is trained longer keeps fewer of its earlier epochs.
    before = replay.thinned(before, sum(epoch <= done for epoch in replay.kept(run.recipe.epochs)))
    files.replace(path, before if before.startswith(beginning) else beginning)
    return dataset.test_images[:count]


def _append_replay(run: Run, epoch: Epoch, images: Tensor) -> None:
    reconstructed, codes = reconstruct.reconstruct(epoch.model, datasets.to_float(images))
    shown = (reconstructed[: replay.SHOWN] * 255).round().to(torch.uint8).numpy()
    content = replay.frame(epoch.number, shown, codes.numpy())
    files.append(run.path / filenames.REPLAY, content, sync=False)


def _line(epoch: Epoch) -> Line:
    points = min(BATCH_POINTS, len(epoch.batch_losses))
    groups = np.array_split(np.array(epoch.batch_losses), points) if points else []
    thinned = tuple(float(group.mean()) for group in groups)
    return Line(
        epoch.number,
        epoch.training_loss,
        epoch.validation_loss,
        epoch.test_loss,
        epoch.learning_rate,
        epoch.seconds,
        epoch.active_units,
        thinned,
    )


def _history(lines: list[Line]) -> str:
    return ",".join(Line._fields) + "\n" + _csv(lines)


def _csv(lines: list[Line]) -> str:
    """Format lines in full precision, except for the batch losses, which are only plotted."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerows((*line[:-1], " ".join(f"{loss:.5g}" for loss in line.batch_losses)) for line in lines)
    return text.getvalue()
