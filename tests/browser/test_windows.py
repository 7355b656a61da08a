"""Screens fit their windows: on a phone no text is cut, and on a laptop no screen is longer than two windows."""

import io
import re
from collections.abc import Iterator

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from waiting import wait_for
from walk import PICTURE, Server, laboratory, settle, visit

from ae.plots.colours import RUNS
from ae.runs.folders import Run

pytestmark = pytest.mark.browser

SCREENS = ("", "tour", "train", "compare", "reconstruct", "denoise", "interpolate", "latent_space")

WINDOW = {"width": 1440, "height": 900}
PHONE = {"width": 400, "height": 800}
WIDEST_CHART = """
() => Math.max(
  0,
  ...[...document.querySelectorAll(".main-svg")]
    .filter((e) => e.checkVisibility() && !e.closest("details:not([open])"))
    .map((e) => e.clientWidth),
)
"""
PALE = """
() => {
  const pen = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const page = getComputedStyle(document.querySelector("[data-testid=stApp]")).backgroundColor;
  const luminance = (...colours) => {
    for (const colour of colours) {
      pen.fillStyle = colour;
      pen.fillRect(0, 0, 1, 1);
    }
    const linear = [...pen.getImageData(0, 0, 1, 1).data].slice(0, 3).map((value) => {
      const share = value / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
  };
  return [...document.querySelectorAll(".main-svg text")]
    .filter((text) => text.textContent.trim() && text.checkVisibility())
    .map((text) => {
      const [low, high] = [luminance(page), luminance(page, getComputedStyle(text).fill)].sort((a, b) => a - b);
      return [text.textContent, (high + 0.05) / (low + 0.05)];
    })
    .filter(([, contrast]) => contrast < 4.5);
}
"""
REFUSED = "() => { navigator.clipboard.write = () => Promise.reject(new DOMException('no', 'NotAllowedError')); }"
CLIPBOARD = """
async () => {
  const [item] = await navigator.clipboard.read();
  const image = await item.getType("image/png");
  return [...new Uint8Array(await image.arrayBuffer())];
}
"""
CUT = """
() => {
  const cut = [];
  const add = (what, element) => cut.push(`${what}: ${element.textContent.trim().slice(0, 60)}`);
  const walk = (root) => {
    for (const element of root.querySelectorAll("*")) {
      if (element.closest("[data-testid=stSidebar]")) continue;
      if (element.shadowRoot) walk(element.shadowRoot);
      const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
      const box = element.getBoundingClientRect();
      if (!own || !box.width || !box.height || ["STYLE", "SCRIPT"].includes(element.tagName)) continue;
      if (element.closest("[data-testid=stDataFrame], .modebar, a[href^='#']")) continue;
      const style = getComputedStyle(element);
      const drawing = element.closest("svg.main-svg")?.getBoundingClientRect();
      if (box.width < 3) continue; // for screen readers
      if (style.visibility === "hidden" || style.opacity === "0") continue;
      if (element.closest("[hidden], details:not([open]), .ae-swipe")) continue;
      const hides = ["hidden", "clip"].includes(style.overflowX);
      if (hides && element.scrollWidth > element.clientWidth + 1) add("cut", element);
      if (drawing && (box.left < drawing.left - 1 || box.right > drawing.right + 1)) add("outside its chart", element);
      if (box.left < -1 || box.right > innerWidth + 1) add("outside the window", element);
    }
  };
  walk(document.querySelector("[data-testid=stApp]"));
  return cut;
}
"""


@pytest.fixture(scope="module")
def study(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, list[Run]]]:
    """A server, and a bottleneck study on the built-in digits."""
    with laboratory(tmp_path_factory.mktemp("study"), (("fast", 2), ("fast", 8), ("fast", 16))) as found:
        yield found


def opened(page: Page, url: str) -> None:
    """Open a screen and wait until its charts and pictures are there."""
    visit(page, url)
    settle(page)
    expect(page.locator("[data-testid=stSkeleton]")).to_have_count(0)
    for chart in page.locator("[data-testid=stPlotlyChart]:visible").all():
        expect(chart.locator(".main-svg").first).to_be_visible()


