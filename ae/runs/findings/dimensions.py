"""How many dimensions does MNIST need?"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from ae.data.texts import listed
from ae.runs import reading
from ae.runs.findings.interpolation import KINDS, variational
from ae.runs.findings.question import Mark, Panel, Part, Question, Row, Scope, panel
from ae.runs.findings.words import EPOCHS, SHARED, SHORT, best, count, mean, seeds, shared
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
    x, named = ("code_size", "Bottleneck size"), rows.assign(kind=rows["kind"].replace("Autoencoder", "autoencoder"))
    wrong = named[named["kind"] != "VAE"].assign(wrong=lambda table: 1 - table["knn_accuracy"])
    accuracy, errors = _own(rows, "knn_accuracy"), _own(rows, "test_mse")
    enough, most = best(accuracy)[0], max(accuracy)
    given = int(rows.loc[rows["kind"] == "VAE", "code_size"].max())
    used = rows.loc[(rows["kind"] == "VAE") & (rows["code_size"] == given), "active_units"].mean()
    return [
        panel(
            wrong,
            "wrong",
            title=f"Telling digits apart: {_ending(enough, most)}",
            x=x,
            y="Digits confused with another",
            lines="kind",
            better="lower",
            form=".1%",
            log=True,
            quiet=["PCA"],
            marks=[Mark("autoencoder", enough, f"{enough} units")],
            shade=(enough, "no further gain") if enough < most else None,
            brief="confused",
            brief_x="units",
        ),
        panel(
            named[named["kind"] != "VAE"],
            "test_mse",
            title=f"Reconstructing them: {_ending(_sharpest(errors), most)}",
            x=x,
            y="Test MSE per pixel",
            lines="kind",
            better="lower",
            log=True,
            quiet=["PCA"],
            note=_linear(rows[rows["kind"] == "PCA"], accuracy, errors),
        ),
        panel(
            named[named["kind"] != "PCA"],
            "active_units",
            title=f"Active units: the VAE uses {used:.3g} of {given}",
            x=x,
            y="Active units",
            lines="kind",
            form=".1f",
        ),
    ]


def _ending(enough: int, most: int) -> str:
    """Return in a few words whether more units than some would help."""
    return f"no gain beyond {enough} units" if enough < most else f"still better with {most} units"


def _own(rows: pd.DataFrame, column: str) -> dict[int, pd.Series]:
    """Return what was measured of the autoencoders, by bottleneck size."""
    own = rows[rows["kind"] == "Autoencoder"]
    return {int(size): part[column] for size, part in own.groupby("code_size")}


def _sharpest(errors: Mapping[int, pd.Series]) -> int:
    """Return the smallest bottleneck size that reconstructs as well as any."""
    return best({size: -error for size, error in errors.items()})[0]


def _answer(rows: pd.DataFrame) -> str:
    pca, vae = (rows[rows["kind"] == kind] for kind in ("PCA", "VAE"))
    accuracy, errors = _own(rows, "knn_accuracy"), _own(rows, "test_mse")
    most, given = max(errors), int(vae["code_size"].max())
    enough = best(accuracy)[0]
    linear = pca.loc[pca["test_mse"] <= errors[enough].mean(), "code_size"]
    beyond = f"needs {linear.min()}" if len(linear) else f"needs more than {pca['code_size'].max()}"
    used = count(vae.loc[vae["code_size"] == given, "active_units"])
    wrong = {size: 1 - right for size, right in accuracy.items()}
    sharpest = _sharpest(errors)
    if enough < most and sharpest > enough:
        verdict = f"About {enough} units to tell digits apart; sharper copies need more"
        lower = 1 - errors[sharpest].mean() / errors[enough].mean()
        then = f"with {sharpest}, no fewer, but the reconstruction error is {lower:.0%} lower"
    elif enough < most:
        verdict, then = f"About {enough} units, as more don't help to tell digits apart", f"with {most}, no fewer"
    else:
        verdict, then = f"At least {most} units, as fewer tell digits apart less well", "with fewer, more"
    fewer = [f", and {mean(wrong[size], '.1%')} with {size}" for size in accuracy if size < enough][-1:]
    return (
        f"{verdict}: with {enough} units, {wrong[enough].mean():.1%} of digits are confused with another; {then}. "
        f"Over {seeds(rows)}, {mean(wrong[enough], '.1%')} are confused with {enough} units{''.join(fewer)}. "
        f"PCA {beyond} units for as low a test MSE as an autoencoder with {enough}. "
        f"The autoencoder's goes from {mean(errors[min(errors)])} with {min(errors)} units to {mean(errors[most])} "
        f"with {most}, and a VAE that is given {given} units uses {used} after {EPOCHS} epochs."
    )


def _linear(pca: pd.DataFrame, accuracy: Mapping[int, pd.Series], errors: Mapping[int, pd.Series]) -> str:
    """Return what PCA is, and from which size on, if any, it confuses no more digits than all autoencoders do."""
    apart, redrawn = (pca.groupby("code_size")[name].mean() for name in ("knn_accuracy", "test_mse"))

    def onwards(least: Callable[[pd.Series], float]) -> list[int]:
        """Return the sizes from which on PCA is at least as good as the best or the worst of the seeds."""
        good = [size for size in sorted(accuracy) if apart.get(size, 0.0) >= least(accuracy[size])]
        return good if good and good == sorted(accuracy)[-len(good) :] else []

    fewer, level = onwards(pd.Series.max), onwards(pd.Series.min)
    if not level:
        return "PCA is the best linear autoencoder."
    size = (fewer or level)[0]
    confused = f"{'fewer' if fewer else 'no more'} digits from {size} units on ({1 - apart[size]:.1%} with {size})"
    worse = all(redrawn[each] > errors[each].max() for each in fewer or level)
    but = ", but its reconstructions are worse" * worse
    return f"PCA, the best linear autoencoder, confuses {confused}{but}."


QUESTION = Question(
    name="dimensions",
    sentence="How many dimensions does MNIST need?",
    method=f"An image of MNIST has 784 pixels. Here, bottlenecks of {SIZES[0]} to {SIZES[-1]} units: {SHARED}, PCA "
    f"fitted to all training images, and a VAE with {listed(list(map(str, VARIATIONAL)))} units, trained for {EPOCHS} "
    "epochs, which is short for a VAE. Each test image is taken for the digit that most of the five nearest codes of "
    "training images show (kNN).",
    trained=f"{SHORT}; a digit is confused if most of its five nearest codes show another",
    seeds=(0, 1, 2, 3, 4),
    minutes=15,
    parts=_parts,
    measure=_measure,
    baseline=_baseline,
    panels=_panels,
    answer=_answer,
    digits=True,
)
