"""The first visit of a fresh server, at any address, shows that page in its frame."""

import socket
import time
from pathlib import Path

import pytest
import streamlit
from playwright.sync_api import Page, expect
from walk import Server, settle, trained, visit

from ae.presets import preset
from ae.runs import folders, queue

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("", "Autoencoder Lab"),
        pytest.param("train", "Train", marks=pytest.mark.slow),
        ("latent_space", "Latent space"),
    ],
)
def test_a_cold_deep_link_shows_the_page_and_its_menu(fresh_server: Server, page: Page, path: str, title: str) -> None:
    visit(page, f"{fresh_server.url}/{path}")
    expect(page.get_by_role("heading", name=title, exact=True)).to_be_visible()
    for name in ("Home", "Train", "Compare", "Reconstruct", "Denoise", "Interpolate", "Latent space"):
        expect(page.locator("[data-testid=stSidebar]").get_by_role("link", name=name, exact=True)).to_be_visible()


def test_a_link_to_a_run_shows_the_same_in_a_fresh_session(server: Server, page: Page) -> None:
    older, _ = trained((("fast", 2), ("fast", 3)), epochs=1)
    visit(page, f"{server.url}/reconstruct?run={older.id}&by=One+class&class=3&count=5")
    expect(page.locator(f".ae-cells[aria-label*='5 test images reconstructed by {older.name}']").first).to_be_visible()
    assert f"run={older.id}" in page.url
    page.locator("[data-testid=stSidebar]").get_by_role("link", name="Train", exact=True).click()
    expect(page.get_by_role("heading", name="Train", exact=True)).to_be_visible()
    page.locator("[data-testid=stSidebar]").get_by_role("link", name="Reconstruct", exact=True).click()
    expect(page.locator(f".ae-cells[aria-label*='reconstructed by {older.name}']").first).to_be_visible()


def test_the_server_ends_though_a_browser_has_not_read_an_answer_to_its_end(fresh_server: Server) -> None:
    files = Path(streamlit.__file__).parent / "static" / "static" / "js"
    largest = max(files.iterdir(), key=lambda file: file.stat().st_size)
    with socket.socket() as browser:
        browser.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        browser.connect(("127.0.0.1", fresh_server.port))
        browser.sendall(f"GET /static/js/{largest.name} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        assert b" 200 " in browser.recv(64)
        begun = time.monotonic()
        fresh_server.stop()
        assert time.monotonic() - begun < 15


@pytest.mark.slow
def test_the_server_ends_at_once_after_every_screen_was_opened(fresh_server: Server, page: Page) -> None:
    run = folders.create(preset("fast", dataset="digits", code_size=2, epochs=1), preset="fast")
    queue.prepare(run)
    list(queue.work(run))
    for name in ("train", "compare", "reconstruct", "denoise", "interpolate", "latent_space"):
        visit(page, f"{fresh_server.url}/{name}")
        settle(page)
    page.goto("about:blank")
    begun = time.monotonic()
    fresh_server.stop()
    assert time.monotonic() - begun < 10
