"""Start, stop and resume a run as a process of its own; what state a run is in, derived from its folder.

One run is trained at a time in a folder of runs; the others wait in the order in which they were asked for. Who
trains a run holds its lock, and the folder's one place to train; the operating system frees both when the process
ends, however it ends. Who leaves the place starts the next run that waits without a process.
"""

import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

from filelock import FileLock, Timeout

from ae.runs import filenames, files, folders, log, processes, reading
from ae.runs.card import write_card
from ae.runs.folders import Run, RunError
from ae.runs.reading import stop_asked
from ae.runs.recording import record
from ae.train.loop import Epoch

State = Literal["queued", "running", "stopped", "interrupted", "failed", "finished"]


ACTIVE: tuple[State, ...] = ("queued", "running")


START_SECONDS = 60
"""So long a process that was started may take to appear."""


LOOK_SECONDS = 0.1
"""How often a waiting process looks whether its turn has come."""


def state(run: Run) -> State:
    """Derive what state a run is in from the locks and files of its folder."""
    ticket = run.path / filenames.TICKET
    if files.locked(run.path / filenames.LOCK):
        return "queued" if ticket.exists() else "running"
    if reading.saved_epoch(run) == run.recipe.epochs and reading.read_metrics(run):
        return "finished"
    if reading.read_error(run):
        return "failed"
    if stop_asked(run):
        return "stopped"
    if _is_young(ticket) or (ticket.exists() and files.locked(run.path.parent / filenames.PLACE)):
        return "queued"
    return "interrupted"


def start(run: Run) -> None:
    """Train a run, or go on with it, in a process of its own that outlives this one; or queue it.

    Raises:
        RunError: it is being trained, or finished.
    """
    prepare(run)
    earlier = [ticket for ticket in _tickets(run.path.parent) if ticket.parent != run.path and _is_waiting(ticket)]
    if not earlier and not files.locked(run.path.parent / filenames.PLACE):
        processes.spawn(run.path)


def prepare(run: Run) -> None:
    """Give a run its place in the queue, and forget how its last attempt ended.

    Raises:
        RunError: it is being trained, or finished, or what it needs to go on is gone.
    """
    match state(run):
        case "queued" | "running":
            raise RunError(f"{run.id} is being trained already")
        case "finished":
            raise RunError(f"{run.id} has finished all its {run.recipe.epochs} epochs")
    reading.check_can_go_on(run)
    for old in (filenames.STOP, filenames.ERROR):
        (run.path / old).unlink(missing_ok=True)
    files.replace(run.path / filenames.TICKET, f"{time.time_ns():020d}".encode())


def stop(run: Run) -> None:
    """Ask for a run to be stopped after the epoch it is in, or to be taken out of the queue; the model is kept.

    Raises:
        RunError: nobody trains it.
    """
    now = state(run)
    if now not in ACTIVE:
        raise RunError(f"{run.id} is {now}, so there is nothing to stop")
    (run.path / filenames.STOP).touch()
    if not files.locked(run.path / filenames.LOCK):  # it waits without a process
        (run.path / filenames.TICKET).unlink(missing_ok=True)


def busy() -> bool:
    """Tell whether the one place to train is taken."""
    return files.locked(folders.runs_folder() / filenames.PLACE)


def work(run: Run, *, say: Callable[[str], None] = lambda words: None) -> Iterator[Epoch]:
    """Wait for the run's turn, then train it here, and keep everything in its folder.

    Args:
        run: one that ``prepare`` gave a place in the queue.
        say: called with a sentence on what takes time; the log gets it too.

    Raises:
        RunError: another process trains it, or it can't be resumed.
        Exception: it failed, as ``ae.runs.recording.record`` may; the folder keeps the reason.
    """

    def note(words: str) -> None:
        log.note(run, words)
        say(words)

    try:
        lock = FileLock(run.path / filenames.LOCK).acquire(timeout=1)
    except Timeout:
        raise RunError(f"{run.id} is being trained already") from None
    try:
        with lock:
            place = _await_turn(run, note)
            (run.path / filenames.TICKET).unlink(missing_ok=True)
            if place:
                with place:
                    yield from _train(run, note)
    finally:
        _start_next(run.path.parent)


def sentence(error: BaseException) -> str:
    """Say an error in one line of at most 500 characters."""
    words = " ".join(str(error).split()) or type(error).__name__
    return words if len(words) <= 500 else words[:499] + "…"


def _train(run: Run, note: Callable[[str], None]) -> Iterator[Epoch]:
    try:
        write_card(run)
        for epoch in record(run, say=note):
            kind = "validation" if run.recipe.validation_images else "test"
            log.note(run, f"Epoch {epoch.number} of {run.recipe.epochs}: {kind} loss {epoch.monitored_loss:.6f}")
            yield epoch
        log.note(run, "Stopped" if stop_asked(run) else "Finished")
    except Exception as error:  # whatever it is, the folder keeps the reason
        log.note(run, traceback.format_exc())
        files.replace(run.path / filenames.ERROR, sentence(error).encode())
        raise


def _await_turn(run: Run, note: Callable[[str], None]) -> FileLock | None:
    """Wait until nobody trains and none that was asked for earlier waits; give the place to train, held.

    None if a stop is asked for meanwhile.
    """
    place = FileLock(run.path.parent / filenames.PLACE)
    told = False
    while not stop_asked(run):
        tickets = _tickets(run.path.parent)
        mine = tickets.index(run.path / filenames.TICKET) if run.path / filenames.TICKET in tickets else 0
        if not any(_is_waiting(ticket) for ticket in tickets[:mine]):
            try:
                return place.acquire(timeout=0)
            except Timeout:
                pass
        if not told:
            note("Waiting for another run to end")
            told = True
        time.sleep(LOOK_SECONDS)
    return None


def _start_next(folder: Path) -> None:
    """Start the run that has waited longest, unless a process waits with it or somebody trains."""
    if not files.locked(folder / filenames.PLACE):
        for ticket in _tickets(folder):
            if not (ticket.parent / filenames.STOP).exists():
                if not files.locked(ticket.parent / filenames.LOCK):
                    ticket.touch()
                    processes.spawn(ticket.parent)
                return


def _tickets(folder: Path) -> list[Path]:
    """Give the tickets of all runs that wait, oldest first."""
    dated = []
    for ticket in folder.glob(f"[!.]*/{filenames.TICKET}"):
        try:
            dated.append((files.read_text(ticket), ticket))
        except (OSError, ValueError):  # its turn came just now
            continue
    return [ticket for _, ticket in sorted(dated)]


def _is_waiting(ticket: Path) -> bool:
    """Tell whether a run may yet train when its turn comes: a process holds it or is about to, and no stop is asked."""
    if (ticket.parent / filenames.STOP).exists():
        return False
    return _is_young(ticket) or files.locked(ticket.parent / filenames.LOCK)


def _is_young(ticket: Path) -> bool:
    """Tell whether a process may yet appear that was started for this ticket."""
    try:
        return time.time() - ticket.stat().st_mtime < START_SECONDS
    except OSError:
        return False
