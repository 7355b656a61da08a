"""Ask trainers to end, suspend them, and take their memory away: the run is kept, and one sentence says so."""

import os
import resource
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

from ae.runs import folders, queue, reading
from torture import laboratory
from torture.campaign import Campaign
from torture.kills import cleared, undisturbed
from torture.laboratory import tiny

ENDING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def ask_to_end(random: Random) -> Iterator[str]:
    """Send a command that trains SIGTERM, SIGINT or SIGHUP, or two of them in a row."""
    with laboratory.laboratory() as lab:
        straight, seconds = undisturbed(lab)
        while True:
            run = folders.create(tiny())
            process = lab.command("resume", run.id)
            time.sleep(random.uniform(0, seconds))
            for _ in range(random.choice((1, 1, 2))):
                os.kill(process, random.choice(ENDING))
                time.sleep(random.uniform(0, 0.05))
            lab.reap(process)
            wrong = laboratory.unreadable() or laboratory.torn(run, straight)
            if not wrong and (state := queue.state(run)) not in ("stopped", "interrupted", "finished"):
                wrong = f"it is {state}"
            yield wrong or lab.finish(run) or laboratory.difference(run, straight) or cleared(lab, straight)


def suspend(random: Random) -> Iterator[str]:
    """Suspend a trainer by SIGSTOP, look at the list, and let it go on."""
    with laboratory.laboratory() as lab:
        straight, seconds = undisturbed(lab)
        while True:
            run = folders.create(tiny())
            queue.start(run)
            trainer = lab.started[-1]
            time.sleep(random.uniform(0, seconds))
            os.kill(trainer, signal.SIGSTOP)
            wrong = "" if lab.reap(lab.command("list")) == 0 else "list fails"
            if not wrong and (state := queue.state(run)) not in (*queue.ACTIVE, "finished"):
                wrong = f"suspended, it is {state}"
            os.kill(trainer, signal.SIGCONT)
            yield wrong or lab.ending(run) or laboratory.difference(run, straight) or cleared(lab, straight)


def without_memory(random: Random) -> Iterator[str]:
    """Allow a trainer only so many bytes of memory more than it has when it begins (``ulimit -v``)."""
    with laboratory.laboratory() as lab:
        straight, _ = undisturbed(lab)
        while True:
            run = folders.create(tiny())
            lab.hook = _limit(random.randint(0, 24 * 2**20))
            trainer = lab.command("resume", run.id)
            lab.reap(trainer)
            lab.hook = lambda: None
            # Not the losses: with a few MB to spare, MKL multiplies matrices in another order, which changes their
            # last bits. Whether such an epoch was kept shows in the finished run, which has to be the same to the bit.
            epochs = [line.epoch for line in reading.read_history(run)]
            wrong = laboratory.unreadable() or (
                "" if epochs == list(range(len(epochs))) else f"its epochs are {epochs}"
            )
            if not wrong and (state := queue.state(run)) not in ("failed", "finished"):
                wrong = f"it is {state}, after {lab.said(trainer).strip()[-200:]!r}"
            if not wrong and (error := reading.read_error(run)) and "not enough memory" not in error:
                wrong = f"the reason given is: {error}"
            yield wrong or lab.finish(run) or laboratory.difference(run, straight) or cleared(lab, straight)


def _limit(more: int) -> Callable[[], None]:
    def limit() -> None:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + more,) * 2)

    return limit


CAMPAIGNS = (
    Campaign(
        "signals",
        "a command that trains, and is told to end by SIGTERM, SIGINT or SIGHUP, keeps its run, which ends the same",
        100,
        ask_to_end,
        minutes=2.5,
    ),
    Campaign("suspended", "a run that is suspended stays in its place, and goes on", 30, suspend, minutes=1),
    Campaign(
        "memory",
        "a run without enough memory is kept, says so in a sentence, and ends the same once there is enough",
        60,
        without_memory,
        minutes=1.5,
    ),
)
