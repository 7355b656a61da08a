"""A run's weights and resume state."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import safetensors
import safetensors.torch
import torch
from torch import Tensor

from ae.models.base import Autoencoder
from ae.models.registry import build
from ae.recipe import Recipe, continues
from ae.runs import filenames, files
from ae.runs.filenames import STATE, WEIGHTS
from ae.runs.folders import Run, RunError, open_run
from ae.runs.log import lacks_memory, sentence
from ae.runs.reading import check_can_go_on, read_metrics, saved_epoch

DTYPES = {torch.float32: "F32", torch.float16: "F16", torch.int64: "I64"}
"""The names in a safetensors file of the types of number that a network here has."""

STATES = 4
"""The most times that a resume state may be larger than the weights: it also holds the optimiser's averages of them."""


def load(run: Run | str) -> Autoencoder:
    """Load the model of a run, or of the run with that id, with its last saved weights, in eval mode, on the CPU.

    Raises:
        RunError: there is no such run, it has no weights yet, or they do not fit its recipe.
    """
    run = open_run(run) if isinstance(run, str) else run
    recipe, path = run.recipe, run.path / WEIGHTS
    try:
        model = build(recipe)
    except ValueError as error:
        raise RunError(f"{filenames.RECIPE} of {run.id}: {error}") from error
    try:
        if files.check(path) > _most(model):
            raise RunError(f"{WEIGHTS} of {run.id} is too large for its recipe")
        model.load_state_dict(safetensors.torch.load_file(path), strict=True)
    except FileNotFoundError as error:
        if not run.path.is_dir():  # it has gone since it was listed
            raise RunError(files.reason(error)) from error
        raise RunError(f"{run.id} has no weights yet: train it first") from error
    except (OSError, ValueError, RuntimeError, MemoryError, safetensors.SafetensorError) as error:
        raise _unusable(f"{WEIGHTS} of {run.id}", "is damaged, or does not fit its recipe", error) from error
    if not all(bool(value.isfinite().all()) for value in model.state_dict().values()):
        raise RunError(f"{WEIGHTS} of {run.id} has values that are not finite numbers")
    return model.eval()


def read_state(run: Run) -> dict[str, Any] | None:
    """Return the state for ``ae.train.loop.train`` to resume from, or None if the run has not begun.

    Raises:
        RunError: the run has finished, or its state is missing or can't be read.
    """
    if saved_epoch(run) == run.recipe.epochs and read_metrics(run):
        raise RunError(f"{run.id} has finished all its {run.recipe.epochs} epochs")
    check_can_go_on(run)
    path = run.path / STATE
    try:
        if files.check(path) > STATES * _most(build(run.recipe)) or _compressed(path):
            raise ValueError
        state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError:
        return None
    except Exception as error:  # torch.load can raise almost anything
        raise _unusable(f"{STATE} of {run.id}", "is damaged, so it can't be resumed", error) from error
    try:
        epoch, recipe = state["epoch"], Recipe.from_dict(state["recipe"])
        if not isinstance(epoch, int) or epoch < 0 or not continues(run.recipe, recipe, epoch):
            raise ValueError
    except (TypeError, KeyError, ValueError, AttributeError):
        raise RunError(f"{STATE} of {run.id} does not belong to this run") from None
    return state


def _unusable(file: str, otherwise: str, error: Exception) -> RunError:
    """Return an error for a file that could not be read: for want of memory, or because of what is in it."""
    return RunError(f"{file} can't be read: {sentence(error)}" if lacks_memory(error) else f"{file} {otherwise}")


def _most(model: Autoencoder) -> int:
    """Return the most bytes that a file of a model's weights may have."""
    numbers: int = sum(value.numel() for value in model.state_dict().values())
    return 2**20 + 4 * numbers


def _compressed(path: Path) -> bool:
    """Whether a file that torch should have written is compressed, as a zip bomb is: torch does not compress tensors.

    Raises:
        zipfile.BadZipFile: it is no zip file.
    """
    with zipfile.ZipFile(path) as archive:
        return any(member.compress_type != zipfile.ZIP_STORED for member in archive.infolist())


def state_dict(run: Run) -> bytes:
    """Return the weights as a plain ``state_dict`` for ``torch.load``, which the lab's own scripts can read.

    Raises:
        RunError: as in ``load``.
    """
    buffer = io.BytesIO()
    torch.save(load(run).state_dict(), buffer)
    return buffer.getvalue()


def write_state_dict(run: Run, path: Path) -> None:
    """Write the weights as ``state_dict`` returns them.

    Raises:
        RunError: the run has no weights, or the file can't be written.
    """
    content = state_dict(run)
    try:
        files.replace(path, content)
    except OSError as error:
        raise RunError(f"{path} can't be written: {files.reason(error)}") from error


def write_weights(run: Run, weights: dict[str, Tensor], epoch: int) -> None:
    """Write a run's weights, by name, with the number of the epoch after which they were saved.

    Raises:
        OSError: they can't be written.
        MemoryError: there is too little memory for a copy of them.
    """
    about = {"epoch": str(epoch), "recipe": json.dumps(run.recipe.to_dict())}
    files.replace(run.path / filenames.WEIGHTS, _safetensors(weights, about))


def _safetensors(weights: dict[str, Tensor], about: dict[str, str]) -> bytes:
    """Return a safetensors file. The library's ``save`` ends the process if it finds no memory; this raises an error.

    The file consists of the length of the header (8 bytes), the header (JSON) and the weights, little-endian.
    """
    header: dict[str, Any] = {"__metadata__": about}
    parts: list[memoryview] = []
    end = 0
    for name, value in sorted(weights.items(), key=lambda item: -item[1].element_size()):  # which aligns each
        content = value.detach().cpu().contiguous().reshape(-1).view(torch.uint8).numpy().data
        begin, end = end, end + content.nbytes
        header[name] = {"dtype": DTYPES[value.dtype], "shape": list(value.shape), "data_offsets": [begin, end]}
        parts.append(content)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)  # so that the weights are aligned
    return b"".join([len(text).to_bytes(8, "little"), text, *parts])
