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
            nothing did. Its ``finally`` clauses end what it started. It runs in a process of its own, so it may change
            the environment.
        minutes: about how long all its trials take; its share of the time is in proportion.
        alone: nothing else may run meanwhile, since it measures times.
    """

    name: str
    promise: str
    tries: int
    trials: Callable[[Random], Iterator[str]]
    minutes: float = 1.0
    alone: bool = False


@dataclass
class Tally:
    """How a campaign went: how many trials there were, and what went wrong in which."""

    name: str
    seed: int
    tried: int = 0
    seconds: float = 0.0
    lost: list[str] = field(default_factory=list)


def run(campaign: Campaign, seed: int, seconds: float, note: Callable[[Tally], None] = lambda tally: None) -> Tally:
    """Make trials until there are enough or the time is over, which is checked between two trials; at least one.

    Args:
        campaign: makes the trials.
        seed: of the trials.
        seconds: after which no other trial begins.
        note: called after each trial with the tally so far.
    """
    tally, begin = Tally(campaign.name, seed), time.monotonic()
    trials = campaign.trials(Random(f"{campaign.name} {seed}"))
    try:
        while tally.tried < campaign.tries and (not tally.tried or time.monotonic() - begin < seconds):
            wrong = next(trials)
            tally.tried += 1
            tally.seconds = time.monotonic() - begin
            if wrong:
                tally.lost.append(f"trial {tally.tried}: {wrong}")
            note(tally)
    finally:
        trials.close()
    return tally
