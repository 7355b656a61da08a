"""The first visit of a fresh server, at any address, shows that page in its frame."""

import pytest
from playwright.sync_api import Page, expect
from walk import Server, visit

from ae.presets import preset
from ae.runs import folders, queue

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("", "Autoencoder Lab"),
        ("train", "Train"),
        ("latent_space", "Latent space"),
    ],
)
def test_a_cold_deep_link_shows_the_page_and_its_menu(server: Server, page: Page, path: str, title: str) -> None:
    visit(page, f"{server.url}/{path}")
    expect(page.get_by_role("heading", name=title, exact=True)).to_be_visible()
    for name in ("Home", "Train", "Compare", "Reconstruct", "Denoise", "Interpolate", "Latent space"):
        expect(page.locator("[data-testid=stSidebar]").get_by_role("link", name=name, exact=True)).to_be_visible()


def test_a_link_to_a_run_shows_the_same_in_a_fresh_session(server: Server, page: Page) -> None:
    runs = []
    for size in (2, 3):
        run = folders.create(preset("fast", dataset="digits", code_size=size, epochs=1), preset="fast")
        queue.prepare(run)
        list(queue.work(run))
        runs.append(run)
    older = runs[0]
    visit(page, f"{server.url}/reconstruct?run={older.id}&by=One+class&class=3&count=5")
    expect(page.locator(f"[role=img][aria-label*='5 test images through {older.name}']").first).to_be_visible()
    assert f"run={older.id}" in page.url
    page.locator("[data-testid=stSidebar]").get_by_role("link", name="Train", exact=True).click()
    expect(page.get_by_role("heading", name="Train", exact=True)).to_be_visible()
    page.locator("[data-testid=stSidebar]").get_by_role("link", name="Reconstruct", exact=True).click()
    expect(page.locator(f"[role=img][aria-label*='through {older.name}']").first).to_be_visible()
