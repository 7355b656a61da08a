"""How many runs an hour a sweep gets done with 1, 2 and 4 workers."""

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
RUNS = 8
"""Runs of each sweep."""
CASES = {"digits": 10, "mnist": 2}
"""The epochs of each run of *fast*, by dataset."""


def sweep(dataset: str, epochs: int, workers: int) -> dict[str, float]:
    """Train a sweep in a folder of its own; return its wall-clock seconds, and the mean seconds of training a run."""
    with tempfile.TemporaryDirectory(prefix="sweeps-") as folder, patch.dict("os.environ", AE_CHECKPOINTS=folder):
        engine = LocalEngine(workers)
        grid = Grid(preset("fast", dataset=dataset, epochs=epochs), {"seed": tuple(range(RUNS))})
        began = time.perf_counter()
        runs = sweeping.create(grid, "benchmark", "fast", threads=engine.threads)
        engine.train(runs, report=_nothing, stopped=lambda: False)
        seconds = time.perf_counter() - began
        spent = [reading.read_metrics(run)["seconds"] for run in runs]
        return {"seconds": seconds, "training": sum(spent) / len(spent)}


def _nothing(run: Run, state: queue.State) -> None:
    """Leave the progress alone."""


def measure() -> Result:
    """Measure each dataset with each number of workers, once."""
    found = {}
    for dataset, epochs in CASES.items():
        for workers in WORKERS:
            one = sweep(dataset, epochs, workers)
            found[f"{dataset}-{workers}"] = one
            print(f"{dataset}, {workers} workers: {3600 * RUNS / one['seconds']:.0f} runs an hour", flush=True)
    return save("sweeps", {"runs": RUNS, "epochs": CASES, "sweeps": found, "cores": sweeping.cores()})


def table(found: Result) -> str:
    """Return the section on sweeps in docs/BENCHMARKS.md."""
    lines = []
    for name, one in found.get("sweeps", {}).items():
        dataset, _, workers = name.partition("-")
        lines.append(
            (
                {"digits": "built-in digits", "mnist": "MNIST"}[dataset],
                found["epochs"][dataset],
                workers,
                f"{3600 * found['runs'] / one['seconds']:,.0f}",
                f"{one['seconds'] / found['runs'] * int(workers) - one['training']:.1f} s",
                found["runs"],
            )
        )
    heads = ("*fast* on", "epochs", "workers", "runs an hour", "beside training, a run", "n")
    return titled("Sweeps", heads, lines, found)
