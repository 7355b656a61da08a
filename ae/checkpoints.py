"""A run is a folder: this module alone spells its file names, finds runs and reads them; ``ae.record`` writes them.

Anything can die at any moment and the folder still reads: whole files are replaced atomically, and the history grows
by one line an epoch, of which the reader drops a torn last one.
"""

import io
import json
import os
import platform
import re
import shutil
import tempfile
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import safetensors
import safetensors.torch
import torch

from ae import __version__, data, files, replay
from ae.autoencoder import Autoencoder
from ae.models import MODELS, build
from ae.recipe import PRESETS, Recipe, changed

FORMAT = 1
RECIPE = "recipe.json"  # the recipe, never changed
ABOUT = "about.json"  # name, preset, when it was made; may be changed
HISTORY = "history.csv"  # a line an epoch, appended
WEIGHTS = "model.safetensors"  # after the last epoch, with the epoch's number beside them
STATE = "resume.pt"  # what going on needs: weights, optimiser, schedule; gone once the run is finished
PREVIEW = "preview.npy"  # eight test images and their reconstructions after the last epoch
REPLAY = "replay.bin"  # 16 images and 1,000 codes as they were after each epoch, appended
METRICS = "metrics.json"  # measured on the test images when training ended
CARD = "README.md"  # all of this for people
LOG = "log.txt"  # what happened, and the traceback of a failure
LOCK = "lock"  # held by the process that trains the run, and free the moment it dies
TICKET = "ticket"  # a place in the queue: when it was asked for; gone when its turn comes
PLACE = ".training.lock"  # beside the runs, not in one: held by whoever trains, for one run trains at a time
STOP = "stop"  # somebody asked the run to stop
ERROR = "error.txt"  # why the last attempt failed, one sentence


LONGEST_NAME, LONGEST_TAG, MOST_TAGS = 200, 40, 10
LARGEST_PREVIEW = 2**16
LARGEST_REPLAY = 2**25
MEASURED = {
    "epoch": int,
    "test_mse": float,
    "psnr": float,
    "ssim": float,
    "live_units": int,
    "dead_units": list,
    "mse_by_class": dict,
    "parameters": int,
    "test_images": int,
    "seconds": float,
}
"""What METRICS holds: ``epoch``, ``seconds`` of training, and what ``ae.metrics.evaluate`` gives."""
MAY_BE_MEASURED = {"knn_accuracy": float, "legible": float, "elbo": float}
"""What else it may hold; runs of earlier versions do not."""


class RunError(Exception):
    """A run can't be read or used so; the message is one sentence."""


class Line(NamedTuple):
    """An epoch in the history; see ``ae.train.Epoch``."""

    epoch: int
    training_loss: float
    held_out_loss: float
    learning_rate: float
    seconds: float
    live_units: int
    batch_losses: tuple[float, ...]
    """In order, thinned by ``ae.record``."""


@dataclass(frozen=True)
class Run:
    """A readable run: its folder, its recipe, and what it is called."""

    path: Path
    recipe: Recipe
    name: str
    preset: str
    """Empty if the recipe is nobody's."""
    created: str
    """ISO 8601, UTC."""
    shipped: bool = False
    """Part of the project, and protected from change and deletion."""
    tags: tuple[str, ...] = ()
    """Words that people gave it, to find it by."""

    @property
    def id(self) -> str:
        """The folder's name, which no other run has."""
        return self.path.name


@dataclass(frozen=True)
class Unreadable:
    """A folder among the runs that is none, and why."""

    path: Path
    reason: str

    @property
    def id(self) -> str:
        """The folder's name."""
        return self.path.name


def runs_folder() -> Path:
    """Tell where runs live: the folder ``AE_CHECKPOINTS`` names, or ``checkpoints`` beside the package."""
    return Path(os.environ.get("AE_CHECKPOINTS") or Path(__file__).resolve().parent.parent / "checkpoints")


