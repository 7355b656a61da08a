"""All questions, in the order in which they are shown."""

from ae.runs.findings import denoising, dimensions, epochs, inactive_units, ingredients, interpolation, width
from ae.runs.findings.question import Question

QUESTIONS: dict[str, Question] = {
    module.QUESTION.name: module.QUESTION
    for module in (inactive_units, denoising, epochs, width, dimensions, interpolation, ingredients)
}
"""By name."""


def find(name: str) -> Question:
    """Return the question with that name.

    Raises:
        ValueError: there is none.
    """
    if name not in QUESTIONS:
        raise ValueError(f"there is no question {name[:40]!r}: choose from {', '.join(QUESTIONS)}")
    return QUESTIONS[name]


def command(question: Question) -> str:
    """Return the command that measures a question."""
    return f"python -m ae study {question.name}"


def not_measured(question: Question) -> str:
    """Return a sentence for a question without a result."""
    return f"Not measured yet. This command measures it in about {question.minutes} minutes: {command(question)}"
