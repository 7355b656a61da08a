"""The engine that trains a sweep on a Ray cluster."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ae.runs import folders, queue, reading
from ae.runs.cluster.driver import Driver
from ae.runs.cluster.halving import Halving
from ae.runs.cluster.streams import Needs, check, connected
from ae.runs.folders import Run
from ae.runs.grid import TAG
from ae.runs.sweeping import Report, cores, most_workers


@dataclass(frozen=True)
class RayEngine:
    """Trains runs on the machines of a Ray cluster; see ``ae.runs.sweeping.Engine``.

    Raises:
        ValueError: Ray is not installed, or a value is not allowed.
    """

    address: str = "ray"
    """As ``ae.runs.cluster.streams.connected`` takes it."""
    workers: int | None = None
    """How many runs a cluster that is started for this trains at once; as many as this machine has cores if None."""
    gpus: float = 0
    """Of each run; less than 1 if several are to share one."""
    asha: bool = False
    """Whether hopeless runs are stopped early."""
    threads: int = 1
    """Of each run, which needs as many cores."""

    def __post_init__(self) -> None:
        """Check what can be checked without a cluster."""
        check(self.address)
        if self.workers is not None and not 1 <= self.workers <= most_workers():
            raise ValueError(f"{self.workers} workers: use 1 to {most_workers()} on this machine")
        if not 0 <= self.gpus <= 64 or (self.gpus > 1 and self.gpus % 1):
            raise ValueError(f"{self.gpus:g} GPUs a run: use a share, such as 0.25, or a whole number")

    @property
    def at_once(self) -> int:
        """How many runs are trained at once on a cluster that is started for this; 0 if it is running already."""
        if self.address != "ray":
            return 0
        return self.workers or max(cores() // self.threads, 1)

    def train(self, runs: Sequence[Run], *, report: Report, stopped: Callable[[], bool]) -> None:
        """See ``Engine``. If this process is killed, what it was training is interrupted, and the rest is not queued.

        Raises:
            RunError: no cluster answers, it was lost, or a run can't be queued.
        """
        early = Halving(_beside(runs)) if self.asha else None
        left = [run for run in runs if not (self.asha and reading.stopped_because(run))]
        with connected(self.address, Needs(self.threads, self.gpus), workers=self.at_once) as cluster:
            queue.start_all(left, elsewhere=True)
            for run in runs:
                report(run, queue.state(run))
            for progress in Driver(cluster, threads=self.threads, early=early).train(left, stopped=stopped):
                report(progress.run, queue.state(progress.run))


def _beside(runs: Sequence[Run]) -> list[Run]:
    """Return all runs of the sweeps that some runs belong to, finished ones included."""
    sweeps = {tag for run in runs for tag in run.tags if tag.startswith(TAG)}
    return [run for run in folders.list_runs() if isinstance(run, Run) and sweeps & set(run.tags)]
