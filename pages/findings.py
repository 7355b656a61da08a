"""Findings: what the coursework leaves open, measured with several seeds."""

import streamlit as st

from ae import ui
from ae.runs.findings import questions
from ae.ui import findings

ui.page("Findings")
st.markdown("Questions about autoencoders, each answered by training many of them. **Open one** to see what came out.")
found = {question: findings.shown(question.name) for question in questions.QUESTIONS.values()}
answered = [question for question, shown in found.items() if shown]
for question in answered:
    shown = found[question]
    short, _, why = shown.answer.partition(": ")
    folded = st.expander(
        f"**{ui.plain(question.sentence)}** {ui.plain(short)}.",
        key=question.name,
        bind="query-params",
    )
    if not folded.open:
        continue
    with folded:
        for place, (figure, alt) in enumerate(shown.charts):
            if place % 2 == 0:
                columns = st.columns(min(2, len(shown.charts)), gap="medium")
            with columns[place % 2]:
                ui.chart(figure, key=f"{question.name}_{place}", alt=alt, file=f"{question.name}-{place + 1}")
        st.markdown(ui.plain(f"{why[0].upper()}{why[1:]}"))
        setup, _, _ = question.method.partition(". ")
        st.caption(
            f"{ui.plain(setup.removesuffix('.'))}. Points are means over several random seeds; bars and bands show the "
            "range, ± the standard deviation."
        )
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            findings.try_it(question.name)
            with st.popover("How it was measured", icon=":material/science:", type="tertiary"):
                st.markdown(ui.plain(f"{question.method} {shown.measured_on}"))
                st.code(questions.command(question), language="sh")
if unanswered := [question for question in found if question not in answered]:
    st.subheader("Not answered yet", anchor=False)
    st.markdown("One command answers each of these; the answer and its figures then appear here.")
    for question in unanswered:
        st.markdown(f"{ui.plain(question.sentence)} About {question.minutes} minutes:")
        st.code(questions.command(question), language="sh")
