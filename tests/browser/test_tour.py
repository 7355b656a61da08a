"""The tour on the included models, without MNIST: in each step the picture follows what is moved."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect
from waiting import wait_for
from walk import grey_of, painted, settle, visit

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WINDOW, PHONE = {"width": 1440, "height": 900}, {"width": 400, "height": 800}
FINGER = 44


def after(page: Page, canvases: str, move) -> tuple[list[str], list[str]]:
    """Wait for a picture, move what is to be moved, and return what the canvases showed before and show after it."""
    before = wait_for(
        lambda: (shown := painted(page, canvases)) and all(grey_of(each).max() > 0.5 for each in shown) and shown,
        what=f"a picture in {canvases}",
    )
    move()
    return before, wait_for(
        lambda: (shown := painted(page, canvases)) != before and shown, what=f"{canvases} to follow what was moved"
    )


def drag(page: Page, place: Locator, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Drag from one spot to another, as shares of a place's box, in a few steps."""
    box = place.bounding_box()
    points = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in (start, end)]
    page.mouse.move(*points[0])
    page.mouse.down()
    page.mouse.move(*points[1], steps=4)
    page.mouse.up()


def sizes_slider(page: Page) -> Locator:
    return page.locator(".st-key-tour_sizes input[type=range]")


def at_step(page: Page, number: int) -> str:
    """Wait for a step, check that it fits the window, and return its claim."""
    expect(page.locator(".st-key-tour_stop [aria-checked=true]")).to_have_text(re.compile(f"^{number}"))
    expect(page.get_by_text("Try it:")).to_be_visible()
    settle(page)
    door = page.get_by_role("link", name=re.compile("Open this on the"))
    wait_for(lambda: door.bounding_box()["y"] + door.bounding_box()["height"] <= WINDOW["height"], what="all in sight")
    return page.locator("h2").inner_text()


def test_in_each_step_the_picture_follows_the_hand(included, page: Page) -> None:
    page.set_viewport_size(WINDOW)
    visit(page, f"{included.url}/tour")

    at_step(page, 1)
    originals = painted(page, ".sizes-originals canvas")
    before, now = after(page, ".sizes-made canvas", lambda: drag(page, sizes_slider(page), (0.01, 0.4), (0.99, 0.4)))
    assert len(before) == 8 and all(one != other for one, other in zip(before, now, strict=True))
    assert painted(page, ".sizes-originals canvas") == originals
    page.locator("h2").click()
    page.keyboard.press("ArrowRight")

    at_step(page, 2)
    expect(page).to_have_url(re.compile(r"step=2"))
    bars = page.locator(".st-key-tour_units .diagram-unit")
    expect(bars).to_have_count(8)  # of one network: the units of two do not correspond
    expect(page.locator(".tour-output canvas")).to_have_count(2)
    pad = page.locator(".st-key-tour_units .drawing-field canvas")
    heights = bars.locator("b").evaluate_all("all => all.map(e => getComputedStyle(e).height)")
    expect(page.locator(".tour-result")).to_have_text(re.compile(r"^This example is classified as \d$"))
    after(page, ".tour-output canvas", lambda: drag(page, pad, (0.3, 0.2), (0.6, 0.8)))
    expect(page.locator(".tour-result")).to_have_text(re.compile(r"^Your drawing is classified as \d$"))
    wait_for(
        lambda: bars.locator("b").evaluate_all("all => all.map(e => getComputedStyle(e).height)") != heights,
        what="bars of what is drawn",
    )
    off = page.locator(".diagram-unit.off")
    assert off.locator("small").all_inner_texts() == ["0", "0"]
    page.get_by_role("button", name="Next").click()

    at_step(page, 3)
    scrubber = page.locator(".st-key-walk input[type=range]")
    before, now = after(page, ".walk-digits canvas", lambda: scrubber.fill("1"))
    assert len(before) == 2 and all(one != other for one, other in zip(before, now, strict=True))
    page.get_by_role("button", name="Next").click()

    claim = at_step(page, 4)
    noise = page.get_by_label("Strength of the noise")
    rows = ".st-key-denoising .ae-cells[role=group] canvas"
    before, now = after(page, rows, lambda: noise.fill("0.1"))
    assert len(before) == 32
    wait_for(lambda: all(a != b for a, b in zip(before[8:], painted(page, rows)[8:], strict=True)), what="all rows")
    assert painted(page, rows)[:8] == before[:8]
    noise.dispatch_event("change")
    expect(page.locator("h2")).not_to_have_text(claim)
    expect(page).to_have_url(re.compile("strength=0.1"))
    page.get_by_role("button", name="Next").click()

    at_step(page, 5)
    plane = page.locator(".code-pad").first
    before, now = after(page, ".plane-digit canvas", lambda: drag(page, plane, (0.2, 0.2), (0.8, 0.9)))
    wait_for(
        lambda: all(a != b for a, b in zip(before, painted(page, ".plane-digit canvas"), strict=True)), what="both"
    )
    expect(page).to_have_url(re.compile("code="))
    page.get_by_role("button", name="Next").click()

    at_step(page, 6)
    epoch = page.locator(".st-key-tour_epochs input[type=range]")
    expect(epoch).to_have_attribute("aria-valuetext", "Epoch 1")  # without motion, it waits for Play
    first = painted(page, ".epochs-first canvas")
    page.locator(".st-key-tour_epochs").get_by_role("button", name="Play").click()
    expect(epoch).to_have_attribute("aria-valuetext", "Epoch 10")  # the claim is about the trained network
    after(page, ".epochs-reconstructed canvas", lambda: epoch.fill("0"))
    wait_for(lambda: painted(page, ".epochs-reconstructed canvas") == first, what="the untrained network's images")
    page.get_by_role("link", name="Open this on the Train screen").click()
    expect(page).to_have_url(re.compile("/train.*run=shipped-fast-z8"))


