"""The progress of a sweep on the terminal: a line for each run that ends, and one for all with the time left."""

import sys
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager
from types import TracebackType

from ae.cli.command import note
from ae.data.texts import duration
from ae.runs import estimate, queue, reading
from ae.runs.folders import Run
from ae.runs.reading import Line

EVERY_SECONDS = 30.0
"""How often the line for all is printed where it can't be replaced, as in a file."""


class Progress(AbstractContextManager["Progress"]):
    """Follows the runs of a sweep that are being trained, and prints how far they are.

    Args:
        runs: those that are to be trained.
        total: the number of all runs of the sweep.
        workers: how many are trained at the same time.
    """

    def __init__(self, runs: Sequence[Run], total: int, workers: int) -> None:
        self._runs, self._total, self._workers = runs, total, workers
        self._states = dict.fromkeys(runs, "queued")
        self._histories: dict[Run, list[Line]] = {run: reading.read_history(run) for run in runs}
        self._printed = time.monotonic()
        self._bar = None
        if sys.stderr.isatty():
            from tqdm import tqdm

            epochs = sum(run.recipe.epochs for run in runs)
            form = "{percentage:3.0f}% |{bar}| {desc}"
            self._bar = tqdm(total=epochs, bar_format=form, dynamic_ncols=True, file=sys.stderr)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the line for all."""
        if self._bar is not None:
            self._bar.close()

    def report(self, run: Run, state: queue.State) -> None:
        """Note that a run has another state or another epoch."""
        self._states[run] = state
        self._histories[run] = reading.read_history(run)
        if state not in queue.ACTIVE:
            self._say(f"{run.name} ({run.id}): {_outcome(run, state)}")
        self._show()

    def _show(self) -> None:
        ended = self._total - sum(state != "finished" for state in self._states.values())
        active = [run for run, state in self._states.items() if state in queue.ACTIVE]
        left = estimate.seconds_left(active, self._histories, self._workers)
        words = f"{ended} of {self._total} runs finished" + (f", about {duration(left)} left" if left >= 1 else "")
        if self._bar is not None:
            self._bar.set_description_str(words, refresh=False)
            self._bar.n = sum(lines[-1].epoch for lines in self._histories.values() if lines)
            self._bar.refresh()
        elif time.monotonic() - self._printed >= EVERY_SECONDS:
            self._printed = time.monotonic()
            note(words)

    def _say(self, line: str) -> None:
        if self._bar is None:
            print(line, flush=True)
        else:
            self._bar.write(line)


def _outcome(run: Run, state: queue.State) -> str:
    """Return in words how a run ended."""
    epoch = reading.saved_epoch(run) or 0
    match state:
        case "finished":
            measured = reading.read_metrics(run)
            return f"test MSE {measured['test_mse']:.5f} per pixel, {duration(measured['seconds'])}"
        case "failed":
            return f"failed: {reading.read_error(run)}"
    return f"{state} {reading.stopped_because(run) or f'after epoch {epoch} of {run.recipe.epochs}'}"
