"""A folder of tiny runs whose trainers are forked from this process, so that a trial does not wait for imports.

A forked trainer runs the same command as one that is started cold, ``python -m ae resume --queued RUN``, so the rest of
the queue can't tell them apart.
"""

import os
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
import torch

from ae.cli.main import main
from ae.data import datasets
from ae.presets import preset
from ae.recipe import Recipe
from ae.runs import filenames, files, folders, model_file, processes, queue, reading, standby
from ae.runs.folders import Run, Unreadable

IMAGES, TEST_IMAGES = 160, 60
"""How many digits a run is trained and measured on."""

PATIENCE_SECONDS = 60
"""How long to wait for what takes a second or two."""

PLACES = tuple(filenames.SHARED.format(number) for number in range(1, 5))
LOCKS = (filenames.PLACE, filenames.QUEUE, filenames.EDITS, filenames.SWEEPS, *PLACES)
"""The hidden files that stay in a folder of runs."""


def tiny(**changes: object) -> Recipe:
    """Three epochs on a few digits with everything random turned on, on the CPU: a fraction of a second."""
    small = {"dataset": "digits", "code_size": 4, "epochs": 3, "batch_size": 32, "validation_images": 16, "noise": 0.1}
    return preset("lab", **{**small, "device": "cpu", "precision": "fp32", **changes})


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

    def __init__(self, place: Path) -> None:
        self.folder = place / "runs"
        self.folder.mkdir()
        self._place = place
        self._pids = place / "processes"
        self._pids.touch()
        self.hook: Callable[[], None] = lambda: None
        """Called in each forked process before it begins."""

    def fork(self, work: Callable[[], int]) -> int:
        """Run ``work`` in a child process with a session of its own, whose output is kept; return its id."""
        if child := os.fork():
            files.append(self._pids, f"{child}\n", sync=False)  # also of those that a child of this process starts
            return child
        code = 1
        try:
            os.setsid()
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            said = os.open(self._place / f"said-{os.getpid()}", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
            for stream in (1, 2):
                os.dup2(said, stream)
            self.hook()
            code = work()
        finally:
            os._exit(code)

    def command(self, *words: str) -> int:
        """Run ``python -m ae`` with these words in a child process; return its id."""
        return self.fork(lambda: main(list(words)))

    def spawn(self, run_path: Path) -> int:
        """Start a trainer like ``ae.runs.processes.spawn``."""
        return self.command("resume", "--queued", run_path.name)

    def said(self, process: int) -> str:
        """Return what a process has printed."""
        path = self._place / f"said-{process}"
        return path.read_text(errors="replace") if path.exists() else ""

    def tracebacks(self) -> str:
        """Return the last line of the first traceback that any process has printed, empty if there is none."""
        said = [text for process in self.started if "Traceback" in (text := self.said(process))]
        return f"a traceback: {said[0].strip().splitlines()[-1]}" if said else ""

    @property
    def started(self) -> list[int]:
        """The processes that were started, the newest last."""
        return [int(line) for line in self._pids.read_text().split()]

    def kill(self, process: int, how: signal.Signals = signal.SIGKILL) -> int:
        """Signal a process that is to end by it, and return as ``reap`` does."""
        with suppress(ProcessLookupError):
            os.kill(process, how)
        return self.reap(process)

    def reap(self, process: int) -> int:
        """Wait until a process has ended; return its exit code, or minus the signal that ended it; 0 if unknown."""
        try:
            _, status = os.waitpid(process, 0)
        except ChildProcessError:  # a child's child, or reaped already
            wait_for(lambda: not processes.alive(process))
            return 0
        return os.waitstatus_to_exitcode(status)

    def idle(self) -> bool:
        """Whether all processes have ended; kept only while any has not."""
        for process in self.started:
            with suppress(ChildProcessError):
                os.waitpid(process, os.WNOHANG)
        if any(processes.alive(process) for process in self.started):
            return False
        for path in self._place.glob("said-*"):
            path.unlink()
        self._pids.write_text("")
        return True

    def close(self) -> None:
        """Kill every process that is still at work."""
        for process in self.started:
            self.kill(process)

    def finish(self, run: Run) -> str:
        """Resume a run until it has finished; return what went wrong, empty if nothing did."""
        if queue.state(run) not in ("finished", *queue.ACTIVE):
            queue.start(run)
        return self.ending(run)

    def ending(self, run: Run) -> str:
        """Wait until a queued run has finished; return what went wrong, empty if nothing did."""
        if not wait_for(lambda: queue.state(run) not in queue.ACTIVE):
            return f"{run.id} is still {queue.state(run)} after {PATIENCE_SECONDS} s"
        state = queue.state(run)
        return "" if state == "finished" else f"{run.id} is {state}: {reading.read_error(run)}\n{self._events(run)}"

    def _events(self, run: Run) -> str:
        """Return what is known of a run that has not finished: its files, its log, and what the processes said."""
        files = ", ".join(sorted(path.name for path in run.path.iterdir()))
        log = run.path / filenames.LOG
        logged = log.read_text(errors="replace") if log.exists() else ""
        said = [f"process {process} ({_end(process)}): {self.said(process).strip()}" for process in self.started]
        return "\n".join([files, logged, *said])

    def leftovers(self) -> list[str]:
        """Return the hidden files that nothing will ever delete, unlike unfinished folders, which go after an hour."""
        hidden = [path.relative_to(self.folder) for path in self.folder.rglob(".*") if path.name not in LOCKS]
        return [str(path) for path in hidden if not path.parts[0].startswith(".new-")]


def _end(process: int) -> str:
    """Return how a process ended: its exit code, or minus the signal that ended it, if this process can still ask."""
    if processes.alive(process):
        return "alive"
    with suppress(ChildProcessError):
        return str(os.waitstatus_to_exitcode(os.waitpid(process, os.WNOHANG)[1]))
    return "ended"


@contextmanager
def laboratory() -> Iterator[Laboratory]:
    """Make a temporary folder of runs the one of this process, and fork its trainers instead of starting them cold."""
    import scipy.spatial  # noqa: F401 - what a trainer imports, before it is forked

    from ae.runs import recording  # noqa: F401
    from ae.train import optimisers  # noqa: F401

    torch.set_num_threads(1)
    all_digits = datasets.load("digits")
    images, labels = all_digits.images[:IMAGES], all_digits.labels[:IMAGES]
    test_images, test_labels = all_digits.test_images[:TEST_IMAGES], all_digits.test_labels[:TEST_IMAGES]
    few = datasets.Dataset("digits", images, labels, test_images, test_labels, all_digits.class_names)
    with tempfile.TemporaryDirectory(prefix="torture-") as place:
        lab = Laboratory(Path(place))
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("AE_CHECKPOINTS", str(lab.folder))
            patch.setattr(processes, "spawn", lab.spawn)
            patch.setattr(standby, "prepare", lambda: None)
            patch.setattr(datasets, "load", lambda *_, **__: few)
            try:
                yield lab
            finally:
                lab.close()


def unreadable() -> str:
    """Return which folders can't be read, empty if all can."""
    found = [each for each in folders.list_runs() if isinstance(each, Unreadable)]
    return "; ".join(f"{each.id} is unreadable: {each.reason}" for each in found)


def history(run: Run) -> list[tuple[object, ...]]:
    """Return a run's history without the seconds, which differ between runs."""
    return [line._replace(seconds=0.0) for line in reading.read_history(run)]


def torn(run: Run, other: Run) -> str:
    """Return whether a run's history is not the beginning of an undisturbed one's, empty if it is."""
    recorded = history(run)
    return "" if recorded == history(other)[: len(recorded)] else "its history has a gap or a double"


def difference(run: Run, other: Run) -> str:
    """Return how two finished runs differ in weights, history or figures, empty if they are equal to the bit."""
    one, two = model_file.load(run).state_dict(), model_file.load(other).state_dict()
    if list(one) != list(two) or not all(torch.equal(one[name], two[name]) for name in one):
        return "its weights differ from those of an undisturbed run"
    if history(run) != history(other):
        return "its history differs from that of an undisturbed run"
    a, b = ({**reading.read_metrics(each), "seconds": 0} for each in (run, other))
    return "" if a == b else "its figures differ from those of an undisturbed run"
