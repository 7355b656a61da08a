"""Work: wait for a queued run's turn, and train it in this process."""

import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING

from filelock import BaseFileLock

from ae.runs import files, locks, log, standby, tickets, turns
from ae.runs.card import write_card
from ae.runs.errors import BusyError
from ae.runs.filenames import ERROR, LOCK, RECIPE, TICKET
from ae.runs.folders import Run, RunError
from ae.runs.log import sentence
from ae.runs.reading import stop_asked
from ae.runs.tending import queue_locked, tend
from ae.runs.tickets import Ticket

if TYPE_CHECKING:
    from ae.train.loop import Epoch

CHECK_SECONDS = 0.1
"""How often a waiting process checks whether its turn has come."""

TEND_EVERY = 10
"""The number of checks after which it also tends the queue, in case the run before it lost its process."""


def work(run: Run, *, say: Callable[[str], None] = lambda message: None) -> "Iterator[Epoch]":
    """Wait for the run's turn, then train it in this process and record it in its folder.

    Args:
        run: a run that ``prepare``, ``start`` or ``start_all`` queued.
        say: called with progress messages, which also go into the log.

    Raises:
        RunError: another process trains the run, it was removed from the queue, or it can't be resumed.
        Exception: waiting or training failed, as ``ae.runs.recording.record`` may; the folder keeps the reason.
    """

    def note(message: str) -> None:
        log.note(run.path, message)
        say(message)

    try:
        with locked(run), ExitStack() as held, _keeping_the_reason(run):
            try:
                place = _await_turn(run, note)
            finally:
                tickets.remove(run.path)
            if place:
                held.callback(place.release)
                yield from _train(run, note)
        standby.ended()
    finally:
        tend(run.path.parent)


@contextmanager
def _keeping_the_reason(run: Run) -> Iterator[None]:
    """Keep in a run's folder, and its log, why waiting or training failed, whatever the reason is."""
    try:
        yield
    except Exception as error:
        with suppress(OSError, MemoryError):  # such as the error itself: a full disk, or a folder that is gone
            files.replace(run.path / ERROR, sentence(error).encode())
        with suppress(MemoryError):
            log.note(run.path, traceback.format_exc())
        raise


@contextmanager
def locked(run: Run) -> Iterator[None]:
    """Lock a queued run, and clear what killed processes left in its folder.

    The run is queued until its ticket is removed, and then in training.

    Raises:
        RunError: it was removed from the queue, or another process has locked it.
    """
    with queue_locked(run.path.parent):  # so that it is neither deleted nor removed from the queue meanwhile
        if not tickets.read(run.path):
            raise RunError(f"{run.id} was removed from the queue")
        lock = locks.acquire(run.path / LOCK, busy=f"{run.id} is being trained already", seconds=1)
        files.sweep(run.path, [TICKET, ERROR, RECIPE], older_than=0)
    try:
        yield
    finally:
        lock.release()


def _train(run: Run, note: Callable[[str], None]) -> "Iterator[Epoch]":
    from ae.runs.recording import record  # imports torch, which takes a second and only training needs

    write_card(run)
    for epoch in record(run, say=note):
        log.note(run.path, progress(run, epoch.number, epoch.monitored_loss))
        if epoch.number == run.recipe.epochs and not standby.serving() and turns.waiting(run.path.parent):
            standby.prepare()  # so that the next run begins as soon as this one is measured
        yield epoch
    log.note(run.path, "Stopped" if stop_asked(run) else "Finished")


def progress(run: Run, epoch: int, loss: float) -> str:
    """Return the log's entry for an epoch of a run and its validation loss, or test loss."""
    kind = "validation" if run.recipe.validation_images else "test"
    return f"Epoch {epoch} of {run.recipe.epochs}: {kind} loss {loss:.6f}"


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
    with queue_locked(run.path.parent):
        before: list[Ticket] = []
        for ticket in turns.waiting(run.path.parent):
            if ticket.run != run.path:
                before += [ticket] if ticket.condition() != "lost" else []
            elif path := turns.free_place(ticket, before):
                busy = "another run is being trained"
                place = locks.acquire(path, busy=busy, seconds=0.5)  # another process may be probing the lock
                tickets.remove(run.path)
                return place
            else:
                return None
    return None
