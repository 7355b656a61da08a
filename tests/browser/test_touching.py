"""What moves under the hand: the sliders of the latent units, and the network on Home."""

import math
import re
from urllib.parse import parse_qs, urlparse

import numpy as np
import pytest
import torch
from playwright.sync_api import Browser, Page, expect
from waiting import wait_for
from walk import add_size, settle, visit

from ae.analysis import reconstruct
from ae.runs import folders, model_file
from ae.runs.folders import Run

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("in_the_lab")]

SEEN = """canvas => {
    const data = canvas.getContext("2d").getImageData(0, 0, 28, 28).data;
    return Array.from({ length: 784 }, (_, pixel) => data[4 * pixel] / 255);
}"""


def painted(tab: Page, selector: str) -> np.ndarray:
    """Return the image on a canvas, in [0, 1] with shape (784,)."""
    return np.array(tab.locator(selector).evaluate(SEEN))


def still(tab: Page, selector: str) -> np.ndarray:
    """Return the image on a canvas when it has stopped changing, as ``painted``."""
    seen = [painted(tab, selector)]

    def same() -> bool:
        seen.append(painted(tab, selector))
        return len(seen) > 4 and all(np.array_equal(each, seen[-1]) for each in seen[-4:])

    wait_for(same, what="an image that stays")
    return seen[-1]


def decoded(run: Run, code: list[float]) -> np.ndarray:
    """Return what PyTorch decodes a code to, with shape (784,)."""
    return reconstruct.decode(model_file.load(run), torch.tensor([code])).flatten().numpy()


def code_in(tab: Page) -> list[float]:
    """Return the code in the address."""
    return [float(value) for value in parse_qs(urlparse(tab.url).query)["code"][0].split(",")]


def close(seen: np.ndarray, expected: np.ndarray) -> bool:
    """Whether a canvas shows an image, up to the rounding to bytes and of the address to four digits."""
    return bool(np.abs(seen - expected).max() < 1.5 / 255)


def test_the_digit_follows_a_slider_without_a_rerun_and_a_link_restores_it(lab, browser: Browser, page: Page) -> None:
    server, runs = lab
    visit(page, f"{server.url}/latent_space?run={runs[1].id}&view=Units")
    thumb = page.get_by_role("slider", name="Unit 3")
    expect(page.locator(".units-class")).to_contain_text("Classified as")
    settle(page)
    before, caption = painted(page, ".units-decoded"), page.locator(".units-class").inner_text()
    thumb.evaluate("slider => { slider.kept = true; }")
    box = thumb.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.95 * box["width"], box["y"] + box["height"] / 2, steps=4)
    wait_for(lambda: not close(painted(page, ".units-decoded"), before), what="another digit, while dragging")
    assert "code=" not in page.url
    page.mouse.up()
    expect(page).to_have_url(re.compile("code="))
    settle(page)
    wait_for(
        lambda: close(painted(page, ".units-decoded"), decoded(runs[1], code_in(page))),
        what="the digit that PyTorch decodes the code to",
    )
    assert page.get_by_role("slider", name="Unit 3").evaluate("slider => slider.kept")  # not a new one

    other = browser.new_page(reduced_motion="reduce")
    visit(other, page.url)
    expect(other.locator(".units-class")).to_contain_text("Classified as")
    wait_for(
        lambda: close(painted(other, ".units-decoded"), painted(page, ".units-decoded")), what="the same digit by link"
    )
    other.close()

    neck = page.locator(".diagram-code").bounding_box()  # with a margin of 4 pixels
    page.mouse.click(neck["x"] + neck["width"] / 2, neck["y"] + 4 + (neck["height"] - 8) * 5.5 / 8)
    expect(page.get_by_role("slider", name="Unit 5")).to_be_focused()
    page.get_by_role("button", name="Back to image 0").click()
    expect(page).not_to_have_url(re.compile("code="))
    expect(page.locator(".units-class")).to_have_text(caption)
    wait_for(lambda: close(painted(page, ".units-decoded"), before), what="the first digit again")


