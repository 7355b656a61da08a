"""What is loaded or computed once and looked at often; nobody changes what these give."""

import numpy as np
import streamlit as st
from torch import Tensor

from ae.analysis import metrics, pca, reconstruct, sampling
from ae.analysis.pca import PCA
from ae.analysis.sampling import Mixture
from ae.data import datasets, sources
from ae.data.datasets import Dataset
from ae.models.base import Autoencoder
from ae.runs import filenames, folders, model_file, reading
from ae.runs.folders import Run
from ae.runs.reading import Line
from ae.runs.replay import Replay
from ae.ui import plain


@st.cache_resource(show_spinner="Loading images", max_entries=4)
def dataset(name: str) -> Dataset:
    """Load a dataset once for all who look."""
    return datasets.load(name)


def first_images(name: str) -> np.ndarray | None:
    """Give the first eight test images, in [0, 1] with shape (8, 28, 28); None, with a sentence shown, if damaged."""
    try:
        return dataset(name).test_images[:8, 0].numpy() / 255
    except sources.DataError as error:
        st.warning(plain(str(error)), icon=":material/error:")
        return None


def state(run: Run, file: str = filenames.WEIGHTS) -> tuple[str, int, int]:
    """Tell one state of a run's file from the next: its folder, when the file was written, and its size.

    Zeros if it is not there.
    """
    try:
        status = (run.path / file).stat()
    except OSError:
        return str(run.path), 0, 0
    return str(run.path), status.st_mtime_ns, status.st_size


def model(run: Run) -> Autoencoder:
    """Load a run's model, again only when its weights have changed."""
    return _model(run, state(run))


@st.cache_resource(show_spinner=False, max_entries=16)
def _model(_run: Run, weights: tuple[str, int, int]) -> Autoencoder:
    return model_file.load(_run)


def history(run: Run) -> list[Line]:
    """Read a run's history, again only when it has changed."""
    return _history(run, state(run, filenames.HISTORY))


@st.cache_resource(show_spinner=False, max_entries=256)
def _history(_run: Run, changed: tuple[str, int, int]) -> list[Line]:
    return reading.read_history(_run)


def replay(run: Run) -> Replay | None:
    """Read how a run learned, again only when more of it is there."""
    return _replay(run, state(run, filenames.REPLAY))


@st.cache_resource(show_spinner=False, max_entries=8)
def _replay(_run: Run, changed: tuple[str, int, int]) -> Replay | None:
    return reading.read_replay(_run)


def test_errors(run: Run) -> np.ndarray:
    """Give the mean squared error of each test image through a run's model, with shape (N,)."""
    return _test(run, state(run))[0].numpy()


def test_codes(run: Run) -> Tensor:
    """Give the codes of the test images, with shape (N, code size)."""
    return _test(run, state(run))[1]


def model_and_codes(run: Run) -> tuple[Autoencoder, Tensor]:
    """Give a run's model and its codes of the test images; if the run is gone, the whole page is drawn anew.

    For parts of a page that are drawn on their own, long after the page looked whether the run is there.
    """
    try:
        return model(run), test_codes(run)
    except folders.RunError:
        st.rerun()


def sampler(run: Run) -> Mixture:
    """Give what a run's codes are drawn from."""
    return _sampler(run, state(run))


@st.cache_resource(show_spinner="Fitting a mixture of Gaussians to the codes", max_entries=32)
def _sampler(_run: Run, weights: tuple[str, int, int]) -> Mixture:
    return sampling.sampler(model(_run), test_codes(_run))


@st.cache_resource(show_spinner="Sending the test images through the model", max_entries=32)
def _test(_run: Run, weights: tuple[str, int, int]) -> tuple[Tensor, Tensor]:
    images = datasets.to_float(dataset(_run.recipe.dataset).test_images)
    reconstructed, codes = reconstruct.reconstruct(model(_run), images)
    return metrics.mse(images, reconstructed), codes


@st.cache_resource(show_spinner="Finding the principal components", max_entries=4)
def principal(name: str) -> PCA:
    """Give the principal components of a dataset's training images."""
    return pca.fit_images(dataset(name))


@st.cache_resource(show_spinner="Finding the principal components", max_entries=4)
def principal_errors(name: str) -> Tensor:
    """Give the test MSE of PCA for every code size, with shape (785,)."""
    return pca.test_errors(principal(name), dataset(name))