PICTURES = {
    1: ".sizes-errors",
    2: ".tour-row",
    3: ".walk-cells",
    4: ".st-key-denoising .denoise-cell",
    5: ".plane-pad >> nth=1",
    6: ".epochs-reconstructed",
}
"""What reaches to the right end of each step's picture."""


def box(page: Page, selector: str) -> dict[str, float]:
    return page.locator(selector).last.bounding_box()


def test_on_a_laptop_the_way_on_ends_where_the_pictures_do(included, page: Page) -> None:
    page.set_viewport_size(WINDOW)
    for number, picture in PICTURES.items():
        visit(page, f"{included.url}/tour?step={number}")
        at_step(page, number)
        way = [box(page, f".st-key-tour_{name} button:visible") for name in ("back", "stop")]
        way.append(box(page, ":is(.st-key-tour_next, .st-key-tour_train) button:visible"))
        assert len({round(each["y"]) for each in way}) == len({round(each["height"]) for each in way}) == 1
        end = way[-1]["x"] + way[-1]["width"]
        wait_for(
            lambda end=end, picture=picture: abs(sum(box(page, picture)[side] for side in ("x", "width")) - end) <= 4,
            what=f"the picture of step {number} to end at {end}",
        )


def test_on_a_phone_the_payoff_is_above_the_bar_and_buttons_fit_a_finger(included, page: Page) -> None:
    page.set_viewport_size(PHONE)
    for number, payoff in ((2, ".tour-class"), (5, ".plane-class"), (5, ".plane-pad"), (6, ".player-button")):
        visit(page, f"{included.url}/tour?step={number}")
        settle(page)
        expect(page.locator(".st-key-tour_picture canvas").locator("visible=true").last).to_be_visible()
        bar = box(page, "[data-testid=stLayoutWrapper]:has(> .st-key-tour_steps)")
        found = box(page, payoff)
        assert found["y"] + found["height"] < bar["y"]
        for button in page.locator(".st-key-tour_steps button:visible").all():
            sides = button.bounding_box()
            assert sides["height"] >= FINGER and bar["y"] <= sides["y"]
            assert button.evaluate("e => e.scrollWidth <= e.clientWidth && e.scrollHeight <= e.clientHeight + 1")


