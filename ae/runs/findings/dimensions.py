"""How many dimensions does MNIST need?"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from math import prod
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ae.data.texts import listed
from ae.runs import names, reading
from ae.runs.findings import pictures
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
SEEDS = (0, 1, 2, 3, 4)
HARDLY = 0.01
"""The share of recognised copies that more units must gain to count as more than hardly any."""
ORIGINAL = "Original"
"""The kind of the images themselves, of which the digit classifier recognises nearly all."""
ORIGINALS = "originals"
"""Their line in the chart of what is recognised."""
DIGIT = 2556
"""The test image of which the reconstructions are kept, of MNIST a 5 that two units make an 8, and that gains with each
larger size."""


def _parts(scope: Scope) -> Sequence[Part]:
    return [
        Part("fast", Grid(shared(scope.dataset), {"code_size": SIZES, "seed": scope.seeds})),
        Part("vae", Grid(variational(scope.dataset).grid.base, {"code_size": VARIATIONAL, "seed": scope.seeds})),
    ]


def _measure(run: Run, model: "Autoencoder", dataset: "Dataset") -> Iterable[Row]:
    measured = reading.read_metrics(run)
    about = {"kind": KINDS[run.recipe.model], "code_size": run.recipe.code_size, "seed": run.recipe.seed}
    figures = {name: measured[name] for name in ("test_mse", "recognition_rate", "knn_accuracy", "active_units")}
    shown = run.recipe.model == "mlp4" and run.recipe.seed == SEEDS[0]
    return [{**about, **figures, **(pictures.kept(model, dataset, DIGIT) if shown else pictures.NONE)}]


def _pictures(rows: pd.DataFrame) -> dict[str, dict[str, np.ndarray]]:
    by_size = rows.sort_values("code_size")
    kinds = {kind: by_size[by_size["kind"] == kind] for kind in ("Autoencoder", "PCA")}
    shown = {kind: pictures.shown(part, part["code_size"].map(names.units)) for kind, part in kinds.items()}
    return {kind: digit for kind, digit in shown.items() if digit}


def _card(rows: pd.DataFrame) -> dict[str, np.ndarray]:
    """Return the digit itself, and as the smallest bottleneck and the one that is enough reconstruct it."""
    if not (shown := _pictures(rows).get("Autoencoder")):
        return {}
    recognised = _own(rows, "recognition_rate")
    sizes = dict.fromkeys((min(recognised), _enough(recognised)))
    return {name: shown[name] for name in (next(iter(shown)), *map(names.units, sizes)) if name in shown}


def _baseline(dataset: "Dataset") -> Iterable[Row]:
    import torch

    from ae.analysis import digit_classifier, neighbours, pca
    from ae.data import datasets

    found = pca.fit_images(dataset)
    errors = pca.test_errors(found, dataset)

    def codes(images: "Tensor") -> "Tensor":
        parts = images.split(pca.CHUNK)
        return torch.cat([found.encode(datasets.to_float(part).flatten(1), max(SIZES)) for part in parts])

    def recognised(images: "Tensor") -> float:
        return digit_classifier.recognition_rate(images, dataset.test_labels)

    originals = datasets.to_float(dataset.test_images)
    yield {
        "kind": ORIGINAL,
        "code_size": prod(dataset.shape),
        "seed": None,
        "test_mse": 0.0,
        "recognition_rate": recognised(originals),
        **pictures.NONE,
    }
    training, test = codes(dataset.images), codes(dataset.test_images)
    for size in SIZES:
        made = found.decode(test[:, :size]).clamp(0, 1).reshape(originals.shape)
        right = neighbours.knn_right(training[:, :size], dataset.labels, test[:, :size], dataset.test_labels)
        yield {
            "kind": "PCA",
            "code_size": size,
            "seed": None,
            "test_mse": float(errors[size]),
            "recognition_rate": recognised(made),
            "knn_accuracy": float(right.float().mean()),
            **pictures.kept_as(originals, made, DIGIT),
        }


def _panels(rows: pd.DataFrame) -> list[Panel]:
    x, named = ("code_size", "Bottleneck size"), rows.assign(kind=rows["kind"].replace("Autoencoder", "autoencoder"))
    made = named[named["kind"] != ORIGINAL]
    plain = made[made["kind"] != "VAE"].assign(mixed_up=lambda table: 1 - table["knn_accuracy"])
    recognised, apart, errors = (_own(rows, name) for name in ("recognition_rate", "knn_accuracy", "test_mse"))
    originals = [{"kind": ORIGINALS, "code_size": size, "recognition_rate": _of_originals(rows)} for size in recognised]
    enough, most = _enough(recognised), max(recognised)
    given = int(rows.loc[rows["kind"] == "VAE", "code_size"].max())
    used = rows.loc[(rows["kind"] == "VAE") & (rows["code_size"] == given), "active_units"].mean()
    return [
        panel(
            pd.concat([plain, pd.DataFrame(originals)]),
            "recognition_rate",
            title=f"Recognising digits: {_ending(enough, most, 'hardly better')}",
            x=x,
            y="Digits recognised",
            lines="kind",
            better="higher",
            form=".1%",
            quiet=["PCA"],
            limit=ORIGINALS,
            marks=[Mark("autoencoder", enough, f"{enough} units" if enough < most else "")],
            shade=(enough, "hardly any gain") if enough < most else None,
            brief="recognised",
            brief_x="units",
            note=_linear(rows, recognised),
        ),
        panel(
            plain,
            "test_mse",
            title=f"Reconstructing them: {_ending(_sharpest(errors), most)}",
            x=x,
            y="Test MSE per pixel",
            lines="kind",
            better="lower",
            log=True,
            quiet=["PCA"],
            note=_error_beyond(errors, enough).strip(),
        ),
        panel(
            plain,
            "mixed_up",
            title=f"Telling codes apart: {_ending(best(apart)[0], most)}",
            x=x,
            y="Wrong by the 5 nearest codes",
            lines="kind",
            better="lower",
            form=".1%",
            log=True,
            quiet=["PCA"],
        ),
        panel(
            made[made["kind"] != "PCA"],
            "active_units",
            title=f"Active units: the VAE uses {used:.3g} of {given}",
            x=x,
            y="Active units",
            lines="kind",
            form=".1f",
        ),
    ]


def _enough(recognised: Mapping[int, pd.Series]) -> int:
    """Return the smallest bottleneck size beyond which ``HARDLY`` any more copies are recognised."""
    top = max(share.mean() for share in recognised.values())
    return min(size for size, share in recognised.items() if top - share.mean() <= HARDLY)


def _of_originals(rows: pd.DataFrame) -> float:
    """Return the share of the test images themselves that the digit classifier recognises."""
    return float(rows.loc[rows["kind"] == ORIGINAL, "recognition_rate"].mean())


def _ending(enough: int, most: int, beyond: str = "no gain") -> str:
    """Return in a few words whether more units than some would help."""
    return f"{beyond} beyond {enough} units" if enough < most else f"still better with {most} units"


def _own(rows: pd.DataFrame, column: str) -> dict[int, pd.Series]:
    """Return what was measured of the autoencoders, by bottleneck size."""
    own = rows[rows["kind"] == "Autoencoder"]
    return {int(size): part[column] for size, part in own.groupby("code_size")}


def _sharpest(errors: Mapping[int, pd.Series]) -> int:
    """Return the smallest bottleneck size that reconstructs as well as any."""
    return best({size: -error for size, error in errors.items()})[0]


def _answer(rows: pd.DataFrame) -> str:
    pca, vae = (rows[rows["kind"] == kind] for kind in ("PCA", "VAE"))
    recognised, apart, errors = (_own(rows, name) for name in ("recognition_rate", "knn_accuracy", "test_mse"))
    enough, most, given = _enough(recognised), max(errors), int(vae["code_size"].max())
    linear = pca.loc[pca["test_mse"] <= errors[enough].mean(), "code_size"]
    beyond = f"needs {linear.min()}" if len(linear) else f"needs more than {pca['code_size'].max()}"
    own = vae[vae["code_size"] == given]
    least, before = min(recognised), max((size for size in recognised if size < enough), default=enough)
    verdict = f"About {enough} units after {EPOCHS} epochs; sharper copies need more"
    if enough == most:
        verdict = f"At least {most} units after {EPOCHS} epochs, as with {before} fewer digits are recognised"
    elif _sharpest(errors) <= enough:
        verdict = f"About {enough} units after {EPOCHS} epochs, as more hardly help to recognise the digits"
    few, many = (enough, most) if enough < most else (before, enough)
    nearest = best(apart)[0]
    original = f"(originals: {_of_originals(rows):.1%})"
    return (
        f"{verdict}: {recognised[few].mean():.1%} of copies are recognised with {few} units, "
        f"and {recognised[many].mean():.1%} with {many} {original}. {_error_beyond(errors, enough)}"
        f"Over {seeds(rows)}, {mean(recognised[enough], '.1%')} of the copies are recognised with {enough} units, and "
        f"{mean(recognised[before], '.1%')} with {before}. "
        f"PCA {beyond} units for as low a test MSE as an autoencoder with {enough}. "
        f"The autoencoder's goes from {mean(errors[least])} with {least} units to {mean(errors[most])} "
        f"with {most}. By their nearest codes, {1 - apart[nearest].mean():.1%} of the images are taken for another "
        f"digit with {nearest} units. A VAE that is given {given} units uses {count(own['active_units'])} after "
        f"{EPOCHS} epochs."
    )


def _error_beyond(errors: Mapping[int, pd.Series], enough: int) -> str:
    """Return a sentence on how much lower the test error is with more units than are enough; empty if it is not."""
    sharpest = _sharpest(errors)
    if sharpest <= enough:
        return ""
    lower = 1 - errors[sharpest].mean() / errors[enough].mean()
    return f"Reconstruction error keeps falling: {lower:.0%} lower with {sharpest} units than with {enough}. "


def _linear(rows: pd.DataFrame, recognised: Mapping[int, pd.Series]) -> str:
    """Return what PCA is, and from which size on, if any, as many of its copies are recognised."""
    pca = rows[rows["kind"] == "PCA"].groupby("code_size")[["recognition_rate", "test_mse"]].mean()
    shares, errors, sizes = pca["recognition_rate"], _own(rows, "test_mse"), sorted(recognised)

    def onwards(least: Callable[[pd.Series], float]) -> list[int]:
        """Return the sizes from which on PCA is at least as good as the best or the worst of the seeds."""
        good = [size for size in sizes if shares.get(size, 0.0) >= least(recognised[size])]
        return good if good and good == sizes[-len(good) :] else []

    more, level = onwards(pd.Series.max), onwards(pd.Series.min)
    if not level:
        most = sizes[-1]
        return f"PCA, the best linear autoencoder, does worse, with {most} units {shares[most]:.1%}."
    size = (more or level)[0]
    said = f"does {'even better' if more else 'as well'} from {size} units on ({shares[size]:.1%} with {size})"
    worse = all(pca.loc[each, "test_mse"] > errors[each].max() for each in more or level)
    closer = "; the network's copies have a lower error" * worse
    return f"PCA, the best linear autoencoder, {said}{closer}."


QUESTION = Question(
    name="dimensions",
    sentence="How many dimensions does MNIST need?",
    method=f"An image of MNIST has 784 pixels. Here, bottlenecks of {SIZES[0]} to {SIZES[-1]} units: {SHARED}, PCA "
    f"fitted to all training images, and a VAE with {listed(list(map(str, VARIATIONAL)))} units, trained for {EPOCHS} "
    "epochs, which is short for a VAE. The digit classifier says of each reconstruction of a test image which digit it "
    "shows. Codes are compared by kNN: a test image is taken for the digit that most of the five nearest codes of "
    "training images show.",
    trained=SHORT,
    seeds=SEEDS,
    minutes=15,
    parts=_parts,
    measure=_measure,
    baseline=_baseline,
    panels=_panels,
    answer=_answer,
    pictures=_pictures,
    card=_card,
    digits=True,
)
