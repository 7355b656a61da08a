"""How much open dashboards slow training down: one training, watched by no page, by one and by ten, in turn.

The pages are those of a real browser on the same machine. The epochs that are compared follow each other in one
process, so a machine that is faster at one time than at another slows all of them alike. Also counts what the server
sends to one page that watches a run from its beginning to its end.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from ae.runs import folders, reading
from ae.runs.folders import Run
from ae.ui import present
from benchmarks.keeping import save
from benchmarks.serving import ADDRESS, ROOT, browser, serving

WATCHERS = (0, 1, 10)
EACH = 4
"""The epochs that are compared each time; the one in which pages open or close does not count, nor the next."""

SETTLED = 6_000
"""Milliseconds after a page is open: by then the server has imported its warm trainer's libraries."""

FORGOTTEN = int(1000 * present.SECONDS) + 1000
"""Milliseconds after which a page that was closed counts no more."""

COUNTED = 60
"""The epochs of the run whose bytes are counted: MNIST's test images, but 5,000 images to train on, since the bytes do
not depend on these."""

FEW = ("--validation-images", "55000", "--batch-size", "100")


@contextmanager
def training(environment: dict[str, str], *words: str) -> Iterator[subprocess.Popen[bytes]]:
    """Train *fast* on MNIST."""
    command = [sys.executable, "-m", "ae", "train", "--preset", "fast", *words]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(60)


def newest() -> Run:
    """Wait until there is a run, and return it."""
    while not (runs := [each for each in folders.list_runs() if isinstance(each, Run)]):
        time.sleep(0.1)
    return runs[0]


def epochs(run: Run, after: int, count: int) -> list[float]:
    """Wait for so many epochs after one, and return the seconds of each."""
    while True:
        found = [line.seconds for line in reading.read_history(run) if line.epoch > after]
        if len(found) >= count:
            return found[:count]
        time.sleep(0.2)


def last_epoch(run: Run) -> int:
    """Return the last epoch recorded, 0 if there is none."""
    return max((line.epoch for line in reading.read_history(run)), default=0)


def look(pages: Sequence[Any], count: int) -> None:
    """Open the Train screen in the first pages, and nothing in the others."""
    for page in pages[count:]:
        page.goto("about:blank")
    for page in pages[:count]:
        page.goto(f"{ADDRESS}/train")
        page.locator(".live-curve canvas[role=img]").wait_for(timeout=120_000)


def in_turn(environment: dict[str, str], pages: Sequence[Any], n: int) -> dict[str, list[float]]:
    """Return the seconds of the epochs that each number of pages watched."""
    seconds: dict[str, list[float]] = {str(count): [] for count in WATCHERS}
    with training(environment, "-e", "10000"):
        run = newest()
        epochs(run, 0, 2)
        look(pages, len(pages))
        pages[0].wait_for_timeout(SETTLED)
        for turn in range(n):
            for count in WATCHERS if turn % 2 else WATCHERS[::-1]:
                look(pages, count)
                pages[0].wait_for_timeout(FORGOTTEN)  # or the server would think that more pages watch
                found = epochs(run, last_epoch(run) + 2, EACH)
                seconds[str(count)] += found
                print(f"{count} pages: {', '.join(f'{each:.2f}' for each in found)} s", flush=True)
        look(pages, 0)
    return seconds


def received(environment: dict[str, str], page: Any) -> int:
    """Return the bytes that the server sends to a page that watches a run of ``COUNTED`` epochs, its own included."""
    sent = [0]

    def count(socket: Any) -> None:
        socket.on("framereceived", lambda frame: sent.append(len(frame)))

    def fetched(answer: Any) -> None:
        if "/watch/" in answer.url:
            sent.append(int(answer.headers.get("content-length", 0)))

    page.on("websocket", count)
    page.on("response", fetched)
    page.goto(f"{ADDRESS}/train")
    page.locator(".live-curve canvas[role=img]").wait_for(timeout=120_000)
    with training(environment, "-e", str(COUNTED), *FEW):
        page.locator(".progress-words", has_text=f"All {COUNTED} epochs in").wait_for(timeout=300_000)
    return sum(sent)


def measure(n: int) -> dict:
    """Compare ``EACH`` epochs watched by each number of pages, n times in turn; then count the bytes."""
    with tempfile.TemporaryDirectory(prefix="watching-") as folder, patch.dict(os.environ, AE_CHECKPOINTS=folder):
        environment = dict(os.environ)
        with serving(environment), browser() as first:
            window = {"width": 1280, "height": 900}
            others = [first.context.browser.new_page(viewport=window) for _ in range(max(WATCHERS) - 1)]
            seconds = in_turn(environment, [first, *others], n)
        with tempfile.TemporaryDirectory(prefix="watching-") as empty, patch.dict(os.environ, AE_CHECKPOINTS=empty):
            environment = dict(os.environ)
            with serving(environment), browser() as page:
                total = received(environment, page)
    median = {pages: statistics.median(each) for pages, each in seconds.items()}
    cost = {pages: value / median["0"] - 1 for pages, value in median.items() if pages != "0"}
    return save(
        "watching",
        {"n": n, "each": EACH, "epochs": COUNTED, "seconds": seconds, "median": median, "cost": cost, "bytes": total},
    )
