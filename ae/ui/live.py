"""The live view of a run: its loss curve, reconstructions and latent map, while it trains and as a replay.

The view is one component, mounted once. It asks the server for what is new (``watching``), so no page runs again while
a run trains: a poll costs the server a few file states and sends a few hundred bytes. See ``live_data``.
"""

from collections.abc import Sequence
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, Literal

import streamlit as st

from ae.data import sources
from ae.plots.colours import CLASSES, FAINT, TEST, TRAINING, VALIDATION
from ae.plots.loss_curve import parts, unit
from ae.recipe import Recipe
from ae.runs import folders, queue, reading
from ae.runs import names as run_names
from ae.runs.folders import Run
from ae.runs.reading import Line
from ae.ui import address, cached, live_words, monitor, present
from ae.ui.component import component, in_base64, server_address
from ae.ui.live_data import Have, LiveData

Layout = Literal["train", "replay"]

BRIEF = 20.0
"""Training that took less than this many seconds is replayed at its end to whoever watched it."""

_STYLES = ("curve", "scatter", "player", "slider", "progress", "unseen", "live_numbers")
_VIEW = component("live", '<div class="live"></div>', styles=_STYLES)
_KEY = "live"


def live_view(
    run: Run,
    state: queue.State,
    *,
    layout: Layout = "train",
    mark: tuple[int, str] | None = None,
) -> None:
    """Show a run's loss curve, reconstructions and latent map, with a player for its epochs; on Train also its numbers.

    While the run trains, the view follows it; when its state is no longer ``state``, the page runs again.

    Args:
        run: the run.
        state: of the run.
        layout: for which screen.
        mark: an epoch to mark, with a short text.
    """
    source = sources.find(run.recipe.dataset)
    names = source.class_names if source.labelled else ()
    training = layout == "train"
    level = _level(run.recipe) if training else None
    data: dict[str, Any] = {
        "layout": layout,
        "run": run.id,
        "name": run.name,
        "dataset": run.recipe.dataset,
        "finished": state == "finished",
        "points": live_words.points(run.recipe, classes=bool(names)),
        "classes": list(names),
        "colours": [CLASSES[i % len(CLASSES)] for i in range(len(source.class_names))],
        "ask": server_address("run", run=run.id),
        "condition": monitor.condition(run, state),
        "active": state in queue.ACTIVE,
        "epoch": _asked_epoch(),
        "curve": _curve(run.recipe, cached.history(run)) | {"level": level},
        "mark": mark,
    }
    if training:
        measured = _measured(run, state)
        labels = _labels(run.recipe, cached.history(run), measured)
        data |= {"numbers": labels, "measured": measured is not None}
    _view(run, state, layout, data)


def empty_view(dataset: str) -> None:
    """Show the view before the first run: an empty curve, images of the chosen dataset, and where the rest will be."""
    recipe = Recipe()
    data = {"layout": "train", "run": "", "name": "", "dataset": dataset, "classes": [], "colours": []}
    images = cached.first_images(dataset) if sources.is_here(dataset) else None
    if images is not None:
        data |= {"originals": in_base64(images, "u1"), "shape": list(images.shape[1:])}
    _VIEW(key="live-empty", data={**data, "curve": _curve(recipe, []), "numbers": _labels(recipe, [], None)})


@st.fragment
def _view(run: Run, state: queue.State, layout: Layout, data: dict[str, Any]) -> None:
    """Show the view, and run the whole page again when the run's state is no longer the one that the page shows."""
    if not run.path.is_dir() or monitor.condition(run, queue.state(run)) != monitor.condition(run, state):
        st.rerun()
    _VIEW(key=f"{_KEY}-{layout}", data=data, on_changed_change=_nothing, on_epoch_change=partial(_put_epoch, layout))


def answer(run: Run, have: Have, page: str) -> bytes:
    """Return the next message to a page that watches a run.

    Args:
        run: as it is now.
        have: what the page has.
        page: tells pages apart.
    """
    source = _source(run.path)
    state = queue.state(run)  # before the history, which then has all epochs of a run that has ended
    history = source.look()
    active = state in queue.ACTIVE
    watchers = present.count(str(run.path), page) if active else 1
    head = {
        "active": active,
        "pace": monitor.pace(watchers, history),
        "watchers": watchers,
        "condition": monitor.condition(run, state),
        "epochs": run.recipe.epochs,
        "restarts": list(run.recipe.restarts),
        "brief": 0 < sum(line.seconds for line in history) < BRIEF,
        "status": _status(run, state, history),
    }
    return source.message(run, have, head, ended=not active)


def _status(run: Run, state: queue.State, history: list[Line]) -> dict[str, Any]:
    share, words = monitor.progress(run, state, history)
    return {
        "share": round(min(max(share, 0.0), 1.0), 4),
        "words": words,
        "bar": state != "finished",
        "above": live_words.above(run.recipe, history),
        "numbers": [value for _, value, _ in monitor.numbers(run.recipe, history, _measured(run, state))],
    }


def _measured(run: Run, state: queue.State) -> dict[str, Any] | None:
    return None if state in queue.ACTIVE else reading.read_metrics(run)


def _labels(recipe: Recipe, history: Sequence[Line], measured: dict[str, Any] | None) -> list[tuple[str, str]]:
    return [(label, help) for label, _, help in monitor.numbers(recipe, history, measured)]


def _curve(recipe: Recipe, history: Sequence[Line]) -> dict[str, Any]:
    return {
        "epochs": recipe.epochs,
        "unit": f"{unit(recipe)}, log scale",
        "lines": [
            {"id": "batch", "name": "Each batch", "colour": FAINT, "width": 1, "faint": True},
            {"id": "training", "name": recipe.training_label, "colour": TRAINING, "width": 2},
            {
                "id": "monitored",
                "name": recipe.monitored_label,
                "colour": VALIDATION if recipe.validation_images else TEST,
                "width": 2.5,
            },
            *(
                {"id": part.id, "name": part.name, "colour": part.colour, "width": 2, "dash": part.dash, "soft": True}
                for part in parts(history, recipe)
            ),
        ],
    }


def _level(recipe: Recipe) -> dict[str, Any] | None:
    """Return the error of PCA for a line across the curve, once it is known, if the loss is a squared error as well."""
    squared = recipe.loss == "mse" and not recipe.term and not recipe.noise
    if not squared or not cached.knows_principal(recipe.dataset):
        return None
    errors = cached.principal_errors(recipe.dataset)
    if len(errors) <= recipe.code_size:
        return None
    return {
        "value": float(errors[recipe.code_size]),
        "text": f"PCA, {run_names.units(recipe.code_size)}, test images",
    }


def _nothing() -> None:
    """Let the component keep a state."""


def _asked_epoch() -> int | None:
    """Return the epoch that the address asks for, if any."""
    text = st.query_params.get("epoch", "")
    return int(text) if text.isdecimal() and len(text) < 10 else None


def _put_epoch(layout: Layout) -> None:
    """Put the epoch at which the player rests into the address; the one that is shown at first needs no mention."""
    epoch = st.session_state[f"{_KEY}-{layout}"].get("epoch")
    if type(epoch) is int and 0 <= epoch < 10**9:
        address.put("epoch", str(epoch))
    else:
        address.drop("epoch")


@lru_cache(maxsize=32)
def _source(path: Path) -> LiveData:
    return LiveData(folders.read_run(path))
