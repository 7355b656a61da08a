"""Tend the queue of a folder of runs: start the next run, and mark runs whose process was lost."""

from contextlib import AbstractContextManager
from pathlib import Path

from ae.runs import files, folders, locks, log, processes, standby, tickets, turns
from ae.runs.filenames import ERROR, LOCK, QUEUE
from ae.runs.folders import RunError
from ae.runs.log import sentence
from ae.runs.tickets import Ticket


def tend(folder: Path | None = None) -> None:
    """Start the runs whose turn has come and that have no process yet, and mark those whose process was lost.

    This is cheap if nothing is queued. Any number of processes may call it at the same time.

    Args:
        folder: the folder of runs; ``runs_folder()`` if None.
    """
    folder = folder or folders.runs_folder()
    if not tickets.queue(folder):
        return
    try:
        with queue_locked(folder):
            for ticket in tickets.queue(folder):
                match ticket.condition():
                    case "lost":
                        _lose(ticket)
                    case "stopped" if not files.locked(ticket.run / LOCK):
                        tickets.remove(ticket.run)
            while _start_next(folder):
                pass
    except (RunError, OSError):  # another process is tending it, or the folder can't be written
        return


def queue_locked(folder: Path) -> AbstractContextManager[None]:
    """Lock the queue of a folder of runs while it is read and changed, and no run is deleted.

    Raises:
        RunError: another process has kept it locked for too long, or the drive can't lock files.
        OSError: the folder can't be written.
    """
    return locks.held(folder / QUEUE, busy=f"the queue in {folder} is locked by another process: try again")


def _start_next(folder: Path) -> bool:
    """Start a process for the first run in the queue that has none, if its turn has come.

    Returns:
        whether another one may be started.
    """
    before: list[Ticket] = []
    for ticket in turns.waiting(folder):
        if ticket.condition() != "waiting":
            before.append(ticket)
            continue
        if not turns.free_place(ticket, before):
            return False
        try:
            logged = log.size(ticket.run)
            spawn = processes.spawn if ticket.again else standby.spawn
            ticket.taken_by(spawn(ticket.run), spawned=True, logged=logged).write()
        except OSError as error:
            _fail(ticket, f"its process can't be started: {sentence(error)}")
        return True
    return False


def _lose(ticket: Ticket) -> None:
    """Take back a run whose process was lost.

    If the queue had started the process, the run gets another one, once, and has failed after that.
    """
    if ticket.gets_another():
        ticket.once_more().write()
        return
    if not ticket.spawned:
        tickets.remove(ticket.run)
        return
    if processes.alive(ticket.process):
        how = f"its process did not begin training within {tickets.START_SECONDS} s"
    else:
        code = processes.exit_code(ticket.process)
        how = "its process ended before training began" + ("" if code is None else f" (exit code {code})")
    reason = log.last_line(ticket.run, after=ticket.logged)
    _fail(ticket, how + (f": {reason}" if reason else ""))


def _fail(ticket: Ticket, reason: str) -> None:
    files.replace(ticket.run / ERROR, sentence(RunError(reason)).encode())
    tickets.remove(ticket.run)
