"""The time to a test MSE of 0.0213, the lab's training loss after its 50 epochs, of the lab's loop and of *fast*."""

import statistics
import time

import torch

from ae.analysis import metrics, reconstruct
from ae.data import datasets, sources
from ae.presets import preset
from ae.train.loop import train
from benchmarks.keeping import save
from benchmarks.loops import plain_loop

TARGET = 0.0213
SHORT = {"epochs": 2, "learning_rate": 1.2e-2}
"""*fast* with the shortest schedule that reaches the target."""
MOST_EPOCHS = 100


def test_mse(model: torch.nn.Module, images: torch.Tensor) -> float:
    """Return the mean squared error per pixel on the test images."""
    return metrics.mse(images, reconstruct.reconstruct(model, images)[0]).mean().item()


def measure(seeds: int) -> dict:
    """Train both in turn, from each seed, until the target is reached.

    The time of the loop does not include the measurements between epochs; that of *fast* includes its validation.
    """
    dataset, root = datasets.load("mnist"), str(sources.data_folder())
    images = datasets.to_float(dataset.test_images)
    found: dict[str, list] = {"lab's loop": [], "fast": []}
    list(train(preset("fast", epochs=1), dataset))  # imports and warms up
    for seed in range(seeds):
        recipe = preset("fast", seed=seed, **SHORT)
        started = time.perf_counter()
        *_, epoch = train(recipe, dataset)
        seconds = time.perf_counter() - started
        one = {"seconds": seconds, "epochs": epoch.number, "test_mse": test_mse(epoch.model, images)}
        found["fast"].append(one)
        print(f"fast, {SHORT}, seed {seed}: {one}", flush=True)
        spent = 0.0
        for number, (seconds, model) in enumerate(plain_loop(preset("lab-xavier", seed=seed), root), start=1):
            spent += seconds
            reached = test_mse(model, images)
            if reached <= TARGET or number == MOST_EPOCHS:
                break
        one = {"seconds": spent, "epochs": number, "test_mse": reached}
        found["lab's loop"].append(one)
        print(f"lab's loop, seed {seed}: {one}", flush=True)
    mean = {name: statistics.mean(each["seconds"] for each in runs) for name, runs in found.items()}
    return save(
        "quality_time",
        {"n": seeds, "target": TARGET, "fast": SHORT, "runs": found, "mean_seconds": mean,
         "reached": all(run["test_mse"] <= TARGET for runs in found.values() for run in runs),
         "ratio": mean["lab's loop"] / mean["fast"]},
    )  # fmt: skip