def test_a_code_of_two_units_is_chosen_on_a_plane(lab, page: Page) -> None:
    server, runs = lab
    visit(page, f"{server.url}/latent_space?run={runs[2].id}&view=Units")
    plane = page.locator(".code-pad")
    expect(page.locator(".units-class")).to_contain_text("Classified as")
    box = plane.bounding_box()
    page.mouse.move(box["x"] + 0.25 * box["width"], box["y"] + 0.75 * box["height"])
    page.mouse.down()
    page.mouse.up()
    expect(page).to_have_url(re.compile("code="))
    wait_for(
        lambda: close(painted(page, ".units-decoded"), decoded(runs[2], code_in(page))), what="the digit at the pointer"
    )
    low, high, value = (
        page.get_by_role("slider", name="Unit 0").evaluate(f"slider => Number(slider.{each})")
        for each in ("min", "max", "value")
    )
    assert abs(value - (low + 0.25 * (high - low))) < (high - low) / 50


def test_the_bar_of_a_unit_is_a_switch_for_keys_and_clicks(lab, page: Page) -> None:
    server, runs = lab
    visit(page, f"{server.url}/latent_space?run={runs[1].id}&view=Health")
    expect(page.locator(".unit-switches :is(button, .inactive)")).to_have_count(8)
    switches = page.locator(".unit-switches button")
    expect(switches.first).to_have_attribute("aria-pressed", "false")  # the most important is off at first
    bars = [switches.nth(i).locator(".bar").bounding_box()["width"] for i in (0, 1)]
    assert bars[0] > bars[1]  # a unit that is off keeps its bar
    expect(page.locator(".unit-switches .knob")).to_have_count(switches.count())
    name = [switches.nth(i).locator(".name").inner_text().removeprefix("Unit ") for i in (0, 1)]
    expect(page.locator(".ae-label", has_text=f"Without unit {name[0]}")).to_be_visible()
    switches.nth(1).focus()
    page.keyboard.press("Enter")
    both = " and ".join(sorted(name))
    expect(page.locator(".ae-label", has_text=f"Without units {both}")).to_be_visible()
    switches.nth(0).click()
    expect(page.locator(".ae-label", has_text=f"Without unit {name[1]}")).to_be_visible()
    expect(switches.nth(0)).to_have_attribute("aria-pressed", "true")


def test_below_a_slider_are_images_along_it_and_a_click_on_one_moves_it_there(lab, page: Page) -> None:
    server, runs = lab
    visit(page, f"{server.url}/latent_space?run={runs[2].id}&view=Units")
    strips, slider = page.locator(".unit-strip"), page.get_by_role("slider", name="Unit 0")
    wait_for(lambda: strips.nth(1).evaluate("canvas => canvas.width") == 9 * 28, what="the images below both sliders")
    other = float(page.get_by_role("slider", name="Unit 1").input_value())
    tile = "canvas => canvas.getContext('2d').getImageData(7 * 28, 0, 28, 28).data.filter((_, i) => i % 4 === 0)"
    seen = np.array(list(strips.first.evaluate(f"canvas => Array.from(({tile})(canvas))"))) / 255
    strips.first.click(position={"x": strips.first.bounding_box()["width"] * 7.4 / 9, "y": 8})
    expect(page).to_have_url(re.compile("code="))
    low, high = (float(slider.get_attribute(end)) for end in ("min", "max"))
    assert float(slider.input_value()) == pytest.approx(low + 7.5 / 9 * (high - low), abs=(high - low) / 100)
    wait_for(lambda: close(painted(page, ".units-decoded"), seen), what="the image that was clicked")
    assert float(page.get_by_role("slider", name="Unit 1").input_value()) == pytest.approx(other)
    film, frame = (page.locator(each).first.bounding_box() for each in (".unit-film", ".unit-film b"))
    assert round((frame["x"] - film["x"]) / frame["width"]) == 7  # around the image that is nearest
    classes = re.compile(r"^(\d\??|–){9}$")  # what each image is classified as
    expect(page.locator(".unit-digits").first).to_have_text(classes)


