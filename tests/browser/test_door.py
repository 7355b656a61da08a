"""The server's door from outside: raw sockets, and pages of other sites in a real browser."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random

import pytest
from playwright.sync_api import expect
from walk import APP, visit

from torture.server import climb, enter, knock
from torture.serving import serving

pytestmark = pytest.mark.browser

TRY = """async (host) => {
  const socket = await new Promise((done) => {
    const opened = new WebSocket(`ws://${host}/_stcore/stream`, ["streamlit"]);
    opened.onopen = () => done("open");
    opened.onerror = () => done("refused");
  });
  const reach = (path, options) => fetch(`http://${host}${path}`, options).then((got) => got.status, () => "refused");
  const upload = await reach("/_stcore/upload_file/a/b", { method: "PUT", body: "x", credentials: "include" });
  const health = await reach("/_stcore/health");
  return { socket, upload, health };
}"""


@pytest.fixture(scope="module")
def shared():
    """A server that the whole network reaches."""
    with serving("--server.address", "0.0.0.0") as server:
        server.runs.mkdir(exist_ok=True)
        (server.runs / "canary").write_text("canary sings")
        yield server
        assert "Traceback" not in server.log.read_text()


@pytest.fixture(scope="module")
def foreign_site():
    """A site on another port that serves an empty page under every name."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"<!doctype html><title>Foreign</title><body>")

        def log_message(self, *_):
            pass

    site = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=site.serve_forever, args=(0.02,), daemon=True).start()
    yield site.server_port
    site.shutdown()


@pytest.fixture
def foreign(browser):
    """A tab that may show other sites; for this browser, evil.example is this machine."""
    tab = browser.new_page()
    yield tab
    tab.close()


@pytest.mark.parametrize("name", ["evil.example", "localhost"])
def test_a_page_of_another_origin_reaches_neither_the_websocket_nor_the_upload(lab, foreign, foreign_site, name):
    foreign.goto(f"http://{name}:{foreign_site}/")
    tried = foreign.evaluate(TRY, f"localhost:{lab[0].port}")
    assert {tried[what] for what in ("socket", "upload", "health")} == {"refused"}, tried


def test_no_other_site_can_frame_the_dashboard(lab, foreign, foreign_site):
    foreign.goto(f"http://evil.example:{foreign_site}/")
    with foreign.expect_event("requestfailed", predicate=lambda request: str(lab[0].port) in request.url) as failed:
        foreign.evaluate(
            "(url) => { document.body.appendChild(document.createElement('iframe')).src = url; }", lab[0].url
        )
    assert "BLOCKED" in failed.value.failure


def test_a_name_that_is_rebound_to_this_machine_reaches_nothing(lab, foreign):
    answer = foreign.goto(f"http://evil.example:{lab[0].port}/")
    assert answer.status == 403
    tried = foreign.evaluate(TRY, f"evil.example:{lab[0].port}")
    assert tried["socket"] == "refused" and tried["upload"] == tried["health"] == 403, tried


def test_whoever_has_the_password_opens_a_shared_dashboard_and_nobody_else(shared, page):
    page.goto(f"http://localhost:{shared.port}/train?preset=lab")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Open").click()
    expect(page.get_by_role("alert")).to_have_text("That is not the password.")
    page.get_by_label("Password").fill(shared.password)
    page.keyboard.press("Enter")
    expect(page.locator(APP)).to_be_attached()
    expect(page.locator("h1")).to_have_text("Train")
    assert page.url.endswith("/train?preset=lab")


def test_nothing_gets_through_the_door_of_a_shared_dashboard(shared):
    random, cookie = Random(12), enter(shared)
    assert cookie
    assert not [wrong for wrong in (knock(random, shared, cookie) for _ in range(200)) if wrong]
    assert not [wrong for wrong in (climb(random, shared, cookie) for _ in range(150)) if wrong]


def test_a_shared_dashboard_says_that_it_is_not_encrypted(shared):
    said = shared.log.read_text()
    assert "The connection is not encrypted" in said
    assert said.count(shared.password) == 1


def test_the_dashboard_of_this_machine_alone_asks_for_nothing(lab, page):
    visit(page, lab[0].url)
    assert "Password" not in lab[0].log.read_text()
