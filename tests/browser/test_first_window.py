"""What Train and Health show before anybody scrolls, on a laptop and on a phone."""

import re

import pytest
from playwright.sync_api import Page, expect
from waiting import wait_for
from walk import FINGER, LAPTOP, edges, settle, visit

pytestmark = pytest.mark.browser
BRIGHT = "c => c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some((v, i) => i % 4 < 1 && v > 99)"
"""Whether something is drawn on a canvas."""


def test_on_a_laptop_train_has_its_curve_images_numbers_and_ways_on_in_the_first_window(lab, page: Page) -> None:
    server, runs = lab
    page.set_viewport_size(LAPTOP)
    visit(page, f"{server.url}/train?run={runs[1].id}")
    settle(page)
    expect(page.locator(".player-button")).to_be_enabled()
    for row in page.locator(".live-row canvas").all():
        assert row.evaluate(BRIGHT), row.get_attribute("aria-label")
    numbers = page.locator(".live-number")
    ways = page.locator(".st-key-next_steps").locator("button:visible, a:visible")
    expect(numbers).to_have_count(3)
    for each in (*numbers.all(), *ways.all()):
        expect(each).to_be_in_viewport(ratio=1)
    tops = {round(each.bounding_box()["y"]) for each in page.locator(".live-number dt").all()}
    assert len(tops) == 1
    rows = {round(edges(each)[0]) for each in ways.all()}
    assert len(rows) == 1
    (_, curve), (caption, _) = edges(page.locator(".curve-plot")), edges(page.locator(".live-map .live-note"))
    assert caption >= edges(page.locator(".live-place"))[1] and caption == pytest.approx(curve, abs=8)
    expect(page.locator(".live-map .live-note")).to_contain_text("Each point is a test image, coloured by its class")


def test_on_a_phone_train_begins_with_its_numbers_the_player_images_and_a_curve(lab, phone: Page) -> None:
    server, runs = lab
    visit(phone, f"{server.url}/train?run={runs[1].id}")
    settle(phone)
    expect(phone.locator(".player-button")).to_be_enabled()
    top, player = edges(phone.locator(".live .player"))
    numbers = [edges(each) for each in phone.locator(".live-number").all()]
    assert len({begin for begin, _ in numbers}) == 1 and numbers[0][1] <= top  # the result, in one row
    images, end = edges(phone.locator(".live-images"))
    assert images >= player
    train, _ = edges(phone.locator(".st-key-train_bar .stButton button:visible"))
    curve, _ = edges(phone.locator(".curve-plot"))
    assert end <= curve
    assert train - curve >= 150
    tapped = phone.locator(
        ".player-button, .player-speed, .live .player input, .curve-name, .st-key-next_steps button:visible"
    )
    assert min(bottom - top for top, bottom in map(edges, tapped.all())) >= FINGER


def test_on_a_phone_the_switches_of_health_are_chips_above_the_images_that_they_change(lab, phone: Page) -> None:
    server, runs = lab
    visit(phone, f"{server.url}/latent_space?run={runs[1].id}&view=Health")
    settle(phone)
    switches = phone.locator(".unit-switches button")
    expect(phone.locator(".unit-switches :is(button, .inactive)")).to_have_count(8)
    assert min(bottom - top for top, bottom in map(edges, switches.all())) >= FINGER
    assert len({round(each.bounding_box()["x"]) for each in switches.all()}) == min(2, switches.count())
    images, without = phone.locator(".st-key-units_off .ae-box"), phone.locator(".ae-label", has_text="Without")
    said = phone.locator(".st-key-units_said")
    expect(without).to_have_count(1)
    expect(said).to_contain_text(re.compile(r"Unit \d is off, and \d of 8 digits are recognised"))
    assert phone.evaluate("document.fonts.ready.then(() => true)")  # which moves what is below a text
    before, _ = edges(switches.first)
    switches.first.tap()  # switches it on
    expect(without).to_have_count(0)
    expect(said).to_contain_text("All units are on")
    settle(phone)
    assert edges(switches.first)[0] == pytest.approx(before, abs=4)  # it stays under the finger
    for each in (switches.first, switches.last):
        each.tap()
        expect(without).to_have_count(1)
        expect(each).to_be_in_viewport(ratio=1)
        expect(images).to_be_in_viewport(ratio=1)
        assert edges(each)[1] <= edges(images)[0]
        each.tap()
        expect(without).to_have_count(0)


def test_on_a_laptop_the_switches_of_health_are_in_one_column_beside_the_images(lab, page: Page) -> None:
    server, runs = lab
    page.set_viewport_size(LAPTOP)
    visit(page, f"{server.url}/latent_space?run={runs[1].id}&view=Health")
    settle(page)
    switches = page.locator(".unit-switches button")
    expect(page.locator(".unit-switches :is(button, .inactive)")).to_have_count(8)
    wait_for(lambda: len({each.bounding_box()["x"] for each in switches.all()}) == 1, what="one column")
    images = page.locator(".ae-grid").first.bounding_box()
    assert images["x"] + images["width"] <= switches.first.bounding_box()["x"]
    for each in (*switches.all(), page.locator(".ae-grid").first):
        expect(each).to_be_in_viewport(ratio=1)
