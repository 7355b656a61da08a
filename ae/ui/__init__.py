"""What the screens share: the page's frame and menu, tables, charts, messages and the glossary.

The modules beside it hold cached loaders, pickers, rows of images, the recipe form, the view of a training run and
custom components. This is the only part of the package that imports Streamlit.
"""

import copy
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Literal, NamedTuple

import pandas as pd
import plotly.graph_objects as go
import streamlit as st
import torch
from streamlit.delta_generator import DeltaGenerator

from ae import PROJECT
from ae.data import sources
from ae.plots.style import enlarge
from ae.runs import queue, standby
from ae.runs.folders import Run, RunError
from ae.ui import share

HOME = "streamlit_app.py"
PAGES = (
    (HOME, "Home", ":material/home:"),
    ("pages/tour.py", "Tour", ":material/tour:"),
    ("pages/train.py", "Train", ":material/show_chart:"),
    ("pages/compare.py", "Compare", ":material/table_chart:"),
    ("pages/reconstruct.py", "Reconstruct", ":material/compare:"),
    ("pages/denoise.py", "Denoise", ":material/blur_on:"),
    ("pages/interpolate.py", "Interpolate", ":material/timeline:"),
    ("pages/latent_space.py", "Latent space", ":material/scatter_plot:"),
    ("pages/findings.py", "Findings", ":material/lightbulb:"),
)
STATES: dict[str, tuple[str, Literal["gray", "blue", "orange", "red", "green"], str]] = {
    "queued": ("Queued", "gray", ":material/schedule:"),
    "running": ("Training", "blue", ":material/play_circle:"),
    "stopped": ("Stopped", "orange", ":material/stop_circle:"),
    "interrupted": ("Interrupted", "orange", ":material/power_off:"),
    "failed": ("Failed", "red", ":material/error:"),
    "finished": ("Finished", "green", ":material/check_circle:"),
}
ACTIVE_UNITS = (
    "Latent units that vary from image to image: standard deviation above 0.1% of the largest, or, in a variational "
    "network, variance above 0.01."
)
DOT = (
    "data:image/svg+xml;utf8,<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 8 8' width='8' height='8'>"
    "<circle cx='4' cy='4' r='2' fill='%23{}'/></svg>"
)
"""A dot in a colour, as an address."""

ICON = PROJECT / "docs" / "icon.png"
CHARTS = "charts_as"
"""Key of the choice of the format in which charts are saved, "png" or "svg"."""

GLOSSARY = PROJECT / "docs" / "GLOSSARY.md"


SHORT_TITLE = 16
"""The most letters of a title that, on a phone, has room beside the button of the sidebar."""


class Top(NamedTuple):
    """Places at the top of a page."""

    beside: DeltaGenerator
    """Right after the title, for a state and its buttons."""
    corner: DeltaGenerator
    """On the right, in a narrow window below the title, for the page's main choice."""


def page(title: str) -> DeltaGenerator:
    """Begin a page as ``titled`` does, and return its corner."""
    return titled(title).corner


def titled(title: str) -> Top:
    """Begin a page with its frame, menu and title; every page calls this, or ``page``, first."""
    st.set_page_config(page_title=f"{title} · Autoencoder Lab", page_icon=str(ICON), layout="wide")
    _use_one_core()
    _warm_trainer()
    share.frame()
    with st.sidebar:
        with st.container(key="product"):
            st.markdown("**Autoencoder Lab**")
        for path, label, icon in PAGES:
            st.page_link(path, label=label, icon=icon, width="stretch")
        with st.container(horizontal=True, gap="small"):
            asked = st.button(
                "Glossary",
                icon=":material/menu_book:",
                key="glossary",
                type="tertiary",
                help="The terms used on the screens, in one sentence each.",
            )
            share.share_menu()
    if asked:
        _glossary()
    left, corner = st.columns([3, 2], vertical_alignment="bottom")
    shown = title if title != "Home" else "Autoencoder Lab"
    key = "title" if len(shown) <= SHORT_TITLE else "long_title"
    with left.container(horizontal=True, vertical_alignment="center", gap="small", key=key):
        st.title(plain(shown), anchor=False, width="content")
        beside = st.container(horizontal=True, vertical_alignment="center", gap="small", width="content", key="beside")
    return Top(beside, corner)