def create(recipe: Recipe, *, name: str = "", preset: str = "") -> Run:
    """Make the folder of a run that is yet to be trained; it appears whole or not at all.

    Args:
        recipe: what it is to be made from.
        name: what people call it; made from the recipe if empty.
        preset: the preset that the recipe came from, if any.

    Raises:
        RunError: the folder of runs can't be written.
    """
    folder = runs_folder()
    now = datetime.now(UTC)
    about = {
        "format": FORMAT,
        "name": name.strip() or default_name(recipe, preset),
        "preset": preset,
        "created": now.isoformat(timespec="seconds"),
        "made_by": {"ae": __version__, "torch": torch.__version__, "python": platform.python_version()},
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        place = Path(tempfile.mkdtemp(prefix=".new-", dir=folder))
        place.chmod(0o755)
        files.replace(place / RECIPE, files.to_json(recipe.to_dict()))
        files.replace(place / ABOUT, files.to_json(about))
        return open_run(_move_in(place, folder, f"{now:%Y%m%d-%H%M%S}-{preset or recipe.model}-z{recipe.code_size}"))
    except OSError as error:
        raise RunError(f"no run can be made in {folder}: {error.strerror}") from error


def default_name(recipe: Recipe, preset: str) -> str:
    """Name a run after what sets it apart."""
    title = MODELS[recipe.model].title
    if preset in PRESETS:
        title = PRESETS[preset].title + (", changed" if changed(recipe, preset) else "")
    seed = f" · seed {recipe.seed}" if recipe.seed else ""
    return f"{title} · z {recipe.code_size} · {data.SOURCES[recipe.dataset].title}{seed}"


def open_run(id: str) -> Run:
    """Read the run with that id.

    Raises:
        RunError: there is none, or its folder is torn, foreign or malicious; the sentence says which.
    """
    path = runs_folder() / id
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,254}", id) or not path.is_dir():
        raise RunError(f"there is no run {id!r} in {runs_folder()}")
    if path.is_symlink():
        raise RunError("it is a link to somewhere else")
    recipe, about = _read_json(path / RECIPE), _read_json(path / ABOUT)
    unknown = sorted(set(recipe) - {f.name for f in fields(Recipe)})
    if unknown:
        raise RunError(f"{RECIPE} has settings that are not known here: {', '.join(unknown)[:200]}")
    if about.get("format") != FORMAT:
        raise RunError(f"its format is {str(about.get('format'))[:40]}, this version reads {FORMAT}")
    try:
        read = Recipe(**recipe)
    except (ValueError, TypeError) as error:
        raise RunError(f"{RECIPE}: {str(error)[:200]}") from error
    name, preset, created = (printable(about.get(key, "")) for key in ("name", "preset", "created"))
    tags = about.get("tags", [])
    tags = tuple(printable(tag)[:LONGEST_TAG] for tag in tags[:MOST_TAGS]) if isinstance(tags, list) else ()
    return Run(path, read, name or id, preset, created, about.get("shipped") is True, tags)


def read_about(run: Run) -> dict[str, Any]:
    """Give what ABOUT holds.

    Raises:
        RunError: it can't be read.
    """
    return _read_json(run.path / ABOUT)


def printable(words: object) -> str:
    """Give words of bounded length without what can't be shown."""
    return "".join(c if c.isprintable() else " " for c in str(words)[:LONGEST_NAME])


def list_runs() -> list[Run | Unreadable]:
    """Give every folder among the runs, newest first; behind them those that came with the project.

    These are in the order of the presets, those on the built-in digits last.
    """
    folder = runs_folder()
    found: list[Run | Unreadable] = []
    for path in sorted(folder.iterdir(), reverse=True) if folder.is_dir() else []:
        if path.name.startswith(".") or not path.is_dir():
            continue
        try:
            found.append(open_run(path.name))
        except RunError as error:
            found.append(Unreadable(path, str(error)))
    shipped = [run for run in found if isinstance(run, Run) and run.shipped]
    own = [run for run in found if run not in shipped]
    order = {name: place for place, name in enumerate(PRESETS)}

    def place(run: Run) -> tuple[bool, int, int]:
        return run.recipe.dataset == "digits", order.get(run.preset, len(order)), run.recipe.code_size

    return own + sorted(shipped, key=place)


