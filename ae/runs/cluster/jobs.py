"""What a machine of the cluster does for a run: train it, and yield what is to be recorded. It writes no file."""

import functools
import hashlib
import io
import os
import platform
import time
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import torch

import ae
from ae.analysis import evaluation
from ae.data import datasets
from ae.data.datasets import Dataset
from ae.data.sources import DataError
from ae.models.registry import build
from ae.recipe import Recipe
from ae.runs.log import sentence
from ae.runs.recording import Making, Recorded, joined
from ae.train.device import return_freed_memory
from ae.train.loop import train


@dataclass(frozen=True)
class Job:
    """A run to be trained, or only to be measured."""

    recipe: dict[str, Any]
    state: bytes
    """From which to go on, the content of ``ae.runs.filenames.STATE``; empty to begin."""
    threads: int
    """For torch: the last bits of a sum may depend on how many threads compute it."""
    software: str
    """Of the driver, see ``software``."""
    every: float = 1.0
    """The least time in seconds between two messages. Epochs that take longer are sent one by one; of shorter ones,
    several together, with the state after the last of them. A crash costs no more than that and the epoch it was in."""
    training: bool = True
    """False to measure the model of ``state``."""


class Begun(NamedTuple):
    """The dataset is loaded, and training begins."""

    host: str
    process: int
    beginning: bytes
    """Of the run's replay."""


class Measured(NamedTuple):
    """Training has ended, and its last model is measured; see ``ae.runs.recording.write_measured``."""

    figures: dict[str, Any]
    preview: bytes


class Lacking(NamedTuple):
    """The dataset can't be loaded there."""

    sentence: str


class Failed(NamedTuple):
    """Training failed, and would again."""

    sentence: str
    traceback: str


Message = Begun | Recorded | Measured | Lacking | Failed


def carry_out(job: Job, dataset: Dataset | None = None) -> Iterator[Message]:
    """Do a job, and yield its messages: ``Begun``, ``Recorded`` any number of times, and ``Measured`` or ``Failed``.

    Args:
        job: the job.
        dataset: the recipe's dataset, if the driver has sent it; otherwise this machine loads it by name, or yields
            ``Lacking``.
    """
    try:
        yield from _carry_out(job, dataset)
    except DataError as error:
        yield Lacking(sentence(error))
    except Exception as error:  # whatever it is, the driver records the reason
        yield Failed(sentence(error), traceback.format_exc())


def _carry_out(job: Job, dataset: Dataset | None) -> Iterator[Message]:
    if (here := software()) != job.software:
        raise RuntimeError(f"{platform.node()} runs {here}, and this machine {job.software}: install the same there")
    torch.set_num_threads(job.threads)
    recipe = Recipe.from_dict(job.recipe)
    dataset = dataset or datasets.load(recipe.dataset)
    making = Making(recipe, dataset)
    yield Begun(platform.node(), os.getpid(), making.beginning)

    state, failed, unsent, due = job.state, None, None, 0.0
    try:
        for epoch in train(recipe, dataset, state=read_state(state) if state else None) if job.training else ():
            made = making.of(epoch)
            unsent, state = joined(unsent, made) if unsent else made, made.state
            if time.monotonic() >= due or epoch.number == recipe.epochs:
                yield unsent
                unsent, due = None, time.monotonic() + job.every
    except Exception as error:
        failed = error
    if unsent:
        yield unsent
    if state and (not failed or isinstance(failed, FloatingPointError)):
        model = build(recipe)
        model.load_state_dict(read_state(state)["model"])
        return_freed_memory()
        yield Measured(evaluation.evaluate(model.eval(), dataset), making.preview(model))
    if failed:
        raise failed


def read_state(content: bytes) -> dict[str, Any]:
    """Return the state that ``ae.runs.filenames.STATE`` contains, on the CPU."""
    state: dict[str, Any] = torch.load(io.BytesIO(content), map_location="cpu", weights_only=True)
    return state


@functools.cache
def software() -> str:
    """Return the versions that results depend on: of this package, with a checksum of its code, and of PyTorch."""
    code = hashlib.sha256()
    root = Path(ae.__file__).parent
    for path in sorted(root.rglob("*.py")):
        code.update(path.relative_to(root).as_posix().encode() + path.read_bytes())
    torch_version = torch.__version__.partition("+")[0]
    return f"autoencoder-lab {ae.__version__} ({code.hexdigest()[:8]}) with PyTorch {torch_version}"
