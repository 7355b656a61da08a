"""What the screens share: the page's frame, the menu, pickers and cached loaders.

Beside it: rows of images, the form that makes a recipe, and the view of a run that trains. Only this folder of the
package imports Streamlit.
"""

import re
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import streamlit as st
import torch
from streamlit.delta_generator import DeltaGenerator

from ae import checkpoints, data, jobs
from ae.checkpoints import Line, Run, RunError
from ae.data import Dataset
from ae.models import Autoencoder

HOME = "streamlit_app.py"
PAGES = (
    (HOME, "Home", ":material/home:"),
    ("pages/train.py", "Train", ":material/show_chart:"),
    ("pages/reconstruct.py", "Reconstruct", ":material/compare:"),
)
STATES = {
    "queued": ("Queued", "gray", ":material/schedule:"),
    "running": ("Training", "blue", ":material/play_circle:"),
    "stopped": ("Stopped", "orange", ":material/stop_circle:"),
    "interrupted": ("Interrupted", "orange", ":material/power_off:"),
    "failed": ("Failed", "red", ":material/error:"),
    "finished": ("Finished", "green", ":material/check_circle:"),
}
ICON = Path(__file__).resolve().parents[2] / "docs" / "icon.png"


def page(title: str) -> DeltaGenerator:
    """Begin a page: its frame, the menu, and its title. Every page calls this first.

    Gives the corner to the right of the title, where a page may put what it is about.
    """
    st.set_page_config(page_title=f"{title} · Autoencoder Lab", page_icon=str(ICON), layout="wide")
    _settle()
    with st.sidebar:
        for path, label, icon in PAGES:
            st.page_link(path, label=label, icon=icon, width="stretch")
        st.space("small")
    left, corner = st.columns([3, 2], vertical_alignment="bottom")
    left.title(title if title != "Home" else "Autoencoder Lab", anchor=False)
    return corner


@st.cache_resource(show_spinner=False)
def _settle() -> None:
    """Leave the processor to who trains: this process computes on one core."""
    torch.set_num_threads(1)


# --------------------------------------------------------------------------------------------------- cached loaders


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


@st.fragment(run_every=5.0)
def keep_up() -> None:
    """Draw the page anew when a run has come or gone, or training has begun or ended, in whatever window."""
    folder = checkpoints.runs_folder()
    names = sorted(path.name for path in folder.glob("[!.]*"))
    now = (names, jobs.somebody_trains())
    before = st.session_state.get("seen", now)
    st.session_state["seen"] = now
    if now != before:
        st.rerun()


def readable_runs() -> list[Run]:
    """Give all runs that can be read, newest first."""
    return [run for run in checkpoints.list_runs() if isinstance(run, Run)]


# ---------------------------------------------------------------------------------------------------------- pickers


def pick_run(label: str, runs: Sequence[Run], *, help: str) -> Run:
    """Let people pick one of ``runs``; the choice lives in the URL and follows them from page to page."""
    known = {run.id: run for run in runs}
    wanted = st.query_params.get("run") or st.session_state.get("run_id")
    if wanted not in known:
        if st.query_params.get("run"):
            st.warning(f"There is no such run here: {wanted!r}. This is the newest one.", icon=":material/search_off:")
        wanted = runs[0].id
    st.session_state["run_choice"] = wanted
    chosen = st.selectbox(
        label, list(known), key="run_choice", format_func=lambda id: label_of(known[id]), on_change=_chosen, help=help
    )
    show_run(chosen)
    return known[chosen]


def _chosen() -> None:
    show_run(st.session_state["run_choice"])


def show_run(id: str) -> None:
    """Make a run the one that is looked at, in the URL and on the next page."""
    st.session_state["run_id"] = id
    st.query_params["run"] = id


def label_of(run: Run) -> str:
    """Name a run where several may have the same name: with its code size and the time it was made, UTC."""
    size = "" if "z " in run.name else f" · z {run.recipe.code_size}"
    return f"{run.name}{size} · {run.created[5:10]} {run.created[11:16]}"


def plain(words: str) -> str:
    """Show words as they are, where Streamlit would read Markdown."""
    return re.sub(r"([\\`*_\[\]<>$:!#~|])", r"\\\1", words)


def numbers(shown: Sequence[tuple[str, str, str]]) -> None:
    """Show numbers in a row that wraps where it is narrow: for each its name, its value, and a sentence of help."""
    with st.container(horizontal=True, gap="small"):
        for label, value, help in shown:
            st.metric(label, value, help=help, width=145)


def state_badge(run: Run, state: jobs.State) -> None:
    """Show what state a run is in."""
    words, colour, icon = STATES[state]
    st.badge(words, icon=icon, color=colour)


def try_to(action: Callable[[], None]) -> bool:
    """Do what a click asked for; where it can't be done, say why in a sentence."""
    try:
        action()
    except (RunError, ValueError, data.DataError, OSError) as error:
        st.session_state["notice"] = jobs.sentence(error)
        return False
    return True


def show_notice() -> None:
    """Show the sentence that a failed click left."""
    if notice := st.session_state.pop("notice", ""):
        st.error(notice, icon=":material/error:")
