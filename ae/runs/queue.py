"""Start, stop and resume runs in processes of their own, and derive a run's state from its folder.

One run trains at a time in a folder of runs, or several of a sweep (``turns``); the others wait in the order in which
they were requested. A ticket in a run's folder means that training was requested and has not begun. It is removed when
training begins, so a run whose process dies is not trained again unless that is requested. The training process locks
the run and a place to train; the system frees both locks when that process ends, however it ends. A process that the
queue started and that ends before training begins is replaced once.

Any process that uses the folder calls ``tend``, which starts the next run: a training process at its end, a command, or
a screen. So the queue survives the death of all its processes and a restart of the machine.
"""

import dataclasses
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from ae.recipe import longer
from ae.runs import files, folders, reading, tickets, turns
from ae.runs.filenames import ERROR, LOCK, RECIPE, STATE, STOP, TICKET
from ae.runs.folders import Run, RunError
from ae.runs.log import sentence as sentence
from ae.runs.reading import stop_asked
from ae.runs.tending import queue_locked
from ae.runs.tending import tend as tend
from ae.runs.tickets import Ticket
from ae.runs.working import work as work

State = Literal["queued", "running", "stopped", "interrupted", "failed", "finished"]

ACTIVE: tuple[State, ...] = ("queued", "running")

MOST = 400
"""The most runs in the queue."""


def state(run: Run) -> State:
    """Derive a run's state from the locks and files in its folder."""
    ticket = tickets.read(run.path)
    if files.locked(run.path / LOCK):
        return "queued" if ticket else "running"
    if reading.saved_epoch(run) == run.recipe.epochs and reading.read_metrics(run):
        return "finished"
    if reading.read_error(run):
        return "failed"
    if stop_asked(run):
        return "stopped"
    if not ticket:
        return "interrupted"
    if ticket.condition() != "lost" or ticket.gets_another():
        return "queued"
    return "failed" if ticket.spawned else "interrupted"


def check_room(more: int, folder: Path | None = None) -> None:
    """Check that so many more runs may be queued in a folder of runs, the usual one if none is given.

    Raises:
        RunError: the queue would be longer than ``MOST``.
    """
    queued = len(tickets.queue(folder or folders.runs_folder()))
    if queued + more > MOST:
        raise RunError(f"{queued + more:,} runs in the queue are too many: it takes {MOST}")


def start(run: Run) -> None:
    """Start or resume a run in a process of its own that outlives this one, or queue it.

    Raises:
        RunError: the run is being trained, has finished, or has lost its resume state.
    """
    _enqueue(run, process=0)
    tend(run.path.parent)


def start_all(runs: Sequence[Run], *, workers: int = 1, elsewhere: bool = False) -> None:
    """Start or resume runs of one folder, or queue them in the order given; those queued or finished stay as they are.

    Args:
        runs: of the same folder.
        workers: the most runs that train at the same time, each in a process of its own.
        elsewhere: whether this process has other machines train them, and locks each while they do; if it ends before
            it has begun one, that is no longer queued.

    Raises:
        RunError: a run has lost its resume state, or there are too many.
    """
    if not runs:
        return
    folder = runs[0].path.parent
    with queue_locked(folder):
        new = [run for run in runs if state(run) not in (*ACTIVE, "finished")]
        check_room(len(new), folder)
        for run in new:
            _enqueue_locked(run, process=os.getpid() if elsewhere else 0, workers=workers, elsewhere=elsewhere)
    tend(folder)


def extend(run: Run, epochs: int) -> Run:
    """Queue a finished run to be trained longer, to ``epochs`` in all; return the run with its longer recipe.

    Weights, history and replay are kept. If this process is killed meanwhile, the run is either unchanged, or has its
    longer recipe and is not queued.

    Raises:
        RunError: the run is shipped, not finished, or has lost its resume state, or it is damaged.
        ValueError: ``epochs`` is too large, or not larger than before.
    """
    _lengthen(run, epochs, process=0)
    tend(run.path.parent)
    return folders.read_run(run.path)


