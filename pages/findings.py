"""Findings: what the coursework leaves open, measured with several seeds."""

from ae import ui
from ae.runs.findings import questions
from ae.ui import findings

corner = ui.page("Findings")
every = questions.QUESTIONS.values()
found = {question: shown for question in every if (shown := findings.shown(question.name))}
if asked := findings.asked(list(found)):
    findings.question_view(asked, found[asked], list(found), corner)
else:
    findings.overview(found)
    findings.unanswered([question for question in every if question not in found])
