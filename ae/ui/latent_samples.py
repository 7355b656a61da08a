"""Samples: new images, decoded from random codes."""

import numpy as np
import streamlit as st

from ae.analysis import reconstruct, sampling
from ae.models.base import VariationalAutoencoder
from ae.plots.image_grid import Row, grey
from ae.runs.folders import Run
from ae.ui import cached
from ae.ui.images import image_rows
from ae.ui.pick_images import pick_seed

ROWS, COLUMNS = 4, 10


def samples_view(run: Run) -> None:
    """Show images decoded from random codes."""
    with st.sidebar:
        seed = pick_seed("sample_seed", help="The same seed gives the same samples.")
    model, _ = cached.model_and_codes(run)
    codes = cached.sampler(run).sample(ROWS * COLUMNS, seed=seed)
    decoded = grey(reconstruct.decode(model, codes).squeeze(1).numpy())
    source = (
        "Latent codes sampled from the prior of the variational autoencoder, N(0, 1) for each unit."
        if isinstance(model, VariationalAutoencoder)
        else f"Latent codes sampled from a mixture of {sampling.COMPONENTS} Gaussians, fitted to the codes of the test "
        "images: this network has no prior of its own."
    )
    image_rows(
        [Row("", part) for part in np.split(decoded, ROWS)],
        alt=f"{ROWS * COLUMNS} samples of {run.name}",
        largest=84,
        file="samples",
        title=run.name,
        note=source,
    )
