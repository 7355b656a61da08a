"""Questions about a few runs that train in a moment, for tests."""

from dataclasses import replace

from ae.findings.question import Part, Scope
from ae.runs.grid import Grid

SEEDS = (0, 1)


def small(question):
    """Return a question with one epoch, and the first and the last value of each setting only, for the digits."""

    def ends(values):
        return tuple(values[:: max(len(values) - 1, 1)])

    def parts(scope):
        found = question.parts(scope)
        found = found if question.name == "ingredients" else ends(found)
        quick = {"epochs": 1, "validation_images": 16, "device": "cpu", "precision": "fp32"}
        return [
            Part(
                part.preset,
                Grid(
                    replace(part.grid.base, **quick),
                    {name: values if name == "seed" else ends(values) for name, values in part.grid.varied.items()},
                ),
            )
            for part in found
        ]

    return replace(question, parts=parts, seeds=SEEDS)


def scope(question):
    """Return the digits and two seeds; one for the question that has most settings."""
    return Scope("digits", SEEDS[:1] if question.name == "ingredients" else SEEDS)
