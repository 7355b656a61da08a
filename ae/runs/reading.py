"""Read a run's records. Nothing here imports torch, and NumPy is imported only to read arrays."""

import functools
import io
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ae.data.texts import printable
from ae.recipe import Recipe
from ae.runs import files
from ae.runs.filenames import ERROR, HISTORY, METRICS, PREVIEW, REPLAY, STATE, STOP, THREADS, WEIGHTS
from ae.runs.folders import KEPT, Run, RunError, read_json

if TYPE_CHECKING:
    import numpy as np

    from ae.runs import replay

LARGEST_PREVIEW = 2**18
LARGEST_REPLAY = 2**25
LARGEST_HEADER = 2**20
MOST_THREADS = 1024
LONGEST_EPOCH = 1e9
"""Seconds, 30 years: a line of a history with more, or with no number, is malformed."""

MEASURED = {
    "epoch": int,
    "test_mse": float,
    "psnr": float,
    "ssim": float,
    "active_units": int,
    "inactive_units": list,
    "mse_by_class": dict,
    "parameters": int,
    "test_images": int,
    "seconds": float,
}
"""The fields of METRICS: ``epoch``, ``seconds`` of training, and the results of ``ae.analysis.evaluation.evaluate``."""

MAY_BE_MEASURED = {"knn_accuracy": float, "recognition_rate": float, "elbo": float}
"""Fields that only some runs have, depending on the network, the dataset and the version."""

EARLIER_METRICS = {"live_units": "active_units", "dead_units": "inactive_units"}
"""Current names of metrics, by their earlier names. The earlier recognition rate, which was measured on the first 2,000
images only, is dropped."""


class Line(NamedTuple):
    """An epoch in the history; see ``ae.train.loop.Epoch``."""

    epoch: int
    training_loss: float
    validation_loss: float | None
    test_loss: float | None
    learning_rate: float
    seconds: float
    active_units: int
    batch_losses: tuple[float, ...]
    """In order, thinned by ``ae.runs.recording``."""
    training_error: float | None = None
    """The part of ``training_loss`` that is reconstruction error; None if it is all of it, or not known."""
    monitored_error: float | None = None
    """The same of ``monitored_loss``."""

    @property
    def monitored_loss(self) -> float:
        """The validation loss, or the test loss where the recipe has no validation images."""
        return next(loss for loss in (self.validation_loss, self.test_loss) if loss is not None)


TERMS = ("training_error", "monitored_error")
"""Columns of the history of a run whose loss has another term beside the reconstruction error. Earlier versions did not
have them."""


def read_history(run: Run) -> list[Line]:
    """Return the recorded epochs, up to the first torn or malformed line."""
    try:
        text = files.read_text(run.path / HISTORY)
    except (OSError, ValueError):
        return []
    return parse_history(text[: text.rfind("\n") + 1], run.recipe)


def parse_history(text: str, recipe: Recipe, *, after: int | None = None) -> list[Line]:
    """Return the epochs in whole lines of a history, up to the first malformed one.

    Earlier versions had a single column for the validation loss or, without a validation split, the test loss.

    Args:
        text: the history, or what was appended to it.
        recipe: of the run.
        after: the epoch that the first of these lines must follow; None if they are the first of the history.
    """
    lines: list[Line] = []
    whole = len(Line._fields) - len(TERMS)
    earlier = len(text.partition("\n")[0].split(",")) == whole - 1
    for content in text.split("\n")[:-1]:
        row = content.split(",")
        if row[0] == Line._fields[0]:  # the header, which had other names in earlier versions
            continue
        try:
            if earlier:
                row.insert(2 if recipe.validation_images == 0 else 3, "")
            number, training, validation, test, rate, seconds, active, batches = row[:whole]
            errors = row[whole:] or [""] * len(TERMS)
            training_error, monitored_error = (float(error) if error else None for error in errors)
            line = Line(
                int(number),
                float(training),
                float(validation) if validation else None,
                float(test) if test else None,
                float(rate),
                float(seconds),
                int(active),
                tuple(float(loss) for loss in batches.split()),
                training_error,
                monitored_error,
            )
            if (line.validation_loss is None) == (line.test_loss is None) or not 0 <= line.seconds < LONGEST_EPOCH:
                break
        except ValueError:
            break
        if not (0 <= line.epoch <= recipe.epochs if after is None else line.epoch == after + 1):
            break
        lines.append(line)
        after = line.epoch
    return lines


def saved_epoch(run: Run) -> int | None:
    """Return the epoch after which the run's weights were saved; None if there are no readable weights."""
    path = run.path / WEIGHTS
    return _saved_epoch(path, files.stamp(path))