@pytest.mark.slow
def test_a_screen_is_at_most_two_windows_long_and_on_a_phone_no_text_is_cut(study, page: Page) -> None:
    server, _ = study
    heights, cut = {}, {}
    for name in SCREENS:
        page.set_viewport_size(WINDOW)
        opened(page, f"{server.url}/{name}")
        heights[name] = page.get_by_test_id("stMainBlockContainer").evaluate("e => e.scrollHeight")
        expect(page.get_by_test_id("stSidebar").locator("p, a").first).to_have_text("Autoencoder Lab")
        page.set_viewport_size(PHONE)
        way = page.get_by_test_id("stExpandSidebarButton")
        expect(way).to_be_visible()
        assert "Menu and controls" in way.evaluate("e => getComputedStyle(e, '::after').content"), name
        assert way.bounding_box()["width"] > 120
        title, button = page.locator("h1").bounding_box(), way.bounding_box()
        beside = title["x"] + title["width"] <= button["x"] and title["y"] < button["y"] + button["height"]
        assert beside or title["y"] >= button["y"] + button["height"], name
        wait_for(lambda: page.evaluate(WIDEST_CHART) < PHONE["width"], what=f"narrow charts on {name}")
        cut[name] = page.evaluate(CUT)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], name
    longer = {name: height for name, height in heights.items() if height > 2 * WINDOW["height"]}
    assert not longer
    assert not any(cut.values()), cut
    page.get_by_test_id("stExpandSidebarButton").click()
    expect(page.get_by_test_id("stSidebar").get_by_role("link", name="Compare", exact=True)).to_be_in_viewport()


def test_compare_shows_a_study_in_rows_that_differ_with_the_colours_of_the_chips(study, page: Page) -> None:
    server, runs = study
    page.set_viewport_size(WINDOW)
    opened(page, f"{server.url}/compare")
    rows = page.locator(PICTURE).evaluate_all("all => all.map(e => e.getAttribute('style'))")
    assert len(rows) == len(set(rows)) == 4
    expect(page.get_by_text(re.compile("From 2 to 16 units")).locator("visible=true")).to_be_visible()
    dots = page.locator(".st-key-runs_choice [data-tag]:visible").evaluate_all(
        "all => all.map(e => getComputedStyle(e, '::before').backgroundColor)"
    )
    expected = [f"rgb({', '.join(map(str, bytes.fromhex(RUNS[run.colour][1:])))})" for run in runs]
    assert dots == expected
    chips = page.locator(".st-key-runs_choice [data-tag] > span:visible")
    assert chips.all_inner_texts() == [
        f"{run.recipe.code_size} units · 2 epochs · Fast · Built-in digits" for run in runs
    ]
    assert not any(chips.evaluate_all("all => all.map(e => e.scrollWidth > e.clientWidth)"))  # none is cut off
    labels = page.locator(".ae-label .ae-dot").evaluate_all("all => all.map(e => getComputedStyle(e).backgroundColor)")
    assert labels == expected
    heading, edge = page.locator("h1").bounding_box(), page.locator(PICTURE).first.bounding_box()
    for chart in page.locator("[data-testid=stPlotlyChart]:visible").all():
        title, bar = chart.locator(".gtitle"), chart.locator(".modebar").first
        assert "Source Sans" in title.evaluate("e => getComputedStyle(e).fontFamily")
        plot = chart.locator(".nsewdrag").first.bounding_box()
        above = bar.bounding_box()
        assert above["y"] + above["height"] <= plot["y"] + 1
    wide = page.locator("[data-testid=stPlotlyChart]").first
    assert abs(wide.locator(".gtitle").bounding_box()["x"] - heading["x"]) <= 2
    right = page.locator("[data-testid=stPlotlyChart]:visible").nth(1).bounding_box()
    assert abs(edge["x"] + edge["width"] - right["x"] - right["width"]) <= 2


