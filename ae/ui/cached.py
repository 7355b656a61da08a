"""Cached loading and computing. Callers must not change what these functions return."""

import threading
from collections.abc import Sequence

import numpy as np
import streamlit as st
from torch import Tensor

from ae.analysis import latent, metrics, pca, reconstruct, sampling, tsne
from ae.analysis.latent import Health
from ae.analysis.pca import PCA
from ae.analysis.sampling import Mixture
from ae.data import datasets, sources
from ae.data.datasets import Dataset
from ae.models.base import Autoencoder
from ae.runs import filenames, folders, model_file, reading
from ae.runs import kept_images as stored
from ae.runs.folders import Run
from ae.runs.reading import Line
from ae.runs.replay import SHOWN, Replay
from ae.ui import plain

POINTS = 2000
"""The number of test images on the map of the latent space."""

WEIGHED = 200
"""The number of test images on which the importance of each latent unit is measured: each is decoded once a unit."""

MAPS = 16
"""The number of t-SNE maps in the cache."""

_mapping = threading.Lock()  # one t-SNE at a time, however many sessions ask: each takes a core for seconds

State = tuple[str, int, int, bool]


def dataset(name: str) -> Dataset:
    """Load a dataset once for all sessions.

    If it is not on this machine, return the few test images that a run's replay holds, without training images.
    """
    if not sources.is_here(name) and (kept := kept_images(name)) is not None:
        return kept
    return _dataset(name)


@st.cache_resource(show_spinner="Loading images", max_entries=4)
def _dataset(name: str) -> Dataset:
    return datasets.load(name)


@st.cache_resource(show_spinner=False, max_entries=4, ttl=60)
def kept_images(name: str) -> Dataset | None:
    """Return the few test images of a dataset that replays hold, or None."""
    return stored.kept_images(name)


def first_images(name: str) -> np.ndarray | None:
    """Return the first test images, uint8 with shape (16, C, S, S); if they are damaged, show a message."""
    try:
        return dataset(name).test_images[:SHOWN].numpy()
    except sources.DataError as error:
        st.warning(plain(str(error)), icon=":material/error:")
        return None


def state(run: Run, file: str = filenames.WEIGHTS) -> State:
    """Return a cache key that changes with a run's file: its folder, time and size; zeros if there is no file.

    The key of the weights also changes when the run's dataset arrives on this machine.
    """
    whole = file == filenames.WEIGHTS and sources.is_here(run.recipe.dataset)
    try:
        status = (run.path / file).stat()
    except OSError:
        return str(run.path), 0, 0, whole
    return str(run.path), status.st_mtime_ns, status.st_size, whole


def model(run: Run) -> Autoencoder:
    """Load a run's model, again only when its weights have changed."""
    return _model(run, state(run))


@st.cache_resource(show_spinner=False, max_entries=16)
def _model(_run: Run, weights: State) -> Autoencoder:
    return model_file.load(_run)


def history(run: Run) -> list[Line]:
    """Read a run's history, again only when it has changed."""
    return _history(run, state(run, filenames.HISTORY))


@st.cache_resource(show_spinner=False, max_entries=256)
def _history(_run: Run, changed: State) -> list[Line]:
    return reading.read_history(_run)


def replay(run: Run) -> Replay | None:
    """Read the replay of a run's training, again only when it has grown."""
    return _replay(run, state(run, filenames.REPLAY))


@st.cache_resource(show_spinner=False, max_entries=8)
def _replay(_run: Run, changed: State) -> Replay | None:
    return reading.read_replay(_run)


def test_errors(run: Run) -> np.ndarray:
    """Return the mean squared error of each test image, reconstructed by a run's model, with shape (N,)."""
    return _test(run, state(run))[0].numpy()


def test_codes(run: Run) -> Tensor:
    """Return the codes of the test images, with shape (N, D)."""
    return _test(run, state(run))[1]


@st.cache_resource(show_spinner="Reconstructing the test images", max_entries=32)
def _test(_run: Run, weights: State) -> tuple[Tensor, Tensor]:
    images = datasets.to_float(dataset(_run.recipe.dataset).test_images)
    reconstructed, codes = reconstruct.reconstruct(model(_run), images)
    return metrics.mse(images, reconstructed), codes