@functools.lru_cache(maxsize=KEPT)
def _saved_epoch(path: Path, changed: files.Stamp | None) -> int | None:
    if changed is None:
        return None
    try:
        return int(_safetensors_metadata(path)["epoch"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _safetensors_metadata(path: Path) -> dict[str, str]:
    """Return the metadata of a safetensors file, without importing safetensors.

    The file consists of the length of the header (8 bytes), the header (JSON) and the weights.

    Raises:
        OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError: the file is something else, or torn.
    """
    files.check(path)
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        if length > LARGEST_HEADER:
            raise ValueError("the header is too long")
        header = json.loads(file.read(length))
    texts: dict[str, str] = header.pop("__metadata__")
    if path.stat().st_size != 8 + length + max((entry["data_offsets"][1] for entry in header.values()), default=0):
        raise ValueError("torn")
    return texts


def check_can_go_on(run: Run) -> None:
    """Check that resuming a run would not overwrite earlier training.

    Raises:
        RunError: the resume state is missing, but there are weights or trained epochs.
    """
    if run.recipe.imported:
        raise RunError(f"{run.id} was imported, so how it was trained is not known, and training can't go on")
    trained = (run.path / WEIGHTS).exists() or any(line.epoch for line in read_history(run))
    if trained and not (run.path / STATE).exists():
        raise RunError(
            f"{run.id} has no {STATE}, so training can't go on from its last epoch (included runs, and runs that an "
            "earlier version finished, have none): its model stays as it is; train a new run instead"
        )


def read_metrics(run: Run) -> dict[str, Any]:
    """Return the measurements made when training ended; empty if there are none."""
    path = run.path / METRICS
    return dict(_read_metrics(path, files.stamp(path)))


@functools.lru_cache(maxsize=KEPT)
def _read_metrics(path: Path, changed: files.Stamp | None) -> dict[str, Any]:
    try:
        found = read_json(path) if changed else {}
    except RunError:
        return {}
    found = {EARLIER_METRICS.get(key, key): value for key, value in found.items() if key != "legible"}
    if not _complete(found):
        return {}
    found["mse_by_class"] = {printable(name): error for name, error in found["mse_by_class"].items()}
    return {key: value for key, value in found.items() if isinstance(value, MAY_BE_MEASURED.get(key, object))}


def _complete(found: dict[str, Any]) -> bool:
    """Whether all MEASURED fields are there, of their types, and what they contain as well."""
    return (
        all(isinstance(found.get(key), kind) for key, kind in MEASURED.items())
        and all(type(unit) is int for unit in found["inactive_units"])
        and all(isinstance(error, float) for error in found["mse_by_class"].values())
    )


def read_preview(run: Run) -> "tuple[np.ndarray, np.ndarray] | None":
    """Return eight test images and their reconstructions, each uint8 (8, C, S, S), or None if there are none yet."""
    import numpy as np

    try:
        pair = np.load(io.BytesIO(files.read_bytes(run.path / PREVIEW, LARGEST_PREVIEW)), allow_pickle=False)
    except Exception:  # numpy can raise almost anything
        return None
    if not isinstance(pair, np.ndarray) or pair.dtype != np.uint8 or pair.ndim not in (4, 5) or len(pair) != 2:
        return None
    if pair.ndim == 4:  # grey images of an earlier version
        pair = pair[:, :, None]
    return (pair[0], pair[1]) if pair.shape[2:] == run.recipe.image_shape else None


def read_replay(run: Run) -> "replay.Replay | None":
    """Return the run's replay, or None if none was recorded."""
    from ae.runs import replay

    found = replay.read(replay_bytes(run))
    shaped = found and found.images.shape[1:] == run.recipe.image_shape
    return found if found and shaped and found.codes.shape[2] == run.recipe.code_size else None


def replay_bytes(run: Run) -> bytes:
    """Return the content of REPLAY; empty if there is none, or it is too large."""
    try:
        return files.read_bytes(run.path / REPLAY, LARGEST_REPLAY)
    except (OSError, ValueError):
        return b""


def read_error(run: Run) -> str:
    """Return the error message of the last attempt; empty if it did not fail."""
    try:
        return printable(files.read_text(run.path / ERROR, files.LARGEST_RECORD).strip(), 500)
    except (OSError, ValueError):
        return ""


def read_threads(run: Run) -> int:
    """Return the number of threads that the run began with, or is to begin with; 0 if that is not known."""
    try:
        text = files.read_text(run.path / THREADS, files.LARGEST_RECORD).strip()
    except (OSError, ValueError):
        return 0
    return int(text) if text.isdecimal() and len(text) <= 4 and 1 <= int(text) <= MOST_THREADS else 0


def stopped_because(run: Run) -> str:
    """Return why a run was stopped if nobody asked for it, as when a sweep stops it early; otherwise empty."""
    try:
        return printable(files.read_text(run.path / STOP, files.LARGEST_RECORD).strip(), 500)
    except (OSError, ValueError):
        return ""


def stop_asked(run: Run) -> bool:
    """Whether a stop was requested since the run was last started."""
    return (run.path / STOP).exists()
