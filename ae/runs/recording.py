"""Train a run and record it: every epoch is in the run's folder before it is yielded.

What is recorded of an epoch is made where the run is trained (``Making``), and written where its folder is
(``prepare``, ``begin_replay``, ``write``, ``write_measured``). ``record`` does both on this machine;
``ae.runs.cluster`` leaves the first part to others.
"""

import csv
import io
import math
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from ae.analysis import evaluation, reconstruct
from ae.data import datasets
from ae.models.base import Autoencoder
from ae.recipe import Recipe
from ae.runs import filenames, files, machine, model_file, reading, replay
from ae.runs.card import write_card
from ae.runs.folders import Run, RunError
from ae.runs.model_file import write_weights
from ae.runs.reading import Line, stop_asked
from ae.train.device import return_freed_memory
from ae.train.loop import Epoch, train

PREVIEW_IMAGES = 8

OWN = (
    filenames.THREADS,
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
    state, so that it can be trained longer. It uses as many threads as it began with, because several threads add in
    another order than one.

    Args:
        run: the run to train.
        say: called with progress messages.

    Raises:
        RunError: the run has finished, or its resume state can't be used.
        data.DataError, FloatingPointError, RuntimeError: as in ``ae.train.loop.train``.
    """
    state = prepare(run, say=say)
    if slow := machine.warning(run.recipe.precision, run.recipe.device):
        say(slow)
    dataset = datasets.load(run.recipe.dataset, say=say)
    making = Making(run.recipe, dataset)
    begin_replay(run, making.beginning, state["epoch"] if state else -1)
    try:
        with _threads_of(run):
            for epoch in train(run.recipe, dataset, state=state, stop=_looking_for_a_stop(run)):
                write(run, making.of(epoch), epoch.model.state_dict())
                yield epoch
                if stop_asked(run) and epoch.number < run.recipe.epochs:
                    break
    except FloatingPointError:
        with suppress(RunError):  # there may be no weights yet
            _finish(run, dataset, making, say)
        raise
    _finish(run, dataset, making, say)


@contextmanager
def _threads_of(run: Run) -> Iterator[None]:
    """Have torch use the number of threads that the run began with."""
    usual = torch.get_num_threads()
    torch.set_num_threads(threads(run, usual))
    try:
        yield
    finally:
        torch.set_num_threads(usual)


def threads(run: Run, usual: int) -> int:
    """Return how many threads the run began with; if it begins now, record that it does so with ``usual`` ones."""
    if found := reading.read_threads(run):
        return found
    files.replace(run.path / filenames.THREADS, f"{usual}\n".encode())
    return usual


class Recorded(NamedTuple):
    """What is recorded of an epoch, or of several in a row."""

    lines: tuple[Line, ...]
    """Of the history; at least one."""
    frames: bytes
    """The records of those epochs that the replay keeps."""
    state: bytes
    """From which training goes on after the last of them; see ``ae.runs.filenames.STATE``."""
    preview: bytes
    """The model after the last of them; see ``ae.runs.filenames.PREVIEW``."""


class Making:
    """Makes what is recorded of a training run, where its dataset is.

    Attributes:
        beginning: of the run's replay.
    """

    def __init__(self, recipe: Recipe, dataset: datasets.Dataset) -> None:
        count = replay.points(recipe.code_size, len(dataset.test_images))
        shown = dataset.test_images[: min(replay.SHOWN, count)].numpy()
        self.beginning = replay.begin(shown, dataset.test_labels[:count].numpy(), recipe.code_size)
        self._replayed = dataset.test_images[:count]
        self._seen = datasets.to_float(dataset.test_images[:PREVIEW_IMAGES])
        self._kept = replay.kept(recipe.epochs)

    def of(self, epoch: Epoch) -> Recorded:
        """Return what is recorded of an epoch, before the next one begins."""
        frame = self._frame(epoch) if epoch.number in self._kept else b""
        return Recorded((_line(epoch),), frame, _state(epoch), self.preview(epoch.model))

    def preview(self, model: Autoencoder) -> bytes:
        """Return the content of PREVIEW."""
        return preview(model, self._seen)

    def _frame(self, epoch: Epoch) -> bytes:
        reconstructed, codes = reconstruct.reconstruct(epoch.model, datasets.to_float(self._replayed))
        shown = (reconstructed[: replay.SHOWN] * 255).round().to(torch.uint8).numpy()
        return replay.frame(epoch.number, shown, codes.numpy())


def joined(earlier: Recorded, later: Recorded) -> Recorded:
    """Return what is recorded of epochs in a row as one."""
    return later._replace(lines=earlier.lines + later.lines, frames=earlier.frames + later.frames)


def prepare(run: Run, *, say: Callable[[str], None] = lambda message: None) -> dict[str, Any] | None:
    """Reduce a run's folder to its last recorded epoch; return the state to go on from, or None if it has not begun.

    The caller has locked the run.

    Raises:
        RunError: the run has finished, or its resume state can't be used.
    """
    state = model_file.read_state(run)
    files.sweep(run.path, OWN, older_than=0)
    done = state["epoch"] if state else -1
    files.remove(run.path / filenames.ERROR)
    kept = [line for line in reading.read_history(run) if line.epoch <= done]
    files.replace(run.path / filenames.HISTORY, _history(kept, run.recipe).encode())
    if state:  # weights are written after the state, so they may be an epoch behind it
        _replace_weights(run, state["model"], done)
        say(f"Going on after epoch {done}")
    return state


def write(run: Run, recorded: Recorded, weights: dict[str, Tensor]) -> None:
    """Write what is recorded of the epochs that follow the last written one, and the weights after them."""
    # In this order, so that the state, which is read first when resuming, is never ahead of the history.
    files.append(run.path / filenames.HISTORY, _csv(recorded.lines, run.recipe))
    if recorded.frames:
        files.append(run.path / filenames.REPLAY, recorded.frames, sync=False)
    files.replace(run.path / filenames.STATE, recorded.state)
    _replace_weights(run, weights, recorded.lines[-1].epoch)
    files.replace(run.path / filenames.PREVIEW, recorded.preview, sync=False)


def begin_replay(run: Run, beginning: bytes, done: int) -> None:
    """Truncate a run's replay after epoch ``done``, -1 for none; begin it if it has none, or another beginning."""
    before = replay.until(reading.replay_bytes(run), done) if done >= 0 else b""
    # A run that is trained longer keeps fewer of its earlier epochs.
    before = replay.thinned(before, sum(epoch <= done for epoch in replay.kept(run.recipe.epochs)))
    files.replace(run.path / filenames.REPLAY, before if before.startswith(beginning) else beginning)


def _replace_weights(run: Run, weights: dict[str, Tensor], epoch: int) -> None:
    """Write the weights after an epoch; measurements of others are deleted before."""
    if reading.read_metrics(run).get("epoch") != epoch:
        files.remove(run.path / filenames.METRICS)
    write_weights(run, weights, epoch)


def _finish(run: Run, dataset: datasets.Dataset, making: Making, say: Callable[[str], None]) -> None:
    """Measure the weights of the last whole epoch."""
    model = model_file.load(run)
    say("Measuring on the test images")
    return_freed_memory()
    # The preview again, in case the last attempt was killed just before writing it.
    write_measured(run, evaluation.evaluate(model, dataset), making.preview(model))


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


def write_measured(run: Run, figures: dict[str, Any], preview: bytes) -> None:
    """Write the measurements and the preview of a run's saved weights, and its card.

    Args:
        run: the run, whose training has ended or was stopped.
        figures: of its weights, as ``ae.analysis.evaluation.evaluate`` returns them.
        preview: of its weights, as ``preview`` returns it.
    """
    measured = {"epoch": reading.saved_epoch(run), **figures}
    measured["seconds"] = math.fsum(line.seconds for line in reading.read_history(run))
    files.replace(run.path / filenames.PREVIEW, preview, sync=False)
    write_card(run, measured)
    files.replace(run.path / filenames.METRICS, files.to_json(measured))  # last, because it marks the run as finished


def measure(run: Run, dataset: datasets.Dataset) -> None:
    """Measure the saved weights on the test images, and write the figures, the preview and the card."""
    model, seen = model_file.load(run), datasets.to_float(dataset.test_images[:PREVIEW_IMAGES])
    write_measured(run, evaluation.evaluate(model, dataset), preview(model, seen))


def preview(model: Autoencoder, seen: Tensor) -> bytes:
    """Return test images, float (8, C, S, S) in [0, 1], and what the model makes of them, for the lists of runs."""
    reconstructed, _ = reconstruct.reconstruct(model, seen)
    pair = (torch.stack([seen, reconstructed]) * 255).round().to(torch.uint8)  # (2, 8, C, S, S)
    buffer = io.BytesIO()
    np.save(buffer, pair.numpy(), allow_pickle=False)
    return buffer.getvalue()


def _state(epoch: Epoch) -> bytes:
    buffer = io.BytesIO()
    torch.save(epoch.state(), buffer)
    return buffer.getvalue()


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
        epoch.training_error,
        epoch.monitored_error,
    )


def _history(lines: list[Line], recipe: Recipe) -> str:
    return ",".join(_columns(recipe)) + "\n" + _csv(lines, recipe)


def _columns(recipe: Recipe) -> tuple[str, ...]:
    return tuple(name for name in Line._fields if recipe.term or name not in reading.TERMS)


def _csv(lines: Sequence[Line], recipe: Recipe) -> str:
    """Format lines in full precision, except for the batch losses, which are only plotted."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    columns = _columns(recipe)
    for line in lines:
        row = line._asdict() | {"batch_losses": " ".join(f"{loss:.5g}" for loss in line.batch_losses)}
        rows.writerow(row[name] for name in columns)
    return text.getvalue()
