"""Open the chosen models and their images, or explain why that fails."""

from collections.abc import Sequence

import streamlit as st

from ae.data import download, sources
from ae.data.datasets import Dataset
from ae.models.base import Autoencoder
from ae.runs import folders
from ae.runs.folders import Run
from ae.ui import cached, plain


def open_model(run: Run) -> tuple[Autoencoder, Dataset]:
    """Load a run's model and the dataset it was trained on; if one is missing, say so and end the page.

    If the dataset is not on this machine, its download is offered. The page goes on with the few test images that the
    run's replay holds, if there are any.
    """
    if not sources.is_here(run.recipe.dataset):
        _offer_download(run.recipe.dataset)
        if cached.kept_images(run.recipe.dataset) is None:
            st.stop()
    try:
        return cached.model(run), cached.dataset(run.recipe.dataset)
    except (folders.RunError, sources.DataError) as error:
        st.error(plain(str(error)), icon=":material/error:")
        st.stop()


def open_models(runs: Sequence[Run]) -> tuple[dict[Run, Autoencoder], Dataset]:
    """Load the models that were trained on the first run's dataset, and that dataset; name the others.

    If no model is left, or the images are missing, the page ends with a message.
    """
    models: dict[Run, Autoencoder] = {}
    for run in runs:
        if run.recipe.dataset != runs[0].recipe.dataset:
            other, shown = (plain(sources.find(each.recipe.dataset).title) for each in (run, runs[0]))
            st.warning(
                f"{plain(run.name)} is left out: it was trained on {other}, and these are images of {shown}.",
                icon=":material/image_not_supported:",
            )
            continue
        try:
            models[run] = cached.model(run)
        except folders.RunError as error:
            st.warning(f"{plain(run.name)} is left out: {plain(str(error))}.", icon=":material/error:")
    if not models:
        st.stop()
    return models, open_model(next(iter(models)))[1]


def _offer_download(name: str) -> None:
    """Offer to download a dataset that is missing."""
    source, kept = sources.find(name), cached.kept_images(name)
    if source.own:
        only = f", so only {len(kept.test_images)} of the test images are shown" if kept else ""
        again = "Add the same pictures on Train to have them again."
        st.info(f"{plain(source.title)} is not on this machine{only}. {again}", icon=":material/image_not_supported:")
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(
            f":material/cloud_off: {source.title} is not on this machine yet"
            + (f", so only {len(kept.test_images)} of its test images are shown." if kept else ".")
            + f" Download it here, or with `python -m ae download {name}`.",
            width="content",
        )
        clicked = st.button(
            f"Download {source.title}, {source.megabytes} MB", icon=":material/download:", key="download"
        )
    if clicked:
        try:
            with st.spinner(f"Downloading {source.title}"):
                download.download(name)
        except sources.DataError as error:
            st.error(plain(str(error)), icon=":material/error:")
        else:
            st.rerun()