def find(name: str, *, unreadable: bool = False) -> Any:  # noqa: ANN401
    """Give the run with that id, the only one whose id begins so, or the newest for "last".

    Raises:
        RunError: there is none, or more than one, or it can't be read.
    """
    found = list_runs()
    if name == "last":
        matching = [run for run in found if isinstance(run, Run)][:1]
    else:
        matching = [run for run in found if run.id == name] or [run for run in found if run.id.startswith(name)]
    if not matching:
        raise RunError(f"there is no run {name!r} in {runs_folder()}: python -m ae list shows them")
    if len(matching) > 1:
        raise RunError(f"{name!r} is the beginning of {len(matching)} runs: {', '.join(r.id for r in matching[:5])}")
    if isinstance(matching[0], Unreadable) and not unreadable:
        raise RunError(f"{matching[0].id} is unreadable: {matching[0].reason}")
    return matching[0]


def delete(run: Run | Unreadable) -> None:
    """Remove a run's folder, all at once.

    Raises:
        RunError: it is shipped with the project, or a process is training it, or it can't be removed.
    """
    if isinstance(run, Run) and run.shipped:
        raise RunError(f"{run.id} is shipped with the project and protected")
    if files.held(run.path / LOCK):
        raise RunError(f"{run.id} is being trained: stop it first")
    try:
        if run.path.is_symlink():
            run.path.unlink()
        else:
            run.path.rename(Path(tempfile.mkdtemp(prefix=".trash-", dir=run.path.parent)) / run.id)
    except OSError as error:
        raise RunError(f"{run.id} can't be deleted: {error.strerror}") from error
    for trash in run.path.parent.glob(".trash-*"):  # ours, and any that a killed process left
        shutil.rmtree(trash, ignore_errors=True)


def read_history(run: Run) -> list[Line]:
    """Give the epochs so far; a torn or foreign line ends them."""
    try:
        text = files.read_text(run.path / HISTORY)
    except (OSError, ValueError):
        return []
    lines: list[Line] = []
    for words in text[: text.rfind("\n") + 1].split("\n")[:-1]:
        row = words.split(",")
        if row == list(Line._fields):
            continue
        try:
            number, training, held_out, rate, seconds, live, batches = row
            values = (int(number), float(training), float(held_out), float(rate), float(seconds), int(live))
            line = Line(*values, tuple(float(loss) for loss in batches.split()))
        except ValueError:
            break
        if lines and line.epoch != lines[-1].epoch + 1:
            break
        lines.append(line)
    return lines


def load(run: Run | str) -> Autoencoder:
    """Give a run's model, or that of the run with this id, with its last saved weights: in eval mode, on the CPU.

    Raises:
        RunError: there is no such run, it has no weights yet, or they are not this recipe's.
    """
    run = open_run(run) if isinstance(run, str) else run
    recipe, path = run.recipe, run.path / WEIGHTS
    model = build(recipe.model, recipe.code_size, activation=recipe.activation, code_activation=recipe.code_activation)
    try:
        if path.stat().st_size > 2**20 + 4 * sum(value.numel() for value in model.state_dict().values()):
            raise RunError(f"{WEIGHTS} of {run.id} is larger than its recipe's weights can be")
        model.load_state_dict(safetensors.torch.load_file(path), strict=True)
    except FileNotFoundError as error:
        raise RunError(f"{run.id} has no weights yet: train it first") from error
    except (OSError, RuntimeError, safetensors.SafetensorError) as error:
        raise RunError(f"{WEIGHTS} of {run.id} is damaged, or is not its recipe's") from error
    if not all(bool(value.isfinite().all()) for value in model.state_dict().values()):
        raise RunError(f"{WEIGHTS} of {run.id} holds values that are no numbers")
    return model.eval()


def saved_epoch(run: Run) -> int | None:
    """Tell after which epoch the run's weights were saved; None if there are none that can be read."""
    try:
        with safetensors.safe_open(run.path / WEIGHTS, "pt") as file:
            return int((file.metadata() or {})["epoch"])
    except (OSError, safetensors.SafetensorError, KeyError, ValueError):
        return None


