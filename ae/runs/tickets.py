"""Places in the queue: a file in each run that waits to be trained, from when a person asked for it until it begins."""

import json
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Literal

from ae.runs import files, processes
from ae.runs.filenames import LOCK, STOP, TICKET

START_SECONDS = 120
"""How long a process that was started may take to lock its run before it counts as lost."""

Condition = Literal["waiting", "starting", "locked", "lost", "stopped"]


@dataclass(frozen=True)
class Ticket:
    """A run's place in the queue."""

    run: Path
    """The run's folder."""
    asked: int
    """When a person asked for the training, in nanoseconds since 1970; the queue's order."""
    process: int = 0
    """The id of the process that is to train the run; 0 as long as none was started for it."""
    since: float = 0.0
    """When that process was named here, in seconds since 1970."""
    spawned: bool = False
    """Whether the queue started that process; otherwise it is a command that a person runs."""
    logged: int = 0
    """How many bytes the run's log had when the process was started."""

    def condition(self) -> Condition:
        """Whether the run waits for a process, its process is starting or has locked it, is lost, or a stop was asked.

        A process is lost if it ended, or has not locked the run within ``START_SECONDS``.
        """
        if (self.run / STOP).exists():
            return "stopped"
        if files.locked(self.run / LOCK):
            return "locked"
        if not self.process:
            return "waiting"
        late = abs(time.time() - self.since) > START_SECONDS
        return "lost" if late or not processes.alive(self.process) else "starting"

    def taken_by(self, process: int, *, spawned: bool, logged: int = 0) -> "Ticket":
        """Return the same place in the queue with the process that is to train the run."""
        return replace(self, process=process, since=time.time(), spawned=spawned, logged=logged)

    def write(self) -> None:
        """Write the ticket into the run's folder."""
        content = {name: value for name, value in asdict(self).items() if name != "run"}
        files.replace(self.run / TICKET, files.to_json(content))


def read(run: Path) -> Ticket | None:
    """Return a run's place in the queue; None if it has none that can be read."""
    try:
        content = json.loads(files.read_text(run / TICKET))
        ticket = Ticket(run, **content)
        sane = type(ticket.asked) is type(ticket.process) is type(ticket.logged) is int
        return ticket if sane and isinstance(ticket.since, int | float) else None
    except (OSError, ValueError, TypeError, RecursionError):
        return None


def queue(folder: Path) -> list[Ticket]:
    """Return the places in the queue of a folder of runs, in their order."""
    found = (read(path.parent) for path in folder.glob(f"[!.]*/{TICKET}"))
    return sorted((ticket for ticket in found if ticket), key=lambda ticket: (ticket.asked, ticket.run.name))


def remove(run: Path) -> None:
    """Take a run out of the queue, if it is in it."""
    files.remove(run / TICKET)
