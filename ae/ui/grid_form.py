"""The part of the form that makes a recipe a grid: several seeds, and values of one or two more settings."""

import math
from typing import Any

import streamlit as st

from ae.data.texts import duration
from ae.recipe import SETTINGS
from ae.runs import estimate, grid, sweeping
from ae.runs.grid import FIXED, Grid
from ae.runs.sweeping import LocalEngine, Plan
from ae.ui.labels import LABELS, value_label
from ae.ui.pick_runs import readable_runs

ROWS = 2
"""The most settings to vary, besides the bottleneck size and the seed."""

POSSIBLE = [name for name in LABELS if name not in (*FIXED, "code_size", "seed", "precision")]


def grid_fields() -> None:
    """Show the fields: seeds, settings to vary with their values, and the number of workers."""
    st.text_input(
        "Seeds",
        key="form_seeds",
        persist_state="session",
        placeholder="0-9",
        help="Train every model with each of these seeds, such as 0-9 or 0, 3, 7. Empty: only with the seed of the "
        "advanced settings.",
    )
    for row in range(ROWS):
        taken = {st.session_state.get(f"form_vary_{other}") for other in range(row)}
        if row and None in taken:
            break
        name = st.selectbox(
            "Vary" if not row else "Vary also",
            [each for each in POSSIBLE if each not in taken],
            index=None,
            format_func=LABELS.__getitem__,
            key=f"form_vary_{row}",
            persist_state="session",
            placeholder="A setting",
        )
        if name:
            _values(name)
    st.number_input(
        "Workers",
        min_value=1,
        max_value=sweeping.most_workers(),
        value=sweeping.usual_workers(),
        key="form_workers",
        persist_state="session",
        help="How many models are trained at the same time, each with its share of the cores. The last bits of a "
        "result depend on the number of threads, so another number of workers gives slightly different models.",
    )


def _values(name: str) -> None:
    choices = SETTINGS[name].metadata["choices"]
    key = f"form_values_{name}"
    if choices:
        st.multiselect(
            f"Values of {LABELS[name].lower()}",
            choices,
            format_func=value_label,
            key=key,
            persist_state="session",
        )
    else:
        st.text_input(f"Values of {LABELS[name].lower()}", key=key, persist_state="session", placeholder="1e-3, 4e-3")


def varied() -> dict[str, tuple[Any, ...]]:
    """Return what the fields vary: the values of each setting.

    Raises:
        ValueError: a seed is no seed, or a setting has no value.
    """
    found: dict[str, tuple[Any, ...]] = {}
    for row in range(ROWS):
        if name := st.session_state.get(f"form_vary_{row}"):
            given = st.session_state.get(f"form_values_{name}") or ()
            values = grid.values(name, given) if isinstance(given, str) else tuple(given)
            if not values:
                raise ValueError(f"{name} has no values yet: choose at least one")
            found[name] = values
    if seeds := (st.session_state.get("form_seeds") or "").strip():
        found["seed"] = grid.seeds([seeds])
    return found


def summary() -> str:
    """Return the label of the folded fields."""
    names = [st.session_state.get(f"form_vary_{row}") for row in range(ROWS)]
    parts = [f"seeds {seeds}"] if (seeds := (st.session_state.get("form_seeds") or "").strip()) else []
    parts += [LABELS[name].lower() for name in names if name]
    return f"Sweep: {', '.join(parts)}" if parts else "Sweep: seeds and settings"


def engine() -> LocalEngine:
    """Return what trains the grid of the form."""
    return LocalEngine(int(st.session_state.get("form_workers") or sweeping.usual_workers()))


def describe(wanted: Grid) -> Plan:
    """Show how many runs a grid has, what of it is there, and how long the rest will take; return its plan."""
    runs = readable_runs()
    made = sweeping.plan(wanted, runs)
    words = str(made)
    if made.to_train:
        seconds = estimate.measured(made.to_train, runs, threads=engine().threads)
        known = not math.isnan(seconds)
        time = f"about {duration(seconds / engine().workers)}" if known else "time known after one epoch"
        words += f" · {len(made.to_train)} to train, {time}" if len(made.to_train) < wanted.count else f" · {time}"
    st.caption(words)
    return made