def read_state(run: Run) -> dict[str, Any] | None:
    """Give what ``ae.train.train`` needs to go on, or None where the run has not begun.

    Raises:
        RunError: the run has finished, or its state can't be read.
    """
    try:
        state = torch.load(run.path / STATE, map_location="cpu", weights_only=True)
    except FileNotFoundError:
        if saved_epoch(run) == run.recipe.epochs:
            raise RunError(f"{run.id} has finished all its {run.recipe.epochs} epochs") from None
        return None
    except Exception as error:  # torch.load raises whatever the bytes make of it
        raise RunError(f"{STATE} of {run.id} is damaged, so it can't be resumed") from error
    try:
        epoch, same = state["epoch"], Recipe(**state["recipe"]) == run.recipe
        if not same or not isinstance(epoch, int) or not 0 <= epoch <= run.recipe.epochs:
            raise ValueError
    except (TypeError, KeyError, ValueError):
        raise RunError(f"{STATE} of {run.id} is not a state of this run") from None
    return state


def read_metrics(run: Run) -> dict[str, Any]:
    """Give what was measured when training ended, ``MEASURED``; empty if nothing was."""
    try:
        found = _read_json(run.path / METRICS)
    except RunError:
        return {}
    whole = all(isinstance(found.get(key), kind) for key, kind in MEASURED.items())
    return {key: value for key, value in found.items() if whole and isinstance(value, MAY_BE_MEASURED.get(key, object))}


def read_preview(run: Run) -> tuple[np.ndarray, np.ndarray] | None:
    """Give eight test images and their reconstructions, each uint8 (8, 28, 28), or None if there are none yet."""
    path = run.path / PREVIEW
    try:
        content = path.read_bytes() if path.stat().st_size < LARGEST_PREVIEW else b""
        pair = np.load(io.BytesIO(content), allow_pickle=False)
    except Exception:  # numpy raises whatever the bytes make of it
        return None
    shape = getattr(pair, "shape", ())
    fits = len(shape) == 4 and shape[0] == 2 and shape[2:] == (data.SIDE, data.SIDE) and pair.dtype == np.uint8
    return (pair[0], pair[1]) if fits else None


def read_replay(run: Run) -> replay.Replay | None:
    """Give how the run learned, epoch by epoch, or None if nothing of it was kept."""
    found = replay.read(replay_bytes(run))
    return found if found and found.codes.shape[2] == run.recipe.code_size else None


def replay_bytes(run: Run) -> bytes:
    """Give the content of REPLAY; empty if it is not there, or larger than it can be."""
    path = run.path / REPLAY
    try:
        return path.read_bytes() if path.stat().st_size < LARGEST_REPLAY else b""
    except OSError:
        return b""


def read_error(run: Run) -> str:
    """Give the sentence that the last attempt failed with; empty if it did not."""
    try:
        return files.read_text(run.path / ERROR).strip()[:2000]
    except (OSError, ValueError):
        return ""


def last_words(run: Run) -> str:
    """Give the last line of the run's log, without its time; empty if there is none."""
    try:
        lines = files.read_text(run.path / LOG).strip().splitlines()
    except (OSError, ValueError):
        return ""
    return re.sub(r"^\S+Z ", "", lines[-1])[:500] if lines else ""


def write_state_dict(run: Run, path: Path) -> None:
    """Write the weights as a plain ``state_dict`` for ``torch.load``, as the lab's own scripts read it (SEEDS.md, A).

    Raises:
        RunError: the run has no weights, or the file can't be written.
    """
    buffer = io.BytesIO()
    torch.save(load(run).state_dict(), buffer)
    try:
        files.replace(path, buffer.getvalue())
    except OSError as error:
        raise RunError(f"{path} can't be written: {error.strerror}") from error


def _move_in(place: Path, folder: Path, stem: str) -> str:
    """Give a finished folder its name, with a number behind it where another run has it already."""
    for id in (stem, *(f"{stem}-{n}" for n in range(2, 10_000))):
        try:
            place.rename(folder / id)
            return id
        except OSError:
            if not (folder / id).exists():
                raise
    raise OSError(0, "too many runs of one second")


def _read_json(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(files.read_text(path))
    except FileNotFoundError as error:
        raise RunError(f"it has no {path.name}") from error
    except (OSError, ValueError, RecursionError) as error:
        raise RunError(f"its {path.name} can't be read") from error
    if not isinstance(content, dict):
        raise RunError(f"its {path.name} is not what it should be")
    return content