@st.cache_resource(show_spinner=False)
def _warm_trainer() -> None:
    """Prepare a trainer when the server shows its first page, so that training begins right after a click."""
    standby.prepare()


@st.dialog("Glossary", width="medium", icon=":material/menu_book:")
def _glossary() -> None:
    st.markdown(GLOSSARY.read_text("utf-8").partition("\n")[2])


@st.cache_resource(show_spinner=False)
def _use_one_core() -> None:
    """Compute on one core, to leave the others to the training process."""
    torch.set_num_threads(1)


_SYNTAX = re.compile(r"([\\`*\[\]<>$!#~|&]|\b_|_\b|(?<=_)_)")
_BLOCK = re.compile(r"^(\d*)([-+.)])")
_REPLACED = re.compile(
    r"(?<=[:@])(?=[^\s\u2060])|(?<=[-=~])(?=[-=\\])|(?<=>)(?==)|(?<=<)(?=[-=])|(?<=www)(?=\.)", re.IGNORECASE
)


def plain(text: str) -> str:
    """Escape a text for Markdown, so that it is shown unchanged, on one line.

    Backslashes are not enough: Streamlit turns addresses, icons, emoji and arrows into links and symbols after it has
    resolved the backslashes. An invisible word joiner inside keeps it from recognising them.
    """
    escaped = _SYNTAX.sub(r"\\\1", " ".join(text.split()))
    return _REPLACED.sub("\u2060", _BLOCK.sub(r"\1\\\2", escaped))


def numbers(shown: Sequence[tuple[str, str, str]]) -> None:
    """Show metrics in a row that wraps on narrow screens; each is a label, a value and a help text."""
    with st.container(horizontal=True, gap="small"):
        for label, value, help in shown:
            st.metric(label, value, help=help, width=max(145, 6 * len(label) + 25))


def table(
    found: pd.DataFrame,
    *,
    key: str,
    caption: str,
    formats: Mapping[str, str],
    helps: Mapping[str, str],
    colours: Sequence[str] = (),
) -> None:
    """Show a table that can be sorted by its headings and exported as CSV.

    Args:
        found: the rows.
        key: of the table.
        caption: above the table, as Markdown.
        formats: number formats, by column.
        helps: help texts, by column.
        colours: of the rows, shown as dots in front; empty for none.
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
    if colours:
        found.insert(0, " ", [DOT.format(colour.lstrip("#")) for colour in colours])
        columns[" "] = st.column_config.ImageColumn(width=30)
    st.dataframe(found, key=key, hide_index=True, placeholder="–", column_config=columns)


def chart(figure: go.Figure, *, key: str, alt: str, file: str) -> None:
    """Show a figure, which can be exported as a PNG at three times the screen's resolution, or as an SVG."""
    save = {"format": st.session_state.get(CHARTS) or "png", "filename": file, "scale": 3}
    # Two buttons lie beside the title; zooming needs none: drag, and double-click to reset.
    buttons = [["toImage", "resetScale2d"]]
    if share.projected():
        figure = copy.deepcopy(figure)  # it may be a cached one
        enlarge(figure, share.LARGER)
    config = {"displaylogo": False, "toImageButtonOptions": save, "modeBarButtons": buttons}
    st.plotly_chart(figure, key=key, alt=alt, config=config)


def state_badge(run: Run, state: queue.State) -> None:
    """Show the state of a run."""
    label, colour, icon = STATES[state]
    st.badge(label, icon=icon, color=colour)


def try_to(action: Callable[[], object]) -> bool:
    """Run the action of a click and return whether it worked; if not, ``show_notice`` shows the reason."""
    try:
        action()
    except (RunError, ValueError, sources.DataError, OSError) as error:
        st.session_state["notice"] = queue.sentence(error)
        return False
    return True


def handler(action: Callable[[], object]) -> Callable[[], None]:
    """Return a button's callback that runs ``action`` by ``try_to``."""

    def handle() -> None:
        try_to(action)

    return handle


def show_notice() -> None:
    """Show why the last click failed, if it did."""
    if notice := st.session_state.pop("notice", ""):
        st.error(plain(notice), icon=":material/error:")
