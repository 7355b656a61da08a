"""What the walks share: the dashboard's server, and how to open a page of it."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import Page, expect

from ae.runs import filenames, folders, queue
from ae.runs.folders import Run

ROOT = Path(__file__).resolve().parents[2]
APP = "[data-testid=stApp][data-test-connection-state=CONNECTED]"
QUIET = APP + "[data-test-script-state=notRunning]"

expect.set_options(timeout=40_000)


class Server:
    """The dashboard as people start it, on a free port, with its own folder of runs and no downloaded data."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("localhost", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://localhost:{self.port}"
        self.log = folder / "server.log"
        self.runs = folder / "checkpoints"
        (folder / "data").mkdir(exist_ok=True)
        self.environment = {**os.environ, "AE_CHECKPOINTS": str(self.runs), "AE_DATA": str(folder / "data")}
        self.start()

    def start(self) -> None:
        """Start it, and wait until it answers."""
        options = ("--server.headless", "true", "--server.port", str(self.port))
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "streamlit", "run", "streamlit_app.py", *options],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        until = time.monotonic() + 30
        while time.monotonic() < until:
            try:
                with urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=1) as answer:
                    if answer.read() == b"ok":
                        return
            except OSError:
                time.sleep(0.05)
        raise TimeoutError(self.log.read_text())

    def stop(self, how: int = signal.SIGTERM) -> None:
        """End it, and wait until it is gone."""
        self.process.send_signal(how)
        self.process.wait(20)


def end_training(folder: Path) -> None:
    """Stop whatever trains or waits in a folder of runs, and wait until nobody holds it."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        active = [r for r in folders.list_runs() if isinstance(r, Run) and queue.state(r) in queue.ACTIVE]
        if not active:
            return
        for run in active:
            (run.path / filenames.STOP).touch()
            if not (run.path / filenames.LOCK).exists():
                (run.path / filenames.TICKET).unlink(missing_ok=True)
        time.sleep(0.1)
    raise TimeoutError(f"somebody still trains in {folder}")


def visit(tab: Page, url: str) -> None:
    """Open a page and wait until the app is connected to its server and has drawn its title."""
    tab.goto(url)
    expect(tab.locator(APP)).to_be_attached()
    expect(tab.locator("h1")).to_be_visible()


def settle(tab: Page) -> None:
    """Wait until the last click has been worked through; not while something trains, for then nothing is ever still."""
    expect(tab.locator(QUIET)).to_be_attached()
