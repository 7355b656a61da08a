"""What the screens share: the page's frame, the menu, and how things are said.

Beside it: cached loaders, pickers, rows of images, the form that makes a recipe, the view of a run that trains, and
small components of our own. Only this folder of the package imports Streamlit.
"""

import re
from collections.abc import Callable, Mapping, Sequence

import pandas as pd
import plotly.graph_objects as go
import streamlit as st
import torch
from streamlit.delta_generator import DeltaGenerator

from ae import PROJECT
from ae.data import sources
from ae.runs import folders, queue
from ae.runs.folders import Run, RunError

HOME = "streamlit_app.py"
PAGES = (
    (HOME, "Home", ":material/home:"),
    ("pages/train.py", "Train", ":material/show_chart:"),
    ("pages/compare.py", "Compare", ":material/table_chart:"),
    ("pages/reconstruct.py", "Reconstruct", ":material/compare:"),
    ("pages/denoise.py", "Denoise", ":material/blur_on:"),
    ("pages/interpolate.py", "Interpolate", ":material/timeline:"),
    ("pages/latent_space.py", "Latent space", ":material/scatter_plot:"),
)
STATES = {
    "queued": ("Queued", "gray", ":material/schedule:"),
    "running": ("Training", "blue", ":material/play_circle:"),
    "stopped": ("Stopped", "orange", ":material/stop_circle:"),
    "interrupted": ("Interrupted", "orange", ":material/power_off:"),
    "failed": ("Failed", "red", ":material/error:"),
    "finished": ("Finished", "green", ":material/check_circle:"),
}
ACTIVE_UNITS = (
    "Units of the code that vary over the images: at least a thousandth as much as the liveliest one, in a variational "
    "network with a variance above 0.01."
)
ICON = PROJECT / "docs" / "icon.png"


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


@st.fragment(run_every=5.0)
def keep_up() -> None:
    """Draw the page anew when a run has come or gone, or training has begun or ended, in whatever window."""
    folder = folders.runs_folder()
    names = sorted(path.name for path in folder.glob("[!.]*"))
    now = (names, queue.busy())
    before = st.session_state.get("seen", now)
    st.session_state["seen"] = now
    if now != before:
        st.rerun()


_SYNTAX = re.compile(r"([\\`*\[\]<>$!#~|&]|\b_|_\b|(?<=_)_)")
_BLOCK = re.compile(r"^(\d*)([-+.)])")
_REPLACED = re.compile(
    r"(?<=[:@])(?=[^\s\u2060])|(?<=[-=~])(?=[-=\\])|(?<=>)(?==)|(?<=<)(?=[-=])|(?<=www)(?=\.)", re.IGNORECASE
)


def plain(words: str) -> str:
    """Return words as Markdown that shows them as they are, on one line.

    A backslash is not enough: Streamlit turns addresses, icons, emoji and arrows into links and symbols after it has
    resolved the backslashes. An invisible word joiner inside keeps it from recognising them.
    """
    escaped = _SYNTAX.sub(r"\\\1", " ".join(words.split()))
    return _REPLACED.sub("\u2060", _BLOCK.sub(r"\1\\\2", escaped))


def numbers(shown: Sequence[tuple[str, str, str]]) -> None:
    """Show numbers in a row that wraps where it is narrow: for each its name, its value, and a sentence of help."""
    with st.container(horizontal=True, gap="small"):
        for label, value, help in shown:
            st.metric(label, value, help=help, width=145)


def table(found: pd.DataFrame, *, key: str, caption: str, formats: Mapping[str, str], helps: Mapping[str, str]) -> None:
    """Show a table; its own menu takes it away as CSV. A click on a head sorts.

    Args:
        found: the rows.
        key: of the table.
        caption: what it shows, above it.
        formats: how the numbers of a column are written.
        helps: a sentence for a column.
    """
    st.caption(caption)
    found = found.copy()
    for name, form in formats.items():
        if name in found and form.endswith(("%%", "pp")):
            found[name] = 100 * found[name]
    columns = {
        name: st.column_config.NumberColumn(format=formats.get(name), help=helps.get(name))
        if name in formats
        else st.column_config.Column(help=helps.get(name))
        for name in found
    }
    st.dataframe(found, key=key, hide_index=True, placeholder="–", column_config=columns)


def chart(figure: go.Figure, *, key: str, alt: str, file: str) -> None:
    """Show a figure; its own menu takes it away as a PNG, three times as fine as the screen."""
    save = {"format": "png", "filename": file, "scale": 3}
    st.plotly_chart(figure, key=key, alt=alt, config={"displaylogo": False, "toImageButtonOptions": save})


def state_badge(run: Run, state: queue.State) -> None:
    """Show what state a run is in."""
    words, colour, icon = STATES[state]
    st.badge(words, icon=icon, color=colour)


def try_to(action: Callable[[], None]) -> bool:
    """Do what a click asked for; where it can't be done, say why in a sentence."""
    try:
        action()
    except (RunError, ValueError, sources.DataError, OSError) as error:
        st.session_state["notice"] = queue.sentence(error)
        return False
    return True


def show_notice() -> None:
    """Show the sentence that a failed click left."""
    if notice := st.session_state.pop("notice", ""):
        st.error(plain(notice), icon=":material/error:")
