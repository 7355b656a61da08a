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
found = [(question, findings.shown(question.name)) for question in questions.QUESTIONS.values()]
for question, shown in sorted(found, key=lambda each: each[1] is None):  # those with an answer first
    st.subheader(ui.plain(question.sentence), anchor=question.name)
    if shown is None:
        st.markdown(f"Not measured yet. This command measures it in about {question.minutes} minutes:")
        st.code(questions.command(question), language="sh")
        continue
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
