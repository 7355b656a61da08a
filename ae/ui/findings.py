"""The screen Findings: its overview of all questions, and the view of one, computed once for all sessions."""

import base64
import html
import urllib.parse
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, NamedTuple

import plotly.graph_objects as go
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ae import ui
from ae.plots import findings_plots, findings_shape
from ae.plots.findings_shape import is_numeric
from ae.plots.sketch import sketch, stressed
from ae.runs import files
from ae.runs.findings import keeping, questions
from ae.runs.findings.question import Panel, Question
from ae.runs.folders import Run
from ae.ui import component, share
from ae.ui.findings_sizes import one_digit
from ae.ui.pick_runs import finished_here, readable_runs

BESIDE = 2
"""How many charts a question shows at once; the others are folded."""

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


class Chart(NamedTuple):
    """A chart of a question."""

    wide: go.Figure
    phone: go.Figure | None
    """The same for a narrow window; None if one figure fits both."""
    alt: str


class Shown(NamedTuple):
    """The answer to a question."""

    short: str
    """A few words."""
    reason: str
    """The sentence that says what it rests on."""
    rest: str
    """The other sentences."""
    seeds: int
    compared: bool
    """Whether its charts compare rows with a baseline."""
    spread: str
    """What shows the spread in the charts that are not folded: "bars", "bands" or both."""
    measured_on: str
    charts: list[Chart]
    notes: list[str]
    """What else is to be seen in the charts that are not folded, a sentence each."""
    first: Panel
    """What the first chart shows."""
    thumbnail: str
    """The first chart as an SVG."""
    axes: tuple[str, str]
    """What goes up in the thumbnail, or what its rows are, and what goes to the right, in a word or two."""
    legend: dict[str, str]
    """The colours of the lines or rows in the thumbnail, by name, if there are several."""


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
    colours = findings_shape.line_colours(panels)
    rows = [panels[start : start + BESIDE] for start in range(0, len(panels), BESIDE)]
    charts = [
        Chart(wide, phone if wide != phone else None, findings_shape.alt(panel))
        for row in rows
        for panel, wide, phone in zip(
            row,
            findings_plots.charts(row, colours),
            findings_plots.charts(row, colours, phone=True),
            strict=True,
        )
    ]
    short, _, why = question.answer(finding.rows).partition(": ")
    reason, _, rest = f"{why[0].upper()}{why[1:]}".partition(". ")
    return Shown(
        short,
        f"{reason.removesuffix('.')}.",
        rest,
        len(finding.seeds),
        any(panel.baseline for panel in panels),
        _spread([chart.wide for chart in charts[:BESIDE]]),
        finding.measured_on,
        charts,
        [panel.note for panel in panels[:BESIDE] if panel.note],
        panels[0],
        sketch(panels[0], colours),
        axes(panels[0]),
        legend(panels[0], colours),
    )


def _spread(figures: Sequence[go.Figure]) -> str:
    """Return what shows the spread in some charts: bars, bands or both."""
    traces = [trace for figure in figures for trace in figure.data]
    errors = [error for trace in traces for error in (trace.error_x, trace.error_y) if error.array is not None]
    bars, bands = any(error.visible is not False for error in errors), any(trace.fill for trace in traces)
    return " and ".join(["bars"] * bars + ["bands"] * bands)


def asked(answered: Iterable[Question]) -> Question | None:
    """Return the answered question that the address asks for."""
    return next((question for question in answered if question.name == st.query_params.get("question")), None)


def axes(panel: Panel) -> tuple[str, str]:
    """Return what stands above a thumbnail, and what below it."""
    up, right = panel.brief, panel.brief_x
    if not is_numeric(panel):
        return right, f"{up} →" if up else ""
    return f"↑ {up}" if up else "", f"{right} →" if right else ""


def legend(panel: Panel, colours: Mapping[str, str]) -> dict[str, str]:
    """Return the colours in a thumbnail, by what they are: of its lines, or of rows that are better or worse."""
    if panel.baseline:
        ways = {mark.better for mark in panel.marks}
        return {name: findings_shape.BETTER[way] for name, way in (("better", True), ("worse", False)) if way in ways}
    names = stressed(panel)
    return {name: colours[name] for name in names} if is_numeric(panel) and len(names) > 1 else {}


def _sketch(answer: Shown) -> str:
    """Return the thumbnail of an answer with what its axes are, as HTML."""
    picture = base64.b64encode(answer.thumbnail.encode()).decode()
    above, below = map(html.escape, answer.axes)
    usual = f"<i>{html.escape(answer.first.baseline.name.split()[-1])}</i>" if answer.first.baseline else ""
    image = f'<img alt="" src="data:image/svg+xml;base64,{picture}">'
    names = "".join(f'<b style="--c:{colour}">{html.escape(name)}</b>' for name, colour in answer.legend.items())
    below += f"</div><div>{names}" if names else ""
    return f'<div class="sketch"><div>{above}{usual}</div>{image}<div>{below}</div></div>'


