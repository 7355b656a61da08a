"""Places in the queue: a file in the folder of each run that waits to be trained."""

import json
import os
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Literal

from ae.runs import files, processes
from ae.runs.filenames import LOCK, STOP, TICKET

START_SECONDS = 120
"""How long a started process may take to lock its run before it counts as lost."""

Condition = Literal["waiting", "starting", "locked", "lost", "stopped"]


@dataclass(frozen=True)
class Ticket:
    """A run's place in the queue."""

    run: Path
    """The run's folder."""
    asked: int
    """When training was requested, in nanoseconds since 1970; this defines the queue's order."""
    process: int = 0
    """The id of the process that will train the run; 0 until there is one."""
    since: float = 0.0
    """When that process was assigned, in seconds since 1970."""
    spawned: bool = False
    """Whether the queue started that process; otherwise it is a command in a terminal."""
    logged: int = 0
    """The size of the run's log, in bytes, when the process was started."""
    again: bool = False
    """Whether a process that the queue had started for the run has ended before training began."""
    workers: int = 1
    """The most runs that train at the same time once this one does; 1: it trains alone."""
    elsewhere: bool = False
    """Whether the process has other machines train the run, so that it waits for nothing on this one."""

    def condition(self) -> Condition:
        """Return whether the run waits for a process, its process is starting, locked it or was lost, or a stop is due.

        A process is lost if it ended, or has not locked the run within ``START_SECONDS``; one that has other machines
        train the run may take any time.
        """
        if (self.run / STOP).exists():
            return "stopped"
        if files.locked(self.run / LOCK):
            return "locked"
        if not self.process:
            return "waiting"
        late = abs(time.time() - self.since) > START_SECONDS and not self.elsewhere
        return "lost" if late or not processes.alive(self.process) else "starting"

    def taken_by(self, process: int, *, spawned: bool, logged: int = 0) -> "Ticket":
        """Return the same place in the queue, with the process that will train the run."""
        return replace(self, process=process, since=time.time(), spawned=spawned, logged=logged)

    def gets_another(self) -> bool:
        """Whether the run gets another process, its first one being lost.

        That may have been killed as it began, or have been a warm trainer that was told to end when it got the run.
        What ends a second one is likely to end a third.
        """
        return self.spawned and not self.again and not processes.alive(self.process)

    def once_more(self) -> "Ticket":
        """Return the same place in the queue, for another process."""
        return Ticket(self.run, self.asked, again=True, workers=self.workers)

    def write(self) -> None:
        """Write the ticket into the run's folder."""
        content = {name: value for name, value in asdict(self).items() if name != "run"}
        files.replace(self.run / TICKET, files.to_json(content))


def read(run: Path) -> Ticket | None:
    """Return a run's place in the queue; None if it has no readable one."""
    try:
        content = json.loads(files.read_text(run / TICKET, files.LARGEST_RECORD))
        ticket = Ticket(run, **content)
        sane = type(ticket.asked) is type(ticket.process) is type(ticket.logged) is type(ticket.workers) is int
        return ticket if sane and isinstance(ticket.since, int | float) and ticket.workers >= 1 else None
    except (OSError, ValueError, TypeError, RecursionError):
        return None


def queue(folder: Path) -> list[Ticket]:
    """Return the places in the queue of a folder of runs, in order."""
    names = files.folders_in(folder)  # a glob takes ten times as long, and ten thousand runs may lie there
    found = (read(folder / name) for name in names if os.path.lexists(f"{folder}/{name}/{TICKET}"))
    return sorted((ticket for ticket in found if ticket), key=lambda ticket: (ticket.asked, ticket.run.name))


def remove(run: Path) -> None:
    """Remove a run from the queue if it is queued."""
    files.remove(run / TICKET)
