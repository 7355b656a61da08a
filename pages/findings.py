"""Findings: what the coursework leaves open, measured with several seeds."""

import streamlit as st

from ae import ui
from ae.runs.findings import questions
from ae.ui import findings

ui.page("Findings")
st.markdown(
    "What the course's reports leave open, answered by training each recipe with several seeds. Points are means over "
    "the seeds; bars reach from the least to the greatest value, and ± is the standard deviation."
)
found = {question: findings.shown(question.name) for question in questions.QUESTIONS.values()}
for question, shown in found.items():
    if shown is None:
        continue
    st.subheader(ui.plain(question.sentence), anchor=question.name)
    short, _, why = shown.answer.partition(": ")
    st.markdown(f"**{ui.plain(short)}:** {ui.plain(why)}")
    for place, (figure, alt) in enumerate(shown.charts):
        if place % 2 == 0:
            columns = st.columns(min(2, len(shown.charts)), gap="medium")
        with columns[place % 2]:
            ui.chart(figure, key=f"{question.name}_{place}", alt=alt, file=f"{question.name}-{place + 1}")
    with st.expander("How it is measured"):
        st.markdown(ui.plain(f"{question.method} {shown.measured_on}"))
        st.code(questions.command(question), language="sh")
if unanswered := [question for question, shown in found.items() if shown is None]:
    st.subheader("Not measured yet", anchor=False)
    st.markdown("Each of these is measured by one command; its answer and figures then appear here.")
    for question in unanswered:
        st.markdown(f"{ui.plain(question.sentence)} About {question.minutes} minutes:")
        st.code(questions.command(question), language="sh")
