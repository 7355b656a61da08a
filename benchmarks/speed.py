"""Seconds per epoch of our trainer and the coursework's loops, in turn, so that ratios hold on a noisy machine too."""

import statistics
from collections.abc import Iterator

import torch

from ae.data import datasets, sources
from ae.presets import preset
from ae.recipe import Recipe
from ae.train.device import has_bf16
from ae.train.loop import train
from benchmarks.keeping import save
from benchmarks.loops import plain_loop, products


def ours(recipe: Recipe, dataset: datasets.Dataset) -> Iterator[float]:
    """Yield the seconds of each epoch of our trainer, validation included."""
    epochs = train(recipe, dataset)
    next(epochs)
    for epoch in epochs:
        yield epoch.seconds


def measure(n: int) -> dict:
    """Time n epochs of each, after one to warm up, and save the result.

    The coursework's recipes train on all 60,000 images here, in our trainer and in the plain loop alike.
    """
    dataset, root = datasets.load("mnist"), str(sources.data_folder())
    long = {"epochs": 10_000}
    lab, conv, vae = (preset(name, validation_images=0, **long) for name in ("lab", "homework-conv", "homework-vae"))
    kinds = ("fp32", "bf16") if has_bf16(torch.device("cpu")) else ("fp32",)

    def with_precision(recipe: Recipe) -> dict[str, Iterator[float]]:
        return {f"ours, {kind}": ours(Recipe(**{**recipe.to_dict(), "precision": kind}), dataset) for kind in kinds}

    def loop(recipe: Recipe) -> Iterator[float]:
        return (seconds for seconds, _ in plain_loop(recipe, root))

    def products_alone(recipe: Recipe) -> dict[str, Iterator[float]]:
        return {f"products alone, {kind}": products(recipe, kind) for kind in kinds}

    groups: dict[str, dict[str, Iterator[float]]] = {
        "lab": {
            "plain loop": loop(lab),
            **with_precision(lab),
            **products_alone(lab),
        },
        "homework-conv": {"plain loop": loop(conv), **with_precision(conv)},
        "homework-vae": {"plain loop": loop(vae), **with_precision(vae), **products_alone(vae)},
        "fast": {"ours": ours(preset("fast", **long), dataset)},
        "best": {"ours": ours(preset("best", **long), dataset)},
    }
    result = {}
    for group, runners in groups.items():
        seconds: dict[str, list[float]] = {name: [] for name in runners}
        for turn in range(n + 1):
            for name, runner in runners.items():
                taken = next(runner)
                if turn:
                    seconds[name].append(taken)
        result[group] = {
            name: {"median": statistics.median(values), "least": min(values), "most": max(values)}
            for name, values in seconds.items()
        }
        for name, found in result[group].items():
            print(
                f"{group:<14} {name:<22} {found['median']:.3f} s an epoch, {found['least']:.3f} to {found['most']:.3f}"
            )
    return save("speed", {"n": n, "seconds_an_epoch": result})
