"""The form on Train: its button is always in view, and the advanced settings stay open while one changes them."""

import pytest
from playwright.sync_api import Page, expect
from walk import settle, visit

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("in_the_lab")]


def test_train_is_in_view_beside_a_long_form_and_at_the_bottom_of_a_phone(lab, page: Page) -> None:
    server, _ = lab
    page.set_viewport_size({"width": 1440, "height": 900})
    visit(page, f"{server.url}/train")
    beside, below = (page.locator(f".st-key-{key} button:visible") for key in ("train", "train_here"))
    expect(beside).to_be_in_viewport(ratio=1)
    expect(below).to_have_count(0)
    expect(page.locator(".st-key-form_preset label")).to_contain_text("New run")
    expect(page.locator(".st-key-form_advanced summary")).to_be_in_viewport(ratio=1)
    page.locator(".st-key-form_advanced summary").click()
    expect(page.locator(".st-key-form_device")).to_be_visible()
    expect(page.locator(".st-key-form_device")).not_to_be_in_viewport()
    expect(beside).to_be_in_viewport(ratio=1)
    page.set_viewport_size({"width": 400, "height": 800})
    visit(page, f"{server.url}/train")
    expect(below).to_be_in_viewport(ratio=1)
    for end in ("0", "e.scrollHeight"):
        page.get_by_test_id("stMain").evaluate(f"e => e.scrollTo(0, {end})")
        expect(below).to_be_in_viewport(ratio=1)
        box = below.bounding_box()
        assert box["y"] + box["height"] > 760 and box["width"] > 200 and box["height"] >= 44
    settings = page.get_by_role("button", name="Settings", exact=True)
    expect(settings).to_be_in_viewport(ratio=1)
    settings.click()
    expect(page.locator(".st-key-form_preset")).to_be_in_viewport()


def test_the_advanced_settings_stay_open_when_one_changes(lab, page: Page) -> None:
    server, _ = lab
    visit(page, f"{server.url}/train")
    folded = page.locator(".st-key-form_advanced summary")
    last = page.locator(".st-key-form_device")
    folded.click()
    batch = page.locator(".st-key-form_batch_size input")
    batch.fill("77")
    batch.press("Enter")
    expect(folded).to_contain_text("Advanced: 1\u00a0changed")
    expect(last).to_be_visible()
    settle(page)
    seed = page.locator(".st-key-form_seed input")
    seed.fill("5")
    seed.press("Enter")
    expect(folded).to_contain_text("2\u00a0changed")
    settle(page)
    expect(last).to_be_visible()


def test_opening_the_folded_settings_replaces_no_field_in_which_one_may_already_type(lab, page: Page) -> None:
    server, _ = lab
    visit(page, f"{server.url}/train")
    seed = page.locator(".st-key-form_seed input")
    seed.evaluate("field => { field.kept = true }")
    page.locator(".st-key-form_advanced summary").click()
    expect(seed).to_be_visible()
    seed.fill("5")
    page.locator(".st-key-form_grid summary").click()
    seeds = page.locator(".st-key-form_seeds input")
    seeds.fill("0-2")
    seeds.press("Enter")
    expect(page.locator(".st-key-form_grid summary")).to_contain_text("seeds 0-2")  # so the page has run again
    assert seed.evaluate("field => field.kept")
    expect(seed).to_have_value("5")
    expect(page.locator(".st-key-form_advanced summary")).to_contain_text("1\u00a0changed")
