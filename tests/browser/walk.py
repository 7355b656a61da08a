"""Helpers for the browser tests: start the dashboard's server, open its pages, and see what they paint."""

import base64
import io
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect
from waiting import wait_for

from ae.presets import preset
from ae.runs import filenames, folders, queue
from ae.runs.folders import Run

ROOT = Path(__file__).resolve().parents[2]
APP = "[data-testid=stApp][data-test-connection-state=CONNECTED]"
PICTURE = ":is(.ae-cells, .walk-cells)[aria-label], .near-images"
QUIET = APP + "[data-test-script-state=notRunning]"
LAPTOP, PHONE = {"width": 1440, "height": 900}, {"width": 400, "height": 800}
FINGER = 44
"""The least height, in pixels, of what is tapped."""

expect.set_options(timeout=40_000)


class Server:
    """The dashboard on a free port, with its own folder of runs and no downloaded data."""

    def __init__(self, folder: Path, code: Path = ROOT) -> None:
        with socket.socket() as probe:
            probe.bind(("localhost", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://localhost:{self.port}"
        self.code = code
        self.log = folder / "server.log"
        self.runs = folder / "checkpoints"
        (folder / "data").mkdir(exist_ok=True)
        own = {"AE_CHECKPOINTS": str(self.runs), "AE_DATA": str(folder / "data"), "PYTHONFAULTHANDLER": "1"}
        self.environment = {**os.environ, **own}
        self.start()

    def start(self) -> None:
        """Start the server, and wait until it responds."""
        options = ("--server.headless", "true", "--server.port", str(self.port))
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "streamlit", "run", "streamlit_app.py", *options],
                cwd=self.code,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        wait_for(self._answers, what=f"the server; {self.log} says why it does not answer")

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=1) as answer:
                return answer.read() == b"ok"
        except OSError:
            return False

    def stop(self, how: int = signal.SIGTERM) -> None:
        """Stop the server, and wait until it has ended."""
        self.process.send_signal(how)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.send_signal(signal.SIGABRT)  # Python then logs what each of its threads does
            self.process.wait(20)
            pytest.fail(f"the server did not end within 20 s:\n{self.log.read_text()}")


def trained(recipes: Iterable[tuple[str, int]], *, epochs: int = 2) -> list[Run]:
    """Train runs on the built-in digits, one for each preset and bottleneck size, in this process."""
    runs = []
    for name, size in recipes:
        run = folders.create(preset(name, dataset="digits", code_size=size, epochs=epochs), preset=name)
        queue.prepare(run)
        list(queue.work(run))
        runs.append(run)
    return runs


@contextmanager
def laboratory(folder: Path, recipes: Iterable[tuple[str, int]]) -> Iterator[tuple[Server, list[Run]]]:
    """A server for several tests that only look, and runs as ``trained`` makes them; its log must have no traceback."""
    with pytest.MonkeyPatch.context() as patch:
        running = Server(folder)
        patch.setenv("AE_CHECKPOINTS", str(running.runs))
        yield running, trained(recipes)
        running.stop()
        log = running.log.read_text()
        assert "Traceback" not in log, log


def end_training(folder: Path) -> None:
    """Stop every run of a folder that is training or queued, and wait until none is."""

    def ended() -> bool:
        active = [r for r in folders.list_runs() if isinstance(r, Run) and queue.state(r) in queue.ACTIVE]
        for run in active:
            (run.path / filenames.STOP).touch()
            if not (run.path / filenames.LOCK).exists():
                (run.path / filenames.TICKET).unlink(missing_ok=True)
        return not active

    wait_for(ended, what=f"the end of training in {folder}")


def visit(tab: Page, url: str) -> None:
    """Open a page and wait until the app is connected to its server, shows its title and has its styles.

    Streamlit loads the code that inserts styles by itself: on a busy machine, it comes after the title.
    """
    tab.goto(url)
    expect(tab.locator(APP)).to_be_attached()
    expect(tab.locator("h1")).to_be_visible()
    expect(tab.locator(":root")).not_to_have_css("--action", "")


def settle(tab: Page) -> None:
    """Wait until no script runs; during training that never happens.

    A click that the server has not received yet does not count: after a click, first wait for its effect.
    """
    expect(tab.locator(QUIET)).to_be_attached()


def add_size(tab: Page, size: str) -> None:
    """Type a bottleneck size on Train. Enter adds it only once the menu has opened."""
    field = tab.locator(".st-key-form_sizes input")
    offered = tab.get_by_role("option", name=re.compile(rf"^(Add: )?{size}$"))

    def typed() -> bool:
        if field.input_value() != size:
            field.fill(size)  # again, if a late run of the page has emptied it
        return offered.is_visible()

    wait_for(typed, what=f"a menu that offers {size}")
    field.press("Enter")


def painted(tab: Page, selector: str) -> list[str]:
    """Return what some canvases show."""
    return tab.locator(selector).evaluate_all("all => all.map(canvas => canvas.toDataURL())")


def grey_of(url: str) -> np.ndarray:
    """Return a canvas's picture, in [0, 1]."""
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(url.partition(",")[2]))).convert("L")) / 255


def shown(tab: Page) -> list[str]:
    """Return all pictures on the page, to compare two sessions."""
    settle(tab)
    return tab.locator(PICTURE).evaluate_all(
        "all => all.map(e => e.getAttribute('style') + [...e.querySelectorAll('canvas')].map(c => c.toDataURL()))"
    )


def same_for_another_person(browser: Browser, tab: Page) -> None:
    """Open this page's address, which is final, in a fresh session, and wait until both show the same pictures.

    The address changes before the server has processed the click, so this page may still lag behind it.
    """
    other = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    fresh = other.new_page()
    visit(fresh, tab.evaluate("location.href"))
    wait_for(lambda: shown(fresh) == shown(tab) != [], what=f"the same pictures at {fresh.url}")
    other.close()


def option(tab: Page, key: str, name: str) -> None:
    """Choose an option in a select box."""
    tab.locator(f".st-key-{key} input").click()
    tab.get_by_role("option", name=name, exact=True).click()


def move(tab: Page, key: str, presses: int) -> None:
    """Move a slider with the keyboard."""
    thumb = tab.locator(f".st-key-{key} input[type=range]").first
    for _ in range(abs(presses)):
        thumb.focus()
        tab.keyboard.press("ArrowRight" if presses > 0 else "ArrowLeft")
        settle(tab)


def box(found: Locator) -> tuple[float, float, float, float]:
    """Return the left, the top, the right and the bottom of an element."""
    at = found.bounding_box()
    assert at
    return at["x"], at["y"], at["x"] + at["width"], at["y"] + at["height"]


def edges(found: Locator) -> tuple[float, float]:
    """Return the top and the bottom of an element."""
    _, top, _, bottom = box(found)
    return top, bottom
