"""The live view of a run: its loss curve, reconstructions and latent map, while it trains and as a replay.

The view itself is one component, mounted once. A second, invisible one asks for what is new and hands it over; only its
fragment runs again, so a poll costs the server a few file states and sends a few hundred bytes. See ``live_data``.
"""

import time
from collections.abc import MutableMapping
from typing import Any, Literal

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from ae.data import sources
from ae.data.sources import SOURCES
from ae.plots.colours import CLASSES, FAINT, TEST, TRAINING, VALIDATION
from ae.plots.loss_curve import UNITS
from ae.recipe import Recipe
from ae.runs import queue, reading
from ae.runs.folders import Run
from ae.runs.reading import Line
from ae.ui import address, cached, live_data, monitor
from ae.ui.component import component, in_base64
from ae.ui.live_data import Have, LiveData

Layout = Literal["train", "replay"]

PRESENT = 6.0
"""A page that has asked within this many seconds watches."""

BRIEF = 20.0
"""Training that took less than this many seconds is replayed at its end to whoever watched it."""

_STYLES = ("curve", "scatter", "player", "progress", "unseen")
_VIEW = component("live", '<div class="live"></div>', styles=_STYLES)
_FEED = component("feed", "<span></span>")
_HIDDEN = "<style>.st-key-feed { display: none }</style>"
_KEY = "feed"
_SENT = "live_sent"


def live_view(run: Run, state: queue.State, *, layout: Layout = "train") -> None:
    """Show a run's loss curve (on Train), reconstructions and latent map, with a player for its epochs.

    While the run trains, the view follows it; when its state is no longer ``state``, the page runs again.
    """
    st.html(_HIDDEN)
    names = SOURCES[run.recipe.dataset].class_names
    data: dict[str, Any] = {
        "layout": layout,
        "run": run.id,
        "name": run.name,
        "dataset": run.recipe.dataset,
        "classes": list(names),
        "colours": [CLASSES[i % len(CLASSES)] for i in range(len(names))],
    }
    if layout == "train":
        data |= {"curve": _curve(run.recipe), "numbers": _labels(run.recipe, _measured(run, state))}
    _VIEW(key=f"live-{layout}", data=data)
    _feed(run, monitor.condition(run, state))


def empty_view(dataset: str) -> None:
    """Show the view before the first run: an empty curve, images of the chosen dataset, and where the rest will be."""
    recipe = Recipe()
    data = {"layout": "train", "run": "", "name": "", "dataset": dataset, "classes": [], "colours": []}
    images = cached.first_images(dataset) if sources.is_here(dataset) else None
    if images is not None:
        data["originals"] = in_base64(images, "u1")
    _VIEW(key="live-empty", data={**data, "curve": _curve(recipe), "numbers": _labels(recipe, None)})


@st.fragment
def _feed(run: Run, shown: tuple[str, bool]) -> None:
    """Answer what the page has asked for; the page asks again after ``pace`` seconds while the run is active."""
    if not run.path.is_dir():
        st.rerun()
    queue.tend()
    state = queue.state(run)
    if monitor.condition(run, state) != shown:
        st.rerun()  # the whole page, which shows the state and its buttons
    have = live_data.checked(st.session_state.get(_KEY, {}).get("have"))
    sent: Have = st.session_state.get(_SENT, Have())
    if sent.run == run.id and have.number <= sent.number:  # it has not asked since
        have = sent
    source = _source(str(run.path), run)
    history = source.look()
    active = state in queue.ACTIVE
    watchers = _watchers(str(run.path)) if active else 1
    head = {
        "active": active,
        "pace": monitor.pace(watchers, history),
        "watchers": watchers,
        "epochs": run.recipe.epochs,
        "restarts": list(run.recipe.restarts),
        "brief": 0 < sum(line.seconds for line in history) < BRIEF,
        "status": _status(run, state, history),
        "epoch": _asked_epoch(),
    }
    message, st.session_state[_SENT] = source.message(run, have, head, ended=not active)
    _FEED(key=_KEY, data=message, on_have_change=_nothing, on_epoch_change=_put_epoch)


def _status(run: Run, state: queue.State, history: list[Line]) -> dict[str, Any]:
    share, words = monitor.progress(run, state, history)
    return {
        "share": round(min(max(share, 0.0), 1.0), 4),
        "words": words,
        "bar": state != "finished",
        "numbers": [value for _, value, _ in monitor.numbers(run.recipe, history, _measured(run, state))],
    }


def _measured(run: Run, state: queue.State) -> dict[str, Any] | None:
    return None if state in queue.ACTIVE else reading.read_metrics(run)


def _labels(recipe: Recipe, measured: dict[str, Any] | None) -> list[tuple[str, str]]:
    return [(label, help) for label, _, help in monitor.numbers(recipe, [], measured)]


def _curve(recipe: Recipe) -> dict[str, Any]:
    return {
        "epochs": recipe.epochs,
        "unit": UNITS[recipe.loss] + (" + KL" if recipe.beta else ""),
        "lines": [
            {"id": "batch", "name": "Each batch", "colour": FAINT, "width": 1, "faint": True},
            {"id": "training", "name": recipe.training_label, "colour": TRAINING, "width": 2},
            {
                "id": "monitored",
                "name": recipe.monitored_label,
                "colour": VALIDATION if recipe.validation_images else TEST,
                "width": 2.5,
            },
        ],
    }


def _nothing() -> None:
    """Let the component keep a state."""


def _asked_epoch() -> int | None:
    """Return the epoch that the address asks for, if any."""
    text = st.query_params.get("epoch", "")
    return int(text) if text.isdecimal() and len(text) < 10 else None


def _put_epoch() -> None:
    """Put the epoch at which the player rests into the address; the last one needs no mention."""
    epoch = st.session_state[_KEY].get("epoch")
    if type(epoch) is int and 0 <= epoch < 10**9:
        address.put("epoch", str(epoch))
    else:
        address.drop("epoch")


@st.cache_resource(show_spinner=False, max_entries=32)
def _source(path: str, _run: Run) -> LiveData:
    return LiveData(_run)


@st.cache_resource(show_spinner=False)
def _present() -> MutableMapping[tuple[str, str], float]:
    """Return when each session last asked for each run."""
    return {}


def _watchers(path: str) -> int:
    """Return how many pages watch a run, with this one."""
    context, seen, now = get_script_run_ctx(), _present(), time.monotonic()
    seen[context.session_id if context else "", path] = now
    for each, last in list(seen.items()):
        if now - last > PRESENT:
            seen.pop(each, None)
    return sum(1 for _, watched in list(seen) if watched == path)
