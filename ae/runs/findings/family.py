"""What do other kinds of autoencoder gain?"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from ae.data.texts import listed
from ae.presets import PRESETS, preset
from ae.recipe import Recipe
from ae.runs import reading
from ae.runs.findings.question import Baseline, Mark, Panel, Part, Question, Row, Scope, panel
from ae.runs.findings.words import mean, order, seeds, shared
from ae.runs.folders import Run
from ae.runs.grid import Grid

if TYPE_CHECKING:
    from ae.data.datasets import Dataset
    from ae.models.base import Autoencoder

SIZE, EPOCHS, SAMPLES = 16, 10, 1000
"""The bottleneck size, the epochs, and how many random codes are decoded."""

PLAIN = "Plain"

KINDS = {
    PLAIN: "fast",
    "Contractive": "contractive",
    "Sparse (L1)": "sparse",
    "Sparse (KL)": "kl-sparse",
    "k-sparse": "k-sparse",
    "Vector-quantised": "vq",
    "Wasserstein": "wae",
    "Variational": "vae",
    "Beta-VAE": "beta-vae",
}
"""The preset of each kind."""

NAMED = 3
"""The most kinds that the answer names for each measure."""

KEPT_UNITS = 8
"""The units that the k-sparse code keeps of each image."""


def _recipe(name: str, dataset: str) -> Recipe:
    """Return a preset's recipe with the size, the epochs and the batches that all kinds share."""
    base = preset(name, dataset=dataset, code_size=SIZE, epochs=EPOCHS)
    kept = KEPT_UNITS if base.code_activation == "top-k" else base.top_k
    return replace(base, batch_size=shared(dataset).batch_size, top_k=kept)


def _kind(recipe: Recipe) -> str:
    def about(each: Recipe) -> tuple[object, ...]:
        return each.model, each.penalty, each.code_activation, each.beta

    return next(kind for kind, name in KINDS.items() if about(PRESETS[name].recipe) == about(recipe))


def _parts(scope: Scope) -> Sequence[Part]:
    return [Part(name, Grid(_recipe(name, scope.dataset), {"seed": scope.seeds})) for name in KINDS.values()]


def _measure(run: Run, model: "Autoencoder", dataset: "Dataset") -> Iterable[Row]:
    from ae.analysis import digit_classifier, reconstruct, sampling
    from ae.data import datasets

    codes = reconstruct.encode(model, datasets.to_float(dataset.test_images))
    drawn = sampling.sampler(codes, prior=run.recipe.prior).sample(SAMPLES, seed=0)
    _, sure = digit_classifier.classify(reconstruct.only_finite(reconstruct.decode(model, drawn)))
    measured = reading.read_metrics(run)
    row = {name: measured[name] for name in ("test_mse", "knn_accuracy", "active_units")}
    return [{"kind": _kind(run.recipe), "seed": run.recipe.seed, **row, "sure": float(sure.mean())}]


def _panels(rows: pd.DataFrame) -> list[Panel]:
    kinds = {str(kind): part for kind, part in rows.groupby("kind", sort=False)}
    plain = kinds.pop(PLAIN)

    def compared(column: str, title: str, y: str, better: str = "", form: str = ".4f", **looks: Any) -> Panel:  # noqa: ANN401
        """Draw the other kinds, the best first, against the plain one."""
        base, way = plain[column], {"lower": -1, "higher": 1}.get(better, 0)

        def place(kind: str) -> tuple[int, float]:
            values = kinds[kind][column]
            return -way * order(values, base), -(way or 1) * float(values.mean())

        return panel(
            pd.concat([kinds[kind] for kind in sorted(kinds, key=place)]),
            column,
            title=title,
            x=("kind", "Kind of autoencoder"),
            y=y,
            better=better,
            form=form,
            marks=[
                Mark("", kind, f"{part[column].mean():{form}}", better=order(part[column], base) == way)
                for kind, part in kinds.items()
                if way and order(part[column], base)
            ],
            baseline=Baseline(PLAIN, float(base.mean()), f"{PLAIN}: {base.mean():{form}}"),
            **looks,
        )

    def title(what: str, column: str, way: int) -> str:
        count = len(_better(rows, way, column))
        return f"{what}: {count or 'none'} of {len(kinds)} better than plain"

    return [
        compared(
            "sure",
            title("New images", "sure", 1),
            "Confidence of the digit classifier",
            "higher",
            ".0%",
            brief="clear new digits",
        ),
        compared("test_mse", title("Reconstructing", "test_mse", -1), "Test MSE per pixel", "lower"),
        compared(
            "knn_accuracy",
            title("Telling digits apart", "knn_accuracy", 1),
            "Test images with the digit of their neighbours",
            "higher",
            ".1%",
        ),
        compared("active_units", "Active units of each kind", "Active units", form=".1f"),
    ]


