"""Start, stop and resume a run in a process of its own, and derive what state a run is in from its folder.

One run trains at a time in a folder of runs; the others wait in the order in which they were asked for. A ticket in a
run's folder says that its training was asked for and has not begun. It is taken away when training begins, so a run
whose process dies in the middle is not trained again unless a person asks for it. The run's lock, and the folder's one
place to train, are locked by the process that trains; the system frees both when that process ends, however it ends.

Whoever touches the folder (``tend``) starts the run whose turn has come: the process that ends, the next command,
or a screen. So the queue also outlives the death of all its processes and a restart of the machine.
"""

import dataclasses
import os
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, suppress
from typing import TYPE_CHECKING, Literal

from filelock import BaseFileLock, FileLock, Timeout

from ae.recipe import longer
from ae.runs import files, folders, log, reading, standby, tickets
from ae.runs.card import write_card
from ae.runs.filenames import ERROR, LOCK, PLACE, RECIPE, STOP, TICKET
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

LOOK_SECONDS = 0.1
"""How often a waiting process looks whether its turn has come."""

TEND_EVERY = 10
"""After so many looks it also tends the queue, in case the run before it lost its process."""


def state(run: Run) -> State:
    """Derive what state a run is in from the locks and files of its folder."""
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
    if ticket.condition() != "lost":
        return "queued"
    return "failed" if ticket.spawned else "interrupted"


def start(run: Run) -> None:
    """Train a run, or go on with it, in a process of its own that outlives this one; or queue it.

    Raises:
        RunError: it is being trained, or finished, or what it needs to go on is gone.
    """
    _ask(run, process=0)
    tend(run.path.parent)


def extend(run: Run, epochs: int) -> Run:
    """Queue a finished run to be trained to more ``epochs`` in all; return the run with its longer recipe.

    What it did before stays: weights, history and replay. Killed in here, it is either the finished run that it was,
    or the longer one, not queued.

    Raises:
        RunError: it is shipped, or not finished, or its resume state is gone or damaged.
        ValueError: there are not more epochs than before, or too many.
    """
    _lengthen(run, epochs, process=0)
    tend(run.path.parent)
    return folders.read_run(run.path)


def prepare_longer(run: Run, epochs: int) -> Run:
    """Do what ``extend`` does for a run that this process itself is to train, by ``work``.

    Raises:
        RunError, ValueError: as ``extend``.
    """
    _lengthen(run, epochs, process=os.getpid())
    return folders.read_run(run.path)


def prepare(run: Run) -> None:
    """Queue a run that this process itself is to train, by ``work``.

    Raises:
        RunError: it is being trained, or finished, or what it needs to go on is gone.
    """
    _ask(run, process=os.getpid())


def stop(run: Run) -> None:
    """Ask for a run to stop after the epoch it is in, or take it out of the queue; the model is kept.

    Raises:
        RunError: it is neither being trained nor queued.
    """
    now = state(run)
    if now not in ACTIVE:
        raise RunError(f"{run.id} is {now}, so there is nothing to stop")
    (run.path / STOP).touch()
    with queue_locked(run.path.parent):
        if not files.locked(run.path / LOCK):
            tickets.remove(run.path)
    tend(run.path.parent)


def busy() -> bool:
    """Whether a run is being trained now."""
    return files.locked(folders.runs_folder() / PLACE)


def work(run: Run, *, say: Callable[[str], None] = lambda words: None) -> "Iterator[Epoch]":
    """Wait for the run's turn, then train it in this process, and keep everything in its folder.

    Args:
        run: one that ``prepare`` or ``start`` queued.
        say: called with a sentence on what takes time; the log gets it too.

    Raises:
        RunError: another process trains it, or it was taken out of the queue, or it can't be resumed.
        Exception: it failed, as ``ae.runs.recording.record`` may; the folder keeps the reason.
    """

    def note(words: str) -> None:
        log.note(run.path, words)
        say(words)

    try:
        _check_queued(run)  # before it is locked: that would make the folder of a deleted run again
        with _locked(run):
            _check_queued(run)
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


def _check_queued(run: Run) -> None:
    if not tickets.read(run.path):
        raise RunError(f"{run.id} was taken out of the queue")