def model_and_codes(run: Run) -> tuple[Autoencoder, Tensor]:
    """Return a run's model and its codes of the test images; rerun the page if the run was deleted.

    For fragments, which run long after the page has checked that the run exists.
    """
    try:
        return model(run), test_codes(run)
    except folders.RunError:
        st.rerun()


def sampler(run: Run) -> Mixture:
    """Return the distribution that a run's samples are drawn from."""
    return _sampler(run, state(run))


@st.cache_resource(show_spinner="Fitting a mixture of Gaussians to the codes", max_entries=32)
def _sampler(_run: Run, weights: State) -> Mixture:
    return sampling.sampler(test_codes(_run), prior=_run.recipe.prior)


def health(run: Run) -> Health:
    """Return the activity of each unit in a run's latent code."""
    return _health(run, state(run))


@st.cache_resource(show_spinner="Examining the latent code", max_entries=16)
def _health(_run: Run, weights: State) -> Health:
    images = datasets.to_float(dataset(_run.recipe.dataset).test_images)
    return latent.health(model(_run), test_codes(_run), images)


def importance(run: Run) -> np.ndarray:
    """Return how much a run's error grows without each unit, on the first ``WEIGHED`` test images, with shape (D,)."""
    return _importance(run, state(run))


@st.cache_resource(show_spinner="Holding each latent unit in turn", max_entries=16)
def _importance(_run: Run, weights: State) -> np.ndarray:
    images = datasets.to_float(dataset(_run.recipe.dataset).test_images[:WEIGHED])
    return latent.importance(model(_run), test_codes(_run)[:WEIGHED], images)


def without(run: Run, units: Sequence[int], count: int) -> np.ndarray:
    """Return the first ``count`` test images reconstructed with units held at their means, with shape (N, C, S, S).

    The means are those over the test images that ``importance`` is measured on.
    """
    held = latent.hold(test_codes(run)[:WEIGHED], list(units))[:count]
    return reconstruct.decode(model(run), held).numpy()


def growth_without(run: Run, units: Sequence[int]) -> float:
    """Return how much a run's error grows without some units, on the images of ``importance``."""
    images = datasets.to_float(dataset(run.recipe.dataset).test_images[:WEIGHED])
    return float(latent.growth(model(run), test_codes(run)[:WEIGHED], images, [units])[0])


def tsne_map(run: Run) -> np.ndarray:
    """Map a run's codes to a plane by t-SNE, once for its weights, with shape (N, 2)."""
    return _tsne_map(run, state(run))


@st.cache_resource(show_spinner="Mapping the codes by t-SNE, which takes a few seconds", max_entries=MAPS)
def _tsne_map(_run: Run, weights: State) -> np.ndarray:
    with _mapping:
        return tsne.tsne(test_codes(_run)[:POINTS].numpy())


def principal(name: str) -> PCA | None:
    """Fit PCA to a dataset's training images; None if they are not on this machine."""
    return _principal(name) if sources.is_here(name) else None


@st.cache_resource(show_spinner="Finding the principal components", max_entries=4)
def _principal(name: str) -> PCA:
    return pca.fit_images(dataset(name))


def principal_errors(name: str) -> np.ndarray:
    """Return the test MSE of PCA for every bottleneck size, with shape (K + 1,); empty without the training images."""
    return _principal_errors(name) if sources.is_here(name) else np.zeros(0)


def knows_principal(name: str) -> bool:
    """Whether ``principal_errors`` has been computed for a dataset, which takes seconds."""
    return name in _with_errors()


@st.cache_resource(show_spinner="Finding the principal components")
def _principal_errors(name: str) -> np.ndarray:
    found = pca.test_errors(_principal(name), dataset(name)).numpy()
    _with_errors().add(name)
    return found


@st.cache_resource(show_spinner=False)
def _with_errors() -> set[str]:
    """Return the datasets of which ``_principal_errors`` is known; it is never dropped, since it is small."""
    return set()