def _better(rows: pd.DataFrame, way: int, column: str) -> list[str]:
    """Return the kinds whose figures are all below (-1) or above (1) all of the plain one, the furthest first."""
    plain = rows.loc[rows["kind"] == PLAIN, column]
    found = {str(kind): part[column] for kind, part in rows.groupby("kind", sort=False)}
    return sorted(
        (kind for kind, values in found.items() if order(values, plain) == way),
        key=lambda kind: way * -float(found[kind].mean()),
    )


def _one(kind: str) -> str:
    """Return the name of a kind as it is within a sentence, in plain words."""
    if kind == "Vector-quantised":
        return "a codebook (vector-quantised)"
    return f"the {kind if kind == 'Wasserstein' else kind[0].lower() + kind[1:]} one"


def _answer(rows: pd.DataFrame) -> str:
    kinds = {str(kind): part for kind, part in rows.groupby("kind", sort=False)}
    plain = kinds.pop(PLAIN)

    def with_mean(found: list[str], column: str, form: str) -> str:
        words = [f'"{kind}" ({kinds[kind][column].mean():{form}})' for kind in found[:NAMED]]
        more = [f"{len(found) - NAMED} more"] if len(found) > NAMED else []
        return listed([*words, *more]) or "no other kind"

    def gain(found: list[str], does: str, do: str, best: str, column: str, form: str) -> tuple[str, str]:
        """Return how many of the kinds gain something, and how much that is with the best of them."""
        own, usual = (f"{part[column].mean():{form}}" for part in (kinds[found[0]], plain))
        few = "Only " if len(found) < len(kinds) / 2 else ""
        less = "" if lower else "; none makes better copies"
        return (
            f"{few}{len(found)} of {len(kinds)} {does if len(found) == 1 else do}{less}",
            f"{best.format(_one(found[0]), own, usual)}. ",
        )

    lower, apart, sure = (_better(rows, *of) for of in ((-1, "test_mse"), (1, "knn_accuracy"), (1, "sure")))
    if lower:
        copies = "copies are best with {}: the test MSE is {}, not {}"
        verdict, best = gain(lower, "makes better copies", "make better copies", copies, "test_mse", ".4f")
    elif sure:
        new = "new digits are clearest with {}: the digit classifier is {} sure of them, not {}"
        verdict, best = gain(sure, "makes clearer new digits", "make clearer new digits", new, "sure", ".0%")
    elif apart:
        alike = "digits are best told apart with {}: {} of them, not {}"
        verdict, best = gain(
            apart, "tells digits apart better", "tell digits apart better", alike, "knn_accuracy", ".1%"
        )
    else:
        verdict, best = "Nothing that pays here", ""
    gains = [
        f"{len(found) or 'none'} {'have' if len(found) > 1 else 'has'} {what}"
        for found, what in (
            (lower, "a lower test MSE than a plain autoencoder"),
            (apart, "codes that separate the digits better"),
            (sure, "new images that look more like digits"),
        )
    ]
    others = f"of {len(kinds)} other kinds, {listed(gains)}"
    return (
        f"{verdict}: {f'{best}O{others[1:]}' if best else others}. With {SIZE} units, the plain autoencoder's test "
        f"MSE is {mean(plain['test_mse'])} (n = {seeds(rows)} each), and clearly lower with "
        f"{with_mean(lower, 'test_mse', '.4f')}. Its kNN accuracy is {plain['knn_accuracy'].mean():.1%}, and higher "
        f"with {with_mean(apart, 'knn_accuracy', '.1%')}. The digit classifier's confidence in new images is "
        f"{plain['sure'].mean():.1%}, and higher with {with_mean(sure, 'sure', '.1%')}."
    )


QUESTION = Question(
    name="family",
    sentence="What do other kinds of autoencoder gain?",
    context="Other kinds ask more of the code: to be sparse, normally distributed, or from a codebook.",
    method="A plain autoencoder only has to reconstruct; a vector-quantised one makes its codes of vectors from "
    f"a codebook. Here: a preset of each kind, with {SIZE} latent units, {EPOCHS} epochs and batches of the same size; "
    f"the k-sparse code keeps {KEPT_UNITS} units of an image. New images are decoded from {SAMPLES:,} random codes: of "
    "N(0, 1) for each unit where training pulls the codes there, and otherwise of a mixture of Gaussians fitted to "
    "the codes of the test images.",
    trained=f"a preset of each kind, {SIZE} latent units and {EPOCHS} epochs",
    seeds=(0, 1, 2),
    minutes=20,
    parts=_parts,
    measure=_measure,
    panels=_panels,
    answer=_answer,
    digits=True,
)
