"""How people choose: runs, test images, and both ends of a way. Every choice lives in the URL."""

import math
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from typing import Any

import numpy as np
import streamlit as st

from ae.data import download, selection, sources
from ae.data.datasets import Dataset
from ae.models.base import Autoencoder
from ae.runs import folders, reading
from ae.runs.folders import Run
from ae.ui import cached, plain

FIRST_RUNS = 3
BY = ("Index", "One class", "At random", "Worst first", "Best first")


def readable_runs() -> list[Run]:
    """Give all runs that can be read, newest first."""
    return [run for run in folders.list_runs() if isinstance(run, Run)]


def trained_runs() -> list[Run]:
    """Give all runs that have weights, newest first, and before those whose images are not on this machine.

    With none, say what to do and end the page.
    """
    runs = [run for run in readable_runs() if reading.saved_epoch(run) is not None]
    runs.sort(key=lambda run: not sources.is_here(run.recipe.dataset))
    if not runs:
        st.info("There is no trained model to look into yet.", icon=":material/info:")
        st.page_link("pages/train.py", label="Train one", icon=":material/show_chart:")
        st.stop()
    return runs


def open_model(run: Run) -> tuple[Autoencoder, Dataset]:
    """Give a run's model and the images it learned; where they can't be had, say why and end the page."""
    if not sources.is_here(run.recipe.dataset):
        _offer_download(run.recipe.dataset)
        st.stop()
    try:
        return cached.model(run), cached.dataset(run.recipe.dataset)
    except (folders.RunError, sources.DataError) as error:
        st.error(plain(str(error)), icon=":material/error:")
        st.stop()


def _offer_download(name: str) -> None:
    """Say that a dataset is not here, with a button that brings it."""
    source = sources.SOURCES[name]
    st.warning(
        f"This model learned {source.title}, whose images are not on this machine yet. The button brings them, and so "
        f"does `python -m ae download {name}`.",
        icon=":material/cloud_off:",
    )
    if st.button(f"Download {source.title}, {source.megabytes} MB", icon=":material/download:", key="download"):
        try:
            with st.spinner(f"Downloading {source.title}"):
                download.download(name)
        except sources.DataError as error:
            st.error(plain(str(error)), icon=":material/error:")
        else:
            st.rerun()


def open_models(runs: Sequence[Run]) -> tuple[dict[Run, Autoencoder], Dataset]:
    """Give the models of those runs that learned what the first one did, and its images; say which are left out.

    Where no model is left, or the images are not here, the page ends with a sentence.
    """
    models: dict[Run, Autoencoder] = {}
    for run in runs:
        if run.recipe.dataset != runs[0].recipe.dataset:
            st.warning(
                f"{plain(run.name)} learned {sources.SOURCES[run.recipe.dataset].title} and these images are "
                f"{sources.SOURCES[runs[0].recipe.dataset].title}: it is left out.",
                icon=":material/image_not_supported:",
            )
            continue
        try:
            models[run] = cached.model(run)
        except folders.RunError as error:
            st.warning(f"{plain(str(error))}: it is left out.", icon=":material/error:")
    if not models:
        st.stop()
    return models, open_model(next(iter(models)))[1]


def pick_run(label: str, runs: Sequence[Run], *, help: str) -> Run:
    """Let people pick one of ``runs``; the choice lives in the URL and follows them from page to page."""
    known = {run.id: run for run in runs}
    wanted = st.query_params.get("run") or st.session_state.get("run_id")
    if wanted not in known:
        if st.query_params.get("run"):
            words = f"There is no such run here: {plain(repr(wanted[:60]))}. This is the newest one."
            st.warning(words, icon=":material/search_off:")
        wanted = runs[0].id
    st.session_state["run_choice"] = wanted
    names = labels(runs)
    chosen = st.selectbox(
        label, list(known), key="run_choice", format_func=names.__getitem__, on_change=_chosen, help=help
    )
    show_run(chosen)
    return known[chosen]


def _chosen() -> None:
    forget_place()
    show_run(st.session_state["run_choice"])


def forget_place() -> None:
    """Take out of the page's address what was looked at in one model's code: it is nowhere in another's."""
    for name in ("code", "spot"):
        st.query_params.pop(name, None)


