"""How much an open dashboard slows training down: *fast* alone, and with its page open in a browser, in turn."""

import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from ae.runs import folders, reading
from benchmarks.keeping import save
from benchmarks.serving import ADDRESS, ROOT, browser, serving

EPOCHS = 40


def train_once(environment: dict[str, str]) -> float:
    """Train *fast*; return the seconds of all its epochs."""
    command = ["train", "--preset", "fast", "-e", str(EPOCHS)]
    subprocess.run([sys.executable, "-m", "ae", *command], cwd=ROOT, env=environment, check=True, capture_output=True)
    return sum(line.seconds for line in reading.read_history(folders.find("last"))[1:])


@contextmanager
def watching(environment: dict[str, str]) -> Iterator[None]:
    """Serve the dashboard, and open its Train screen in headless Chromium."""
    with serving(environment), browser() as page:
        page.goto(f"{ADDRESS}/train")
        page.locator(".js-plotly-plot").first.wait_for(timeout=60_000)
        yield


def measure(n: int) -> dict:
    """Train n times alone and n times watched, in turn."""
    found: dict[str, list[float]] = {"alone": [], "watched": []}
    with tempfile.TemporaryDirectory(prefix="watching-") as folder, patch.dict(os.environ, AE_CHECKPOINTS=folder):
        environment = dict(os.environ)
        train_once(environment)
        for _ in range(n):
            found["alone"].append(train_once(environment))
            with watching(environment):
                found["watched"].append(train_once(environment))
            print({name: round(seconds[-1], 2) for name, seconds in found.items()}, flush=True)
    median = {name: statistics.median(seconds) for name, seconds in found.items()}
    return save(
        "watching",
        {"n": n, "epochs": EPOCHS, "seconds": found, "median": median, "cost": median["watched"] / median["alone"] - 1},
    )
