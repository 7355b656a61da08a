"""All questions, in the groups and the order in which they are shown: in each, what is easiest to read comes first."""

from importlib import import_module

from ae.runs.findings.question import Question

BOTTLENECK, TRAINING = GROUPS = ("The bottleneck", "Network and training")
"""The headings of the groups, in order."""

MODULES = {
    "dimensions": BOTTLENECK,
    "denoising": BOTTLENECK,
    "inactive_units": BOTTLENECK,
    "interpolation": BOTTLENECK,
    "epochs": TRAINING,
    "width": TRAINING,
    "family": TRAINING,
    "ingredients": TRAINING,
}
"""The modules of the questions, each with a QUESTION, and the group of each."""

GROUPED: dict[str, list[Question]] = {
    heading: [import_module(f"ae.runs.findings.{module}").QUESTION for module, its in MODULES.items() if its == heading]
    for heading in GROUPS
}
"""The questions by the heading of their group."""

QUESTIONS: dict[str, Question] = {question.name: question for each in GROUPED.values() for question in each}
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