def show_run(id: str) -> None:
    """Make a run the one that is looked at, in the URL and on the next page."""
    st.session_state["run_id"] = id
    put_in_address("run", id)


def labels(runs: Sequence[Run]) -> dict[str, str]:
    """Name runs, by their ids, with their code size; those of one name also by the time they were made, UTC."""

    def with_size(run: Run) -> str:
        return run.name + ("" if "z " in run.name else f" · z {run.recipe.code_size}")

    return {
        run.id: label
        for run, label in _distinct(
            runs,
            with_size,
            lambda run: f"{with_size(run)} · {run.created[5:10]} {run.created[11:16]}",
            lambda run: f"{with_size(run)} · {run.created[5:10]} {run.created[11:19]}",
        ).items()
    }


def short_names(runs: Sequence[Run], *, taken: Collection[str] = ()) -> dict[Run, str]:
    """Name each run as briefly as tells it from the others, and from the names that are ``taken``.

    An ending that all share, such as the dataset, is left out; where the name is not enough, its time is added.
    """
    ends = {run.name.rpartition(" · ")[2] for run in runs}
    shared = len(runs) > 1 and len(ends) == 1 and all(" · " in run.name for run in runs)

    def short(run: Run) -> str:
        return run.name.rpartition(" · ")[0] if shared else run.name

    return _distinct(runs, short, lambda run: f"{short(run)} · {run.created[5:10]} {run.created[11:19]}", taken=taken)


def _distinct(runs: Sequence[Run], *ways: Callable[[Run], str], taken: Collection[str] = ()) -> dict[Run, str]:
    """Name runs the first way that gives no two the same name; in the end their ids tell them apart."""
    named = {run: ways[0](run) for run in runs}
    for way in (*ways[1:], lambda run: f"{ways[0](run)} · {run.id}"):
        often = Counter([*named.values(), *taken])
        named = {run: way(run) if often[name] > 1 else name for run, name in named.items()}
    return named


def pick_runs(
    label: str, runs: Sequence[Run], *, help: str, most: int | None = None, among: Collection[str] | None = None
) -> list[Run]:
    """Let people pick several of ``runs``, at least one; with no choice made, the newest few of one dataset.

    Args:
        label: of the control.
        runs: to choose from.
        help: its sentence.
        most: so many at once.
        among: ids that are to choose from now, if not all.
    """
    everything = {run.id for run in runs}
    runs = [run for run in runs if among is None or run.id in among]
    known = {run.id: run for run in runs}
    asked = [id for id in st.query_params.get("runs", "").split(",") if id]
    if gone := [id for id in asked if id not in everything]:
        st.warning(f"There is no such run here: {plain(', '.join(gone)[:200])}.", icon=":material/search_off:")
    wanted = [id for id in asked or st.session_state.get("run_ids", []) if id in known]
    if not wanted:
        first = known.get(st.session_state.get("run_id", ""), runs[0])
        here = Counter(run.recipe.dataset for run in runs if sources.is_here(run.recipe.dataset))
        several = {name for name, count in here.items() if count > 1}
        if "run_id" not in st.session_state:  # one that there is something to lay beside
            first = next((run for run in runs if run.recipe.dataset in several), first)
        others = [run for run in runs if run.recipe.dataset == first.recipe.dataset and run is not first]
        wanted = [run.id for run in [first, *others][:FIRST_RUNS]]
    if "runs_emptied" not in st.session_state:
        st.session_state["runs_choice"] = wanted[:most]
    st.session_state.pop("runs_emptied", None)
    names = labels(runs)
    chosen = st.multiselect(
        label,
        list(known),
        key="runs_choice",
        format_func=names.__getitem__,
        max_selections=most,
        on_change=_chose,
        help=help,
        placeholder="Choose one or more",
    )
    if not chosen:
        st.info("Choose at least one model in the sidebar.", icon=":material/info:")
        st.stop()
    show_runs(chosen)
    return [known[id] for id in chosen]


def _chose() -> None:
    chosen = st.session_state["runs_choice"]
    if chosen:
        show_runs(chosen)
    else:
        st.session_state["runs_emptied"] = True


def show_runs(ids: Sequence[str]) -> None:
    """Make several runs those that are looked at, in the URL and on the next page."""
    st.session_state["run_ids"] = list(ids)
    put_in_address("runs", ",".join(ids))


