"""A menu with everything that runs can be exported as; each file is made when it is asked for."""

from collections.abc import Callable, Sequence
from typing import Literal

import streamlit as st

from ae.data import sources
from ae.plots import export
from ae.runs import optional
from ae.runs.exports import formats
from ae.runs.exports.formats import FORMATS
from ae.runs.folders import Run
from ae.ui import CHARTS
from ae.ui.images import save_button

FILMS = "animations_as"
"""Key of the choice that all animations of a run follow."""

AWAY = "The dataset is not on this machine: download it on Train first."


def chart_format() -> str:
    """Return the format in which charts on this page are saved, "png" or "svg"."""
    return st.session_state.get(CHARTS) or "png"


def film_ending() -> str:
    """Return the ending of the animations on this page, one of ``ae.plots.export.FILMS``."""
    return st.session_state.get(FILMS) or ".gif"


def save_films(name: str, make: Callable[[str], bytes]) -> None:
    """Offer an animation as a GIF and as a video.

    Args:
        name: of the files, without an ending.
        make: returns the animation with an ending of ``ae.plots.export.FILMS``.
    """
    save_button("Animation", f"{name}.gif", lambda: make(".gif"))
    save_button("Video", f"{name}.mp4", lambda: make(".mp4"), missing=_no_video())


def _no_video() -> str:
    return optional.why_not("A video", ("imageio_ffmpeg",))


def export_menu(runs: Sequence[Run], *, first: Callable[[], object] | None = None, framed: bool = False) -> None:
    """Show the menu for a run, or for the comparison of several runs of one dataset.

    Args:
        runs: what is exported.
        first: shows more buttons, at the top of the menu.
        framed: whether the menu's button has a border, as its neighbours do.
    """
    kind: Literal["secondary", "tertiary"] = "secondary" if framed else "tertiary"
    with st.popover("Export", key="export", type=kind, icon=":material/ios_share:"):
        with st.container(gap=None):
            if first:
                first()
            _reports(runs)
            if len(runs) == 1:
                _formats(runs[0])
        _choice("Charts", CHARTS, ("png", "svg"), "What the camera above a chart and the entry Loss curve save.")
        if len(runs) == 1:
            absent = _no_video()
            endings = (".gif",) if absent else export.FILMS
            _choice("Animations", FILMS, endings, absent or "What the buttons of animations save.")


def _reports(runs: Sequence[Run]) -> None:
    from ae.plots.report import page

    away = "" if sources.is_here(runs[0].recipe.dataset) else AWAY
    many = "" if len(runs) <= page.MOST else f"A report has room for {page.MOST} runs: choose fewer."
    kinds = {
        "standard": ("Report", "One file with tables, curves and pictures, readable offline and on paper."),
        "coursework": ("Report for a course", "The same in the sections of a lab report, with places to write in."),
    }
    stem = runs[0].id if len(runs) == 1 else "comparison"
    for template, (label, help) in kinds.items():
        save_button(
            label,
            f"{stem}-{template}.html",
            lambda template=template: page.report(runs, template),  # type: ignore[misc]
            help=help,
            missing=away or many,
        )


def _formats(run: Run) -> None:
    here = sources.is_here(run.recipe.dataset)
    for name, form in FORMATS.items():
        save_button(
            form.title,
            f"{run.id}{form.ending}" if form.ending else f"{run.id}-{name}.zip",
            lambda name=name: _content(run, name),  # type: ignore[misc]
            help=form.sentence,
            missing=form.why_not or ("" if here or not form.dataset else AWAY),
        )


def _content(run: Run, name: str) -> bytes:
    made = formats.files(run, name)
    return next(iter(made.values())) if FORMATS[name].ending else formats.zipped(made, f"{run.id}-{name}")


def _choice(label: str, key: str, options: Sequence[str], help: str) -> None:
    st.segmented_control(
        f"{label} as",
        options,
        default=options[0],
        required=True,
        key=key,
        format_func=lambda option: option.lstrip(".").upper().replace("WEBM", "WebM"),
        help=help,
    )
