"""Start, stop and resume runs in processes of their own, and derive a run's state from its folder.

One run trains at a time in a folder of runs; the others wait in the order in which they were requested. A ticket in a
run's folder means that training was requested and has not begun. It is removed when training begins, so a run whose
process dies is not trained again unless that is requested. The training process locks the run and the folder's single
place to train; the system frees both locks when that process ends, however it ends. A process that the queue started
and that ends before training begins is replaced once.

Any process that uses the folder calls ``tend``, which starts the next run: a training process at its end, a command, or
a screen. So the queue survives the death of all its processes and a restart of the machine.
"""

import dataclasses
import os
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from filelock import BaseFileLock

from ae.recipe import longer
from ae.runs import files, folders, locks, log, reading, standby, tickets
from ae.runs.card import write_card
from ae.runs.errors import BusyError
from ae.runs.filenames import ERROR, LOCK, PLACE, RECIPE, STATE, STOP, TICKET
from ae.runs.folders import Run, RunError
from ae.runs.log import sentence as sentence
from ae.runs.reading import stop_asked
from ae.runs.tending import queue_locked
from ae.runs.tending import tend as tend
from ae.runs.tickets import Ticket

if TYPE_CHECKING:
    from ae.train.loop import Epoch

State = Literal["queued", "running", "stopped", "interrupted", "failed", "finished"]

ACTIVE: tuple[State, ...] = ("queued", "running")

MOST = 100
"""The most runs in the queue."""

CHECK_SECONDS = 0.1
"""How often a waiting process checks whether its turn has come."""

TEND_EVERY = 10
"""The number of checks after which it also tends the queue, in case the run before it lost its process."""


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
        files.replace(run.path / STOP, b"", sync=False)  # unlike touch, this follows no link
        if not files.locked(run.path / LOCK):
            tickets.remove(run.path)
    tend(run.path.parent)


def busy() -> bool:
    """Whether a run is being trained now."""
    return files.locked(folders.runs_folder() / PLACE)


def work(run: Run, *, say: Callable[[str], None] = lambda message: None) -> "Iterator[Epoch]":
    """Wait for the run's turn, then train it in this process and record it in its folder.

    Args:
        run: a run that ``prepare`` or ``start`` queued.
        say: called with progress messages, which also go into the log.

    Raises:
        RunError: another process trains the run, it was removed from the queue, or it can't be resumed.
        Exception: training failed, as ``ae.runs.recording.record`` may; the folder keeps the reason.
    """

    def note(message: str) -> None:
        log.note(run.path, message)
        say(message)

    try:
        with _locked(run):
            try:
                place = _await_turn(run, note)
            finally:
                tickets.remove(run.path)
            if place:
                try:
                    yield from _train(run, note)
                finally:
                    place.release()
    finally:
        tend(run.path.parent)


@contextmanager
def _locked(run: Run) -> Iterator[None]:
    """Lock a queued run, and clear what killed processes left in its folder."""
    with queue_locked(run.path.parent):  # so that it is neither deleted nor removed from the queue meanwhile
        if not tickets.read(run.path):
            raise RunError(f"{run.id} was removed from the queue")
        lock = locks.acquire(run.path / LOCK, busy=f"{run.id} is being trained already", seconds=1)
        files.sweep(run.path, [TICKET, ERROR, RECIPE], older_than=0)
    try:
        yield
    finally:
        lock.release()


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


def _enqueue_locked(run: Run, *, process: int) -> None:
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
    ticket = Ticket(run.path, time.time_ns())
    (ticket.taken_by(process, spawned=False) if process else ticket).write()


def _train(run: Run, note: Callable[[str], None]) -> "Iterator[Epoch]":
    try:
        from ae.runs.recording import record  # imports torch, which takes a second and only training needs

        write_card(run)
        for epoch in record(run, say=note):
            kind = "validation" if run.recipe.validation_images else "test"
            log.note(run.path, f"Epoch {epoch.number} of {run.recipe.epochs}: {kind} loss {epoch.monitored_loss:.6f}")
            if epoch.number == run.recipe.epochs and tickets.queue(run.path.parent):
                standby.prepare()  # so that the next run begins as soon as this one is measured
            yield epoch
        log.note(run.path, "Stopped" if stop_asked(run) else "Finished")
    except Exception as error:  # whatever it is, record the reason
        with suppress(OSError, MemoryError):  # such as the error itself: a full disk, or a folder that is gone
            files.replace(run.path / ERROR, sentence(error).encode())
        with suppress(MemoryError):
            log.note(run.path, traceback.format_exc())
        raise


def _await_turn(run: Run, note: Callable[[str], None]) -> BaseFileLock | None:
    """Wait for the run's turn; return the locked place to train, or None if a stop is requested meanwhile."""
    folder, checks = run.path.parent, 0
    while not stop_asked(run):
        with suppress(BusyError):  # the queue stayed locked for too long: try again
            if place := _take_place(run):
                return place
        if not checks:
            note("Waiting for another run to end")
        checks += 1
        if checks % TEND_EVERY == 0:
            tend(folder)
        time.sleep(CHECK_SECONDS)
    return None


def _take_place(run: Run) -> BaseFileLock | None:
    """If the run's turn has come, lock the place to train and remove the run's ticket."""
    folder = run.path.parent
    with queue_locked(folder):
        before = []
        for ticket in tickets.queue(folder):
            if ticket.run == run.path:
                break
            before.append(ticket)
        if files.locked(folder / PLACE) or any(ticket.condition() not in ("stopped", "lost") for ticket in before):
            return None
        busy = "another run is being trained"
        place = locks.acquire(folder / PLACE, busy=busy, seconds=0.5)  # another process may be probing the lock
        tickets.remove(run.path)
        return place
