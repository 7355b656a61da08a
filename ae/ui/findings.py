"""What the screen Findings shows of a question, computed once for all sessions."""

import urllib.parse
from typing import NamedTuple

import plotly.graph_objects as go
import streamlit as st

from ae.plots import findings_plots
from ae.runs import files
from ae.runs.findings import keeping, questions
from ae.ui.pick_runs import finished_here, readable_runs

TO_TRY = {
    "inactive-units": ("latent_space", "See inactive units", "run=shipped-lab-z8&view=Health"),
    "denoising": ("denoise", "Move the noise yourself", ""),
    "epochs": ("train", "Watch such a run", "run=shipped-lab-xavier-z8"),
    "width": ("train", "Train one", ""),
    "dimensions": ("compare", "Compare three sizes", "runs=shipped-best-z2,shipped-best-z8,shipped-best-z16"),
    "interpolation": ("interpolate", "Walk between two digits", ""),
    "ingredients": ("compare", "Compare the presets", "runs=shipped-lab-z8,shipped-fast-z8,shipped-best-z8"),
    "family": ("latent_space", "Sample a variational one", "run=shipped-vae-z2&view=Samples"),
}
"""For each question, the screen on which to try it, the label of the link, and the address's query."""


def try_it(name: str) -> None:
    """Show the link to where a question can be tried, if there is one and the runs that it shows are here."""
    if name not in TO_TRY:
        return
    page, label, query = TO_TRY[name]
    found = dict(urllib.parse.parse_qsl(query))
    shown = set(filter(None, found.get("runs", found.get("run", "")).split(",")))
    if len(finished_here([run for run in readable_runs() if run.id in shown])) == len(shown):
        st.page_link(f"pages/{page}.py", label=label, icon=":material/touch_app:", query_params=found)


class Shown(NamedTuple):
    """The answer to a question."""

    answer: str
    measured_on: str
    charts: list[tuple[go.Figure, str]]
    """With the description of each."""


def shown(name: str) -> Shown | None:
    """Return the answer to the question with that name, from its newest result; None if it has none."""
    question = questions.find(name)
    return _shown(name, *map(files.stamp, (keeping.own_file(question), keeping.kept_file(question))))


@st.cache_resource(show_spinner=False, max_entries=32)
def _shown(name: str, own: files.Stamp | None, kept: files.Stamp | None) -> Shown | None:
    question = questions.find(name)
    finding = keeping.newest(question)
    if finding is None:
        return None
    panels = question.panels(finding.rows)
    colours = findings_plots.line_colours(panels)
    charts = [(findings_plots.chart(panel, colours), findings_plots.alt(panel)) for panel in panels]
    return Shown(question.answer(finding.rows), finding.measured_on, charts)
