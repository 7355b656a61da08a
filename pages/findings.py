"""Findings: what the coursework leaves open, measured with several seeds."""

from ae import ui
from ae.runs.findings import questions
from ae.ui import findings

every = questions.QUESTIONS.values()
found = {question: shown for question in every if (shown := findings.shown(question.name))}
asked = findings.asked(found)
corner = ui.page(asked.sentence if asked else "Findings")
if asked:
    findings.question_view(asked, found[asked], list(found), corner)
else:
    findings.overview(found)
    findings.unanswered([question for question in every if question not in found])
