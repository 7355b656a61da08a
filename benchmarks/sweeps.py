"""How many runs an hour a sweep gets done with 1, 2 and 4 workers."""

import os
import tempfile
import time
from unittest.mock import patch

from ae.presets import preset
from ae.runs import queue, reading, sweeping
from ae.runs.folders import Run
from ae.runs.grid import Grid
from ae.runs.sweeping import LocalEngine
from benchmarks.keeping import Result, save
from benchmarks.markdown import titled

WORKERS = (1, 2, 4)
CASES = {"digits": (8, 10), "mnist": (4, 1)}
"""The runs of *fast* in each sweep and the epochs of each, by dataset."""


def sweep(dataset: str, count: int, epochs: int, workers: int) -> dict[str, float]:
    """Train a sweep in a folder of its own; return its wall-clock seconds, and the mean seconds of training a run."""
    with tempfile.TemporaryDirectory(prefix="sweeps-") as folder, patch.dict("os.environ", AE_CHECKPOINTS=folder):
        engine = LocalEngine(workers)
        grid = Grid(preset("fast", dataset=dataset, epochs=epochs), {"seed": tuple(range(count))})
        began = time.perf_counter()
        runs = sweeping.create(grid, "benchmark", "fast", threads=engine.threads)
        engine.train(runs, report=_nothing, stopped=lambda: False)
        seconds = time.perf_counter() - began
        spent = [reading.read_metrics(run)["seconds"] for run in runs]
        return {"runs": count, "epochs": epochs, "seconds": seconds, "training": sum(spent) / count}


def _nothing(run: Run, state: queue.State) -> None:
    """Leave the progress alone."""


def measure() -> Result:
    """Measure each dataset with each number of workers, once."""
    found = {}
    for dataset, (count, epochs) in CASES.items():
        for workers in WORKERS:
            one = sweep(dataset, count, epochs, workers)
            found[f"{dataset}-{workers}"] = one
            print(f"{dataset}, {workers} workers: {3600 * count / one['seconds']:.0f} runs an hour", flush=True)
    return save("sweeps", {"sweeps": found, "load": os.getloadavg()[1]})


def table(found: Result) -> str:
    """Return the section on sweeps in docs/BENCHMARKS.md."""
    lines = []
    for name, one in found.get("sweeps", {}).items():
        dataset, _, workers = name.partition("-")
        lines.append(
            (
                {"digits": "built-in digits", "mnist": "MNIST"}[dataset],
                one["epochs"],
                workers,
                f"{3600 * one['runs'] / one['seconds']:,.0f}",
                f"{one['training']:.1f} s",
                f"{one['seconds'] / one['runs'] * int(workers) - one['training']:.1f} s",
                one["runs"],
            )
        )
    heads = ("*fast* on", "epochs", "workers", "runs an hour", "training, a run", "beside it, a run", "n")
    section = titled("Sweeps", heads, lines, found)
    if not section:
        return ""
    return (
        f"{section}\n\nWall-clock times of one sweep each, from the first run created to the last one measured; each "
        "worker has its share of the cores as threads. Beside training, a run loads its data, is measured on the test "
        "images and waits its turn; a worker imports PyTorch once. The machine's load, averaged over 5 minutes, was "
        f"{found['load']:.1f} at the end, this benchmark included."
    )
