"""Questions about a few runs that train in a moment, for tests."""

from dataclasses import replace

from ae.runs.findings.question import Part, Scope
from ae.runs.grid import Grid

SEEDS = (0, 1)


def small(question):
    """Return a question with one epoch, at most two of its parts for each network, and the ends of each setting."""

    def ends(values):
        return tuple(values[:: max(len(values) - 1, 1)])

    def few(parts):
        networks = [part.grid.base.model for part in parts]
        return [part for at, part in enumerate(parts) if networks[:at].count(networks[at]) < 2]

    def parts(scope):
        quick = {"epochs": 1, "validation_images": 16, "device": "cpu", "precision": "fp32"}
        return [
            Part(
                part.preset,
                Grid(
                    replace(part.grid.base, **quick),
                    {name: values if name == "seed" else ends(values) for name, values in part.grid.varied.items()},
                ),
            )
            for part in few(question.parts(scope))
        ]

    return replace(question, parts=parts, seeds=SEEDS)


def scope(question):
    """Return the digits and two seeds, or one for a question with many runs."""
    return Scope("digits", SEEDS if question.name == "epochs" else SEEDS[:1])