@pytest.mark.parametrize("width", [360, 390])
def test_on_a_phone_the_way_on_is_one_line_and_a_row_has_four_digits(included, page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    for number, rows in ((1, ".sizes-errors canvas"), (6, ".epochs-reconstructed canvas")):
        visit(page, f"{included.url}/tour?step={number}")
        settle(page)
        expect(page.locator(rows).first).to_be_visible()
        digits = (
            page.locator(rows)
            .locator("visible=true")
            .evaluate_all(
                "all => all.map(e => e.getBoundingClientRect()).map(({ y, width }) => [Math.round(y), width])"
            )
        )
        lines = [y for y, _ in digits]
        assert {lines.count(y) for y in lines} == {4} and len(set(lines)) == 1
        assert min(wide for _, wide in digits) > 55
        row, slider = box(page, rows.split()[0]), box(page, ".st-key-tour_picture .slider")
        assert abs(row["x"] - slider["x"]) <= 1 and abs(row["width"] - slider["width"]) <= 1
        way = page.locator(".st-key-tour_steps button").locator("visible=true").all()
        assert len(way) >= 8 and len({round(each.bounding_box()["y"]) for each in way}) == 1
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("size", [(1440, 900), (390, 844)])
def test_the_handle_is_above_the_step_that_it_stands_at(included, page: Page, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    visit(page, f"{included.url}/tour?step=3")
    settle(page)
    scrubber = page.locator(".st-key-walk input[type=range]")
    last = int(scrubber.get_attribute("max"))
    cells = page.locator(".walk-cells > .walk-here")

    def below(at: int) -> bool:
        slider = box(page, ".st-key-walk input[type=range]")
        handle = (
            slider["x"] + 8 + at / last * (slider["width"] - 16)
        )  # its middle, 8 pixels inside the slider at both ends
        framed = [each.bounding_box() for each in cells.all()]
        return len(framed) == 2 and all(abs(each["x"] + each["width"] / 2 - handle) <= 2 for each in framed)

    for at in (0, 2, last):
        scrubber.fill(str(at))
        wait_for(lambda at=at: below(at), what=f"the frames at step {at}")


def test_the_epoch_is_written_once(included, page: Page) -> None:
    visit(page, f"{included.url}/tour?step=6")
    settle(page)
    expect(page.get_by_text(re.compile(r"^Epoch\s1 of\s10$")).locator("visible=true")).to_have_count(1)
    expect(page.get_by_text(re.compile(r"^Epoch\s1$")).locator("visible=true")).to_have_count(0)


def test_with_motion_the_network_learns_at_once(included, browser) -> None:
    page = browser.new_page(viewport=WINDOW, reduced_motion="no-preference")
    visit(page, f"{included.url}/tour?step=6")
    epoch = page.locator(".st-key-tour_epochs input[type=range]")
    expect(epoch).to_have_attribute("aria-valuetext", "Epoch 10")
    expect(page.locator(".st-key-tour_epochs .player-button")).to_have_text("Replay")
    page.close()


@pytest.mark.parametrize("size", [(390, 844), (1280, 720)])
def test_both_grids_are_side_by_side(included, page: Page, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    visit(page, f"{included.url}/tour?step=5")
    expect(page.locator(".plane-class").first).to_have_text(re.compile(r"Classified as \d \(9\d%\)"))
    expect(page.locator(".plane-class").last).to_have_text("No digit recognised")
    settle(page)
    for plane in page.locator(".plane").all():
        found, missing = (plane.locator(f".plane-digits {tag}").all_inner_texts() for tag in "bs")
        assert sorted(found + missing) == list("0123456789")
        expect(plane.locator("figcaption")).to_contain_text(f"{len(found)} of 10 digits appear")
    one, other = (each.bounding_box() for each in page.locator(".plane-pad").all())
    assert one["y"] == other["y"] and one["width"] == other["width"] < other["x"] - one["x"]
