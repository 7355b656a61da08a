"""Which settings lower the error most?"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from ae.data.texts import listed
from ae.presets import PRESETS
from ae.recipe import Recipe
from ae.runs import reading
from ae.runs.findings.question import Baseline, Mark, Panel, Part, Question, Row, Scope, panel
from ae.runs.findings.words import EPOCHS, SHORT, change, mean, order, seeds, shared
from ae.runs.folders import Run
from ae.runs.grid import Grid

if TYPE_CHECKING:
    from ae.data.datasets import Dataset
    from ae.models.base import Autoencoder

FAST, MUON = "Preset fast", "Residual network and Muon"
USUAL = f"preset {PRESETS['fast'].title}"
LAB, BEST = PRESETS["lab"].recipe, PRESETS["best"].recipe
CHANGES: dict[str, dict[str, Any]] = {
    FAST: {},
    "ReLU instead of GELU": {"activation": LAB.activation},
    "ReLU on the code": {"code_activation": LAB.code_activation},
    "Constant learning rate 1e-3": {"schedule": "constant", "learning_rate": LAB.learning_rate},
    "Batches of 2,048": {"batch_size": LAB.batch_size},
    "Residual network": {"model": BEST.model},
    MUON: {"model": BEST.model, "optimiser": BEST.optimiser, "weight_decay": BEST.weight_decay},
    "Augmented images": {"augmentation": BEST.augmentation},
}
"""Changes of the preset Fast, by name: a part of it is taken away, or a part of Best is added."""
FROM = PRESETS["fast"].recipe
ROWS = {
    "ReLU instead of GELU": "ReLU instead of GELU, which is a smoothed ReLU",
    "ReLU on the code": "ReLU on the code, so no negative values",
    "Constant learning rate 1e-3": f"Constant learning rate, {LAB.learning_rate:g} in every step",
    "Batches of 2,048": f"Batches of {LAB.batch_size:,} images, instead of {FROM.batch_size:,}",
    "Residual network": "Residual network, each block adds to its input",
    MUON: "Residual network and Muon, an optimiser that evens out steps",
    "Augmented images": "Augmented images, rotated, shifted and bent",
}
"""What each change is called at its row and, after a comma, in words for somebody who has not seen the recipes."""


def _parts(scope: Scope) -> Sequence[Part]:
    base = shared(scope.dataset)
    return [Part("fast", Grid(replace(base, **changes), {"seed": scope.seeds})) for changes in CHANGES.values()]


def _measure(run: Run, model: "Autoencoder", dataset: "Dataset") -> Iterable[Row]:
    base = shared(dataset.name)
    settings = {setting for changes in CHANGES.values() for setting in changes}

    def changed(recipe: Recipe) -> list[Any]:
        return [getattr(recipe, setting) for setting in settings]

    name = next(name for name, changes in CHANGES.items() if changed(replace(base, **changes)) == changed(run.recipe))
    measured = reading.read_metrics(run)
    return [{"change": name, "seed": run.recipe.seed, "test_mse": measured["test_mse"], "seconds": measured["seconds"]}]


def _panels(rows: pd.DataFrame) -> list[Panel]:
    errors = {str(name): part["test_mse"] for name, part in rows.groupby("change", sort=False)}
    usual = errors.pop(FAST)
    base = float(usual.mean())
    others = rows[rows["change"] != FAST].assign(
        relative=lambda table: table["test_mse"] / base - 1,
        mean=lambda table: table["change"].map(lambda name: errors[name].mean()),
    )
    lower = sum(order(values, usual) < 0 for values in errors.values())
    return [
        panel(
            others.sort_values("mean", kind="stable").replace({"change": ROWS}),
            "relative",
            title=f"{lower or 'None'} of {len(errors)} changes {'lowers' if lower < 2 else 'lower'} the error",
            x=("change", "Change"),
            y=f"Test MSE after each change of the {USUAL}",
            better="lower",
            form="+.0%",
            marks=[
                Mark("", ROWS[name], change(values.mean() / base - 1, ".0%"), better=order(values, usual) < 0)
                for name, values in errors.items()
                if order(values, usual)
            ],
            baseline=Baseline(f"P{USUAL[1:]}", 0.0, f"P{USUAL[1:]}: test MSE {base:.4f}"),
            of=("test MSE", base),
            brief="error",
            brief_x="settings",
        ),
    ]


def _answer(rows: pd.DataFrame) -> str:
    errors = {str(name): part["test_mse"] for name, part in rows.groupby("change", sort=False)}
    usual = errors.pop(FAST)
    found: dict[int, list[str]] = {-1: [], 0: [], 1: []}
    for name, values in sorted(errors.items(), key=lambda item: item[1].mean()):
        found[order(values, usual)].append(f"{_lower(name)} ({change(values.mean() / usual.mean() - 1, '.0%')})")
    most = [
        f"{what} most with {_lower(one)} ({change(errors[one].mean() / usual.mean() - 1, '.0%')})"
        for way, choose, what in ((-1, min, "falls"), (1, max, "rises"))
        if found[way]
        for one in [choose(errors, key=lambda name: errors[name].mean())]
    ]
    verdict = f"the error {most[0]}" if most else "no change makes a difference"
    then = f"it {most[1]}. The" if len(most) > 1 else "the"
    parts = [f"{what} with {listed(found[way])}" for way, what in ((-1, "lower"), (1, "higher")) if found[way]]
    alike = f"Within that spread: {listed(found[0])}." if found[0] else "No change is within that spread."
    return (
        f"{verdict[0].upper()}{verdict[1:]}: {then} {USUAL} reaches a test MSE of {mean(usual)} in {EPOCHS} "
        f"epochs. Beyond the spread between {seeds(rows)} it is {'; '.join(parts) or 'the same with every change'}. "
        f"{alike}"
    )


def _lower(name: str) -> str:
    """Return the name of a change as it is within a sentence."""
    if name == MUON:
        return "a residual network and the optimiser Muon"
    name = ROWS[name].partition(", ")[0]
    article = "a " if name.startswith(("Residual", "Constant")) else ""
    return name if name.startswith("ReLU") else f"{article}{name[0].lower()}{name[1:]}"


QUESTION = Question(
    name="ingredients",
    sentence="Which settings lower the error most?",
    method=f"The {USUAL} with 8 latent units, trained for {EPOCHS} epochs: as it is, with one part replaced by "
    f"that of the course lab's recipe, and with parts of the preset {PRESETS['best'].title} added.",
    trained=f"8 latent units and {SHORT}",
    seeds=(0, 1, 2, 3, 4),
    minutes=20,
    parts=_parts,
    measure=_measure,
    panels=_panels,
    answer=_answer,
)
