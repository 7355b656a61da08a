"""What is loaded or computed once and looked at often; nobody changes what these give."""

from pathlib import Path

import numpy as np
import streamlit as st
from torch import Tensor

from ae import checkpoints, data, latent, metrics, pca
from ae.autoencoder import Autoencoder
from ae.checkpoints import Line, Run
from ae.data import Dataset
from ae.latent import Mixture
from ae.pca import PCA
from ae.replay import Replay
from ae.ui import plain


@st.cache_resource(show_spinner="Loading images", max_entries=4)
def dataset(name: str) -> Dataset:
    """Load a dataset once for all who look."""
    return data.load(name)


def first_images(name: str) -> np.ndarray | None:
    """Give the first eight test images, in [0, 1] with shape (8, 28, 28); None, with a sentence shown, if damaged."""
    try:
        return dataset(name).test_images[:8, 0].numpy() / 255
    except data.DataError as error:
        st.warning(plain(str(error)), icon=":material/error:")
        return None


def version(file: Path) -> tuple[int, int]:
    """Tell one state of a file from the next, by when it was written and its size; zeros if it is not there."""
    try:
        status = file.stat()
    except OSError:
        return 0, 0
    return status.st_mtime_ns, status.st_size


def model(run: Run) -> tuple[Autoencoder, tuple[int, int]]:
    """Load a run's model, again only when its weights have changed; with what tells these weights from others."""
    weights = version(run.path / checkpoints.WEIGHTS)
    return _model(run, str(run.path), weights), weights


@st.cache_resource(show_spinner=False, max_entries=16)
def _model(_run: Run, path: str, weights: tuple[int, int]) -> Autoencoder:
    return checkpoints.load(_run)


def history(run: Run) -> list[Line]:
    """Read a run's history, again only when it has changed."""
    return _history(run, str(run.path), version(run.path / checkpoints.HISTORY))


@st.cache_resource(show_spinner=False, max_entries=256)
def _history(_run: Run, path: str, changed: tuple[int, int]) -> list[Line]:
    return checkpoints.read_history(_run)


def replay(run: Run) -> Replay | None:
    """Read how a run learned, again only when more of it is there."""
    return _replay(run, str(run.path), version(run.path / checkpoints.REPLAY))


@st.cache_resource(show_spinner=False, max_entries=8)
def _replay(_run: Run, path: str, changed: tuple[int, int]) -> Replay | None:
    return checkpoints.read_replay(_run)


def test_errors(run: Run) -> np.ndarray:
    """Give the mean squared error of each test image through a run's model, with shape (N,)."""
    return _test(run, str(run.path), version(run.path / checkpoints.WEIGHTS))[0].numpy()


def test_codes(run: Run) -> Tensor:
    """Give the codes of the test images, with shape (N, code size)."""
    return _test(run, str(run.path), version(run.path / checkpoints.WEIGHTS))[1]


def model_and_codes(run: Run) -> tuple[Autoencoder, Tensor]:
    """Give a run's model and its codes of the test images; if the run is gone, the whole page is drawn anew.

    For parts of a page that are drawn on their own, long after the page looked whether the run is there.
    """
    try:
        return model(run)[0], test_codes(run)
    except checkpoints.RunError:
        st.rerun()


def sampler(run: Run) -> Mixture:
    """Give what a run's codes are drawn from."""
    return _sampler(run, str(run.path), version(run.path / checkpoints.WEIGHTS))


@st.cache_resource(show_spinner="Fitting a mixture of Gaussians to the codes", max_entries=32)
def _sampler(_run: Run, path: str, weights: tuple[int, int]) -> Mixture:
    return latent.sampler(model(_run)[0], test_codes(_run))


@st.cache_resource(show_spinner="Sending the test images through the model", max_entries=32)
def _test(_run: Run, path: str, weights: tuple[int, int]) -> tuple[Tensor, Tensor]:
    images = data.to_float(dataset(_run.recipe.dataset).test_images)
    drawn, codes = metrics.reconstruct(model(_run)[0], images)
    return metrics.mse(images, drawn), codes


@st.cache_resource(show_spinner="Finding the principal components", max_entries=4)
def principal(name: str) -> PCA:
    """Give the principal components of a dataset's training images."""
    return pca.fit_images(dataset(name))


@st.cache_resource(show_spinner="Finding the principal components", max_entries=4)
def principal_errors(name: str) -> Tensor:
    """Give the test MSE of PCA for every code size, with shape (785,)."""
    return pca.test_errors(principal(name), dataset(name))
