"""What a run costs more on a cluster than here: bytes and the driver's CPU for each message, and seconds for each run.

A Ray cluster is started on this machine, with one process that trains; the same runs are then trained in this process.
"""

import os
import statistics
import tempfile
import time
from typing import Any
from unittest.mock import patch

from ae.presets import preset
from ae.runs import folders, queue
from ae.runs.cluster.driver import EACH_SECONDS, EVERY_SECONDS, Driver
from ae.runs.cluster.streams import Needs, connected
from ae.runs.recording import Recorded, record, threads
from benchmarks.keeping import Result, save
from benchmarks.markdown import titled

DATASETS = {"digits": 10, "mnist": 2}
"""And the epochs that *fast* is trained for on them."""


class Counted:
    """A cluster whose messages are counted."""

    def __init__(self, cluster: Any) -> None:
        self._cluster, self.messages, self.epochs, self.bytes = cluster, 0, 0, []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cluster, name)

    def poll(self, seconds: float) -> list[Any]:
        updates = self._cluster.poll(seconds)
        for recorded in (update for _, update in updates if isinstance(update, Recorded)):
            self.messages += 1
            self.epochs += len(recorded.lines)
            self.bytes.append(len(recorded.state) + len(recorded.frames) + len(recorded.preview))
        return updates


def of(dataset: str, n: int, cluster: Any) -> dict[str, float]:
    """Train n runs of *fast* on the cluster, then the same here, one after another, with one thread."""
    recipes = [preset("fast", dataset=dataset, epochs=DATASETS[dataset], seed=seed) for seed in range(n)]
    there = [folders.create(recipe) for recipe in recipes]
    queue.start_all(there, elsewhere=True)
    counted = Counted(cluster)
    began, cpu = time.perf_counter(), time.process_time()
    for _ in Driver(counted, threads=1).train(there):
        pass
    cpu, seconds = time.process_time() - cpu, time.perf_counter() - began
    here = []
    for recipe in recipes:
        run = folders.create(recipe)
        threads(run, 1)
        began = time.perf_counter()
        for _ in record(run):
            pass
        here.append(time.perf_counter() - began)
    return {
        "n": n,
        "epochs": counted.epochs,
        "messages": counted.messages,
        "bytes": statistics.median(counted.bytes),
        "driver_cpu": cpu / counted.messages,
        "seconds": seconds / n,
        "seconds_here": statistics.mean(here),
    }


def measure(n: int) -> Result:
    """Measure everything, with n runs of each dataset after one to warm up."""
    found = {}
    with tempfile.TemporaryDirectory(prefix="cluster-") as folder, patch.dict(os.environ, AE_CHECKPOINTS=folder):
        began = time.perf_counter()
        with connected("ray", Needs()) as cluster:
            start = time.perf_counter() - began
            first = of("digits", 1, cluster)["seconds"]
            for dataset in DATASETS:
                found[dataset] = of(dataset, n, cluster)
                result = save("cluster", {"start": start, "first_run": first, "datasets": found})
    return result


def table(found: Result) -> str:
    """Return the section on clusters in docs/BENCHMARKS.md."""
    lines = [
        (
            f"*fast*, {dataset}, {DATASETS[dataset]} epochs",
            f"{one['bytes'] / 1e6:.1f} MB",
            f"{one['epochs'] / one['messages']:.1f}",
            f"{1000 * one['driver_cpu']:.0f} ms",
            f"{one['seconds']:.2f} s",
            f"{one['seconds_here']:.2f} s",
            one["n"],
        )
        for dataset, one in found.get("datasets", {}).items()
    ]
    heads = ("what", "a message", "epochs in it", "driver's CPU for it", "a run on the cluster", "a run here", "n")
    section = titled("On a cluster", heads, lines, found)
    if not section:
        return ""
    every = max(EVERY_SECONDS, 10 * EACH_SECONDS)
    busy = 10 * max(one["driver_cpu"] for one in found["datasets"].values()) / every
    flow = 10 * max(one["bytes"] for one in found["datasets"].values()) / every
    return (
        f"{section}\n\nStarting a cluster on this machine takes {found['start']:.1f} s, and its first run "
        f"{found['first_run']:.1f} s, most of it for importing PyTorch. A run sends at most "
        f"one message every {EVERY_SECONDS:g} s, or every {EACH_SECONDS:g} s for each run that trains at once: with 10 "
        f"or more of them, the driver is busy {100 * busy:.0f} % of a core and receives {flow / 1e6:.0f} MB/s at most."
    )