def test_on_a_phone_a_name_is_close_to_its_images_and_a_button_leads_to_the_models(study, page: Page) -> None:
    server, runs = study
    page.set_viewport_size(PHONE)
    opened(page, f"{server.url}/compare")
    expect(page.locator(PICTURE)).to_have_count(4)
    rows = [each.bounding_box() for each in page.locator(PICTURE).all()]
    names = [each.bounding_box() for each in page.locator(".ae-label").all()]
    heads = page.locator(".ae-captions.ae-heads").bounding_box()
    assert names[0]["y"] + names[0]["height"] <= heads["y"] + 1 < rows[0]["y"]  # the classes belong to the originals
    for before, name, row in zip(rows, names[1:], rows[1:], strict=False):
        above = name["y"] - before["y"] - before["height"]
        below = row["y"] - name["y"] - name["height"]
        assert above >= 12 > 8 > below >= 0
    assert all(name["height"] < 24 for name in names)  # each with its scores on one line
    button = page.get_by_role("button", name="Change models")
    expect(button).to_be_visible()
    assert button.locator("i").count() == len(runs)
    button.click()
    expect(page.locator(".st-key-runs_choice")).to_be_in_viewport()
    page.set_viewport_size(WINDOW)
    expect(button).to_be_hidden()


def test_a_projector_shows_the_page_alone_in_large_type_and_the_link_is_copied(study, page: Page) -> None:
    server, _ = study
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    opened(page, f"{server.url}/compare?errors=true")
    before = page.locator("h1").evaluate("e => parseFloat(getComputedStyle(e).fontSize)")
    page.get_by_role("button", name="Share").click()
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == page.url
    assert "errors=true" in page.url and "runs=" in page.url
    page.get_by_role("button", name="Projector view").click()
    expect(page.get_by_test_id("stSidebar")).to_be_hidden()
    expect(page).to_have_url(re.compile("projector=1"))
    assert page.locator("h1").evaluate("e => parseFloat(getComputedStyle(e).fontSize)") > 1.3 * before
    expect(page.locator(PICTURE)).to_have_count(7)
    page.get_by_role("button", name="Leave the projector view").click()
    expect(page.get_by_test_id("stSidebar")).to_be_visible()


def test_a_projector_shows_the_rows_of_three_models_in_one_window(study, page: Page) -> None:
    server, _ = study
    for window in ({"width": 1920, "height": 1080}, {"width": 1280, "height": 720}):
        page.set_viewport_size(window)
        opened(page, f"{server.url}/compare?projector=1")
        expect(page.locator(PICTURE)).to_have_count(4)
        expect(page.locator(PICTURE).last).to_be_in_viewport(ratio=1)


@pytest.mark.slow
def test_the_largest_figure_is_copied_as_an_image_and_saved_where_the_clipboard_is_refused(study, page: Page) -> None:
    server, _ = study
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.set_viewport_size(WINDOW)
    opened(page, f"{server.url}/compare")
    figure = page.locator(".ae-grid").first.bounding_box()
    page.get_by_role("button", name="Share").click()
    copy = page.locator(".st-key-copy_link button").nth(1)
    copy.click()
    expect(copy).to_have_text("Copied")
    copied = bytes(page.evaluate(CLIPBOARD))
    page.evaluate(
        "() => { navigator.clipboard.write = () => Promise.reject(new DOMException('no', 'NotAllowedError')); }"
    )
    with page.expect_download() as saving:
        copy.click()
    expect(copy).to_contain_text("saved as a file")
    assert saving.value.suggested_filename == "picture.png"
    for file in (io.BytesIO(copied), saving.value.path()):
        image = Image.open(file)
        assert image.size == pytest.approx((2 * figure["width"], 2 * figure["height"]), abs=2)
        shades = np.asarray(image.convert("L"))
        assert (shades == 0).mean() > 0.1 and shades.max() == 255  # digits on the page's white


@pytest.mark.parametrize("scheme", [pytest.param("light", marks=pytest.mark.slow), "dark"])
def test_text_in_charts_stands_out_and_an_enlarged_image_covers_none_of_its_labels(study, page: Page, scheme) -> None:
    server, _ = study
    page.set_viewport_size(WINDOW)
    page.emulate_media(color_scheme=scheme)
    opened(page, f"{server.url}/compare")
    expect(page.locator(".main-svg .annotation-text").first).to_be_attached()
    assert page.evaluate(PALE) == []
    for place in (0, 4):
        cell = page.locator(".ae-cells[role=group]").nth(1).locator("button").nth(place)
        cell.hover()
        sides = cell.evaluate(
            "e => { const s = getComputedStyle(e, '::after'); return [s.left, s.right, s.width].map(parseFloat) }"
        )
        own = cell.bounding_box()["width"]
        assert sides[2] > 1.5 * own
        assert sides[0] >= own - 1 or sides[1] >= own - 1  # beside its column, where no label of its own is
