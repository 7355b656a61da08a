"""Do smaller bottlenecks denoise better?"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from ae.runs.findings.question import Panel, Part, Question, Row, Scope, panel
from ae.runs.findings.words import SHARED, order, seeds, shared
from ae.runs.folders import Run
from ae.runs.grid import Grid

if TYPE_CHECKING:
    from ae.data.datasets import Dataset
    from ae.models.base import Autoencoder

SIZES = (2, 4, 8, 16, 32, 64)
TRAINED = {0.0: "Trained on clean images", 0.4: "Trained on noisy images"}
"""Standard deviation of the Gaussian noise in training, and what to call it."""

NOISES = (
    ("gaussian", 0.2),
    ("gaussian", 0.4),
    ("gaussian", 0.6),
    ("uniform", 0.4),
    ("salt-and-pepper", 0.2),
)
"""Kinds and strengths of noise that is to be removed; the lab's reports use the first."""

MAIN = ("gaussian", 0.4)
"""The noise of the figure and of the answer."""

IMAGES = 1000


def _parts(scope: Scope) -> Sequence[Part]:
    varied = {"code_size": SIZES, "noise": tuple(TRAINED), "seed": scope.seeds}
    return [Part("fast", Grid(shared(scope.dataset), varied))]


def _measure(run: Run, model: "Autoencoder", dataset: "Dataset") -> Iterable[Row]:
    from ae.analysis import denoise
    from ae.data import noise

    clean, labels = denoise.test_set(dataset, sample=IMAGES)
    for kind, strength in NOISES:
        removed = denoise.by_model(model)(noise.add(clean, kind, strength))
        quality = denoise.measure(clean, denoise.only_finite(removed), labels)
        yield {
            "trained": TRAINED[run.recipe.noise],
            "code_size": run.recipe.code_size,
            "seed": run.recipe.seed,
            "noise": f"{kind} {strength:g}",
            "psnr": quality.psnr,
            "ssim": quality.ssim,
            "recognised": quality.recognition_rate,
        }


def _main(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[rows["noise"] == f"{MAIN[0]} {MAIN[1]:g}"]


def _panels(rows: pd.DataFrame) -> list[Panel]:
    x = ("code_size", "Bottleneck size")
    return [
        panel(
            _main(rows),
            "recognised",
            title="Digits recognised after denoising, higher is better",
            x=x,
            y="Share of the test images",
            lines="trained",
            form=".1%",
        ),
        panel(
            _main(rows),
            "psnr",
            title="PSNR after denoising, higher is better",
            x=x,
            y="PSNR (dB)",
            lines="trained",
            form=".2f",
        ),
    ]


def _best(rows: pd.DataFrame, column: str) -> list[int]:
    """Return the bottleneck sizes that are not worse than the best one beyond the spread between seeds."""
    groups = {size: part[column] for size, part in rows.groupby("code_size")}
    top = max(groups, key=lambda size: groups[size].mean())
    return [size for size in sorted(groups) if order(groups[size], groups[top]) >= 0]


def _answer(rows: pd.DataFrame) -> str:
    sizes, said = sorted(rows["code_size"].unique()), []
    clean = rows[rows["trained"] == TRAINED[0.0]]
    best = _best(_main(clean), "recognised")
    verdict = "No" if best[-1] == sizes[-1] else "Yes" if best[0] == sizes[0] else "Only up to a point"
    for trained, part in _main(rows).groupby("trained"):
        good = _best(part, "recognised")
        shown = sorted({sizes[0], *good, sizes[-1]})
        rates = [f"{part.loc[part['code_size'] == size, 'recognised'].mean():.1%} with {size}" for size in shown]
        said.append(f"{trained[0].lower()}{trained[1:]}, best with {_range(good)} units ({', '.join(rates)})")
    by_noise = [f"{_range(_best(part, 'recognised'))} ({name})" for name, part in clean.groupby("noise", sort=False)]
    return (
        f"{verdict}: of digits under Gaussian noise of standard deviation {MAIN[1]}, the share recognised after "
        f"denoising is, {'; '.join(said)} (n = {seeds(rows)}). The best size for a network trained on clean images "
        f"depends on the noise: {', '.join(by_noise)}."
    )


def _range(sizes: Sequence[int]) -> str:
    return f"{sizes[0]} to {sizes[-1]}" if len(sizes) > 1 else str(sizes[0])


QUESTION = Question(
    name="denoising",
    sentence="Do smaller bottlenecks denoise better?",
    method=f"{SHARED[0].upper()}{SHARED[1:]}, with {SIZES[0]} to {SIZES[-1]} latent units, on clean images and on "
    f"images with Gaussian noise of standard deviation {max(TRAINED)}. Noise of several kinds and strengths, clipped "
    f"to [0, 1], is then removed from {IMAGES:,} test images.",
    seeds=(0, 1, 2, 3, 4),
    minutes=20,
    parts=_parts,
    measure=_measure,
    panels=_panels,
    answer=_answer,
)
