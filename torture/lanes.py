"""Run campaigns side by side, each in a process of its own, so that one that crashes or hangs is counted."""

import multiprocessing
import threading
import time
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection

from torture.campaign import Campaign, Tally, run

LANES = 2
"""How many campaigns run at the same time."""

STARTING_SECONDS = 180
"""How long the process of a campaign may take to begin."""

HANGING_SECONDS = 180
"""How much longer than its time a campaign may go on before it counts as hanging: a trial takes seconds."""

STOPPING_SECONDS = 30
"""How long a campaign that is interrupted may take to end."""


def run_all(campaigns: Sequence[Campaign], seed: int, minutes: float, done: Callable[[Tally], None]) -> None:
    """Run campaigns within some minutes: side by side, then those that must be alone.

    Each gets a share of the time in proportion to its ``minutes``; what it leaves goes to those after it.

    Args:
        campaigns: what to run.
        seed: of all trials.
        minutes: how long all of it may take.
        done: called with the tally of each campaign when it ends.
    """
    end = time.monotonic() + 60 * minutes
    alone = [campaign for campaign in campaigns if campaign.alone]
    lanes: list[list[Campaign]] = [[] for _ in range(LANES)]
    for campaign in sorted(campaigns, key=lambda each: -each.minutes):
        if not campaign.alone:
            min(lanes, key=_minutes).append(campaign)
    later = _minutes(alone) / (_minutes(alone) + max(map(_minutes, lanes)))
    together = end - 60 * minutes * later
    stopping = threading.Event()
    threads = [threading.Thread(target=_run_lane, args=(lane, seed, together, done, stopping)) for lane in lanes]
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        _run_lane(alone, seed, end, done, stopping)
    except KeyboardInterrupt:  # which Ctrl-C has sent to the campaigns as well: each ends what it has started
        stopping.set()
        raise


def _minutes(lane: Sequence[Campaign]) -> float:
    return sum(campaign.minutes for campaign in lane)


def _run_lane(
    lane: Sequence[Campaign], seed: int, end: float, done: Callable[[Tally], None], stopping: threading.Event
) -> None:
    for n, campaign in enumerate(lane):
        if stopping.is_set():
            return
        share = campaign.minutes / _minutes(lane[n:])
        done(_run_apart(campaign, seed, share * (end - time.monotonic())))


def _run_apart(campaign: Campaign, seed: int, seconds: float) -> Tally:
    """Run a campaign in a process of its own; if that dies or hangs, the trial that it was at is lost."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_report, args=(campaign, seed, seconds, theirs))
    process.start()
    theirs.close()
    tally, finished, wrong = Tally(campaign.name, seed), False, f"it did not begin within {STARTING_SECONDS} s"
    try:
        if ours.poll(STARTING_SECONDS):
            until, wrong = time.monotonic() + max(seconds, 0) + HANGING_SECONDS, f"it hung for {HANGING_SECONDS} s"
            while ours.poll(max(until - time.monotonic(), 0)):
                tally, finished = ours.recv()
    except EOFError:
        process.join()
        wrong = f"the campaign itself ended with exit code {process.exitcode}"
    except KeyboardInterrupt:
        process.join(STOPPING_SECONDS)
        raise
    finally:
        process.kill()
        process.join()
    if not finished:
        tally.tried += 1
        tally.lost.append(f"trial {tally.tried}: {wrong}")
    return tally


def _report(campaign: Campaign, seed: int, seconds: float, to: Connection) -> None:
    to.send((Tally(campaign.name, seed), False))
    tally = run(campaign, seed, seconds, note=lambda so_far: to.send((so_far, False)))
    to.send((tally, True))
