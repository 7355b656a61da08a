"""The tour's pictures on the included models, without MNIST: their scales, legends and places in the window."""

import math
import re

import numpy as np
import pytest
from playwright.sync_api import Page, expect
from waiting import wait_for
from walk import FINGER, grey_of, painted, settle, visit

from ae.runs import folders, reading

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WINDOW, PHONE = {"width": 1440, "height": 900}, {"width": 400, "height": 800}


def box(page: Page, selector: str) -> dict[str, float]:
    return page.locator(selector).last.bounding_box()


@pytest.mark.parametrize("size", [(1440, 900), (400, 800)])
def test_the_scale_of_the_bars_is_theirs_and_inactive_units_are_named_upright(
    included, page: Page, size: tuple[int, int]
) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    visit(page, f"{included.url}/tour?step=2")
    settle(page)
    expect(page.locator(".tour-class").last).to_have_text(re.compile("Classified as"))
    ticks = {float(tick.inner_text()): tick.bounding_box() for tick in page.locator(".tour-scale small").all()}
    assert next(iter(ticks)) == 0 and len(ticks) >= 2
    middle = {value: each["y"] + each["height"] / 2 for value, each in ticks.items()}
    pixels = (middle[0] - middle[max(ticks)]) / max(ticks)  # for one
    for bar in page.locator(".diagram-unit:not(.off)").all():
        value, tall = float(bar.locator("small").inner_text()), bar.locator("b").bounding_box()["height"]
        assert tall == pytest.approx(pixels * value, abs=2)
    off = page.locator(".diagram-unit.off i").first
    assert off.evaluate("e => getComputedStyle(e, '::before').writingMode") == "horizontal-tb"


def test_the_slider_of_the_first_step_is_right_below_its_task(included, page: Page) -> None:
    page.set_viewport_size(WINDOW)
    visit(page, f"{included.url}/tour?step=1")
    settle(page)
    task, slider = box(page, "p:has-text('Try it:')"), box(page, ".st-key-tour_sizes input[type=range]")
    assert 0 < slider["y"] - task["y"] - task["height"] < 40
    assert slider["y"] < box(page, ".sizes-originals")["y"]


def rows_of_sizes(page: Page) -> dict[str, list[np.ndarray]]:
    return {
        row: [grey_of(each) for each in painted(page, f".sizes-{row} canvas")]
        for row in ("originals", "made", "errors")
    }


