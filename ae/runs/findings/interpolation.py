"""Which interpolation gives better digits?"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from ae.presets import preset
from ae.runs.findings.question import Mark, Panel, Part, Question, Row, Scope, panel
from ae.runs.findings.words import EPOCHS, SHARED, SHORT, mean, order, seeds, shared
from ae.runs.folders import Run
from ae.runs.grid import Grid

if TYPE_CHECKING:
    from torch import Tensor

    from ae.data.datasets import Dataset
    from ae.models.base import Autoencoder

SIZE, STEPS, PAIRS, NEAR = 16, 8, 300, 10_000
"""The bottleneck size, the steps of a way, the pairs of images, and the training images that are searched."""

KINDS = {"mlp4": "Autoencoder", "vae": "VAE"}
FADE = "Cross-fade of pixels"
SHORTLY = {FADE: "cross-fade"} | {
    f"{kind}, {way}": f"{'VAE ' * (kind == 'VAE')}{way}" for kind in KINDS.values() for way in ("linear", "spherical")
}
"""What to call a way at the end of its line."""


def variational(dataset: str) -> Part:
    """Return the variational runs that two questions share, without their sizes and seeds."""
    base = preset("vae", dataset=dataset, epochs=EPOCHS)
    return Part("vae", Grid(replace(base, batch_size=shared(dataset).batch_size), {}))


def _parts(scope: Scope) -> Sequence[Part]:
    varied = {"code_size": (SIZE,), "seed": scope.seeds}
    return [
        Part("fast", Grid(shared(scope.dataset), varied)),
        Part("vae", Grid(variational(scope.dataset).grid.base, varied)),
    ]


def _pairs(dataset: "Dataset") -> tuple["Tensor", "Tensor"]:
    """Return pairs of test images that show different digits, float (P, 2, C, S, S), and their labels (P, 2)."""
    import torch

    from ae.data import datasets, selection

    count = min(4 * PAIRS, len(dataset.test_images)) // 2 * 2
    chosen = torch.tensor(selection.at_random(len(dataset.test_images), count, 0)).reshape(-1, 2)
    labels = dataset.test_labels[chosen]
    chosen = chosen[labels[:, 0] != labels[:, 1]][:PAIRS]
    images = datasets.to_float(dataset.test_images[chosen.flatten()])
    return images.reshape(*chosen.shape, *dataset.shape), dataset.test_labels[chosen]


def _rows(ways: "Tensor", labels: "Tensor", dataset: "Dataset", named: Row) -> Iterable[Row]:
    """Measure images along ways, with shape (P, STEPS + 1, C, S, S): a row for each position."""
    from ae.analysis import digit_classifier, metrics
    from ae.analysis.neighbours import nearest
    from ae.data import datasets

    near = datasets.to_float(dataset.images[:NEAR])
    for step in range(STEPS + 1):
        images = ways[:, step]
        found = near[nearest(near.flatten(1), images.flatten(1), 1)[:, 0]]
        row = {**named, "position": step / STEPS, "distance": float(metrics.mse(images, found).sqrt().mean())}
        if not digit_classifier.why_not(dataset.name):
            digits = digit_classifier.classify(images)[0]
            row["recognised"] = float((digits[:, None] == labels).any(1).float().mean())
        yield row


def _measure(run: Run, model: "Autoencoder", dataset: "Dataset") -> Iterable[Row]:
    import torch

    from ae.analysis import interpolate

    pairs, labels = _pairs(dataset)
    for way in interpolate.WAYS:
        walks = torch.stack([interpolate.walk(model, pair, way, STEPS) for pair in pairs])
        name = f"{KINDS[run.recipe.model]}, {way}"
        yield from _rows(walks, labels, dataset, {"way": name, "seed": run.recipe.seed})


def _baseline(dataset: "Dataset") -> Iterable[Row]:
    import torch

    from ae.analysis import interpolate

    pairs, labels = _pairs(dataset)
    fades = torch.stack([interpolate.cross_fade(one, other, STEPS) for one, other in pairs])
    yield from _rows(fades, labels, dataset, {"way": FADE, "seed": None})


def _panels(rows: pd.DataFrame) -> list[Panel]:
    x, called = ("position", "Position on the path"), rows.assign(way=rows["way"].map(SHORTLY))
    halfway = called[called["position"] == 0.5].groupby("way")
    rates, distances = halfway["recognised"].mean(), halfway["distance"].mean()
    ways = [SHORTLY[f"{KINDS['mlp4']}, {way}"] for way in ("linear", "spherical")]
    better, other = sorted(ways, key=rates.__getitem__, reverse=True)
    differ = order(*(halfway["recognised"].get_group(way) for way in (better, other)))
    near = distances.drop(SHORTLY[FADE]).idxmin()
    return [
        panel(
            called,
            "recognised",
            title=f"Halfway: {better} {rates[better]:.0%} recognised, {other} {rates[other]:.0%}"
            if differ
            else "No clear difference halfway",
            x=x,
            y="Recognised as one of the two digits",
            better="higher",
            lines="way",
            form=".1%",
            marks=[Mark(way, 0.5, "") for way in (better, other)] if differ else (),
            main=better,
            other=other,
            quiet=[SHORTLY[FADE]],
            brief="recognised",
            brief_x="along the path",
        ),
        panel(
            called,
            "distance",
            title=f"Nearest halfway: {near}",
            x=x,
            y="Distance to the nearest training image (RMS)",
            lines="way",
            quiet=[SHORTLY[FADE]],
        ),
    ]


def _answer(rows: pd.DataFrame) -> str:
    middle = rows[rows["position"] == 0.5]

    def of(kind: str, column: str) -> tuple[pd.Series, pd.Series]:
        linear, spherical = (middle.loc[middle["way"] == f"{kind}, {way}", column] for way in ("linear", "spherical"))
        return linear, spherical

    own, variational = (of(kind, "recognised") for kind in KINDS.values())
    better = {-1: "curved", 0: "no clear difference", 1: "straight"}
    one, other = better[order(*own)], better[order(*variational)]
    verdict = one.capitalize() if one == other else f"{one.capitalize()} in an autoencoder; {other} in a VAE"
    far, farther = ([f"{values.mean():.3f}" for values in of(kind, "distance")] for kind in KINDS.values())
    fade = middle[middle["way"] == FADE]
    return (
        f"{verdict}: halfway, {own[0].mean():.1%} of an autoencoder's images on the straight line are recognised "
        f"as one of the two digits, and {own[1].mean():.1%} of those on the arc; of a VAE's, "
        f"{variational[0].mean():.1%} and {variational[1].mean():.1%}. With their spread over {seeds(rows)}, "
        f"these are {mean(own[0], '.1%')}, {mean(own[1], '.1%')}, {mean(variational[0], '.1%')} and "
        f"{mean(variational[1], '.1%')}. The RMS difference "
        f"from the nearest training image is {far[0]} on the line and {far[1]} on the arc (VAE: {farther[0]} and "
        f"{farther[1]}), and {fade['distance'].mean():.3f} for a cross-fade of the pixels, of which "
        f"{fade['recognised'].mean():.1%} are recognised because it shows both digits at once."
    )


QUESTION = Question(
    name="interpolation",
    sentence="From digit to digit: straight (linear) or curved (spherical)?",
    context="Decoding the codes between those of two digits changes one digit into the other.",
    method="An arc around the origin is often recommended for variational autoencoders. Here, "
    f"{PAIRS} pairs of test images that show different digits, {STEPS} steps between their codes, with {SIZE} "
    f"latent units: {SHARED}, and a VAE, trained as long, which is short for a VAE. Each image on the way is "
    f"classified by the digit classifier, and compared with the first {NEAR:,} training images, as are cross-fades of "
    "the pixels, which show both digits at once.",
    trained=SHORT,
    seeds=(0, 1, 2, 3, 4),
    minutes=8,
    parts=_parts,
    measure=_measure,
    baseline=_baseline,
    panels=_panels,
    answer=_answer,
    digits=True,
)
