"""A sweep in a browser: three bottleneck sizes are trained from the form, watched together, and compared."""

import re

import numpy as np
import pytest
from playwright.sync_api import Page, expect
from test_training import set_number
from waiting import wait_for
from walk import Server, add_size, grey_of, painted, settle, visit

from ae.runs import folders, queue, reading

pytestmark = pytest.mark.browser


def test_three_sizes_are_trained_watched_together_and_compared(server: Server, page: Page) -> None:
    visit(page, f"{server.url}/train")
    for size in ("16", "4"):
        add_size(page, size)
        expect(page.locator(".st-key-form_sizes")).to_contain_text(size)
    set_number(page, "epochs", 20)
    page.locator(".st-key-form_grid summary").click()
    expect(page.locator(".st-key-form_workers input")).to_be_visible()
    settle(page)
    set_number(page, "workers", 1)
    page.get_by_role("button", name="Train 3 models").click()
    states, strips = page.locator(".sweep-state"), ".sweep-strip canvas"
    expect(states.first).to_be_visible()
    empty = painted(page, strips)[1]
    expect(page.locator(".sweep-name")).to_have_text(["Bottleneck 4", "Bottleneck 8", "Bottleneck 16"])

    # The sizes are trained in the order of the form: 8, 16, 4. The last one is removed from the queue.
    wait_for(lambda: painted(page, strips)[2] != empty, what="the first images of bottleneck 8")
    before = painted(page, strips)
    page.get_by_role("button", name="Remove Bottleneck 4").click()
    expect(states.first).to_have_text("Stopped")

    page.reload()
    expect(page.locator("[role=progressbar]")).to_have_attribute("aria-valuetext", re.compile("of 3 models trained"))
    after = painted(page, strips)
    assert (after[0], after[1]) == (before[0], empty)
    page.get_by_role("button", name="Compare these 2").wait_for()
    expect(states.nth(1)).to_have_text(re.compile(r"Finished · loss 0\.\d+"))
    expect(states.nth(2)).to_have_text(re.compile(r"Finished · loss 0\.\d+"))
    expect(page.locator(".sweep .curve-pointer")).to_have_attribute("aria-label", re.compile("Bottleneck 16 0.00"))
    assert len(set(painted(page, strips))) == 4
    runs = {run.recipe.code_size: run for run in folders.list_runs()}
    assert [queue.state(runs[size]) for size in (4, 8, 16)] == ["stopped", "finished", "finished"]
    for place, size in ((2, 8), (3, 16)):  # they are those after the last epoch
        _, expected = reading.read_preview(runs[size])
        shown = grey_of(painted(page, strips)[place])
        assert np.array_equal((255 * shown[:, :28]).round(), expected[0, 0])
        assert np.array_equal((255 * shown[:, -28:]).round(), expected[7, 0])

    page.get_by_role("button", name="Compare these 2").click()
    expect(page.get_by_role("heading", name="Compare", exact=True)).to_be_visible()
    expect(page).to_have_url(re.compile(f"runs={runs[8].id}(,|%2C){runs[16].id}"))