@pytest.mark.parametrize("size", [(1440, 900), (400, 800)])
def test_the_slider_of_the_first_step_changes_the_bottleneck_size(included, page: Page, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    visit(page, f"{included.url}/tour?step=1")
    settle(page)
    slider, entries = page.locator(".st-key-tour_sizes input[type=range]"), page.locator(".sizes-entry:has(i)")
    expect(slider).to_have_attribute("aria-label", "Bottleneck size")
    assert slider.bounding_box()["height"] >= FINGER
    measured = [
        reading.read_metrics(folders.read_run(included.runs / f"shipped-best-z{code_size}")) for code_size in (2, 8, 16)
    ]
    names = ["2 numbers", "8 numbers", "16 numbers"]
    values = [(f"{each['test_mse']:.4f}", f"{each['recognition_rate']:.0%}") for each in measured]
    for entry, name, (error, share) in zip(entries.all(), names, values, strict=True):
        assert entry.locator(":scope > span:first-child, b, em").all_inner_texts() == [name, error, share]
    wide = [entry.locator("i").bounding_box()["width"] for entry in entries.all()]
    assert [each / wide[0] for each in wide] == pytest.approx(
        [each["test_mse"] / measured[0]["test_mse"] for each in measured], abs=0.02
    )
    strong, seen = [], []
    for at, (name, (error, share)) in enumerate(zip(names, values, strict=True)):
        if at:
            slider.press("ArrowRight")  # it opens at the narrowest
        expect(page.locator(".sizes-name")).to_have_text(f"from {name}")
        expect(slider).to_have_attribute("aria-valuetext", f"{name}: error {error}, {share} recognised")
        expect(page.locator(".sizes-stops .here")).to_have_text(name)
        expect(page.locator(".sizes-entry.here")).to_contain_text(name)
        seen.append(rows_of_sizes(page))
        strong.append(np.mean(seen[-1]["errors"]))
        made, originals = (np.array(seen[-1][row]) for row in ("made", "originals"))
        assert np.mean((made - originals) ** 2) == pytest.approx(measured[at]["test_mse"], rel=0.6)  # of few digits
    assert strong[0] > 1.5 * strong[1] > 2 * strong[2]
    slider.press("Home")
    expect(page.locator(".sizes-name")).to_have_text("from 2 numbers")
    box_of = slider.bounding_box()
    page.mouse.click(box_of["x"] + box_of["width"] / 2, box_of["y"] + box_of["height"] - 6)  # on a stop's name
    expect(page.locator(".sizes-name")).to_have_text("from 8 numbers")


def test_with_motion_one_size_fades_into_the_next(included, browser) -> None:
    page = browser.new_page(viewport=WINDOW, reduced_motion="no-preference")
    visit(page, f"{included.url}/tour?step=1")
    settle(page)
    first = ".sizes-made canvas >> nth=0"
    expect(page.locator(first)).to_have_attribute("width", "28")
    shown = page.evaluate(
        """
        async () => {
          const all = document.querySelectorAll("*");
          const roots = [document, ...[...all].map((each) => each.shadowRoot).filter(Boolean)];
          const find = (selector) => roots.map((root) => root.querySelector(selector)).find(Boolean);
          const [slider, canvas] = [find(".sizes-slider input"), find(".sizes-made canvas")];
          const seen = [canvas.toDataURL()];
          slider.value = slider.max;
          slider.dispatchEvent(new Event("input"));
          for (const begun = performance.now(); performance.now() - begun < 3000; ) {
            await new Promise(requestAnimationFrame);
            seen.push(canvas.toDataURL());
          }
          return [...new Set(seen)];
        }
        """
    )
    assert len(shown) > 3  # the ends and what is in between
    page.close()


@pytest.mark.parametrize("number", range(1, 7))
def test_on_a_phone_all_of_the_picture_is_above_the_bar(included, page: Page, number: int) -> None:
    page.set_viewport_size(PHONE)
    visit(page, f"{included.url}/tour?step={number}")
    settle(page)
    expect(page.locator(".st-key-tour_picture canvas").locator("visible=true").last).to_be_visible()
    bar = box(page, "[data-testid=stLayoutWrapper]:has(> .st-key-tour_steps)")
    wait_for(
        lambda: (found := box(page, ".st-key-tour_picture"))["y"] + found["height"] <= bar["y"],
        what="all above the bar",
    )


def test_what_red_frames_mean_is_said_while_there_are_some(included, page: Page) -> None:
    page.set_viewport_size(WINDOW)
    visit(page, f"{included.url}/tour?step=4")
    settle(page)
    red = page.get_by_text("red: wrong", exact=True)
    expect(red).to_have_count(1)
    page.get_by_label("Strength of the noise").fill("0.1")
    expect(page.locator(".ae-missed")).to_have_count(0)
    expect(red).to_have_count(0)


def test_the_curve_and_the_slider_are_as_wide_as_the_digits_and_the_error_falls_on_a_log_scale(
    included, page: Page
) -> None:
    page.set_viewport_size(WINDOW)
    visit(page, f"{included.url}/tour?step=6")
    settle(page)
    digits, slider = box(page, ".epochs-reconstructed"), box(page, ".st-key-tour_epochs input[type=range]")
    assert abs(digits["x"] - slider["x"]) <= 1 and abs(digits["width"] - slider["width"]) <= 1
    expect(page.locator(".epochs-curve small")).to_contain_text("log scale")
    ticks = page.locator(".epochs-ticks em")
    assert ticks.all_inner_texts() == ["0.2", "0.02"]
    curve = box(page, ".epochs-curve")
    assert curve["height"] >= 140
    points = page.locator(".epochs-curve polyline").get_attribute("points")
    heights = [float(point.split(",")[1]) for point in points.split()]
    assert heights == sorted(heights) and heights[0] == 0 < heights[-1] < 0.9
    history = reading.read_history(folders.read_run(included.runs / "shipped-fast-z8"))
    errors = [line.monitored_loss for line in history]
    assert (heights[-1] - heights[-2]) / (heights[2] - heights[1]) == pytest.approx(
        math.log(errors[-1] / errors[-2]) / math.log(errors[2] / errors[1]), abs=0.05
    )
    top, bottom = math.log(errors[0]), math.log(errors[-1])
    for tick in page.locator(".epochs-ticks span").all():  # at the height of its value
        value = math.log(float(tick.inner_text()))
        share = (top - value) / (top - bottom) * heights[-1]
        assert abs(tick.bounding_box()["y"] - curve["y"] - share * curve["height"]) <= 1
    expect(page.locator(".epochs-curve b")).to_have_text(f"{errors[1]:.4f}")
    dot = box(page, ".epochs-curve i")
    handle = slider["x"] + 8 + (slider["width"] - 16) / (len(heights) - 1)  # at the first epoch
    assert abs(dot["x"] + dot["width"] / 2 - handle) <= 1


def test_on_a_phone_the_network_on_home_says_its_sizes(included, page: Page) -> None:
    page.set_viewport_size(PHONE)
    visit(page, included.url)
    expect(page.locator(".hero-sizes span")).to_have_text(["784 pixels", "8 numbers", "784 pixels"])
    expect(page.locator(".hero-sizes")).to_be_visible()
