"""A real server and a real browser; after each test, they are checked for errors."""

import os
import shutil
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, Request, sync_playwright
from walk import PHONE, ROOT, Server, end_training, laboratory

from ae.runs.folders import Run

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-gpu-watchdog",  # on a busy machine it ends the process that paints, and pages get no frames any more
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--host-resolver-rules=MAP evil.example 127.0.0.1",  # a name that a foreign site has rebound to this machine
)


FRAMES = """() => new Promise(done => {
    const begin = performance.now(), end = setTimeout(() => done("none within 2 s"), 2000);
    requestAnimationFrame(() => { clearTimeout(end); done(`after ${Math.round(performance.now() - begin)} ms`); });
})"""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add to a failure what its tabs are doing, and above all whether they still get frames to paint in."""
    report = yield
    arguments = getattr(item, "funcargs", {})
    if report.when == "call" and report.failed:
        for name in ("page", "phone"):
            if (tab := arguments.get(name)) is not None:
                report.sections.append((name, _doing(tab)))
    return report


_asked: dict[Page, list[Request]] = {}
"""What each tab has asked the server for by itself."""


def _doing(tab: Page) -> str:
    """Return a tab's address, whether it is visible and gets frames, its script's state and what it shows.

    Of what it has asked for by itself, with the milliseconds until each answer's end, -1 without one, or the failure.
    """
    try:
        app = tab.locator("[data-testid=stApp]").first
        state = app.get_attribute("data-test-script-state", timeout=2000)
        seen, frames = tab.evaluate("document.visibilityState"), tab.evaluate(FRAMES)
        words = tab.locator("body").aria_snapshot(timeout=2000)
    except Error as error:
        return f"{tab.url}: {error}"
    asked = "".join(
        f"\n{each.url.partition('/watch/')[2][:80]}: {each.failure or each.timing['responseEnd']}"
        for each in _asked.get(tab, ())[-8:]
    )
    return f"{tab.url}: {seen}; next frame: {frames}; script: {state}{asked}\n{words[:8000]}"


class Shared:
    """A server for several tests, and how much of its log was read."""

    def __init__(self, server: Server) -> None:
        self.server, self.read = server, 0

    def check(self) -> None:
        """See that what the server has logged since the last time contains no traceback."""
        log = self.server.log.read_text()[self.read :]
        self.read += len(log)
        assert "Traceback" not in log, log


@pytest.fixture
def code() -> Path:
    """The folder of the code that the server runs; a test may have another."""
    return ROOT


@pytest.fixture
def fresh_server(browser: Browser, code: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A server that nobody has used; afterwards its log must not contain a traceback, and nothing may be training."""
    running = Server(tmp_path, code)
    monkeypatch.setenv("AE_CHECKPOINTS", str(running.runs))
    yield running
    end_training(running.runs)
    running.stop()
    log = running.log.read_text()
    assert "Traceback" not in log, log


@pytest.fixture(scope="session")
def _shared(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shared]:
    shared = Shared(Server(tmp_path_factory.mktemp("server")))
    yield shared
    shared.server.stop()
    shared.check()


@pytest.fixture
def server(_shared: Shared, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A server without runs, which earlier tests have used; afterwards its log must not contain a traceback either."""
    running = _shared.server
    if running.process.poll() is not None:  # an earlier test has failed
        running.start()
    monkeypatch.setenv("AE_CHECKPOINTS", str(running.runs))
    yield running
    try:
        end_training(running.runs)
    finally:
        for each in running.runs.glob("[!.]*"):
            while each.exists():  # a last request of the page may lock a file of it meanwhile
                shutil.rmtree(each, ignore_errors=True)
        _shared.check()


@pytest.fixture(scope="session")
def lab(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, list[Run]]]:
    """One server for the tests that only look, and three runs on the digits: a VAE with 2 units, others with 8, 2."""
    with laboratory(tmp_path_factory.mktemp("lab"), (("homework-vae", 2), ("fast", 8), ("fast", 2))) as found:
        yield found


@pytest.fixture
def in_the_lab(lab: tuple[Server, list[Run]], monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a test's runs into the server's folder."""
    monkeypatch.setenv("AE_CHECKPOINTS", str(lab[0].runs))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium; without one, browser tests are skipped, but fail in CI."""
    if not CHROMIUM:
        reason = "no Chromium on this machine: apt install chromium"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def _window(browser: Browser) -> Iterator[BrowserContext]:
    yield from _lasting(browser, viewport={"width": 1280, "height": 900})


@pytest.fixture(scope="session")
def _phone_window(browser: Browser) -> Iterator[BrowserContext]:
    yield from _lasting(browser, viewport=PHONE, has_touch=True, is_mobile=True)


def _lasting(browser: Browser, **options: Any) -> Iterator[BrowserContext]:
    """A browser window for many tests, which keeps the code of the page once loaded: that halves a visit."""
    window = browser.new_context(reduced_motion="reduce", **options)
    window.set_default_timeout(60_000)
    yield window
    window.close()


@contextmanager
def _cleared(window: BrowserContext) -> Iterator[BrowserContext]:
    """Lend a test a window without tabs and what a page remembers; afterwards no request may have left the machine."""
    abroad: list[str] = []

    def look(request: Request) -> None:
        if not request.url.startswith(("http://localhost:", "ws://localhost:", "data:", "blob:")):
            abroad.append(request.url)

    window.on("request", look)
    yield window
    for tab in window.pages:
        if tab.url.startswith("http"):
            tab.evaluate("localStorage.clear()")  # such as whether the sidebar was open
        tab.close()
    window.remove_listener("request", look)
    window.unroute_all()
    window.clear_cookies()
    window.clear_permissions()
    assert not abroad


@contextmanager
def _tab(window: BrowserContext) -> Iterator[Page]:
    """A tab; afterwards it must not show an exception, and none of its scripts may have failed."""
    tab = window.new_page()
    asked = _asked[tab] = []
    tab.on("request", lambda request: asked.append(request) if "/watch/" in request.url else None)
    errors: list[str] = []
    tab.on("pageerror", lambda error: errors.append(error.stack or str(error)))
    yield tab
    del _asked[tab]
    if tab.url.startswith("http"):
        assert tab.locator("[data-testid=stException]").count() == 0
    assert not errors


@pytest.fixture
def context(_window: BrowserContext) -> Iterator[BrowserContext]:
    """A browser window on a laptop, where motion is not welcome."""
    with _cleared(_window) as window:
        yield window


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A tab of that window."""
    with _tab(context) as tab:
        yield tab


@pytest.fixture
def phone(_phone_window: BrowserContext) -> Iterator[Page]:
    """A tab on a phone's screen, where motion is not welcome."""
    with _cleared(_phone_window) as window, _tab(window) as tab:
        yield tab


@pytest.fixture
def included(server: Server) -> Server:
    """A server with the included models."""
    for path in (ROOT / "checkpoints").glob("shipped-*"):
        shutil.copytree(path, server.runs / path.name)
    return server
