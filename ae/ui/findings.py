"""What the screen Findings shows of a question, computed once for all sessions."""

from typing import NamedTuple

import plotly.graph_objects as go
import streamlit as st

from ae.plots import findings_plots
from ae.runs import files
from ae.runs.findings import keeping, questions


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
