"""A sweep: the runs of a grid, what of them is there already, and engines that train the rest.

A sweep's runs are ordinary runs with the tag ``sweep:NAME``. What is trained is decided by recipe: a finished run of a
recipe in the grid, whoever trained it, belongs to the sweep and is not trained again; one that is not finished goes on.
So the same sweep can be begun again after any interruption.
"""

import os
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Protocol

from ae.recipe import Recipe
from ae.runs import editing, filenames, files, folders, locks, queue, reading
from ae.runs.folders import Run, RunError
from ae.runs.grid import TAG, Grid, checked_name

MOST_USUAL = 4
"""The most workers if nobody chooses: each takes about half a gigabyte of memory."""

LOOK_SECONDS = 0.2
"""How often an engine looks at its runs."""

Report = Callable[[Run, queue.State], None]


class Engine(Protocol):
    """Trains runs, on this machine or on others.

    An engine queues its runs, and has one process write every epoch of a run into its folder, and keep it locked
    meanwhile. So each run is shown, stopped and resumed like any other.
    """

    @property
    def threads(self) -> int:
        """The number of threads that each run is to be trained with; 0 if that is the machine's usual one."""

    def train(self, runs: Sequence[Run], *, report: Report, stopped: Callable[[], bool]) -> None:
        """Train runs of one folder, or go on with those that have begun, until all have ended.

        An interrupted run is begun again, unless it was interrupted twice without an epoch in between. One that a
        person stops, or that fails, has ended.

        Args:
            runs: none of them has finished; some may be queued or in training already.
            report: called with a run and its state when the state has changed or it has another epoch.
            stopped: called often; once it returns True, all runs are stopped, with the models of their last whole
                epochs, and this returns as soon as they have ended.

        Raises:
            RunError: a run can't be queued.
        """


