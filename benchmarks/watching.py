"""How much open dashboards slow training down: *fast* alone, watched by one page, and by ten, in turn.

The pages are those of a real browser on the same machine. Also counts what the server sends to one of them.
"""

import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from ae.runs import folders, reading
from benchmarks.keeping import save
from benchmarks.serving import ADDRESS, ROOT, browser, serving

EPOCHS = 60
WATCHERS = (0, 1, 10)
SETTLED = 6_000
"""Milliseconds after the last page is open: by then the server has imported its warm trainer's libraries."""


def train_once(environment: dict[str, str]) -> float:
    """Train *fast*; return the seconds of all its epochs."""
    command = ["train", "--preset", "fast", "-e", str(EPOCHS)]
    subprocess.run([sys.executable, "-m", "ae", *command], cwd=ROOT, env=environment, check=True, capture_output=True)
    return sum(line.seconds for line in reading.read_history(folders.find("last"))[1:])


@contextmanager
def watching(environment: dict[str, str], pages: int) -> Iterator[dict[str, int]]:
    """Serve the dashboard with its Train screen open in some pages; yield the bytes sent to the first, as they grow."""
    sent = {"bytes": 0}
    if not pages:
        yield sent
        return

    def add(size: int) -> None:
        sent["bytes"] += size

    def count(socket: Any) -> None:
        socket.on("framereceived", lambda frame: add(len(frame)))

    def fetched(answer: Any) -> None:
        if "/watch/" in answer.url:
            add(int(answer.headers.get("content-length", 0)))

    with serving(environment), browser() as first:
        first.on("websocket", count)
        first.on("response", fetched)
        others = [first.context.browser.new_page(viewport={"width": 1280, "height": 900}) for _ in range(pages - 1)]
        for page in (first, *others):
            page.goto(f"{ADDRESS}/train")
            page.locator(".live-curve canvas[role=img]").wait_for(timeout=60_000)
        first.wait_for_timeout(SETTLED)
        yield sent
        first.locator(".progress-words", has_text=f"All {EPOCHS} epochs in").wait_for(timeout=60_000)


def measure(n: int) -> dict:
    """Train n times alone, n times with one watcher and n times with ten, in turn."""
    seconds: dict[str, list[float]] = {str(pages): [] for pages in WATCHERS}
    received: list[int] = []
    for turn in range(n + 1):  # the first only warms up
        for pages in WATCHERS if turn else (0,):
            with (
                tempfile.TemporaryDirectory(prefix="watching-") as folder,
                patch.dict(os.environ, AE_CHECKPOINTS=folder),
            ):
                environment = dict(os.environ)
                with watching(environment, pages) as sent:
                    spent = train_once(environment)
            if turn:
                seconds[str(pages)].append(spent)
            if pages == 1:
                received.append(sent["bytes"])
        print({pages: round(each[-1], 2) for pages, each in seconds.items() if each}, received[-1:], flush=True)
    median = {pages: statistics.median(each) for pages, each in seconds.items()}
    cost = {pages: value / median["0"] - 1 for pages, value in median.items() if pages != "0"}
    return save(
        "watching",
        {"n": n, "epochs": EPOCHS, "seconds": seconds, "median": median, "cost": cost, "bytes": max(received)},
    )
