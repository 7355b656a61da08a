"""The guided tour: its steps one after the other, with the step in the address."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ae import ui
from ae.data import sources
from ae.data.sources import DataError, is_here
from ae.presets import PRESETS
from ae.runs import queue, reading
from ae.runs.folders import Run, RunError
from ae.ui import cached, component, first_run, share, tour_steps
from ae.ui.pick_runs import trained_runs
from ae.ui.tour_steps import Show

STEPS: tuple[tuple[str, Show], ...] = (
    ("Bottleneck", tour_steps.bottleneck),
    ("Inactive units", tour_steps.inactive),
    ("Between digits", tour_steps.between),
    ("Noise", tour_steps.noise),
    ("New digits", tour_steps.variational),
    ("Your own", tour_steps.own),
)

_STOP = "tour_stop"
_KEYS = component.component("tour_keys", "<span></span>")


def show(corner: DeltaGenerator) -> None:
    """Show the step that the address asks for.

    Args:
        corner: the place for the way to the other steps.
    """
    first_run.follow()
    st.html(f"<style>{component.read('tour.css')}</style>")
    number, unknown = _asked()
    with corner:
        _navigation(number)
    if unknown:
        st.warning(
            f"The tour has no step {ui.plain(unknown[:40])}: it has {len(STEPS)}. This is the first.",
            icon=":material/search_off:",
        )
    ui.show_notice()
    name, picture = STEPS[number - 1]
    claim = st.empty()
    task = st.empty()
    with st.container(key="tour_picture"):
        try:
            step = picture(_ready(trained_runs()))
        except (RunError, DataError) as error:
            st.error(ui.plain(str(error)), icon=":material/error:")
            return
    if step is None:
        st.info(f"{name}: none of the runs here shows this. The included runs do.", icon=":material/info:")
        return
    claim.header(f"{step.claim}.", anchor=False)
    lead = f"{step.lead}  \n" if step.lead else ""
    task.markdown(f"{lead}:material/touch_app: **Try it:** {step.task}")
    with st.container(key="tour_more"):
        if step.why:
            st.markdown(step.why)
        title, icon = next((title, icon) for path, title, icon in ui.PAGES if path == step.page)
        st.page_link(step.page, label=f"Open this on the {title} screen", icon=icon, query_params=step.query)


def _asked() -> tuple[int, str]:
    """Return the number of the step in the address, and the address's text if there is no such step."""
    text = st.query_params.get("step", "1")
    if text.isascii() and text.isdecimal() and len(text) < 4 and 1 <= int(text) <= len(STEPS):
        return int(text), ""
    return 1, text


def _navigation(number: int) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="tour_steps"):
        st.button(
            "Back",
            key="tour_back",
            icon=":material/arrow_back:",
            disabled=number == 1,
            on_click=_go,
            args=(number - 1,),
            help=STEPS[number - 2][0] if number > 1 else "The tour begins here.",
        )
        st.session_state[_STOP] = number
        st.segmented_control(
            "Steps of the tour",
            range(1, len(STEPS) + 1),
            required=True,
            format_func=lambda step: f"**{step}** {STEPS[step - 1][0]}",
            key=_STOP,
            label_visibility="collapsed",
            on_change=lambda: _go(st.session_state[_STOP]),
        )
        if number < len(STEPS):
            st.button(
                "Next",
                key="tour_next",
                type="primary",
                icon=":material/arrow_forward:",
                icon_position="right",
                on_click=_go,
                args=(number + 1,),
                help=STEPS[number][0],
            )
        else:
            st.button(
                "Train your own",
                key="tour_train",
                type="primary",
                icon=":material/play_arrow:",
                on_click=first_run.start,
                help=f"{PRESETS['fast'].sentence} On {sources.find(first_run.dataset()).title}.",
            )
    _KEYS(key="tour_keys")


def _go(number: int) -> None:
    share.turn_to(step=str(number))


def _ready(runs: list[Run]) -> list[Run]:
    """Return the finished and measured runs of which some images are here, the included ones first."""
    ready = [
        run
        for run in runs
        if queue.state(run) == "finished"
        and reading.read_metrics(run)
        and (is_here(run.recipe.dataset) or cached.kept_images(run.recipe.dataset) is not None)
    ]
    return sorted(ready, key=lambda run: not run.shipped)
