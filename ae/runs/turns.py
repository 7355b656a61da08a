"""Whose turn it is to train, and the places of those that are training.

A run trains alone, and locks the folder's single place, unless it is one of a sweep: those train beside each other, up
to as many as the sweep has workers, each with its share of the cores.
"""

from collections.abc import Sequence
from pathlib import Path

from ae.runs import files, tickets
from ae.runs.filenames import PLACE, SHARED
from ae.runs.tickets import Ticket


def busy(folder: Path) -> bool:
    """Whether a run is being trained in a folder of runs."""
    return files.locked(folder / PLACE) or any(files.locked(place) for place in folder.glob(SHARED.format("*")))


def waiting(folder: Path) -> list[Ticket]:
    """Return the places in the queue of the runs that are to be trained on this machine, in order."""
    return [ticket for ticket in tickets.queue(folder) if not ticket.elsewhere and ticket.condition() != "stopped"]


def free_place(ticket: Ticket, before: Sequence[Ticket]) -> Path | None:
    """Return the place that a run may lock to train now, or None if its turn has not come.

    The caller has locked the queue.

    Args:
        ticket: the run's place in the queue.
        before: those in front of it, all of which have a process.
    """
    folder = ticket.run.parent
    if files.locked(folder / PLACE):
        return None
    training = sum(files.locked(place) for place in folder.glob(SHARED.format("*")))
    if ticket.workers == 1:
        return None if training or before else folder / PLACE
    if training + len(before) >= ticket.workers or any(other.workers == 1 for other in before):
        return None
    places = (folder / SHARED.format(number) for number in range(1, ticket.workers + 1))
    return next((place for place in places if not files.locked(place)), None)
