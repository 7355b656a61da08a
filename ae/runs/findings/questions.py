"""All questions, in the order in which they are shown: what is easiest to read first, many settings at once last."""

from importlib import import_module

from ae.runs.findings.question import Question

MODULES = (
    "dimensions",
    "denoising",
    "epochs",
    "width",
    "inactive_units",
    "interpolation",
    "family",
    "ingredients",
)
"""The modules of the questions, each with a QUESTION."""

QUESTIONS: dict[str, Question] = {
    question.name: question for question in (import_module(f"ae.runs.findings.{module}").QUESTION for module in MODULES)
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
    return f"Not answered yet. This command answers it in about {question.minutes} minutes: {command(question)}"
