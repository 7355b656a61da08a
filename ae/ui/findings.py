"""The screen Findings: its overview of all questions, and the view of one, computed once for all sessions."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, NamedTuple

import numpy as np
import plotly.graph_objects as go
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ae import ui
from ae.data.texts import listed
from ae.plots import findings_plots, findings_shape
from ae.recipe import Recipe
from ae.runs import files
from ae.runs.findings import keeping, questions
from ae.runs.findings.question import Question
from ae.ui import component, share
from ae.ui.findings_digit import CAPTION, one_digit
from ae.ui.findings_sketch import digits, thumbnail
from ae.ui.findings_try import TO_TRY, train_it, try_it

BESIDE = 2
"""How many charts a question shows at once; the others are folded."""


class Chart(NamedTuple):
    """A chart of a question."""

    wide: go.Figure
    phone: go.Figure | None
    """The same for a narrow window; None if one figure fits both."""
    alt: str
    note: str
    """What else is to be seen in it, a sentence below it; may be empty."""


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
    measured_on: str
    thumbnail: str
    """A few pictures of a digit, or else the first chart with its texts, small, as HTML."""
    pictures: Mapping[str, Mapping[str, np.ndarray]]
    """A digit and its reconstructions, in rows by label, by heading, if the question keeps them."""
    winner: Recipe | None
    """The recipe that the question found best, if it looks for one."""


def shown(name: str) -> Shown | None:
    """Return the answer to the question with that name, from its newest result; None if it has none."""
    return _shown(name, *_stamps(name))


def _charts_of(name: str) -> list[Chart]:
    """Return the charts of a question; they take longer than all else, so the overview does without them."""
    return _drawn(name, *_stamps(name))


def _stamps(name: str) -> tuple[files.Stamp | None, files.Stamp | None]:
    """Return what tells the newest result of a question from earlier ones."""
    question = questions.find(name)
    return files.stamp(keeping.own_file(question)), files.stamp(keeping.kept_file(question))


@st.cache_resource(show_spinner=False, max_entries=32)
def _drawn(name: str, own: files.Stamp | None, kept: files.Stamp | None) -> list[Chart]:
    question = questions.find(name)
    finding = keeping.newest(question)
    panels = question.panels(finding.rows) if finding else []
    colours = findings_shape.line_colours(panels)
    rows = [panels[start : start + BESIDE] for start in range(0, len(panels), BESIDE)]
    return [
        Chart(wide, phone if wide != phone else None, findings_shape.alt(panel), panel.note)
        for row in rows
        for panel, wide, phone in zip(
            row,
            findings_plots.charts(row, colours),
            findings_plots.charts(row, colours, phone=True),
            strict=True,
        )
    ]


@st.cache_resource(show_spinner=False, max_entries=32)
def _shown(name: str, own: files.Stamp | None, kept: files.Stamp | None) -> Shown | None:
    question = questions.find(name)
    finding = keeping.newest(question)
    if finding is None:
        return None
    panels, on_card = question.panels(finding.rows), question.card(finding.rows)
    short, _, why = question.answer(finding.rows).partition(": ")
    reason, _, rest = f"{why[0].upper()}{why[1:]}".partition(". ")
    return Shown(
        short,
        f"{reason.removesuffix('.')}.",
        rest,
        len(finding.seeds),
        any(panel.baseline for panel in panels),
        finding.measured_on,
        digits(on_card) if on_card else thumbnail(panels[0], findings_shape.line_colours(panels)),
        question.pictures(finding.rows),
        question.winner(finding.rows, finding.dataset),
    )


def _spread(charts: Sequence[Chart]) -> str:
    """Return what shows the spread in some charts: thin bars at points, pale ones in rows, or bands."""
    traces = [trace for chart in charts for trace in chart.wide.data]
    errors = [error for trace in traces for error in (trace.error_x, trace.error_y) if error.array is not None]
    bars, bands = any(error.visible is not False for error in errors), any(trace.fill for trace in traces)
    rows = any(trace.orientation == "h" for trace in traces)
    which = "" if bars and rows else "pale " if rows else "thin "
    return listed([f"{which}bars"] * (bars or rows) + ["bands"] * bands)


def asked(answered: Iterable[Question]) -> Question | None:
    """Return the answered question that the address asks for."""
    return next((question for question in answered if question.name == st.query_params.get("question")), None)


def overview(found: Mapping[Question, Shown]) -> None:
    """Show all answered questions as cards, each with a thumbnail and its answer in a few words."""
    st.html(f"<style>{component.read('findings.css')}</style>")
    if name := st.query_params.get("question"):
        st.warning(
            f"There is no question called {ui.plain(name[:40])}. All questions are below.", icon=":material/search_off:"
        )
    if not found:
        return
    st.markdown("Questions answered by training many autoencoders. **Choose one**, or start with the first.")
    with st.container(key="findings"):
        for number, (heading, group) in enumerate(questions.GROUPED.items()):
            if here := [question for question in group if question in found]:
                with st.container(key=f"group_{number}"):
                    st.subheader(heading, anchor=False)
                    for question in here:
                        _card(question, found[question])


def _card(question: Question, answer: Shown) -> None:
    with st.container(border=True, key=f"card_{question.name}"):
        st.html(answer.thumbnail, width="content")
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
        leads = bool(after or answer.winner)
        back: Literal["primary", "secondary"] = "secondary" if leads else "primary"  # after the last, the way on
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
        if answer.winner and not after:
            train_it(answer.winner)
        else:
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
    charts = _charts_of(question.name)
    if question.context:
        st.caption(ui.plain(question.context))
    with st.container(gap="xsmall", key="finding_answer"):
        st.markdown(f"**{ui.plain(answer.short)}.**")
        st.markdown(ui.plain(answer.reason))
        if answer.pictures:
            with st.container(horizontal=True, vertical_alignment="center", gap="small", key="finding_look"):
                one_digit(answer.pictures)
        _charts(question, charts[:BESIDE], 0)
        if answer.pictures:
            with st.container(key="finding_look_below"):  # on a phone, where the digit and its chart fill the window
                st.caption(CAPTION)
    trained = f"Measured with {question.trained}. " if question.trained else ""
    grey = " Grey: no clear difference." if answer.compared else ""
    means = (
        f"Points are means over {answer.seeds} random seeds, "
        if answer.seeds > 1
        else "Points are from one random seed, "
    )
    st.caption(
        ui.plain(f"{trained}{means}and {_spread(charts[:BESIDE])} reach from the least to the greatest value.{grey}")
    )
    if question.name in TO_TRY:
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key="finding_try"):
            try_it(question.name)
    with st.expander("In detail, and how it was measured"):
        st.markdown(ui.plain(answer.rest))
        _charts(question, charts[BESIDE:], BESIDE)
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
            if chart.note:
                column.markdown(ui.plain(chart.note))


def unanswered(remaining: Sequence[Question]) -> None:
    """Show how to measure the questions that have no answer yet."""
    if not remaining:
        return
    st.subheader("Not answered yet", anchor=False)
    st.markdown("One command answers each of these; the answer and its figures then appear here.")
    for question in remaining:
        st.markdown(f"{ui.plain(question.sentence)} About {question.minutes} minutes:")
        st.code(questions.command(question), language="sh")
