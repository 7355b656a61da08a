"""How many dimensions does MNIST need?"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from ae.data.texts import listed
from ae.runs import reading
from ae.runs.findings.interpolation import KINDS, variational
from ae.runs.findings.question import Mark, Panel, Part, Question, Row, Scope, panel
from ae.runs.findings.words import EPOCHS, SHARED, best, count, mean, seeds, shared
from ae.runs.folders import Run
from ae.runs.grid import Grid

if TYPE_CHECKING:
    from torch import Tensor

    from ae.data.datasets import Dataset
    from ae.models.base import Autoencoder

SIZES = (2, 8, 16, 32, 64)
VARIATIONAL = (16,)


def _parts(scope: Scope) -> Sequence[Part]:
    return [
        Part("fast", Grid(shared(scope.dataset), {"code_size": SIZES, "seed": scope.seeds})),
        Part("vae", Grid(variational(scope.dataset).grid.base, {"code_size": VARIATIONAL, "seed": scope.seeds})),
    ]


def _measure(run: Run, model: "Autoencoder", dataset: "Dataset") -> Iterable[Row]:
    measured = reading.read_metrics(run)
    about = {"kind": KINDS[run.recipe.model], "code_size": run.recipe.code_size, "seed": run.recipe.seed}
    return [{**about, **{name: measured[name] for name in ("test_mse", "knn_accuracy", "active_units")}}]


def _baseline(dataset: "Dataset") -> Iterable[Row]:
    import torch

    from ae.analysis import neighbours, pca
    from ae.data import datasets

    found = pca.fit_images(dataset)
    errors = pca.test_errors(found, dataset)

    def codes(images: "Tensor") -> "Tensor":
        parts = images.split(pca.CHUNK)
        return torch.cat([found.encode(datasets.to_float(part).flatten(1), max(SIZES)) for part in parts])

    training, test = codes(dataset.images), codes(dataset.test_images)
    for size in SIZES:
        right = neighbours.knn_right(training[:, :size], dataset.labels, test[:, :size], dataset.test_labels)
        yield {
            "kind": "PCA",
            "code_size": size,
            "seed": None,
            "test_mse": float(errors[size]),
            "knn_accuracy": float(right.float().mean()),
        }


def _panels(rows: pd.DataFrame) -> list[Panel]:
    x = ("code_size", "Bottleneck size")
    wrong = rows[rows["kind"] != "VAE"].assign(wrong=lambda table: 1 - table["knn_accuracy"])
    accuracy = _accuracy(rows)
    steps = _steps(accuracy)
    return [
        panel(
            wrong,
            "wrong",
            title="kNN error, lower is better",
            x=x,
            y="Share of the test images",
            lines="kind",
            form=".1%",
            log=True,
            marks=[Mark("Autoencoder", size, f"{1 - accuracy[size].mean():.1%}") for size in steps],
        ),
        panel(
            rows[rows["kind"] != "VAE"],
            "test_mse",
            title="Test MSE, lower is better",
            x=x,
            y="Test MSE per pixel",
            lines="kind",
            log=True,
        ),
        panel(
            rows[rows["kind"] != "PCA"],
            "active_units",
            title="Active units",
            x=x,
            y="Active units",
            lines="kind",
            form=".1f",
        ),
    ]


def _accuracy(rows: pd.DataFrame) -> dict[int, pd.Series]:
    """Return the kNN accuracies of the autoencoders' codes, by bottleneck size."""
    own = rows[rows["kind"] == "Autoencoder"]
    return {int(size): part["knn_accuracy"] for size, part in own.groupby("code_size")}


def _steps(accuracy: Mapping[int, pd.Series]) -> list[int]:
    """Return the bottleneck size that is enough to tell digits apart, and the next smaller one before it."""
    enough = best(accuracy)[0]
    return [*[size for size in accuracy if size < enough][-1:], enough]


def _answer(rows: pd.DataFrame) -> str:
    own, pca, vae = (rows[rows["kind"] == kind] for kind in ("Autoencoder", "PCA", "VAE"))
    accuracy = _accuracy(rows)
    errors = {int(size): part["test_mse"] for size, part in own.groupby("code_size")}
    most, given = max(errors), int(vae["code_size"].max())
    enough = best(accuracy)[0]
    linear = pca.loc[pca["test_mse"] <= errors[enough].mean(), "code_size"]
    beyond = f"needs {linear.min()}" if len(linear) else f"needs more than {pca['code_size'].max()}"
    used = count(vae.loc[vae["code_size"] == given, "active_units"])
    steps = listed(
        [
            f"{mean(1 - accuracy[size], '.1%')} {'of the test images wrong ' * (not place)}with {size}"
            for place, size in enumerate(_steps(accuracy))
        ]
    )
    linear_too = pca.groupby("code_size")["knn_accuracy"].mean()
    as_well = [size for size in accuracy if linear_too.get(size, 0.0) >= accuracy[size].min()]
    level = (
        f", but its nearest codes do at least as well from {as_well[0]} on"
        if as_well and as_well == sorted(accuracy)[-len(as_well) :]
        else ""
    )
    verdict, then = (
        (f"About {enough}, as more don't help to tell digits apart", "no fewer wrong with more")
        if enough < most
        else (f"At least {most}, as fewer tell digits apart less well", "more wrong with fewer")
    )
    return (
        f"{verdict}: the five nearest codes get {steps} latent units, and {then} (n = {seeds(own)}). PCA {beyond} for "
        f"as low a test MSE as {enough}{level}. An autoencoder's test MSE goes from {mean(errors[min(errors)])} with "
        f"{min(errors)} units to {mean(errors[most])} with {most}, and a VAE that is given {given} units uses {used} "
        f"after {EPOCHS} epochs."
    )


QUESTION = Question(
    name="dimensions",
    sentence="How many dimensions does MNIST need?",
    context="An image of MNIST has 784 pixels, but they are far from independent: how many numbers are enough to tell "
    "one digit from another?",
    method=f"Bottlenecks of {SIZES[0]} to {SIZES[-1]} units: {SHARED}, PCA fitted to all training images, and a VAE "
    f"with {listed(list(map(str, VARIATIONAL)))} units, trained for {EPOCHS} epochs, which is short for a VAE. The kNN "
    "error is that of the codes of the test images among those of all training images.",
    seeds=(0, 1, 2, 3, 4),
    minutes=15,
    parts=_parts,
    measure=_measure,
    baseline=_baseline,
    panels=_panels,
    answer=_answer,
    digits=True,
)