def test_a_digit_drawn_on_home_runs_through_the_network_and_so_does_a_code_that_is_dragged(lab, page: Page) -> None:
    server, _ = lab
    visit(page, server.url)
    output, caption = ".hero-output canvas", page.locator(".hero-class")
    expect(caption).to_contain_text("Classified as")  # an example, before anything is drawn
    bars = page.locator(".diagram-slider")
    before, example = bars.evaluate_all("all => all.map(bar => bar.title)"), painted(page, output)
    assert example.max() > 0.3
    box = page.locator(".hero-pad canvas").bounding_box()

    def to(x: float, y: float) -> None:
        page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=4)

    to(0.5, 0.15)
    page.mouse.down()
    expect(page.locator(".hero-box .hero-head").first).to_have_text("Draw a digit here")  # so the stroke has begun
    to(0.45, 0.5)
    wait_for(lambda: not close(painted(page, output), example), what="another reconstruction, during the stroke")
    halfway = painted(page, output)
    to(0.85, 0.55)  # a corner: the same line, only longer, would be scaled to the same digit
    page.mouse.up()
    wait_for(lambda: not close(painted(page, output), halfway), what="another reconstruction after the stroke")
    assert bars.evaluate_all("all => all.map(bar => bar.title)") != before
    drawn = painted(page, output)
    bar, track = bars.nth(1), bars.nth(1).locator("i").bounding_box()
    page.mouse.move(track["x"] + track["width"] / 2, track["y"] + track["height"] / 2)
    page.mouse.down()
    page.mouse.move(track["x"] + track["width"] / 2, track["y"] + 0.2 * track["height"])
    low, high = (float(bar.get_attribute(f"aria-value{end}")) for end in ("min", "max"))

    def now() -> float:
        return float(bar.get_attribute("aria-valuenow"))

    there, near = low + 0.8 * (high - low), 0.05 * (high - low)  # the words above may move the bars by a pixel or two
    wait_for(lambda: now() == pytest.approx(there, abs=near), what="the dragged value")
    wait_for(lambda: not close(painted(page, output), drawn), what="the image of the changed code")
    page.mouse.up()
    value = now() - (high - low) / 40
    bar.press("ArrowDown")
    wait_for(lambda: now() == pytest.approx(value, abs=0.02), what="a step by key")
    seen = still(page, output)
    neck = page.locator(".diagram-code")
    place = neck.bounding_box()
    clicked = math.floor(place["y"] + place["height"] / 2)  # a unit may be less than two pixels high
    unit = math.floor((clicked - place["y"] - 4) * bars.count() / (place["height"] - 8))
    neck.click(position={"x": 8, "y": place["height"] / 2})
    expect(page).to_have_url(re.compile("/latent_space.*code="))
    expect(page.get_by_role("slider", name=f"Unit {unit}", exact=True)).to_be_focused()
    run = folders.open_run(parse_qs(urlparse(page.url).query)["run"][0])
    assert code_in(page)[1] == pytest.approx(value, abs=0.02)
    assert close(seen, decoded(run, code_in(page)))


def test_what_is_drawn_on_home_before_the_network_has_arrived_runs_through_it_then(lab, page: Page) -> None:
    server, _ = lab
    held, drawn = [], []
    page.route(re.compile("/watch/content"), lambda route: route.continue_() if drawn else held.append(route))
    page.goto(server.url)
    head, canvas = page.locator(".hero-box .hero-head").first, page.locator(".hero-pad canvas")
    canvas.hover(position={"x": 90, "y": 30})
    page.mouse.down()
    canvas.hover(position={"x": 90, "y": 150})
    page.mouse.up()
    expect(head).to_have_text("Draw a digit here")
    wait_for(lambda: held, what="the page's request for the network")
    drawn.append(True)
    for each in held:
        each.continue_()
    expect(page.locator(".hero-class")).to_contain_text("Classified as")
    expect(head).to_have_text("Draw a digit here")
    assert painted(page, ".hero-output canvas").max() > 0.3


@pytest.mark.slow
def test_the_diagram_on_train_follows_the_bottleneck_size(lab, page: Page) -> None:
    server, _ = lab
    visit(page, f"{server.url}/train")
    neck = page.locator(".diagram-code")
    expect(neck).to_contain_text("8")
    before = neck.bounding_box()["height"]
    page.locator(".st-key-form_sizes input").press("Backspace")
    add_size(page, "32")
    expect(neck).to_have_text("32")
    expect(neck).to_have_attribute("aria-label", re.compile("32 values"))
    assert neck.bounding_box()["height"] > 1.3 * before
