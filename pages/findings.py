"""Findings: what the coursework leaves open, measured with several seeds."""

from ae import ui
from ae.runs.findings import questions
from ae.ui import findings

corner = ui.page("Findings")
found = {question: findings.shown(question.name) for question in questions.QUESTIONS.values()}
answered = [question for question, shown in found.items() if shown]
asked = findings.asked(answered)
if asked and (shown := found[asked]):
    findings.question_view(asked, shown, answered, corner)
else:
    findings.overview({question: shown for question, shown in found.items() if shown})
    findings.unanswered([question for question in found if question not in answered])
