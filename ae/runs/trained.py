"""The public interface: load a run's model and use it, train a run, list runs and compare them.

``import ae`` offers everything here; ``docs/API.md`` describes it.
"""

from collections.abc import Sequence
from functools import cached_property
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from ae.analysis import reconstruct
from ae.data import datasets
from ae.data.datasets import Dataset
from ae.data.sources import Shape
from ae.models.base import Autoencoder
from ae.presets import preset as recipe_of
from ae.recipe import Recipe
from ae.runs import folders, model_file, queue, reading
from ae.runs.folders import Run, RunError
from ae.runs.reading import Line

if TYPE_CHECKING:
    import pandas as pd

Images = np.ndarray | Tensor | Sequence[Any]
"""Images as an array, a tensor or nested lists: uint8 from 0 to 255, or floats in [0, 1]; 0 is black."""


class Model:
    """The trained model of a run: images and codes in, NumPy arrays out.

    >>> import ae
    >>> model = ae.load("shipped-digits-z2")
    >>> images = model.dataset.test_images[:4]
    >>> model.encode(images).shape
    (4, 2)
    >>> model.reconstruct(images).shape
    (4, 1, 28, 28)
    >>> model.decode([[0.5, -1.0]]).shape
    (1, 28, 28)

    Attributes:
        run: its folder, id, name and tags.
        network: the PyTorch module, in eval mode, on the CPU.
    """

    def __init__(self, run: Run) -> None:
        self.run = run
        self.network: Autoencoder = model_file.load(run)

    def __repr__(self) -> str:
        return f"<ae.Model {self.name!r}>"

    @property
    def name(self) -> str:
        """The run's name."""
        return self.run.name

    @property
    def recipe(self) -> Recipe:
        """Every setting that the run was trained with."""
        return self.run.recipe

    @property
    def history(self) -> list[Line]:
        """The recorded epochs, with losses, learning rate and seconds; epoch 0 is before training."""
        return reading.read_history(self.run)

    @property
    def measured(self) -> dict[str, Any]:
        """The measurements on the test images, such as ``test_mse`` and ``psnr``; empty before training has ended."""
        return reading.read_metrics(self.run)

    @cached_property
    def dataset(self) -> Dataset:
        """The dataset that the run was trained on; it is downloaded if it is not here yet.

        Raises:
            ae.data.sources.DataError: it can't be loaded.
        """
        return datasets.load(self.recipe.dataset)

    def encode(self, images: Images) -> np.ndarray:
        """Return the codes of images, float32 with shape (N, D), where D is the bottleneck size.

        Args:
            images: with the dataset's shape, (N, C, S, S), or flat, (N, C * S * S); grey ones also (N, S, S). A single
                image counts as N = 1.

        Raises:
            ValueError: the images have another shape, or values out of range.
        """
        return reconstruct.encode(self.network, _batch(images, self.recipe.image_shape)).numpy()

    def decode(self, codes: np.ndarray | Tensor | Sequence[Any]) -> np.ndarray:
        """Return the images of codes, float32 in [0, 1] with shape (N, S, S), or (N, 3, S, S) in colour.

        Args:
            codes: with shape (N, D), where D is the bottleneck size; a single code counts as N = 1.

        Raises:
            ValueError: the codes have another shape, or are not finite numbers.
        """
        found, size = _numbers(codes, "codes"), self.recipe.code_size
        if found.ndim not in (1, 2) or found.shape[-1] != size:
            raise ValueError(f"codes with shape {found.shape}: this model takes ({size},) or (N, {size})")
        images = reconstruct.decode(self.network, torch.from_numpy(found.reshape(-1, size)))
        return (images if images.shape[1] == 3 else images.squeeze(1)).numpy()

    def reconstruct(self, images: Images) -> np.ndarray:
        """Encode and decode images; return float32 values in [0, 1], with the shape of ``images``.

        Raises:
            ValueError: as in ``encode``.
        """
        codes = reconstruct.encode(self.network, _batch(images, self.recipe.image_shape))
        return reconstruct.decode(self.network, codes).numpy().reshape(np.shape(images))


