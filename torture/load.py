"""Load: 20 sessions that watch one training and 5 that explore; the server's memory, its answers, and the training.

The sessions are those of ``torture.session``, since 25 browsers would take the cores that are to be measured. In each
window they pause for some seconds, so that training is compared with itself while nobody asks for anything: a machine's
speed may change by more in minutes than sessions slow it down.
"""

import asyncio
import os
import random
import shutil
import statistics
import subprocess
import sys
import time
from collections import deque
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
PAUSE_SECONDS, WINDOW_SECONDS = 10, 20
WINDOWS = 5
"""How many windows are judged together, as a trial: a single one is too short for a median of epochs, or a p95."""

SETTLING_SECONDS = 3
"""After the pause, until all pages have asked again."""
FORGOTTEN_SECONDS = 8
"""After the server has forgotten a closed session, which this one does after 5 s instead of two minutes."""

SLOWER, P95_SECONDS = 0.15, 0.5
GROWTH = 50 * 2**20
"""The bytes by which the server may grow in five minutes, and by half as much with one more wave of closed sessions."""

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


def epoch_seconds(run: Run, after: int) -> tuple[list[float], int]:
    """Return the seconds of the epochs after the one that followed ``after``, and the last one's number.

    The one that followed was in progress when something changed.
    """
    lines = reading.read_history(run)
    return [line.seconds for line in lines if line.epoch > after + 1], lines[-1].epoch


@asynccontextmanager
async def sessions(
    server: Serving, watching: int, exploring: int
) -> AsyncIterator[tuple[list[Session], list[Session]]]:
    """Open pages one after the other; close them at the end."""
    awake = asyncio.Event()
    awake.set()
    watchers = [Session(server.port, "train", awake=awake) for _ in range(watching)]
    explorers = [Session(server.port, *PAGES[n % len(PAGES)][:2], awake=awake) for n in range(exploring)]
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


class Windows:
    """What is measured while all sessions are open: in each window, first while they pause, then while they ask."""

    def __init__(self, server: Serving, run: Run) -> None:
        self.server, self.run = server, run
        _, self.epoch = epoch_seconds(run, 0)
        self.alone: list[float] = []
        self.watched: list[float] = []
        self.answers: list[float] = []
        self.memory: deque[int] = deque(maxlen=2 * WINDOWS)  # five minutes

    async def look(self, watchers: list[Session], explorers: list[Session]) -> str:
        """Measure for some windows; return what is wrong."""
        self.alone, self.watched, self.answers = [], [], []
        computed = own = seconds = 0.0
        for _ in range(WINDOWS):
            self.alone += await self._paused(watchers[0].awake)
            begin = time.monotonic()
            computed, own = computed - cpu_seconds(self.server), own - time.process_time()
            until = begin + WINDOW_SECONDS
            found = await asyncio.gather(*(explore(each, PAGES[n % 2][2], until) for n, each in enumerate(explorers)))
            seconds += time.monotonic() - begin
            computed, own = computed + cpu_seconds(self.server), own + time.process_time()
            watched, self.epoch = epoch_seconds(self.run, self.epoch)
            self.watched += watched
            self.answers += [each for one in found for each in one]
            self.memory.append(resident(self.server))
        everyone = (*watchers, *explorers)
        dropped, failed = sum(bool(each.dropped) for each in everyone), sum(each.failed for each in everyone)
        return self._judged(dropped, failed, f"cores: server {computed / seconds:.2f}, sessions {own / seconds:.2f}")

    async def _paused(self, awake: asyncio.Event) -> list[float]:
        """Let all sessions pause until at least one whole epoch was trained; return the seconds of those epochs."""
        awake.clear()
        begin, epochs = time.monotonic(), []
        while not epochs or time.monotonic() < begin + PAUSE_SECONDS:
            await asyncio.sleep(0.2)
            epochs, last = epoch_seconds(self.run, self.epoch)
        self.epoch = last
        awake.set()
        await asyncio.sleep(SETTLING_SECONDS)
        return epochs

    def _judged(self, dropped: int, failed: int, cores: str) -> str:
        """Print what the last windows have shown together; return it if it is not as promised."""
        if not self.watched or not self.answers:
            return f"{dropped} sessions dropped, {failed} pages failed; nothing was measured"
        slower = statistics.median(self.watched) / statistics.median(self.alone) - 1
        times, grown = sorted(self.answers), self.memory[-1] - self.memory[0]
        p95 = times[int(0.95 * (len(times) - 1))]
        said = (
            f"an epoch {slower:+.0%} (n = {len(self.alone)} and {len(self.watched)}), a slider's median "
            f"{statistics.median(times):.3f} s, p95 {p95:.3f} s (n = {len(times)}), server "
            f"{self.memory[-1] / 2**20:.0f} MB ({grown / 2**20:+.0f} MB in {len(self.memory)} windows), {cores}, "
            f"{dropped} dropped, {failed} failed"
        )
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
            visit = sessions(server, WATCHING, EXPLORING)
            watchers, explorers = runner.run(visit.__aenter__())
            windows = Windows(server, run)
            try:
                while True:
                    yield runner.run(windows.look(watchers, explorers))
            finally:
                runner.run(visit.__aexit__(None, None, None))


CAMPAIGNS = (
    Campaign(
        "load",
        "20 watching and 5 exploring sessions slow training by less than 15 %, get answers within 0.5 s, lose nothing",
        6,
        trials,
        minutes=12,
        alone=True,
    ),
)
