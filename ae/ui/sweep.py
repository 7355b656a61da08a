"""A sweep on the Train screen: several models, such as one for each bottleneck size, watched as one thing.

The view is one component, mounted once, that asks the server for what is new: see ``watching`` and ``sweep_data``. The
address holds the sweep's name, or the runs. More than ``sweep_data.MOST`` are shown in groups, by one of the settings
that differ, without their images.
"""

import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import streamlit as st

from ae import ui
from ae.data import sources
from ae.plots.colours import RUNS
from ae.recipe import SETTINGS
from ae.runs import filenames, queue, reading, sweeping
from ae.runs.folders import Run
from ae.runs.names import without_dataset
from ae.ui import address, cached, grid_form, sweep_data
from ae.ui.component import component, server_address
from ae.ui.labels import LABELS, value_label
from ae.ui.pick_runs import say_missing, show_run
from ae.ui.run_colours import run_colours
from ae.ui.run_labels import labels
from ae.ui.sweep_data import Have

MOST_ERRORS = 3
"""The most failed runs whose reasons are shown."""

MOST_SINGLY = 8
"""The most runs of a sweep that are compared one by one, with their images."""

PACE = 1.5
"""Seconds between two requests of a page while a run of the sweep is active."""

States = Mapping[Run, queue.State]
Condition = tuple[tuple[queue.State, bool], ...]

_KEY = "sweep"
_ALONE = "sweep_alone"
_VIEW = component("sweep", '<div class="sweep"></div>', styles=("curve", "progress", "unseen"))


def asked(known: Mapping[str, Run]) -> list[Run]:
    """Return the runs that the address names, if they can be watched together; show a message about the others.

    Args:
        known: all readable runs, by id.
    """
    if name := st.query_params.get("sweep", ""):
        if group := named(name, known.values()):
            return group
        st.warning(f"There is no sweep {ui.plain(name[:60])} here.", icon=":material/info:")
    ids = list(dict.fromkeys(id for id in st.query_params.get("runs", "").split(",") if id))
    found = [known[id] for id in ids if id in known][: sweep_data.MOST]
    say_missing([id for id in ids if id not in known])
    found = [run for run in found if not run.recipe.imported]  # nothing of their training can be watched
    together = [run for run in found if run.recipe.dataset == found[0].recipe.dataset]
    if len(together) < len(found):
        name = sources.find(found[0].recipe.dataset).title
        st.warning(f"Only the runs on {name} are shown: the others have other images.", icon=":material/info:")
    return together if len(together) > 1 else []


def named(name: str, runs: Iterable[Run]) -> list[Run]:
    """Return the runs of a sweep in the order of their settings; [] if there are not several."""
    group = sweeping.sweeps(runs).get(name, [])
    group = [run for run in group if run.recipe.dataset == group[0].recipe.dataset]
    names = [each for each in SETTINGS if each != "seed"]
    group.sort(key=lambda run: (*(_sortable(getattr(run.recipe, each)) for each in names), run.recipe.seed, run.id))
    return group if len(group) > 1 else []


def _sortable(value: object) -> tuple[float, str]:
    return (float(value), "") if isinstance(value, int | float) else (0.0, str(value))


def put(name: str) -> None:
    """Put a sweep into the address."""
    address.drop("run", "runs", "epoch")
    address.put("sweep", name)


def links(waiting: Iterable[Run]) -> None:
    """Show a link to each sweep that has runs in the queue."""
    for name, group in sweeping.sweeps(waiting).items():
        st.page_link(
            "pages/train.py",
            label=f"Watch the sweep {ui.plain(name)}: {len(group)} queued",
            icon=":material/grid_view:",
            query_params={"sweep": name},
        )


def sweep_view(group: Sequence[Run], states: Mapping[str, queue.State]) -> None:
    """Show a sweep: its progress, the loss curves of its runs together, and the same images by every model.

    Args:
        group: at least two runs of one dataset.
        states: of the runs, by id; when one changes, the page runs again.
    """
    now = {run: states[run.id] for run in group}
    _head(group, now)
    condition = _condition(group, now)
    _view(group, condition, {**_about(group), "condition": condition})


def to_compare(group: Sequence[Run], states: States) -> bool:
    """Whether the main button of the view compares the models: several are trained, and none is training."""
    return len(_trained(group)) > 1 and not any(states[run] in queue.ACTIVE for run in group)


def _trained(group: Sequence[Run]) -> list[Run]:
    return [run for run in group if reading.saved_epoch(run) is not None]


def _head(group: Sequence[Run], states: States) -> None:
    """Show what the sweep is, and the buttons that fit its state."""
    active = [run for run in group if states[run] in queue.ACTIVE]
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="left"):
        sizes = sorted({run.recipe.code_size for run in group})
        title = f"{len(group)} models" + (f" · bottleneck {_listed(sizes)}" if len(sizes) > 1 else "")
        st.subheader(title, anchor=False, width="content")
        if active:
            asked = all(reading.stop_asked(run) for run in active)
            st.button(
                "Stopping" if asked else "Stop all",
                icon=":material/stop:",
                key="stop",
                disabled=asked,
                on_click=ui.handler(lambda: queue.stop_all(active)),
                help="Stop at once, and remove those that wait from the queue. The models of the last whole epochs are "
                "kept, and training can be resumed from there.",
            )
            return
        trained = _trained(group)
        if to_compare(group, states) and st.button(
            f"Compare these {len(trained)}", icon=":material/table_chart:", key="compare", type="primary"
        ):
            name = st.query_params.get("sweep", "")
            which = {"sweep": name} if name and len(trained) > MOST_SINGLY else {"runs": _ids(trained)}
            st.switch_page("pages/compare.py", query_params=which)
        unfinished = [run for run in group if states[run] != "finished"]
        if unfinished:
            st.button(
                f"Resume {len(unfinished)}" if len(unfinished) > 1 else "Resume",
                icon=":material/play_arrow:",
                key="resume",
                on_click=ui.handler(lambda: grid_form.engine().begin(unfinished)),
                help="Go on from the last saved epochs; the result is the same as without the interruption.",
            )
    failed = [run for run in group if states[run] == "failed"]
    if len(failed) > MOST_ERRORS:
        st.error(f"{len(failed)} runs failed; the first of them:", icon=":material/error:")
    for run in failed[:MOST_ERRORS]:
        st.error(f"{ui.plain(run.name)}: {ui.plain(reading.read_error(run))}", icon=":material/error:")