def put_in_address(name: str, value: str) -> None:
    """Put a value into the page's address, if it is not there: what is sent needlessly may cross a later click."""
    if st.query_params.get(name) != value:
        st.query_params[name] = value


def whole_number(label: str, *, key: str, place: Any = st, **settings: Any) -> int | None:  # noqa: ANN401
    """Let people enter a whole number, which lives in the page's address; None while the field is empty.

    An endless number in the address, as ``inf`` or ``1e400``, on which Streamlit's own control fails, is taken out.

    Args:
        label: of the control.
        key: of the control, and its name in the address.
        place: where it is drawn.
        settings: as for ``st.number_input``.
    """
    try:
        endless = math.isinf(float(st.query_params.get(key, "0")))
    except ValueError:
        endless = False
    if endless:
        del st.query_params[key]
        st.rerun()
    entered = place.number_input(label, key=key, bind="query-params", step=1, **settings)
    return None if entered is None else int(entered)


def pick_images(dataset: Dataset, *, errors: Callable[[], np.ndarray] | None = None, own: bool = False) -> list[int]:
    """Let people choose test images; gives their indices, none where they bring their own.

    Args:
        dataset: whose test images.
        errors: gives the error of each image, for the worst and the best.
        own: whether they may bring their own.
    """
    size = len(dataset.test_images)
    options = [by for by in BY if errors or "first" not in by] + (["My own"] if own else [])
    by = st.selectbox("Images", options, key="by", bind="query-params", help="How to choose among the test images.")
    if by == "My own":
        return []
    if by == "Index":
        text = st.text_input(
            "Indices",
            "0-7",
            key="indices",
            bind="query-params",
            help=f"Which test images, counted from 0 to {size - 1:,}: 3, 14, 15 or 0-7.",
        )
        try:
            return selection.parse_indices(text, size)
        except ValueError as error:
            st.error(plain(str(error)), icon=":material/error:")
            return list(range(min(8, size)))
    count = st.slider("How many", 4, 16, 8, key="count", bind="query-params", help="Images in a row.")
    if by == "One class":
        label = st.selectbox(
            "Class", dataset.class_names, key="class", bind="query-params", help="Only images of this class."
        )
        return selection.of_class(dataset.test_labels, dataset.class_names.index(label), count)
    if by == "At random":
        return selection.at_random(size, count, pick_seed("seed", help="The same number draws the same images."))
    return selection.ranks(errors(), count, best=by == "Best first")


def pick_seed(key: str, *, help: str) -> int:
    """Let people choose where randomness starts."""
    return whole_number("Seed", key=key, min_value=0, max_value=10**6, value=0, help=help) or 0


def pick_endpoint(name: str, dataset: Dataset, *, first: int, key: str, then: Callable[[], None] = lambda: None) -> int:
    """Let people choose one test image, by its index or the next of a class; gives its index.

    Args:
        name: what it is for.
        dataset: whose test images.
        first: what is chosen at first.
        key: of its place in the page's address.
        then: called when the choice has changed.
    """
    size = len(dataset.test_images)
    left, middle, right = st.columns([3, 3, 1], vertical_alignment="bottom", gap="xsmall")
    index = whole_number(
        f"{name}, index",
        key=key,
        place=left,
        value=first,
        on_change=then,
        help=f"Its index among the test images, 0 to {size - 1:,}.",
    )
    if index is None or not 0 <= index < size:
        st.error(
            f"There is no test image {'without an index' if index is None else f'{index:,}'}: use 0 to {size - 1:,}.",
            icon=":material/error:",
        )
        index = first
    labels = dataset.test_labels
    st.session_state[f"{key}_class"] = dataset.class_names[labels[index]]

    def jump() -> None:
        wanted = dataset.class_names.index(st.session_state[f"{key}_class"])
        st.session_state[key] = selection.of_class(labels, wanted, 1)[0]
        then()

    def further() -> None:
        same = selection.of_class(labels, int(labels[index]), size)
        st.session_state[key] = same[(same.index(index) + 1) % len(same)]
        then()

    middle.selectbox(
        "Class", dataset.class_names, key=f"{key}_class", on_change=jump, help="The first test image of this class."
    )
    right.button("", icon=":material/skip_next:", key=f"{key}_next", on_click=further, help="The next of this class.")
    return index