@dataclass(frozen=True)
class LocalEngine:
    """Trains runs in so many processes of this machine, each with its share of the cores."""

    workers: int = 1

    def __post_init__(self) -> None:
        """Check the number of workers."""
        if not 1 <= self.workers <= most_workers():
            raise ValueError(
                f"{self.workers} workers: use 1 to {most_workers()} on this machine, which has {cores()} cores"
            )

    @property
    def threads(self) -> int:
        """The cores divided among the workers; 0 for one worker, which trains like any other run."""
        return max(cores() // self.workers, 1) if self.workers > 1 else 0

    def begin(self, runs: Sequence[Run]) -> None:
        """Queue runs, and return; the queue trains them in processes that outlive this one.

        Raises:
            RunError: a run can't be queued.
        """
        queue.start_all(runs, workers=self.workers)

    def train(self, runs: Sequence[Run], *, report: Report, stopped: Callable[[], bool]) -> None:
        """See ``Engine``. Runs that are queued already stay so if this process is killed."""
        self.begin(runs)
        watched = Watched(runs, report)
        asked = False
        while watched.active:
            if stopped() and not asked:
                asked = True
                queue.stop_all(watched.active)
            queue.tend(runs[0].path.parent)
            self.begin(watched.look(stopping=asked))
            time.sleep(LOOK_SECONDS)


class Watched:
    """Runs that are being trained, and what of them was reported."""

    def __init__(self, runs: Iterable[Run], report: Report) -> None:
        """Watch runs that were queued."""
        self.active = list(runs)
        self._report = report
        self._shown: dict[Run, tuple[queue.State, files.Stamp | None]] = {}
        self._interrupted: dict[Run, int | None] = {}

    def look(self, *, stopping: bool) -> list[Run]:
        """Report what has changed, and forget runs that have ended; return the interrupted ones that are to go on.

        Args:
            stopping: whether all were asked to stop, so that none is to go on.
        """
        again = []
        for run in list(self.active):
            state = queue.state(run)
            if state == "interrupted" and not stopping and self._may_go_on(run):
                again.append(run)
                continue
            if state not in queue.ACTIVE:
                self.active.remove(run)
            now = state, files.stamp(run.path / filenames.HISTORY)
            if self._shown.get(run) != now:
                self._shown[run] = now
                self._report(run, state)
        return again

    def _may_go_on(self, run: Run) -> bool:
        """Whether an interrupted run has another epoch since it was last interrupted, or was not before."""
        epoch = reading.saved_epoch(run)
        may = run.path.is_dir() and (run not in self._interrupted or self._interrupted[run] != epoch)
        self._interrupted[run] = epoch
        return may


@dataclass(frozen=True)
class Plan:
    """What is there of a sweep, and what is to be trained; each recipe of the grid is in one of the lists."""

    finished: list[Run] = field(default_factory=list)
    begun: list[Run] = field(default_factory=list)
    """Runs that are not finished: those go on, or are queued or in training already."""
    missing: list[Recipe] = field(default_factory=list)
    """Recipes that no run has yet."""

    @property
    def to_train(self) -> list[Recipe]:
        """The recipes that are not finished."""
        return [*(run.recipe for run in self.begun), *self.missing]

    def __str__(self) -> str:
        """Return in words how many runs there are."""
        total = len(self.finished) + len(self.begun) + len(self.missing)
        parts = [
            f"{len(self.finished)} finished already" if self.finished else "",
            f"{len(self.begun)} begun already" if self.begun else "",
        ]
        there = ", ".join(part for part in parts if part)
        return f"{total} run{'s' if total != 1 else ''}" + (f": {there}" if there else "")


def plan(grid: Grid, runs: Sequence[Run] | None = None) -> Plan:
    """Return what is there of a grid, and what is to be trained.

    Shipped runs are left out: they were trained on another machine, and can't be tagged.

    Args:
        grid: the recipes.
        runs: those that there are; all readable ones if None.
    """
    if runs is None:
        runs = [run for run in folders.list_runs() if isinstance(run, Run)]
    found: dict[tuple[object, ...], list[Run]] = {}
    for run in runs:
        if not run.shipped and not run.recipe.imported:
            found.setdefault(_identity(run.recipe), []).append(run)
    made = Plan()
    for recipe in grid.recipes():
        there = {run: queue.state(run) for run in found.get(_identity(recipe), [])}
        finished = [run for run, state in there.items() if state == "finished"]
        active = [run for run, state in there.items() if state in queue.ACTIVE]
        begun = active or [run for run in there if run not in finished and _can_go_on(run)]
        if finished:
            made.finished.append(finished[0])
        elif begun:
            made.begun.append(max(begun, key=lambda run: reading.saved_epoch(run) or 0))
        else:
            made.missing.append(recipe)
    return made


def create(grid: Grid, name: str, preset: str, *, threads: int = 0) -> list[Run]:
    """Create the runs of a grid that are not there yet, and tag all; return those that are not finished, in order.

    If this process is killed meanwhile, the runs that were created are found again by the next ``plan``.

    Args:
        grid: the recipes.
        name: the sweep's name.
        preset: the preset that the recipes came from; empty if none.
        threads: the number of threads to train the new runs with; 0 for the machine's usual one.

    Raises:
        ValueError: the name is not allowed.
        RunError: a run can't be written or tagged, or another process creates runs of a sweep.
    """
    tag = TAG + checked_name(name)
    folder = folders.runs_folder()
    folder.mkdir(parents=True, exist_ok=True)
    with locks.held(folder / filenames.SWEEPS, busy="another sweep is being created: try again"):
        made = plan(grid)
        queue.check_room(len(made.to_train) - sum(queue.state(run) in queue.ACTIVE for run in made.begun))
        full = next((run for run in (*made.finished, *made.begun) if _lacks_room(run, tag)), None)
        if full:
            raise RunError(f"{full.id} has {folders.MOST_TAGS} tags, so it can't get the sweep's: remove one of them")
        for run in (*made.finished, *made.begun):
            if tag not in run.tags:
                editing.change(run, tags=[*run.tags, tag])
        own = {filenames.ABOUT: files.to_json({"tags": [tag]})}
        own |= {filenames.THREADS: f"{threads}\n".encode()} if threads else {}
        new = [folders.create(recipe, preset=preset, made=own) for recipe in made.missing]
    there = {_identity(run.recipe): run for run in (*made.begun, *new)}
    return [folders.read_run(there[key].path) for key in map(_identity, grid.recipes()) if key in there]


def sweeps(runs: Iterable[Run]) -> dict[str, list[Run]]:
    """Return the runs of each sweep, by its name, those of the newest first."""
    found: dict[str, list[Run]] = {}
    for run in runs:
        for tag in run.tags:
            if tag.startswith(TAG) and not run.recipe.imported:
                found.setdefault(tag.removeprefix(TAG), []).append(run)
    return found


def cores() -> int:
    """Return the number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def usual_workers() -> int:
    """Return how many processes train at the same time if nobody chooses: one for each core, up to ``MOST_USUAL``.

    One thread each gets the most runs done; ``python -m benchmarks sweeps`` measures it.
    """
    return min(cores(), MOST_USUAL)


def most_workers() -> int:
    """Return the most processes that may train at the same time on this machine."""
    return 4 * cores()


def _identity(recipe: Recipe) -> tuple[object, ...]:
    """Return what two recipes share that give the same model; only the device may differ."""
    return tuple(getattr(recipe, each.name) for each in fields(recipe) if each.name != "device")


def _lacks_room(run: Run, tag: str) -> bool:
    return tag not in run.tags and len(run.tags) >= folders.MOST_TAGS


def _can_go_on(run: Run) -> bool:
    try:
        reading.check_can_go_on(run)
    except RunError:
        return False
    return Path(run.path).is_dir()