def overview(found: Mapping[Question, Shown]) -> None:
    """Show all answered questions as cards, each with its chart as a thumbnail and its answer in a few words."""
    st.html(f"<style>{component.read('findings.css')}</style>")
    if name := st.query_params.get("question"):
        st.warning(
            f"There is no question called {ui.plain(name[:40])}. All questions are below.", icon=":material/search_off:"
        )
    if not found:
        return
    st.markdown("Each question was answered by training many autoencoders. **Choose one** to see the evidence.")
    with st.container(key="findings"):
        for question, answer in found.items():
            with st.container(border=True, key=f"card_{question.name}"):
                st.html(_sketch(answer), width="content")
                with st.container(gap=None):
                    st.button(
                        ui.plain(question.sentence),
                        key=f"open_{question.name}",
                        type="tertiary",
                        on_click=_open,
                        args=(question.name,),
                    )
                    st.markdown(f"**{ui.plain(answer.short)}.**")


def question_view(question: Question, answer: Shown, answered: Sequence[Question], corner: DeltaGenerator) -> None:
    """Show the answer to the question in the title, with its charts, where to try it, and how it was measured."""
    st.html(f"<style>{component.read('findings.css')}</style>")
    with corner.container(
        horizontal=True, horizontal_alignment="right", vertical_alignment="center", key="finding_steps"
    ):
        number = answered.index(question) + 1
        before, after = answered[: number - 1], answered[number:]
        back: Literal["primary", "secondary"] = "secondary" if after else "primary"  # after the last, the way on
        st.button("All questions", key="all", icon=":material/apps:", type=back, on_click=_open)
        st.markdown(f"{number} of {len(answered)}", width="content")
        st.button(
            "Back",
            key="back",
            icon=":material/arrow_back:",
            disabled=not before,
            on_click=_open,
            args=(before[-1].name if before else "",),
        )
        st.button(
            "Next",
            key="next",
            icon=":material/arrow_forward:",
            icon_position="right",
            type="primary" if after else "secondary",
            disabled=not after,
            on_click=_open,
            args=(after[0].name if after else "",),
        )
    if question.context:
        st.caption(ui.plain(question.context))
    with st.container(gap="xsmall", key="finding_answer"):
        st.markdown(f"**{ui.plain(answer.short)}.**")
        st.markdown(ui.plain(answer.reason))
        with st.container(gap="xsmall", key="finding_evidence"):  # on a phone, the charts come first
            for sentence in answer.notes:
                st.markdown(ui.plain(sentence))
            with st.container():
                _charts(question, answer.charts[:BESIDE], 0)
    with st.container(horizontal=True, vertical_alignment="center", gap="medium", key="finding_look"):
        said = one_digit(runs_to_try(question.name), answer.first) if question.name == "dimensions" else ""
        with st.container(gap="small"):
            if said:
                st.caption(ui.plain(said))
            if question.name in TO_TRY:
                with st.container(key="finding_try"):
                    try_it(question.name)
    trained = f"Measured with {question.trained}. " if question.trained else ""
    grey = " Grey points overlap with what they are compared with." if answer.compared else ""
    means = (
        f"Points are means over {answer.seeds} random seeds, "
        if answer.seeds > 1
        else "Points are from one random seed, "
    )
    st.caption(ui.plain(f"{trained}{means}and {answer.spread} reach from the least to the greatest value.{grey}"))
    with st.expander("In detail, and how it was measured"):
        st.markdown(ui.plain(answer.rest))
        _charts(question, answer.charts[BESIDE:], BESIDE)
        st.markdown(f"**How it was measured.** {ui.plain(f'{question.method} {answer.measured_on}')}")
        st.markdown("To repeat it:")
        st.code(questions.command(question), language="sh")


def _open(name: str = "") -> None:
    """Put a question into the address; without one, the overview."""
    share.turn_to(**({"question": name} if name else {}))


def _charts(question: Question, charts: Sequence[Chart], first: int) -> None:
    for start in range(0, len(charts), BESIDE):
        row = charts[start : start + BESIDE]
        for place, (column, chart) in enumerate(zip(st.columns(len(row), gap="medium"), row, strict=True)):
            number = first + start + place
            for kind, figure in (("wide", chart.wide), ("phone", chart.phone)) if chart.phone else (("", chart.wide),):
                name = "_".join(filter(None, ("chart", kind, question.name, str(number))))
                with column.container(key=name):  # findings.css shows one of two
                    ui.chart(figure, key=f"{name}_figure", alt=chart.alt, file=f"{question.name}-{number + 1}")


def runs_to_try(name: str) -> list[Run]:
    """Return the runs with which a question can be tried, which may be none; empty if one of them is not here."""
    query = dict(urllib.parse.parse_qsl(TO_TRY[name][2])) if name in TO_TRY else {}
    ids = set(filter(None, query.get("runs", query.get("run", "")).split(",")))
    here = finished_here([run for run in readable_runs() if run.id in ids]) if ids else []
    return here if len(here) == len(ids) else []


def try_it(name: str) -> None:
    """Show the link to where a question can be tried, unless its runs are not here."""
    page, label, query = TO_TRY[name]
    if query and not runs_to_try(name):
        return
    st.page_link(
        f"pages/{page}.py",
        label=label,
        icon=":material/touch_app:",
        query_params=dict(urllib.parse.parse_qsl(query)),
    )


def unanswered(remaining: Sequence[Question]) -> None:
    """Show how to measure the questions that have no answer yet."""
    if not remaining:
        return
    st.subheader("Not answered yet", anchor=False)
    st.markdown("One command answers each of these; the answer and its figures then appear here.")
    for question in remaining:
        st.markdown(f"{ui.plain(question.sentence)} About {question.minutes} minutes:")
        st.code(questions.command(question), language="sh")