def _listed(sizes: Sequence[int]) -> str:
    *most, last = map(str, sizes)
    return f"{', '.join(most)} and {last}"


@st.fragment
def _view(group: Sequence[Run], shown: Condition, data: dict[str, Any]) -> None:
    """Show the view, and run the whole page again when a run's state is no longer the one that the page shows."""
    gone = not all(run.path.is_dir() for run in group)
    if gone or _condition(group, {run: queue.state(run) for run in group}) != shown:
        st.rerun()
    _VIEW(
        key=_KEY,
        data=data,
        on_changed_change=_nothing,
        on_end_change=lambda: _clicked("end", group),
        on_open_change=lambda: _clicked("open", group),
    )
    if st.session_state.pop(_ALONE, False):
        st.rerun()


def answer(group: Sequence[Run], have: Have) -> bytes:
    """Return the next message to a page that watches a sweep and has ``have``."""
    states = {run: queue.state(run) for run in group}
    histories = {run: cached.history(run) for run in group}
    share, words = sweep_data.progress(group, states, histories, _since(group, states))
    head = {
        "active": any(state in queue.ACTIVE for state in states.values()),
        "pace": PACE,
        "condition": _condition(group, states),
        "share": round(share, 4),
        "progress": words,
    }
    return sweep_data.message(group, have, head, states=states, histories=histories)


def _grouped_by(group: Sequence[Run]) -> str:
    """Let a person choose the setting that groups the curves, of those that differ."""
    possible = [name for name in SETTINGS if name in LABELS and len({getattr(run.recipe, name) for run in group}) > 1]
    options = [name for name in possible if name != "seed"] or possible or ["code_size"]
    with st.container(horizontal=True):
        return str(st.selectbox("Group by", options, format_func=LABELS.__getitem__, key="sweep_by", width=260))


def _ids(runs: Sequence[Run]) -> str:
    return ",".join(run.id for run in runs)


def _about(group: Sequence[Run]) -> dict[str, Any]:
    """Return what the view needs to know of the runs, and what does not change."""
    name = st.query_params.get("sweep", "")
    sizes = {run.recipe.code_size for run in group}
    many = len(group) > sweep_data.MOST
    names = {id: without_dataset(name, group[0].recipe.dataset) for id, name in labels(group).items()}
    colours = run_colours(group)
    by = _grouped_by(group) if many else ""
    values = list(dict.fromkeys(getattr(run.recipe, by) for run in group)) if by else []
    validated = {bool(run.recipe.validation_images) for run in group}
    kind = "Validation" if validated == {True} else "Test" if validated == {False} else "Validation or test"
    return {
        "sweep": sweep_data.key(group),
        "ask": server_address("sweep", **({"sweep": name} if name else {"runs": _ids(group)})),
        "by": by,
        "groups": [f"{LABELS[by]} {value_label(value)}" for value in values],
        "dataset": group[0].recipe.dataset,
        "shape": list(group[0].recipe.image_shape),
        "label": f"{kind} loss of {len(group)} models by epoch",
        "title": f"{kind} loss, lower is better",
        "unit": sweep_data.unit(group),
        "epochs": max(run.recipe.epochs for run in group),
        "runs": [
            {
                "id": run.id,
                "name": f"Bottleneck {run.recipe.code_size}" if len(sizes) == len(group) else names[run.id],
                "colour": colours[run] if not by else RUNS[values.index(getattr(run.recipe, by)) % len(RUNS)],
                "group": values.index(getattr(run.recipe, by)) if by else 0,
                "tested": not run.recipe.validation_images,
            }
            for run in group
        ],
    }


def _condition(group: Sequence[Run], states: States) -> Condition:
    """Return what the buttons depend on."""
    return tuple((states[run], states[run] in queue.ACTIVE and reading.stop_asked(run)) for run in group)


def _since(group: Sequence[Run], states: States) -> float:
    """Return the seconds since the last whole epoch of the first run that is training; 0 if none is."""
    for run in group:
        if states[run] == "running":
            try:
                return max(time.time() - (run.path / filenames.HISTORY).stat().st_mtime, 0.0)
            except OSError:
                return 0.0
    return 0.0


def _nothing() -> None:
    """Let the component keep a state."""


def _clicked(what: str, group: Sequence[Run]) -> None:
    """Stop the run whose button was clicked, or show it alone."""
    id = st.session_state[_KEY].get(what)
    run = next((run for run in group if run.id == id), None)
    if run and what == "end":
        ui.try_to(lambda: queue.stop(run))
    elif run:
        address.drop("runs", "sweep")
        show_run(run.id)
        st.session_state[_ALONE] = True