def prepare_longer(run: Run, epochs: int) -> Run:
    """Like ``extend``, for a run that this process itself will train by ``work``.

    Raises:
        RunError, ValueError: as in ``extend``.
    """
    _lengthen(run, epochs, process=os.getpid())
    return folders.read_run(run.path)


def prepare(run: Run) -> None:
    """Queue a run that this process itself will train by ``work``.

    Raises:
        RunError: the run is being trained, has finished, or has lost its resume state.
    """
    _enqueue(run, process=os.getpid())


def stop(run: Run) -> None:
    """Stop a run within an epoch, or remove it from the queue; the model of its last whole epoch is kept.

    Raises:
        RunError: the run is neither being trained nor queued.
    """
    with queue_locked(run.path.parent):
        if (now := state(run)) not in ACTIVE:
            raise RunError(f"{run.id} is {now}, so there is nothing to stop")
        _stop_locked(run)
    tend(run.path.parent)


def stop_all(runs: Sequence[Run]) -> None:
    """Stop those of some runs of one folder that are being trained or queued; none of them begins meanwhile."""
    if not runs:
        return
    folder = runs[0].path.parent
    with queue_locked(folder):
        for run in runs:
            if state(run) in ACTIVE:
                _stop_locked(run)
    tend(folder)


def _stop_locked(run: Run) -> None:
    files.replace(run.path / STOP, b"", sync=False)  # unlike touch, this follows no link
    if not files.locked(run.path / LOCK):
        tickets.remove(run.path)


def busy() -> bool:
    """Whether a run is being trained now."""
    return turns.busy(folders.runs_folder())


def _lengthen(run: Run, epochs: int, *, process: int) -> None:
    """Write a finished run's longer recipe, and queue the run."""
    if run.shipped:
        raise RunError(
            f"{run.id} is included with the project and protected: train your own run with python -m ae train"
        )
    from ae.runs import model_file  # before locking the queue, because importing torch takes seconds

    with queue_locked(run.path.parent):
        run = folders.read_run(run.path)
        if (now := state(run)) != "finished":
            raise RunError(f"{run.id} is {now}: only a finished run can be trained longer")
        run = dataclasses.replace(run, recipe=longer(run.recipe, epochs))
        model_file.read_state(run)  # otherwise it would no longer be finished, and could never be resumed
        files.sweep(run.path, [RECIPE], older_than=0)
        files.replace(run.path / RECIPE, files.to_json(run.recipe.to_dict()))
        _enqueue_locked(run, process=process)


def _enqueue(run: Run, *, process: int) -> None:
    with queue_locked(run.path.parent):
        _enqueue_locked(run, process=process)


def _enqueue_locked(run: Run, *, process: int, workers: int = 1, elsewhere: bool = False) -> None:
    """Queue a run, and clear the outcome of its last attempt; the caller has locked the queue."""
    if not run.path.is_dir():
        raise RunError(f"{run.id} was deleted")
    match state(run):
        case "queued" | "running":
            raise RunError(f"{run.id} is being trained already")
        case "finished" if not run.recipe.imported:
            hint = f"; to train it longer: python -m ae resume {run.id} --epochs {2 * run.recipe.epochs}"
            possible = (run.path / STATE).exists()  # shipped runs have none
            raise RunError(f"{run.id} has finished all its {run.recipe.epochs} epochs{hint if possible else ''}")
    reading.check_can_go_on(run)
    check_room(1, run.path.parent)
    files.sweep(run.path, [TICKET, ERROR], older_than=0)
    for old in (STOP, ERROR):
        files.remove(run.path / old)
    ticket = Ticket(run.path, time.time_ns(), workers=workers, elsewhere=elsewhere)
    (ticket.taken_by(process, spawned=False) if process else ticket).write()
