"""Turn a checkpoint from elsewhere into a run: recognise its network, measure it, and compare it with the runs here."""

import hashlib
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

from torch import Tensor

from ae.analysis import reconstruct
from ae.data import datasets
from ae.data.datasets import Dataset
from ae.models.base import Autoencoder
from ae.models.options import ACTIVATIONS, CODE_ACTIVATIONS
from ae.models.recognise import NotRecognisedError, recognise
from ae.models.registry import build
from ae.recipe import Recipe
from ae.runs import editing, files, folders, reading, recording
from ae.runs.card import write_card
from ae.runs.checkpoint_file import CheckpointError, Reader
from ae.runs.filenames import ABOUT, FORMAT, METRICS, PREVIEW, RECIPE, WEIGHTS
from ae.runs.folders import Run
from ae.runs.model_file import write_weights

TRIED = 1000
"""The number of training images that the activations are chosen by."""

WORSE_THAN_THE_MEAN = (
    "It reconstructs images worse than their mean would: it may have been trained on another dataset, or on images "
    "scaled otherwise than to values from 0 to 1."
)


@dataclass(frozen=True)
class Imported:
    """A checkpoint that is now a run."""

    run: Run
    measured: Mapping[str, Any]
    """As ``ae.runs.reading.read_metrics`` returns it."""
    before: bool
    """Whether the same file was imported before, so that this is the run of that time."""
    warning: str
    """A sentence on what is odd about it; empty if nothing is."""


def import_file(reader: Reader, path: Path, dataset: Dataset, *, name: str = "", tags: Iterable[str] = ()) -> Imported:
    """Make a run of a checkpoint, measured on a dataset's test images.

    Args:
        reader: that reads the file.
        path: of a ``state_dict`` or a safetensors file.
        dataset: that it was trained on.
        name: of the run; the file's name if empty.
        tags: of the run.

    Raises:
        CheckpointError: the file can't be read, or fits no network.
        RunError: the run can't be written, or a tag is not allowed.
    """
    tags = editing.checked_tags(tags)
    weights = reader.read(path)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    if earlier := _imported_before(digest, dataset):
        return Imported(earlier, reading.read_metrics(earlier), before=True, warning="")
    recipe, model, warning = _fitted(weights, dataset)
    about = {"imported": {"file": path.name, "sha256": digest}, "tags": tags}
    run = folders.create(recipe, name=name or path.stem, made=_files(recipe, model, dataset, about))
    write_card(run)
    return Imported(run, reading.read_metrics(run), before=False, warning=warning)


def _imported_before(digest: str, dataset: Dataset) -> Run | None:
    """Return the run that a file with these contents became earlier, if it is still here."""
    for run in folders.list_runs():
        if isinstance(run, Run) and run.recipe.imported and run.recipe.dataset == dataset.name:
            found = folders.read_about(run).get("imported")
            if isinstance(found, dict) and found.get("sha256") == digest and reading.read_metrics(run):
                return run
    return None


def _fitted(weights: Mapping[str, Tensor], dataset: Dataset) -> tuple[Recipe, Autoencoder, str]:
    """Return the recipe and the model of these weights, and a warning if it reconstructs badly.

    A checkpoint doesn't say which activations its network has, so they are those with which it reconstructs training
    images best.
    """
    try:
        matches = recognise({name: tuple(value.shape) for name, value in weights.items()}, dataset.shape)
    except NotRecognisedError as error:
        raise CheckpointError(str(error)) from error
    images = dataset.images[:TRIED]
    best: tuple[float, Recipe, Autoencoder] | None = None
    for match, activation, code_activation in product(matches, ACTIVATIONS, CODE_ACTIVATIONS):
        try:
            recipe = Recipe(
                model=match.model,
                code_size=match.code_size,
                sizes=match.sizes,
                activation=activation,
                code_activation=code_activation,
                dataset=dataset.name,
                imported=True,
            )
        except ValueError:  # the network allows no such activation
            continue
        model = build(recipe).eval()
        model.load_state_dict({own: weights[theirs] for own, theirs in match.names.items()})
        mse = float(reconstruct.errors(model, images).mean())
        if best is None or mse < best[0]:
            best = mse, recipe, model
    if best is None:
        raise CheckpointError("fits a network here, but with no activation")
    mse, recipe, model = best
    pixels = datasets.to_float(images)
    return recipe, model, "" if mse < (pixels - pixels.mean(0)).square().mean() else WORSE_THAN_THE_MEAN


def _files(recipe: Recipe, model: Autoencoder, dataset: Dataset, about: Mapping[str, Any]) -> dict[str, bytes]:
    """Return the files of a run with this model, measured on the test images, by name."""
    with tempfile.TemporaryDirectory(prefix="ae-import-") as place:
        path = Path(place) / "run"
        path.mkdir()
        files.replace(path / RECIPE, files.to_json(recipe.to_dict()))
        files.replace(path / ABOUT, files.to_json({"format": FORMAT, **about}))
        run = folders.read_run(path)
        write_weights(run, model.state_dict(), recipe.epochs)
        recording.measure(run, dataset)
        return {name: (path / name).read_bytes() for name in (ABOUT, WEIGHTS, PREVIEW, METRICS)}
