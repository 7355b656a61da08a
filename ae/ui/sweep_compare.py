"""A sweep on the Compare screen, as one thing: test MSE by setting, every run, and what explains most."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from ae import ui
from ae.data import sources
from ae.plots import sweep_plots
from ae.runs import sweep_study
from ae.runs.folders import Run
from ae.ui import address
from ae.ui.labels import LABELS, value_label
from ae.ui.run_table import FORMATS, HELPS

COLUMNS = {"mean": "Test MSE", "sd": "Standard deviation", "least": "Min", "most": "Max", "runs": "Runs"}
FORM = {name: "%.5f" for name in ("Test MSE", "Standard deviation", "Min", "Max")}


def choose(sweeps: dict[str, list[Run]]) -> str:
    """Let a person choose a sweep in the sidebar; return its name, empty for none."""
    asked = st.query_params.get("sweep", "")
    st.session_state["sweep"] = asked if asked in sweeps else ""
    return str(
        st.selectbox(
            "Sweep",
            ["", *sweeps],
            format_func=lambda name: f"{name} ({len(sweeps[name])} runs)" if name else "None: single models",
            key="sweep",
            on_change=_follow,
            help="Shows all runs of a sweep by their settings, instead of single models.",
        )
    )


def _follow() -> None:
    """Put the chosen sweep into the address."""
    if name := st.session_state["sweep"]:
        address.put("sweep", name)
    else:
        address.drop("sweep")


def view(name: str, runs: Sequence[Run]) -> None:
    """Show a sweep.

    Args:
        name: of the sweep.
        runs: all of them.
    """
    found = sweep_study.study(runs)
    st.subheader(ui.plain(name), anchor=False)
    names = {name: label[0].lower() + label[1:] for name, label in LABELS.items()}
    st.markdown(ui.plain(sweep_study.finding(found, names, value_label)))
    st.caption(f"{len(runs)} runs on {ui.plain(sources.find(runs[0].recipe.dataset).title)}")
    if not len(found.runs):
        return
    if found.settings:
        _by_setting(found)
        left, right = st.columns([3, 2], gap="medium")
        with left:
            figure = sweep_plots.parallel(found.runs, found.settings, LABELS, value_label)
            ui.chart(figure, key="parallel", alt="Every run by its settings and its test MSE", file="sweep-runs")
        with right:
            _explained(found)
    table = _worded(sweep_study.groups(found, found.settings), found.settings).rename(columns=COLUMNS)
    ui.table(table, key="groups", caption="Mean and spread over seeds.", formats=FORM, helps=HELPS)
    with st.expander("All runs"):
        each = _worded(found.runs, [*found.settings, "seed"]).drop(columns="Id")
        ui.table(each, key="sweep_runs", caption="Finished runs.", formats=FORMATS, helps=HELPS)


def _worded(table: pd.DataFrame, settings: Sequence[str]) -> pd.DataFrame:
    """Return a table with settings and their values named as on the screens."""
    texts = [name for name in settings if not pd.api.types.is_numeric_dtype(table[name])]
    return table.assign(**{name: table[name].map(value_label) for name in texts}).rename(columns=LABELS)


def _by_setting(found: sweep_study.Study) -> None:
    """Show test MSE against a setting, with a line for each value of another."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        against = st.selectbox(
            "Against", found.settings, format_func=LABELS.__getitem__, key="sweep_against", width=260
        )
        others = [name for name in found.settings if name != against]
        lines = st.selectbox(
            "Lines",
            ["", *others],
            index=min(1, len(others)),
            format_func=lambda name: LABELS[name] if name else "One for all",
            key="sweep_lines",
            width=260,
            help="A line for each value of this setting. Its band reaches from the least to the greatest test MSE over "
            "seeds and all other settings.",
        )
        log = st.toggle("Logarithmic", True, key="sweep_log")
    table = sweep_study.groups(found, [against, lines] if lines else [against])
    parts = {"All runs": table}
    if lines:
        kept = sorted(table[lines].unique())[: sweep_plots.MOST_LINES]
        parts = {f"{LABELS[lines]} {value_label(value)}": table[table[lines] == value] for value in kept}
    figure = sweep_plots.setting_curve(parts, against, LABELS[against], words=value_label, log=log)
    alt = f"Test MSE against {LABELS[against].lower()}, mean and spread"
    ui.chart(figure, key="sweep_curve", alt=alt, file="sweep-by-setting")


def _explained(found: sweep_study.Study) -> None:
    shares = sweep_study.shares(found)
    if shares is None:
        st.caption("What explains most is shown once every combination is finished with at least one seed.")
        return
    figure = sweep_plots.explained_bars(shares, LABELS)
    ui.chart(figure, key="explained", alt="Share of the differences that each setting explains", file="sweep-explained")
    st.caption(sweep_study.METHOD)