def load(run: str = "last") -> Model:
    """Load the model of a run.

    >>> import ae
    >>> ae.load("shipped-digits-z2")
    <ae.Model '2 units · 60 epochs · Fast · Built-in digits'>

    Args:
        run: its id, the beginning of its id, its name, or "last" for the newest.

    Raises:
        ae.runs.folders.RunError: there is no such run, there are several, or it has no weights yet.
    """
    return Model(folders.find(run))


def list_runs() -> list[Run]:
    """Return all readable runs: your own, newest first, then the included ones.

    >>> import ae
    >>> [run.id for run in ae.list_runs()]
    ['shipped-digits-z2']
    """
    return [run for run in folders.list_runs() if isinstance(run, Run)]


def train_run(preset: str = "fast", *, name: str = "", **settings: Any) -> Model:  # noqa: ANN401
    """Train a run to its end in this process, record it in the folder of runs, and return its model.

    It waits while another run is being trained. Interrupted by Ctrl-C, the run keeps its last whole epoch and can be
    resumed. To look at every epoch, iterate over ``ae.train.train`` instead, which records nothing.

    >>> import ae
    >>> ae.train_run("fast", name="Three units", dataset="digits", code_size=3, epochs=1)
    <ae.Model 'Three units'>

    Args:
        preset: the recipe to start from, a key of ``ae.presets.PRESETS``.
        name: of the run; derived from the recipe if empty.
        settings: of ``ae.recipe.Recipe``, to change.

    Raises:
        ValueError: the preset or a setting is unknown, or a value is not allowed.
        ae.runs.folders.RunError: the run was stopped from elsewhere, or can't be recorded.
        ae.data.sources.DataError, FloatingPointError, RuntimeError: as in ``ae.train.train``.
    """
    run = folders.create(recipe_of(preset, **settings), name=name, preset=preset)
    queue.prepare(run)
    for _ in queue.work(run):
        pass
    if (state := queue.state(run)) != "finished":
        raise RunError(f"{run.id} was {state} before its last epoch: python -m ae resume {run.id} goes on")
    return Model(run)


def compare(*runs: str) -> "pd.DataFrame":
    """Return a table with a row for each run: its losses, measurements, recipe and id.

    >>> import ae
    >>> ae.compare("shipped-digits-z2")[["Id", "Bottleneck"]].values.tolist()
    [['shipped-digits-z2', 2]]

    Args:
        runs: named as in ``load``; all runs if none is named.

    Raises:
        ae.runs.folders.RunError: there is no such run, there are several, or it can't be read.
    """
    from ae.runs import comparison

    return comparison.table([folders.find(run) for run in runs] or list_runs())


def _batch(images: Images, shape: Shape) -> Tensor:
    """Return images as floats in [0, 1], with shape (N, C, S, S)."""
    given = np.asarray(images)
    found = _numbers(given, "images") / (255 if given.dtype == np.uint8 else 1)
    grey = [shape[1:]] if shape[0] == 1 else []
    allowed = [*grey, shape, (prod(shape),)]
    if found.shape not in allowed and found.shape[1:] not in allowed:
        *others, last = (f"(N, {', '.join(map(str, each))})" for each in allowed)
        raise ValueError(f"images with shape {found.shape}: use {', '.join(others)} or {last}")
    if found.size and not (found.min() >= 0 and found.max() <= 1):
        raise ValueError(
            f"images with values from {found.min():g} to {found.max():g}: use uint8 from 0 to 255, or floats in [0, 1]"
        )
    return torch.from_numpy(found.reshape(-1, *shape))


def _numbers(values: np.ndarray | Tensor | Sequence[Any], what: str) -> np.ndarray:
    """Return finite numbers as float32.

    Raises:
        ValueError: they are something else.
    """
    try:
        found = np.asarray(values).astype(np.float32)
    except (TypeError, ValueError):
        raise ValueError(f"these {what} are not numbers, or not a regular array") from None
    if not np.isfinite(found).all():
        raise ValueError(f"these {what} are not all finite numbers")
    return found
