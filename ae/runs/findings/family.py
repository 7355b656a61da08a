"""What do other kinds of autoencoder gain?"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from ae.data.texts import listed
from ae.presets import PRESETS, preset
from ae.recipe import Recipe
from ae.runs import reading
from ae.runs.findings.question import Mark, Panel, Part, Question, Row, Scope, panel
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
    x, means = ("kind", "Kind of autoencoder"), rows.groupby("kind")["sure"].mean()
    named = [PLAIN, *_better(rows, 1, "sure")[:1]]
    return [
        panel(
            rows,
            "sure",
            title="Confidence in new images, higher is better",
            x=x,
            y="Mean confidence of the digit classifier",
            form=".1%",
            marks=[Mark("", kind, f"{means[kind]:.0%}", better=True if kind != PLAIN else None) for kind in named],
            baseline=PLAIN,
        ),
        panel(rows, "test_mse", title="Test MSE, lower is better", x=x, y="Test MSE per pixel", baseline=PLAIN),
        panel(
            rows,
            "knn_accuracy",
            title="kNN accuracy of the codes, higher is better",
            x=x,
            y="Share of the test images",
            form=".1%",
            baseline=PLAIN,
        ),
        panel(rows, "active_units", title="Active units", x=x, y="Active units", form=".1f", baseline=PLAIN),
    ]


def _better(rows: pd.DataFrame, way: int, column: str) -> list[str]:
    """Return the kinds whose figures are all below (-1) or above (1) all of the plain one, the furthest first."""
    plain = rows.loc[rows["kind"] == PLAIN, column]
    found = {str(kind): part[column] for kind, part in rows.groupby("kind", sort=False)}
    return sorted(
        (kind for kind, values in found.items() if order(values, plain) == way),
        key=lambda kind: way * -float(found[kind].mean()),
    )


def _lower(kind: str) -> str:
    """Return the name of a kind as it is within a sentence."""
    return kind if kind == "Wasserstein" else f"{kind[0].lower()}{kind[1:]}"


def _answer(rows: pd.DataFrame) -> str:
    kinds = {str(kind): part for kind, part in rows.groupby("kind", sort=False)}
    plain = kinds.pop(PLAIN)

    def with_mean(found: list[str], column: str, form: str) -> str:
        words = [f'"{kind}" ({kinds[kind][column].mean():{form}})' for kind in found[:NAMED]]
        more = [f"{len(found) - NAMED} more"] if len(found) > NAMED else []
        return listed([*words, *more]) or "no other kind"

    lower, apart, sure = (_better(rows, *of) for of in ((-1, "test_mse"), (1, "knn_accuracy"), (1, "sure")))
    if lower:
        verdict = f"The {_lower(lower[0])} one reconstructs better than the plain one"
    elif sure or apart:
        best, gain = (sure[0], "makes clearer new digits") if sure else (apart[0], "separates the digits better")
        verdict = f"The {_lower(best)} one {gain}, but none reconstructs better"
    else:
        verdict = "Nothing that pays here"
    gains = [
        f"{len(found) or 'none'} {'have' if len(found) > 1 else 'has'} {what}"
        for found, what in (
            (lower, "a lower test MSE than a plain autoencoder"),
            (apart, "codes that separate the digits better"),
            (sure, "new images that look more like digits"),
        )
    ]
    return (
        f"{verdict}: of {len(kinds)} other kinds, {listed(gains)}. With {SIZE} units, the plain autoencoder's test "
        f"MSE is {mean(plain['test_mse'])} (n = {seeds(rows)} each), and lower, beyond the spread between seeds, with "
        f"{with_mean(lower, 'test_mse', '.4f')}. Its kNN accuracy is {plain['knn_accuracy'].mean():.1%}, and higher "
        f"with {with_mean(apart, 'knn_accuracy', '.1%')}. The digit classifier's confidence in new images is "
        f"{plain['sure'].mean():.1%}, and higher with {with_mean(sure, 'sure', '.1%')}."
    )


QUESTION = Question(
    name="family",
    sentence="What do other kinds of autoencoder gain?",
    context="A plain autoencoder only has to reconstruct. The other kinds ask more of the code: that it is sparse, "
    "normally distributed, or made of vectors from a codebook (vector-quantised).",
    method=f"A preset of each kind, with {SIZE} latent units, {EPOCHS} epochs and batches of the same size; the "
    f"k-sparse code keeps {KEPT_UNITS} units of each image. New images are decoded from {SAMPLES:,} random codes: of "
    "N(0, 1) for each unit where training pulls the codes there, and otherwise of a mixture of Gaussians fitted to "
    "the codes of the test images.",
    seeds=(0, 1, 2),
    minutes=20,
    parts=_parts,
    measure=_measure,
    panels=_panels,
    answer=_answer,
    digits=True,
)
