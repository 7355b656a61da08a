"""Controls to choose test images: a row of them, or one as the end of a path. The address holds the choice."""

from collections.abc import Callable

import numpy as np
import streamlit as st

from ae.data import selection
from ae.data.datasets import Dataset
from ae.ui import address, plain

BY_NUMBER = "By number"
CLASS = "One class"
BY = (BY_NUMBER, CLASS, "At random")
WORST = "Worst first"
BY_ERROR = (WORST, "Best first")
OWN = "My own"
SEEDS = 10**6
"""The largest seed."""


def pick_images(
    dataset: Dataset, *, errors: Callable[[], np.ndarray] | None = None, own: bool = False, first: str = ""
) -> list[int]:
    """Show controls to choose test images, and return their indices; none if an image of one's own is chosen.

    Args:
        dataset: the dataset of the test images.
        errors: returns the error of each image, to choose the worst or the best.
        own: whether to offer an image of one's own.
        first: the numbers of the images that are shown at first; the first eight if empty.
    """
    size = len(dataset.test_images)
    options = [by for by in BY if dataset.labelled or by != CLASS]
    options += [*(BY_ERROR if errors else ()), *([OWN] if own else ())]
    by = st.selectbox("Images", options, key="by", bind="query-params")
    if by == OWN:
        return []
    if by == BY_NUMBER:
        text = st.text_input(
            "Image numbers",
            first or f"0-{min(8, size) - 1}",
            key="indices",
            bind="query-params",
            help=f"The numbers of test images, from 0 to {size - 1:,}, as in 3, 14, 15 or 0-7.",
        )
        try:
            return selection.parse_indices(text, size)
        except ValueError as error:
            st.error(plain(str(error)), icon=":material/error:")
            return list(range(min(8, size)))
    count = st.slider("How many", 4, 16, 8, key="count", bind="query-params")
    if by == CLASS:
        label = st.selectbox("Class", dataset.class_names, key="class", bind="query-params")
        return selection.of_class(dataset.test_labels, dataset.class_names.index(label), count)
    if errors is None or by == "At random":
        return selection.at_random(size, count, pick_seed("seed", help="The same seed gives the same images."))
    return selection.ranks(errors(), count, best=by == "Best first")


def offer_worst(*, quiet: bool = False) -> None:
    """Show a button that chooses the test images with the largest errors, unless they are chosen.

    Args:
        quiet: whether it has no frame, like the buttons that save figures.
    """
    if st.session_state["by"] != WORST:
        st.button(
            "Show the worst images",
            key="worst",
            icon=":material/trending_down:",
            type="tertiary" if quiet else "secondary",
            on_click=_choose_worst,
            help="Chooses Worst first under Images: the test images with the largest errors.",
        )


def _choose_worst() -> None:
    st.session_state["by"] = WORST


def pick_seed(key: str, *, help: str) -> int:
    """Show a field for a random seed, and return it."""
    return address.whole_number("Seed", key=key, min_value=0, max_value=SEEDS, value=0, help=help) or 0


def pick_endpoint(name: str, dataset: Dataset, *, first: int, key: str, then: Callable[[], None] = lambda: None) -> int:
    """Show controls to choose one test image, by its index or as the next of its class, and return its index.

    Args:
        name: the label.
        dataset: the dataset of the test images.
        first: the index chosen at first.
        key: its name in the address.
        then: called when the choice has changed.
    """
    size = len(dataset.test_images)
    left, middle, right = st.columns([4, 4, 3], vertical_alignment="bottom", gap="xsmall")
    index = address.whole_number(
        name,
        key=key,
        place=left,
        value=min(first, size - 1),
        on_change=then,
    )
    if index is None or not 0 <= index < size:
        wrong = "Enter an index" if index is None else f"There is no test image {index:,}"
        st.error(f"{wrong}: use 0 to {size - 1:,}.", icon=":material/error:")
        index = min(first, size - 1)
    labels = dataset.test_labels
    if dataset.labelled:
        st.session_state[f"{key}_class"] = dataset.class_names[labels[index]]

    def jump() -> None:
        wanted = dataset.class_names.index(st.session_state[f"{key}_class"])
        st.session_state[key] = selection.of_class(labels, wanted, 1)[0]
        then()

    def step() -> None:
        same = selection.of_class(labels, int(labels[index]), size)
        st.session_state[key] = same[(same.index(index) + 1) % len(same)]
        then()

    if dataset.labelled:
        middle.selectbox("Class", dataset.class_names, key=f"{key}_class", on_change=jump)
    next_one = f"The next {dataset.class_names[labels[index]]}" if dataset.labelled else "The next image"
    right.button("Next", key=f"{key}_next", on_click=step, help=next_one, width="stretch")
    return index
