"""The screens that show models, in a browser: choose, click, and share a link that shows the same."""

import re

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect
from waiting import wait_for
from walk import PICTURE, move, option, same_for_another_person, settle, shown, visit

from ae.presets import preset
from ae.runs import folders, queue

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("in_the_lab")]

EDGES = """all => all.map((canvas) => {
    const { width, height } = canvas;
    const pen = canvas.getContext("2d");
    const ink = (...area) => pen.getImageData(...area).data.filter((value, i) => i % 4 === 3 && value).length;
    const sides = [[0, 0, width, 1], [0, height - 1, width, 1], [0, 0, 1, height], [width - 1, 0, 1, height]];
    return { all: ink(0, 0, width, height), edge: sides.reduce((sum, side) => sum + ink(...side), 0) };
})"""
"""How many pixels of canvases are painted, and how many of those at their edges."""

SCREENS = ("compare", "reconstruct", "denoise", "interpolate", "latent_space")


def drawn(tab: Page, canvas: str) -> str:
    """Return the pixels of a canvas."""
    return tab.locator(canvas).evaluate("canvas => canvas.toDataURL()")


def test_compare_shows_models_side_by_side_and_the_link_shows_the_same(lab, browser: Browser, page: Page) -> None:
    server, _ = lab
    visit(page, f"{server.url}/compare")
    expect(page.locator(PICTURE)).to_have_count(3)  # the originals, and the recipe with two bottleneck sizes
    page.locator(".st-key-errors label").first.click()
    expect(page.locator(PICTURE)).to_have_count(5)
    option(page, "by", "Worst first")
    expect(page).to_have_url(re.compile("errors=true.*Worst|Worst.*errors=true"))
    same_for_another_person(browser, page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Figure (PNG)").click()
    sheet = Image.open(download.value.path())
    assert sheet.width > 1500
    assert round(sheet.info["dpi"][0]) == 300


@pytest.mark.slow
def test_a_run_is_renamed_tagged_and_deleted_from_the_screen(lab, page: Page) -> None:
    server, _ = lab
    run = folders.create(preset("fast", dataset="digits", code_size=3, epochs=1), preset="fast", name="To go")
    queue.prepare(run)
    list(queue.work(run))
    visit(page, f"{server.url}/compare?runs={run.id}")
    controls = page.get_by_role("button", name="Rename, tag, delete")
    controls.click()
    page.get_by_label("Name", exact=True).fill("Gone soon")
    page.get_by_label("Name", exact=True).press("Enter")
    settle(page)
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".ae-label").nth(1)).to_have_text(re.compile("Gone soon"))
    page.locator(".st-key-delete button:visible").click()
    dialog = page.get_by_role("dialog", name="Delete this run?")  # a popover is a dialog, too
    expect(dialog).to_contain_text(run.id)
    dialog.get_by_role("button", name="Cancel").click()
    expect(dialog).to_have_count(0)
    assert run.path.is_dir()
    controls.click()
    page.locator(".st-key-delete button:visible").click()
    dialog.get_by_role("button", name="Delete").click()
    expect(dialog).to_have_count(0)
    expect(page.get_by_text("no such run here")).to_be_visible()
    assert not run.path.exists()


def test_the_ends_are_chosen_in_the_sidebar_and_the_link_shows_the_same_path(lab, browser: Browser, page: Page) -> None:
    server, runs = lab
    visit(page, f"{server.url}/interpolate?runs={runs[1].id}")
    expect(page.locator(PICTURE)).to_have_count(2)
    before = shown(page)
    option(page, "a_class", "7")
    expect(page).to_have_url(re.compile(r"\ba=\d"))
    assert shown(page) != before
    move(page, "n", 2)
    expect(page.get_by_text("9/10", exact=True)).to_be_visible()
    page.get_by_text("More", exact=True).click()
    page.get_by_role("button", name="spherical").or_(page.get_by_role("radio", name="spherical")).first.click()
    expect(page.locator(PICTURE)).to_have_count(3)
    same_for_another_person(browser, page)
    page.get_by_role("button", name="Export").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Animation (GIF)").click()
    assert Image.open(download.value.path()).n_frames == 20
    page.get_by_role("spinbutton", name="From").fill("10000000")
    page.get_by_role("spinbutton", name="From").press("Enter")
    expect(page.get_by_text("There is no test image 10,000,000: use 0 to 296")).to_be_visible()
    expect(page.locator(PICTURE)).to_have_count(3)


@pytest.mark.slow
def test_the_replay_follows_its_scrubber(lab, browser: Browser, page: Page) -> None:
    server, runs = lab
    visit(page, f"{server.url}/latent_space?run={runs[1].id}&view=Replay")
    codes = page.locator(".live-map canvas")
    expect(codes).to_have_attribute("aria-label", re.compile("after epoch 2"))  # without motion, where it would end
    stops = page.locator(".live-stop")
    expect(stops.last).to_have_attribute("aria-current", "true")
    expect(page).not_to_have_url(re.compile("epoch="))
    expect(page.locator(".live-map .live-title")).not_to_contain_text("epoch")  # the player says it
    expect(page.locator(".live-side .live-title")).to_have_text(re.compile(r"loss: 0\.\d+"))
    for still in stops.locator("canvas").evaluate_all(EDGES):
        assert still["all"] > 0 and still["edge"] == 0  # no point is cut off
    page.get_by_role("slider", name="Epoch").press("End")
    expect(codes).to_have_attribute("aria-label", re.compile("after epoch 2"))
    row = ".live-row canvas[aria-label*='Reconstruction'] >> nth=0"
    first = drawn(page, row)
    page.get_by_role("slider", name="Epoch").focus()
    page.keyboard.press("ArrowLeft")
    expect(codes).to_have_attribute("aria-label", re.compile("after epoch 1"))
    expect(page).to_have_url(re.compile("epoch=1"))
    moved = drawn(page, row)
    assert moved != first
    other = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce").new_page()
    visit(other, page.evaluate("location.href"))
    expect(other.locator(".live-map canvas")).to_have_attribute("aria-label", re.compile("after epoch 1"))
    wait_for(lambda: drawn(other, row) == moved, what="the same reconstructions in another session")
    other.context.close()
    page.keyboard.press("Home")
    expect(page).to_have_url(re.compile("epoch=0"))
    page.keyboard.press("End")
    expect(page).not_to_have_url(re.compile("epoch="))


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.slow)])
def test_no_screen_is_wider_than_a_phone(lab, browser: Browser, scheme: str) -> None:
    server, _ = lab
    phone: BrowserContext = browser.new_context(viewport={"width": 420, "height": 800}, color_scheme=scheme)
    tab = phone.new_page()
    for name in SCREENS:
        visit(tab, f"{server.url}/{name}")
        expect(tab.locator(PICTURE).first).to_be_visible()
        settle(tab)
        assert tab.evaluate("document.documentElement.scrollWidth") <= 420, name
        assert tab.locator("[data-testid=stException]").count() == 0, name
    phone.close()


def test_the_button_that_trains_is_in_view_in_a_window_900_pixels_high(lab, browser: Browser) -> None:
    server, _ = lab
    window: BrowserContext = browser.new_context(viewport={"width": 1440, "height": 900})
    tab = window.new_page()
    visit(tab, f"{server.url}/train")
    settle(tab)
    expect(tab.locator(".st-key-train button:visible")).to_be_in_viewport(ratio=1)
    expect(tab.locator(".st-key-form_advanced")).to_be_in_viewport()  # so the place of the button is whole
    window.close()
