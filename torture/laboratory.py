"""A folder of tiny runs whose trainers are forked from this process, so that a trial does not wait for imports.

A forked trainer runs the same command as one that is started cold, ``python -m ae resume --queued RUN``, so the rest of
the queue can't tell them apart.
"""

import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import torch

from ae.cli.main import main
from ae.presets import preset
from ae.recipe import Recipe
from ae.runs import filenames, files, model_file, processes, queue, reading, standby, tickets
from ae.runs.folders import Run, Unreadable

PATIENCE_SECONDS = 60
"""How long to wait for what takes a second or two."""

LOCKS = (filenames.PLACE, filenames.QUEUE, filenames.EDITS)
"""The hidden files that stay in a folder of runs."""


def tiny(**changes: object) -> Recipe:
    """Three epochs on the digits with everything random turned on, on the CPU: half a second."""
    small = {"dataset": "digits", "code_size": 4, "epochs": 3, "batch_size": 64, "validation_images": 16, "noise": 0.1}
    return preset("lab", **{**small, "device": "cpu", "precision": "fp32", **changes})


def fork(work: Callable[[], int]) -> int:
    """Run ``work`` in a child process with a session of its own and nothing to print to; return its id."""
    sys.stdout.flush()
    sys.stderr.flush()
    if child := os.fork():
        return child
    code = 1
    try:
        os.setsid()
        nothing = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nothing, stream)
        code = work()
    finally:
        os._exit(code)


def wait_for(condition: Callable[[], object], seconds: float = PATIENCE_SECONDS) -> bool:
    """Return whether a condition becomes true within some seconds."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.005)
    return True


class Laboratory:
    """Runs in a temporary folder, and the processes that were started for them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.started: list[int] = []
        self.hook: Callable[[], None] = lambda: None
        """Called in each forked trainer before it begins."""

    def spawn(self, run_path: Path) -> int:
        """Start a trainer like ``ae.runs.processes.spawn``."""

        def work() -> int:
            os.environ["AE_CHECKPOINTS"] = str(run_path.parent)
            self.hook()
            return main(["resume", "--queued", run_path.name])

        self.started.append(fork(work))
        return self.started[-1]

    def kill(self, process: int, how: signal.Signals = signal.SIGKILL) -> None:
        """End a process of this laboratory, and wait until it has ended."""
        try:
            os.kill(process, how)
        except ProcessLookupError:
            return
        self.reap(process)

    def reap(self, process: int) -> int:
        """Wait until a child has ended; return its exit code, or minus the signal that ended it."""
        try:
            _, status = os.waitpid(process, 0)
        except ChildProcessError:  # another's child, or reaped already
            return 0
        return os.waitstatus_to_exitcode(status)

    def ended(self, process: int) -> bool:
        """Whether a child has ended; reaps it."""
        try:
            return os.waitpid(process, os.WNOHANG)[0] == process
        except ChildProcessError:
            return True

    def idle(self) -> bool:
        """Whether no run is being trained or queued."""
        for process in list(self.started):
            if self.ended(process):
                self.started.remove(process)
        return not files.locked(self.folder / filenames.PLACE) and not tickets.queue(self.folder)

    def close(self) -> None:
        """Kill every process that is still at work."""
        for process in self.started:
            self.kill(process)

    def finish(self, run: Run) -> str:
        """Resume a run until it has finished; return what went wrong, empty if nothing did."""
        if queue.state(run) not in ("finished", *queue.ACTIVE):
            queue.start(run)
        if not wait_for(lambda: queue.state(run) not in queue.ACTIVE):
            return f"{run.id} is still {queue.state(run)} after {PATIENCE_SECONDS} s"
        if (state := queue.state(run)) != "finished":
            return f"resumed, it is {state}: {reading.read_error(run)}"
        return "" if wait_for(self.idle) else "the trainer does not end"

    def leftovers(self) -> list[str]:
        """Return the hidden files and folders that nothing will ever use again."""
        hidden = [path for path in self.folder.rglob(".*") if path.name not in LOCKS]
        return [str(path.relative_to(self.folder)) for path in hidden]


@contextmanager
def laboratory() -> Iterator[Laboratory]:
    """Make a temporary folder of runs the one of this process, and fork its trainers instead of starting them cold."""
    import scipy.spatial  # noqa: F401 - what a trainer imports, before it is forked

    from ae.runs import recording  # noqa: F401
    from ae.train import optimisers  # noqa: F401

    torch.set_num_threads(1)
    kept = processes.spawn, standby.prepare, processes.watch, os.environ.get("AE_CHECKPOINTS")
    with tempfile.TemporaryDirectory(prefix="torture-") as place:
        lab = Laboratory(Path(place) / "runs")
        lab.folder.mkdir()
        os.environ["AE_CHECKPOINTS"] = str(lab.folder)
        processes.spawn, standby.prepare = lab.spawn, lambda: None
        try:
            yield lab
        finally:
            lab.close()
            processes.spawn, standby.prepare = kept[:2]


def broken(found: list[Run | Unreadable]) -> str:
    """Return which of the folders can't be read, empty if all can."""
    return "; ".join(f"{each.id} is unreadable: {each.reason}" for each in found if isinstance(each, Unreadable))


def history(run: Run) -> list[tuple[object, ...]]:
    """Return a run's history without the seconds, which differ between runs."""
    return [line._replace(seconds=0.0) for line in reading.read_history(run)]


def difference(run: Run, other: Run) -> str:
    """Return how two finished runs differ in weights, history or figures, empty if they are equal to the bit."""
    one, two = model_file.load(run).state_dict(), model_file.load(other).state_dict()
    if list(one) != list(two) or not all(torch.equal(one[name], two[name]) for name in one):
        return "its weights differ from those of an undisturbed run"
    if history(run) != history(other):
        return "its history differs from that of an undisturbed run"
    a, b = ({**reading.read_metrics(each), "seconds": 0} for each in (run, other))
    return "" if a == b else "its figures differ from those of an undisturbed run"
