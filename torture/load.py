"""Load: 20 sessions that watch one training and 5 that explore; the server's memory, its answers, and the training.

The sessions are those of ``torture.session``, since 25 browsers would take the cores that are to be measured. Training
is compared with itself, alone, just before.
"""

import asyncio
import os
import random
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from unittest.mock import patch

from ae.data import sources
from ae.runs import folders, reading
from ae.runs.folders import Run
from torture.campaign import Campaign
from torture.serving import ROOT, Serving, serving
from torture.session import Session

WATCHING, EXPLORING = 20, 5
ALONE_SECONDS = 30
WINDOW_SECONDS = 20
FORGOTTEN_SECONDS = 8
"""After the server has forgotten a closed session, which this one does after 5 s instead of two minutes."""

SLOWER, P95_SECONDS = 0.15, 0.5
GROWTH = 50 * 2**20
"""The bytes by which the server may grow in the last five minutes, and by one more wave of sessions that are closed."""

EXPLORED = "shipped-digits-z2"
PAGES = (("interpolate", f"runs={EXPLORED}", "Steps"), ("reconstruct", f"run={EXPLORED}&by=At+random", "How many"))


def resident(server: Serving) -> int:
    """Return the server's resident memory in bytes."""
    lines = Path(f"/proc/{server.process.pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) * 1024


def cpu_seconds(server: Serving) -> float:
    """Return how long the server has computed so far."""
    fields = Path(f"/proc/{server.process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def training(server: Serving) -> Iterator[Run]:
    """Train *fast* for as long as it takes."""
    dataset = "mnist" if sources.is_here("mnist") else "digits"
    command = ["train", "--preset", "fast", "--dataset", dataset, "-e", "10000"]
    environment = {**os.environ, "AE_CHECKPOINTS": str(server.runs)}
    trainer = subprocess.Popen(
        [sys.executable, "-m", "ae", *command], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL
    )
    try:
        with patch.dict(os.environ, AE_CHECKPOINTS=str(server.runs)):
            while not (runs := [run for run in folders.list_runs() if isinstance(run, Run) and not run.shipped]):
                time.sleep(0.1)
        while len(reading.read_history(runs[0])) < 2:
            time.sleep(0.1)
        yield runs[0]
    finally:
        trainer.terminate()
        trainer.wait(60)


def epoch_seconds(run: Run, after: int) -> tuple[float, int]:
    """Return the median seconds of the epochs after that one, and the last one's number."""
    lines = reading.read_history(run)
    new = [line.seconds for line in lines if line.epoch > after]
    return statistics.median(new or [lines[-1].seconds]), lines[-1].epoch


@asynccontextmanager
async def sessions(
    server: Serving, watching: int, exploring: int
) -> AsyncIterator[tuple[list[Session], list[Session]]]:
    """Open pages one after the other; close them at the end."""
    watchers = [Session(server.port, "train") for _ in range(watching)]
    explorers = [Session(server.port, *PAGES[n % len(PAGES)][:2]) for n in range(exploring)]
    try:
        for each in (*watchers, *explorers):
            await each.open()
        yield watchers, explorers
    finally:
        for each in (*watchers, *explorers):
            await each.close()


async def explore(session: Session, name: str, until: float) -> list[float]:
    """Move a slider, look at the result for a few seconds, and so on; return the seconds of each answer."""
    times = []
    while time.monotonic() < until and not session.dropped:
        slider = session.sliders[name]
        times.append(await session.slide(slider, random.randint(int(slider.min), int(slider.max))))
        await asyncio.sleep(random.uniform(1, 5))
    return times


async def waves(server: Serving) -> str:
    """Open and close all sessions three times; return what is wrong with the memory that stays."""
    left = []
    for _ in range(3):
        async with sessions(server, WATCHING, EXPLORING) as (watchers, explorers):
            await asyncio.gather(
                *(explore(each, PAGES[n % 2][2], time.monotonic() + 5) for n, each in enumerate(explorers))
            )
            failed = sum(each.failed for each in (*watchers, *explorers))
        await asyncio.sleep(FORGOTTEN_SECONDS)
        left.append(resident(server))
    print("  load: MB after each wave of sessions:", *(f"{each / 2**20:.0f}" for each in left), flush=True)
    grown = left[-1] - left[-2]
    if failed:
        return f"{failed} pages showed an exception"
    return "" if grown < GROWTH / 2 else f"closed sessions leave {grown / 2**20:.0f} MB behind"


class Window:
    """What is measured while all sessions are open."""

    def __init__(self, server: Serving, run: Run, alone: float, epoch: int) -> None:
        self.server, self.run, self.alone, self.epoch = server, run, alone, epoch
        self.memory: list[tuple[float, int]] = []

    async def look(self, watchers: list[Session], explorers: list[Session]) -> str:
        """Measure for a while; return what is wrong."""
        begin, until = time.monotonic(), time.monotonic() + WINDOW_SECONDS
        computed, own = cpu_seconds(self.server), time.process_time()
        found = await asyncio.gather(*(explore(each, PAGES[n % 2][2], until) for n, each in enumerate(explorers)))
        seconds = time.monotonic() - begin
        computed, own = (cpu_seconds(self.server) - computed) / seconds, (time.process_time() - own) / seconds
        times = sorted(each for one in found for each in one)
        p95 = times[int(0.95 * (len(times) - 1))]
        watched, self.epoch = epoch_seconds(self.run, self.epoch)
        slower = watched / self.alone - 1
        self.memory = [*self.memory[-300 // WINDOW_SECONDS :], (time.monotonic(), resident(self.server))]
        grown = self.memory[-1][1] - self.memory[0][1]
        dropped = [each.dropped for each in (*watchers, *explorers) if each.dropped]
        failed = sum(each.failed for each in (*watchers, *explorers))
        answers = f"a slider's median {statistics.median(times):.3f} s, p95 {p95:.3f} s (n = {len(times)})"
        memory = f"{self.memory[-1][1] / 2**20:.0f} MB ({grown / 2**20:+.0f} MB in {len(self.memory)} windows)"
        cores = f"cores: server {computed:.2f}, sessions {own:.2f}"
        said = f"an epoch {slower:+.0%}, {answers}, server {memory}, {cores}, {len(dropped)} dropped, {failed} failed"
        print(f"  load: {said}", flush=True)
        right = slower < SLOWER and p95 < P95_SECONDS and grown <= GROWTH and not dropped and not failed
        return "" if right else said


def trials(_: random.Random) -> Iterator[str]:
    """First waves of sessions that are closed again, then windows of one long visit."""
    with serving("--server.disconnectedSessionTTL", "5") as server:
        server.runs.mkdir(exist_ok=True)
        shutil.copytree(ROOT / "checkpoints" / EXPLORED, server.runs / EXPLORED)
        yield asyncio.run(waves(server))
        with training(server) as run, asyncio.Runner() as runner:
            _, first = epoch_seconds(run, 0)
            time.sleep(ALONE_SECONDS)
            window = Window(server, run, *epoch_seconds(run, first))
            visit = sessions(server, WATCHING, EXPLORING)
            watchers, explorers = runner.run(visit.__aenter__())
            runner.run(window.look(watchers, explorers))  # as the pages have just been opened
            try:
                while True:
                    yield runner.run(window.look(watchers, explorers))
            finally:
                runner.run(visit.__aexit__(None, None, None))


CAMPAIGNS = (
    Campaign(
        "load",
        "20 watching and 5 exploring sessions slow training by less than 15 %, get answers within 0.5 s, lose nothing",
        30,
        trials,
        minutes=12,
        alone=True,
    ),
)
