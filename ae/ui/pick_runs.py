"""Controls to choose one run or several. The choice is in the address and stays the same from page to page."""

from collections import Counter
from collections.abc import Callable, Collection, Sequence

import streamlit as st

from ae.data import sources
from ae.runs import folders, queue, reading
from ae.runs.folders import Run, Unreadable
from ae.ui import address, plain
from ae.ui.run_colours import colour_chips
from ae.ui.run_labels import labels

FIRST_RUNS = 3
"""The number of runs chosen at first."""


def readable_runs() -> list[Run]:
    """Return all readable runs, newest first."""
    return [run for run in folders.list_runs() if isinstance(run, Run)]


def trained_runs() -> list[Run]:
    """Return all runs that have weights, newest first, with those whose dataset is not on this machine at the end.

    If there are none, say what to do and end the page.
    """
    runs = [run for run in readable_runs() if reading.saved_epoch(run) is not None]
    runs.sort(key=lambda run: not sources.is_here(run.recipe.dataset))
    if not runs:
        st.info("There is no trained model yet.", icon=":material/info:")
        st.page_link("pages/train.py", label="Train one", icon=":material/show_chart:")
        st.stop()
    return runs


def say_missing(ids: Collection[str], then: str = "") -> None:
    """Show which runs of an address are not here, which can't be read and why, and what happens ``then``."""
    unreadable = {each.id: each for each in folders.list_runs() if isinstance(each, Unreadable)} if ids else {}
    for each in (unreadable[id] for id in ids if id in unreadable):
        words = f"The run {plain(each.id)} can't be read: {plain(each.reason)}. {then}"
        st.warning(words, icon=":material/folder_off:")
    if gone := [id for id in ids if id not in unreadable]:
        st.warning(f"There is no such run here: {plain(', '.join(gone)[:200])}. {then}", icon=":material/search_off:")


def pick_run(label: str, runs: Sequence[Run], *, first: Run | None = None) -> Run:
    """Show a box to choose one of ``runs``, and return the choice.

    Args:
        label: of the box, for screen readers.
        runs: all runs.
        first: the run to show before any was chosen, here or on another page; the first of all if None.
    """
    known = {run.id: run for run in runs}
    asked = st.query_params.get("run", "")
    wanted = asked or st.session_state.get("run_id")
    if wanted not in known:
        if asked:
            say_missing([asked], "Another run is shown instead.")
        wanted = (first or runs[0]).id
    st.session_state["run_choice"] = wanted
    chosen = st.selectbox(
        label,
        list(known),
        key="run_choice",
        format_func=labels(runs).__getitem__,
        on_change=_chose_one,
        label_visibility="collapsed",
    )
    show_run(chosen)
    return known[chosen]


def pick_runs(
    label: str,
    runs: Sequence[Run],
    *,
    most: int | None = None,
    among: Collection[str] | None = None,
    first: Callable[[], Sequence[Run]] = tuple,
) -> list[Run]:
    """Show a box to choose several of ``runs``, at least one, and return them.

    Args:
        label: of the box.
        runs: all runs.
        most: the greatest number at once.
        among: the ids of the runs that can be chosen, if not all.
        first: returns the runs to choose at first; if it returns none, they are chosen as on any other page.
    """
    everything = {run.id for run in runs}
    runs = [run for run in runs if among is None or run.id in among]
    known = {run.id: run for run in runs}
    asked = list(dict.fromkeys(id for id in st.query_params.get("runs", "").split(",") if id))
    say_missing([id for id in asked if id not in everything])
    if asked and asked != st.session_state.get("runs_offered"):
        st.session_state["run_ids"] = asked
    wanted = [id for id in asked or st.session_state.get("run_ids", []) if id in known]
    if not wanted:
        wanted = [run.id for run in first()] or _at_first(runs)
        st.session_state["runs_offered"] = wanted[:most]
    if "runs_emptied" not in st.session_state:
        st.session_state["runs_choice"] = wanted[:most]
    st.session_state.pop("runs_emptied", None)
    chosen = st.multiselect(
        label,
        list(known),
        key="runs_choice",
        format_func=labels(runs).__getitem__,
        max_selections=most,
        on_change=_chose_several,
        placeholder="Choose one or more",
    )
    colour_chips("runs_choice", [known[id] for id in chosen])
    if not chosen:
        st.info("Choose at least one model in the sidebar.", icon=":material/info:")
        st.stop()
    address.put("runs", ",".join(chosen))
    return [known[id] for id in chosen]


def show_run(id: str) -> None:
    """Make a run the current one, in the address and on the next page."""
    st.session_state["run_id"] = id
    address.put("run", id)


def show_runs(ids: Sequence[str]) -> None:
    """Make several runs the current ones, in the address and on the next page."""
    st.session_state["run_ids"] = list(ids)
    address.put("runs", ",".join(ids))


def finished_here(runs: Sequence[Run]) -> list[Run]:
    """Return the runs that have finished and whose dataset is on this machine."""
    return [run for run in runs if sources.is_here(run.recipe.dataset) and queue.state(run) == "finished"]


def current_run(runs: Sequence[Run]) -> Run | None:
    """Return the run of the last page that showed one, if it is among ``runs``."""
    return next((run for run in runs if run.id == st.session_state.get("run_id")), None)


def _at_first(runs: Sequence[Run]) -> list[str]:
    """Return the ids of a few runs that can be compared: the current run, or the newest, and others of its dataset.

    A run that is training, or was stopped, is not among them if there is a finished one.
    """
    ended = [run for run in runs if queue.state(run) == "finished"]
    runs = ended or list(runs)
    start = current_run(runs)
    if not start:
        often = Counter(run.recipe.dataset for run in finished_here(runs))
        start = next((run for run in runs if often[run.recipe.dataset] > 1), runs[0])
    others = [run for run in runs if run.recipe.dataset == start.recipe.dataset and run is not start]
    return [run.id for run in [start, *others][:FIRST_RUNS]]


def _chose_one() -> None:
    address.forget_place()
    show_run(st.session_state["run_choice"])


def _chose_several() -> None:
    chosen = st.session_state["runs_choice"]
    if chosen:
        show_runs(chosen)
    else:
        st.session_state["runs_emptied"] = True
