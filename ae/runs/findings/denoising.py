"""Do smaller bottlenecks denoise better?"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from ae.presets import CALM
from ae.runs.findings.question import Mark, Panel, Part, Question, Row, Scope, panel
from ae.runs.findings.words import SHARED, SHORT, best, seeds, shared
from ae.runs.folders import Run
from ae.runs.grid import Grid

if TYPE_CHECKING:
    from ae.data.datasets import Dataset
    from ae.models.base import Autoencoder

SIZES = (2, 4, 8, 16, 32, 64)
TRAINED = {0.0: "Trained on clean images", 0.4: "Trained on noisy images"}
"""Standard deviation of the Gaussian noise in training, and what to call it."""

SHORTLY = dict(zip(TRAINED.values(), ("trained clean", "trained noisy"), strict=True))
"""The same at the end of a line."""

NOISES = (
    ("gaussian", 0.2),
    ("gaussian", 0.4),
    ("gaussian", 0.6),
    ("uniform", 0.4),
    ("salt-and-pepper", 0.2),
)
"""Kinds and strengths of noise that is to be removed; the lab's reports use the first."""

MAIN = ("gaussian", 0.4)
"""The noise of most figures and of the answer."""

NAMED = f"Gaussian noise {MAIN[1]}"

IMAGES = 1000


def _parts(scope: Scope) -> Sequence[Part]:
    varied = {"code_size": SIZES, "noise": tuple(TRAINED), "seed": scope.seeds}
    return [Part("fast", Grid(replace(shared(scope.dataset), learning_rate=CALM), varied))]


def _measure(run: Run, model: "Autoencoder", dataset: "Dataset") -> Iterable[Row]:
    from ae.analysis import denoise
    from ae.analysis.reconstruct import only_finite
    from ae.data import noise

    clean, labels = denoise.test_set(dataset, sample=IMAGES)
    for kind, strength in NOISES:
        removed = denoise.by_model(model)(noise.add(clean, kind, strength))
        quality = denoise.measure(clean, only_finite(removed), labels)
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
    x, clean_rows = ("code_size", "Bottleneck size"), rows[rows["trained"] == TRAINED[0.0]]
    main = _main(rows).assign(trained=lambda table: table["trained"].map(SHORTLY))
    first, last = (int(each) for each in (main["code_size"].min(), main["code_size"].max()))
    noisy = SHORTLY[TRAINED[max(TRAINED)]]
    means = main.groupby(["trained", "code_size"])[["recognised", "psnr", "ssim"]].mean()
    ends = [f"{means.loc[(noisy, size), 'recognised']:.0%}" for size in (first, last)]
    tops = {name: int(means.loc[noisy][name].idxmax()) for name in ("psnr", "ssim")}
    kinds = clean_rows.groupby(["noise", "code_size"])["recognised"].mean().unstack()
    largest = int((kinds.idxmax(axis=1) == last).sum())
    most = "every kind" if largest == len(kinds) else f"{largest} of {len(kinds)} kinds"
    looks: dict[str, Any] = {"x": x, "lines": "trained", "better": "higher"}
    share = "Share of the test images that are recognised"
    return [
        panel(
            main,
            "recognised",
            title=f"Recognised: {ends[0]} with {first} units, {ends[1]} with {last}",
            y=share,
            form=".1%",
            marks=[Mark(noisy, size, "") for size in (first, last)],
            main=noisy,
            brief="recognised",
            brief_x="units",
            **looks,
        ),
        panel(main, "psnr", title=f"PSNR: highest with {tops['psnr']} units", y="PSNR (dB)", form=".2f", **looks),
        panel(main, "ssim", title=f"SSIM: highest with {tops['ssim']} units", y="SSIM", form=".3f", **looks),
        panel(
            clean_rows,
            "recognised",
            title=f"{most[0].upper()}{most[1:]} of noise: most recognised with {last} units",
            y="Share recognised, trained on clean images",
            form=".1%",
            **looks | {"lines": "noise"},
        ),
    ]


def _answer(rows: pd.DataFrame) -> str:
    main, sizes = _main(rows), sorted(rows["code_size"].unique())
    found = {
        trained: best({size: each["recognised"] for size, each in part.groupby("code_size")})
        for trained, part in main.groupby("trained")
    }
    rates = {trained: part.groupby("code_size")["recognised"].mean() for trained, part in main.groupby("trained")}
    clean, noisy = ([f"{rates[each][size]:.1%}" for size in (sizes[0], sizes[-1])] for each in TRAINED.values())
    reach = [
        f"{good[0]} to {good[-1]}" if len(good) > 1 else str(good[0])
        for good in (found[each] for each in TRAINED.values())
    ]
    best_sizes = f"{reach[0]} in both cases" if len(set(reach)) == 1 else f"{reach[0]} and {reach[1]}"
    up_to = found[TRAINED[0.0]]
    smallest, largest = (f"{rates[TRAINED[max(TRAINED)]][size]:.0%}" for size in (sizes[0], sizes[-1]))
    verdict = "Only up to a point"
    if up_to[-1] == sizes[-1]:
        verdict = f"No, larger ones do ({largest} recognised, not {smallest})"
    elif up_to[0] == sizes[0]:
        verdict = f"Yes ({smallest} recognised, not {largest})"
    return (
        f"{verdict}: of the digits with {NAMED}, {noisy[0]} are recognised after it is removed with {sizes[0]} latent "
        f"units, and {noisy[1]} with {sizes[-1]}. This is after training on noisy images; after training on clean "
        f"ones, it is {clean[0]} and {clean[1]}. The best bottleneck sizes, within the spread between {seeds(rows)}, "
        f"are {best_sizes}."
    )


QUESTION = Question(
    name="denoising",
    sentence="Do smaller bottlenecks denoise better?",
    context="A small bottleneck has no room for noise, so it might be better at removing it.",
    method=f"{SHARED[0].upper()}{SHARED[1:]} at a learning rate of {CALM}, with {SIZES[0]} to {SIZES[-1]} latent "
    f"units, on clean images and on images with Gaussian noise of standard deviation {max(TRAINED)}. Noise of several "
    f"kinds and strengths, clipped to [0, 1], is then removed from {IMAGES:,} test images.",
    trained=SHORT,
    seeds=(0, 1, 2, 3, 4),
    minutes=20,
    parts=_parts,
    measure=_measure,
    panels=_panels,
    answer=_answer,
    digits=True,
)
