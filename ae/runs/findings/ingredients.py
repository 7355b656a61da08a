"""Which settings lower the error most?"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ae.data.texts import listed
from ae.presets import PRESETS
from ae.recipe import Recipe
from ae.runs import reading
from ae.runs.findings import pictures
from ae.runs.findings.question import Baseline, Mark, Panel, Part, Question, Row, Scope, panel
from ae.runs.findings.words import EPOCHS, SHORT, change, mean, order, seeds, shared
from ae.runs.folders import Run
from ae.runs.grid import Grid

if TYPE_CHECKING:
    from ae.data.datasets import Dataset
    from ae.models.base import Autoencoder

FAST, NETWORK, MUON, BOTH = "Preset fast", "Residual network", "Muon", "Residual network and Muon"
USUAL = f"preset {PRESETS['fast'].title}"
SEEDS = (0, 1, 2, 3, 4)
DIGIT = 1882
"""The test image of which the reconstructions are kept, of MNIST an 8 that the preset makes a 3, and the best an 8."""
LAB, BEST = PRESETS["lab"].recipe, PRESETS["best"].recipe
CHANGES: dict[str, dict[str, Any]] = {
    FAST: {},
    "ReLU instead of GELU": {"activation": LAB.activation},
    "ReLU on the code": {"code_activation": LAB.code_activation},
    "Constant learning rate 1e-3": {"schedule": "constant", "learning_rate": LAB.learning_rate},
    "Batches of 2,048": {"batch_size": LAB.batch_size},
    NETWORK: {"model": BEST.model},
    MUON: {"optimiser": BEST.optimiser, "weight_decay": BEST.weight_decay},
    BOTH: {"model": BEST.model, "optimiser": BEST.optimiser, "weight_decay": BEST.weight_decay},
    "Augmented images": {"augmentation": BEST.augmentation},
}
"""Changes of the preset Fast, by name: a part of it is taken away, or a part of Best is added."""
FROM = PRESETS["fast"].recipe
ROWS = {
    "ReLU instead of GELU": "ReLU instead of GELU, which is a smoothed ReLU",
    "ReLU on the code": "ReLU on the code, so no negative values",
    "Constant learning rate 1e-3": f"Constant learning rate, {LAB.learning_rate:g} in every step",
    "Batches of 2,048": f"Batches of {LAB.batch_size:,} images, instead of {FROM.batch_size:,}, so "
    f"{LAB.batch_size / FROM.batch_size:.3g} times fewer steps",
    NETWORK: "Residual network, each block adds to its input",
    MUON: "Muon, another optimiser",
    BOTH: "Residual network and Muon, two changes",
    "Augmented images": "Augmented images, rotated, shifted and bent",
}
"""What each change is called at its row and, after a comma, in words for somebody who has not seen the recipes."""
MUON_DOES = "Muon, an optimiser, takes equally large steps in all directions; others mostly follow the steepest one."
SHORTLY = {
    "ReLU instead of GELU": "ReLU",
    "ReLU on the code": "ReLU code",
    "Constant learning rate 1e-3": "constant rate",
    "Batches of 2,048": "batches of 2,048",
    NETWORK: "residual",
    MUON: "Muon",
    BOTH: "residual + Muon",
    "Augmented images": "augmented",
}
"""What each change is called beside the thumbnail."""


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
    figures = {each: measured[each] for each in ("test_mse", "seconds")}
    shown = pictures.kept(model, dataset, DIGIT) if run.recipe.seed == SEEDS[0] else pictures.NONE
    return [{"change": name, "seed": run.recipe.seed, **figures, **shown}]


def _pictures(rows: pd.DataFrame) -> dict[str, dict[str, np.ndarray]]:
    """Return the digit as the worst change, the preset and the best change reconstruct it."""
    ranked = _ranked(rows)
    digit = _shown(rows, [ranked[-1], FAST, ranked[0]], f"P{USUAL[1:]}")
    return {"": digit} if digit else {}


def _card(rows: pd.DataFrame) -> dict[str, np.ndarray]:
    """Return the digit itself, and as the preset and the best change reconstruct it."""
    return _shown(rows, [FAST, _ranked(rows)[0]], PRESETS["fast"].title)


def _shown(rows: pd.DataFrame, changes: Sequence[str], usual: str) -> dict[str, np.ndarray]:
    """Return the digit as some changes reconstruct it; ``usual`` is the heading of the preset."""
    few = rows.set_index("change").loc[list(changes)].reset_index()
    heads = {FAST: usual} | {name: f"{short[0].upper()}{short[1:]}" for name, short in SHORTLY.items()}
    return pictures.shown(few, few["change"].map(heads))


def _ranked(rows: pd.DataFrame) -> list[str]:
    """Return the names of the changes, that with the lowest mean error first."""
    means = rows[rows["change"] != FAST].groupby("change", sort=False)["test_mse"].mean()
    return [str(name) for name in means.sort_values(kind="stable").index]


def _winner(rows: pd.DataFrame, dataset: str) -> Recipe | None:
    """Return the recipe with the lowest mean error; None if no change is better than the preset."""
    best = _ranked(rows)[0]
    errors = {name: rows.loc[rows["change"] == name, "test_mse"] for name in (best, FAST)}
    return replace(shared(dataset), **CHANGES[best]) if order(errors[best], errors[FAST]) < 0 else None


def _panels(rows: pd.DataFrame) -> list[Panel]:
    errors = {str(name): part["test_mse"] for name, part in rows.groupby("change", sort=False)}
    usual = errors.pop(FAST)
    base = float(usual.mean())
    others = rows[rows["change"] != FAST].assign(
        relative=lambda table: table["test_mse"] / base - 1,
        mean=lambda table: table["change"].map(lambda name: errors[name].mean()),
    )
    return [
        panel(
            others.sort_values("mean", kind="stable").replace({"change": ROWS}),
            "relative",
            x=("change", "Change"),
            y="Change in test MSE",
            better="lower",
            form="+.0%",
            marks=[
                Mark("", ROWS[name], change(values.mean() / base - 1, ".0%"), better=order(values, usual) < 0)
                for name, values in errors.items()
                if order(values, usual)
            ],
            baseline=Baseline(f"P{USUAL[1:]}", 0.0, f"0 = {USUAL}, test MSE {base:.4f}"),
            of=("test MSE", base),
            brief="test error",
            brief_rows={ROWS[name]: short for name, short in SHORTLY.items()},
            note=MUON_DOES if MUON in errors else "",
        ),
    ]


def _answer(rows: pd.DataFrame) -> str:
    errors = {str(name): part["test_mse"] for name, part in rows.groupby("change", sort=False)}
    usual, ranked = errors.pop(FAST), _ranked(rows)
    by = {name: change(values.mean() / usual.mean() - 1, ".0%") for name, values in errors.items()}
    found = {way: [name for name in ranked if order(errors[name], usual) == way] for way in (-1, 0, 1)}
    named = {way: listed([f"{_lower(name)} ({by[name]})" for name in names]) for way, names in found.items()}
    measured = f"the {USUAL} reaches a test MSE of {mean(usual)} in {EPOCHS} epochs"
    if found[-1]:
        less = f"{by[ranked[0]].removeprefix('−')} less error with"
        verdict = f"{less} {_lower(ranked[0])}"
        if ranked[0] == BOTH:
            verdict = f"{less} a residual network and a better optimiser (Muon)"
            each = by[NETWORK], by[MUON]
            alone = f"the network alone changes the error by {each[0]}, and Muon alone by {each[1]}"
            if all(value.startswith("−") for value in each):
                alone = f"the network alone gains {each[0][1:]}, and Muon alone {each[1][1:]}"
                gains = [float(1 - errors[name].mean() / usual.mean()) for name in (NETWORK, MUON, BOTH)]
                alone += ". Together they gain more than these added up" * (gains[2] > gains[0] + gains[1])
            measured = f"{alone}. T{measured[1:]}"
    elif found[1]:
        verdict = f"No change lowers it; it rises most with {_lower(ranked[-1])} ({by[ranked[-1]]})"
    else:
        verdict = "No change makes a difference"
    parts = [f"{what} with {named[way]}" for way, what in ((-1, "lower"), (1, "higher")) if found[way]]
    alike = f"Within that spread: {named[0]}." if found[0] else "No change is within that spread."
    return (
        f"{verdict}: {measured}. Beyond the spread between {seeds(rows)} it is "
        f"{'; '.join(parts) or 'the same with every change'}. {alike}"
    )


def _lower(name: str) -> str:
    """Return the name of a change as it is within a sentence."""
    name = ROWS[name].partition(", ")[0]
    article = "a " if name.startswith(("Residual", "Constant")) else ""
    return name if name.startswith(("ReLU", "Muon")) else f"{article}{name[0].lower()}{name[1:]}"


QUESTION = Question(
    name="ingredients",
    sentence="Which settings lower the error most?",
    method=f"The {USUAL} with 8 latent units, trained for {EPOCHS} epochs: as it is, with one part replaced by "
    f"that of the course lab's recipe, and with parts of the preset {PRESETS['best'].title} added. Muon comes with the "
    f"weight decay of {PRESETS['best'].title}, {BEST.weight_decay:g}, and with its learning rate, "
    f"{BEST.learning_rate:g}, which is that of {PRESETS['fast'].title} too.",
    trained=f"8 latent units and {SHORT}",
    seeds=SEEDS,
    minutes=20,
    parts=_parts,
    measure=_measure,
    panels=_panels,
    answer=_answer,
    pictures=_pictures,
    card=_card,
    winner=_winner,
)