def _locked(run: Run) -> AbstractContextManager[BaseFileLock]:
    try:
        return FileLock(run.path / LOCK).acquire(timeout=1)
    except Timeout:
        raise RunError(f"{run.id} is being trained already") from None


def _lengthen(run: Run, epochs: int, *, process: int) -> None:
    """Write a finished run's longer recipe, and give the run a place in the queue."""
    if run.shipped:
        raise RunError(
            f"{run.id} is shipped with the project and protected: train your own run with python -m ae train"
        )
    from ae.runs import model_file  # before the queue is locked, as importing torch takes seconds

    with queue_locked(run.path.parent):
        run = folders.read_run(run.path)
        if (now := state(run)) != "finished":
            raise RunError(f"{run.id} is {now}: only a finished run can be trained longer")
        run = dataclasses.replace(run, recipe=longer(run.recipe, epochs))
        model_file.read_state(run)  # else it would not be finished any more, and could never go on
        files.sweep(run.path, [RECIPE], older_than=0)
        files.replace(run.path / RECIPE, files.to_json(run.recipe.to_dict()))
        _ask_locked(run, process=process)


def _ask(run: Run, *, process: int) -> None:
    with queue_locked(run.path.parent):
        _ask_locked(run, process=process)


def _ask_locked(run: Run, *, process: int) -> None:
    """Queue a run, and forget how its last attempt ended; the caller has locked the queue."""
    match state(run):
        case "queued" | "running":
            raise RunError(f"{run.id} is being trained already")
        case "finished":
            raise RunError(
                f"{run.id} has finished all its {run.recipe.epochs} epochs; to train it longer: python -m ae resume "
                f"{run.id} --epochs {2 * run.recipe.epochs}"
            )
    reading.check_can_go_on(run)
    files.sweep(run.path, [TICKET, ERROR], older_than=0)
    for old in (STOP, ERROR):
        files.remove(run.path / old)
    ticket = Ticket(run.path, time.time_ns())
    (ticket.taken_by(process, spawned=False) if process else ticket).write()


def _train(run: Run, note: Callable[[str], None]) -> "Iterator[Epoch]":
    try:
        from ae.runs.recording import record  # torch takes a second to import, and most of the queue needs none

        write_card(run)
        for epoch in record(run, say=note):
            kind = "validation" if run.recipe.validation_images else "test"
            log.note(run.path, f"Epoch {epoch.number} of {run.recipe.epochs}: {kind} loss {epoch.monitored_loss:.6f}")
            if epoch.number == run.recipe.epochs and tickets.queue(run.path.parent):
                standby.prepare()  # so that the next run begins as soon as this one is measured
            yield epoch
        log.note(run.path, "Stopped" if stop_asked(run) else "Finished")
    except Exception as error:  # whatever it is, the folder keeps the reason
        log.note(run.path, traceback.format_exc())
        files.replace(run.path / ERROR, sentence(error).encode())
        raise


def _await_turn(run: Run, note: Callable[[str], None]) -> BaseFileLock | None:
    """Wait until no run trains and none that was asked for earlier waits; return the locked place to train.

    None if a stop is asked for meanwhile.
    """
    folder, looks = run.path.parent, 0
    while not stop_asked(run):
        with suppress(RunError):  # the queue is locked for long: later, then
            if place := _take_place(run):
                return place
        if not looks:
            note("Waiting for another run to end")
        looks += 1
        if looks % TEND_EVERY == 0:
            tend(folder)
        time.sleep(LOOK_SECONDS)
    return None


def _take_place(run: Run) -> BaseFileLock | None:
    """Lock the place to train, and take the ticket away, if the run's turn has come."""
    folder = run.path.parent
    with queue_locked(folder):
        before = []
        for ticket in tickets.queue(folder):
            if ticket.run == run.path:
                break
            before.append(ticket)
        if files.locked(folder / PLACE) or any(ticket.condition() not in ("stopped", "lost") for ticket in before):
            return None
        place = FileLock(folder / PLACE)
        try:
            place.acquire(
                timeout=0.5, poll_interval=0.005
            )  # somebody may be asking at this moment whether it is locked
        except Timeout:
            return None
        tickets.remove(run.path)
        return place
