"""What a campaign is, and how its trials are counted within a bounded time."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random


@dataclass(frozen=True)
class Campaign:
    """Trials of one kind.

    Attributes:
        name: as on the command line and in the table.
        promise: what holds after every trial, one sentence.
        tries: how many trials the whole campaign makes.
        trials: makes trials without end from a source of random numbers. After each it yields what went wrong, empty if
            nothing did. Its ``finally`` clauses end what it started.
    """

    name: str
    promise: str
    tries: int
    trials: Callable[[Random], Iterator[str]]


@dataclass
class Tally:
    """How a campaign went: how many trials there were, and what went wrong in which."""

    campaign: Campaign
    seed: int
    tried: int = 0
    seconds: float = 0.0
    lost: list[str] = field(default_factory=list)


def run(campaign: Campaign, seed: int, seconds: float) -> Tally:
    """Make trials until there are enough or the time is over, which is checked between two trials."""
    tally, begin = Tally(campaign, seed), time.monotonic()
    trials = campaign.trials(Random(f"{campaign.name} {seed}"))
    try:
        while tally.tried < campaign.tries and time.monotonic() - begin < seconds:
            wrong = next(trials)
            tally.tried += 1
            if wrong:
                tally.lost.append(f"trial {tally.tried}: {wrong}")
    finally:
        trials.close()
        tally.seconds = time.monotonic() - begin
    return tally
