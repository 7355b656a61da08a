"""What the views of Latent space show before anybody scrolls, on a phone and on a laptop."""

import json
import math
import re

import numpy as np
import pytest
from inactive import with_an_inactive_unit
from playwright.sync_api import Page, expect
from waiting import wait_for
from walk import FINGER, LAPTOP, Server, box, settle, visit

from ae.plots.image_grid import Row
from ae.ui import component, walk_rows

pytestmark = pytest.mark.browser

WRITTEN = """
window.written = {};
const write = CanvasRenderingContext2D.prototype.fillText;
CanvasRenderingContext2D.prototype.fillText = function (text, x, y) {
  if (this.font.startsWith("600 ")) window.written[text] = [x, y];
  write.call(this, text, x, y);
};
"""
"""Keeps the place of each name of a class and of each letter of a path that a page has written last."""


def test_on_a_phone_the_map_is_in_the_first_window_below_two_small_pictures(lab, phone: Page) -> None:
    server, runs = lab
    visit(phone, f"{server.url}/latent_space?run={runs[2].id}")
    chart = phone.locator(".latent-map[data-ready] canvas.scatter")
    expect(chart).to_be_visible()
    settle(phone)
    original, decoded = (box(phone.locator(f".latent-map .{each} canvas")) for each in ("beside", "large"))
    assert original[1] == decoded[1] and original[3] < box(chart)[1]
    assert original[3] - original[1] < 100
    assert box(chart)[3] - 38 <= 800  # but for the name and the numbers of its axis
    place = box(chart)
    phone.touchscreen.tap(place[2] - 12, place[1] + 12)  # a corner without an image
    expect(phone.locator(".latent-map .empty")).to_be_visible()
    empty = box(phone.locator(".latent-map .empty"))
    assert empty[:2] == pytest.approx(original[:2], abs=1) and empty[2] <= decoded[0]


def test_on_a_phone_the_ring_and_a_slider_of_two_units_are_in_the_first_window(lab, phone: Page) -> None:
    server, runs = lab
    visit(phone, f"{server.url}/latent_space?run={runs[2].id}&view=Units")
    expect(phone.locator(".units-class")).to_contain_text("Classified as")
    settle(phone)
    ring, slider = phone.locator(".code-pad b"), phone.locator(".units input[type=range]").first
    for each in (ring, slider, phone.locator(".units-image"), phone.locator(".unit-film").first):
        expect(each).to_be_in_viewport(ratio=1)
    pad = phone.locator(".code-pad").bounding_box()
    phone.touchscreen.tap(pad["x"] + 0.2 * pad["width"], pad["y"] + 0.2 * pad["height"])
    back = phone.locator(".units-back")
    expect(back).to_be_visible()
    for each in (back, slider):
        assert box(each)[3] - box(each)[1] >= FINGER
    assert box(back)[2] <= pad["x"] and box(back)[3] <= box(slider)[1] + 1


def test_the_plane_of_two_units_has_round_values_at_its_axes_and_nothing_on_its_images(lab, phone: Page) -> None:
    server, runs = lab
    visit(phone, f"{server.url}/latent_space?run={runs[2].id}&view=Units")
    expect(phone.locator(".units-class")).to_contain_text("Classified as")
    settle(phone)
    pad = box(phone.locator(".code-pad"))
    assert phone.locator(".code-pad").inner_text() == ""
    for axis, slider in (("right", 0), ("up", 1)):
        slide = phone.locator(".unit input").nth(slider)
        low, high = (float(slide.get_attribute(end) or "") for end in ("min", "max"))
        ticks = phone.locator(f".units-ticks-{axis} span")
        assert 2 <= ticks.count() <= 6
        for tick in ticks.all():
            name = tick.inner_text()
            value, (left, top, right, bottom) = float(name.replace("−", "-")), box(tick)
            assert len(name.strip("−0.")) <= 2 and low <= value <= high  # a round one
            share = (value - low) / (high - low)
            if axis == "right":
                assert (left + right) / 2 == pytest.approx(pad[0] + share * (pad[2] - pad[0]), abs=1.5)
                assert top >= pad[3]
            else:
                assert (top + bottom) / 2 == pytest.approx(pad[3] - share * (pad[3] - pad[1]), abs=1.5)
                assert right <= pad[0]
            assert tick.evaluate("each => getComputedStyle(each).writingMode") == "horizontal-tb"
    assert box(phone.locator(".units-key"))[1] >= box(phone.locator(".unit").last)[3]  # below what it explains


def test_on_a_laptop_the_strips_of_two_units_are_large_and_end_beside_the_plane(lab, page: Page) -> None:
    server, runs = lab
    page.set_viewport_size(LAPTOP)
    visit(page, f"{server.url}/latent_space?run={runs[2].id}&view=Units")
    expect(page.locator(".units-class")).to_contain_text("Classified as")
    settle(page)
    plane, strips = box(page.locator(".units-plane")), page.locator(".unit-film")
    for strip in strips.all():
        left, top, right, bottom = box(strip)
        assert (right - left) / 9 >= 48 and bottom - top == pytest.approx((right - left) / 9, abs=1)
        assert right < plane[0]
    assert box(page.locator(".units-key"))[3] == pytest.approx(plane[3], abs=40)  # no hole below them


def test_on_a_laptop_the_plane_of_two_units_is_larger_than_the_digit_and_the_layers_are_counted_on_one_line(
    lab, page: Page
) -> None:
    server, runs = lab
    page.set_viewport_size(LAPTOP)
    visit(page, f"{server.url}/latent_space?run={runs[2].id}&view=Units")
    expect(page.locator(".units-class")).to_have_text(re.compile(r"^Classified as \d \(\d+%\)$"))
    settle(page)
    plane, digit = (page.locator(name).bounding_box()["width"] for name in (".code-pad", ".units-decoded"))
    assert plane > 1.5 * digit
    counts = page.locator(".units-diagram .diagram-count")
    expect(counts.first).to_have_text("784")
    assert len({round(each.bounding_box()["y"]) for each in counts.all()}) == 1
    expect(counts.first).to_be_in_viewport(ratio=1)


def test_a_map_opens_with_one_image_and_its_neighbours_beside_it(lab, page: Page) -> None:
    server, runs = lab
    page.set_viewport_size(LAPTOP)
    visit(page, f"{server.url}/latent_space?run={runs[2].id}")
    expect(page.locator(".latent-map[data-ready]")).to_be_visible()
    near = page.locator(".near-images canvas")
    expect(near).to_have_count(5)
    settle(page)
    expect(page.locator(".latent-map .digit-strip canvas")).to_have_count(0)  # no path yet
    chart = box(page.locator(".latent-map canvas.scatter"))
    assert chart[3] <= 900 and chart[2] - chart[0] >= 1.5 * (
        box(near.last)[2] - box(near.first)[0]
    )  # it is the picture
    for each in near.all():
        expect(each).to_be_in_viewport(ratio=1)
        assert box(each)[0] > chart[2] and box(each)[3] <= chart[3]
    pointed = (
        "() => { window.linked = []; addEventListener('autoencoder-lab-pointed', (e) => linked.push(e.detail.image)); }"
    )
    page.evaluate(pointed)
    near.nth(1).hover()
    wait_for(lambda: page.evaluate("window.linked.at(-1)?.dataset") == "digits", what="the point of a neighbour")


@pytest.mark.parametrize("view", ["Map", "Units", "Samples", "Health", "Replay"])
def test_on_a_phone_the_views_are_chosen_in_a_row_as_wide_as_the_page(lab, phone: Page, view: str) -> None:
    server, runs = lab
    visit(phone, f"{server.url}/latent_space?run={runs[2].id}&view={view}")
    views = phone.locator(".st-key-view [role=radio]")
    expect(views).to_have_count(5)
    settle(phone)
    left, _, right, _ = box(phone.locator("[data-testid=stMainBlockContainer] [data-testid=stSelectbox]").first)
    assert box(views.first)[0] == pytest.approx(left, abs=1) and box(views.last)[2] == pytest.approx(right, abs=1)
    assert {round(box(each)[3] - box(each)[1]) >= FINGER for each in views.all()} == {True}


def test_the_experiment_with_inactive_units_comes_before_their_cure(server: Server, phone: Page, page: Page) -> None:
    run, _ = with_an_inactive_unit()
    for window in (phone, page):
        visit(window, f"{server.url}/latent_space?run={run.id}&view=Health")
        switches = window.locator(".unit-switches button")
        expect(switches.first).to_be_visible()
        settle(window)
        cure = box(window.locator(".st-key-cure button:visible"))
        above = window.get_by_text(re.compile("of 4 units (is|are) inactive"))
        below = window.get_by_text(re.compile("Unit . is off"))
        assert box(above)[3] <= box(below.first)[1] and box(switches.last)[3] <= cure[1]
        expect(switches.first).to_be_in_viewport(ratio=1)
    expect(page.locator(".st-key-cure button:visible")).to_be_in_viewport(ratio=1)
    cure = box(phone.locator(".st-key-cure button:visible"))
    assert cure[3] - cure[1] >= FINGER
    inactive = phone.locator(".unit-switches .inactive")
    assert box(phone.locator(".unit-switches button").last)[3] <= box(inactive.first)[1]  # tapped first


def test_on_a_phone_the_ways_on_from_a_healthy_code_are_below_its_switches(lab, phone: Page) -> None:
    server, runs = lab
    visit(phone, f"{server.url}/latent_space?run={runs[1].id}&view=Health")
    switches = phone.locator(".unit-switches button")
    expect(switches.first).to_be_visible()
    settle(phone)
    expect(switches.first).to_be_in_viewport(ratio=1)
    for way in phone.locator(".st-key-remedies").locator("button:visible, a:visible").all():
        assert box(switches.last)[3] <= box(way)[1] and box(way)[3] - box(way)[1] >= FINGER


def test_the_letters_of_a_path_do_not_cover_the_names_of_classes(lab, page: Page) -> None:
    server, runs = lab
    page.set_viewport_size({"width": 1440, "height": 900})
    page.add_init_script(WRITTEN)
    visit(page, f"{server.url}/latent_space?run={runs[2].id}")
    chart = page.locator(".latent-map[data-ready] canvas.scatter")
    settle(page)
    names = page.evaluate("window.written")
    at = chart.bounding_box()
    for name in [each for each in names if each.isdecimal()][:3]:
        x, y = names[name]
        right, down = at["width"] - 20 - x, 20 - y  # to a corner, from where the letter would lie on the name
        share = 26 / math.hypot(right, down)
        page.mouse.move(at["x"] + x + share * right, at["y"] + y + share * down)
        page.mouse.down()
        page.mouse.move(at["x"] + x + right, at["y"] + y + down, steps=4)
        page.evaluate("window.written = {}")  # no letters while it is dragged
        page.mouse.up()
        expect(page.locator(".latent-map .digit-strip b")).to_have_count(2)  # the letters on the images
        settle(page)
        wait_for(lambda: {"A", "B"} <= set(page.evaluate("window.written")), what="the letters of the path")
        settle(page)
        written = page.evaluate("window.written")
        for letter in "AB":
            for other, place in written.items():
                apart = [abs(a - b) for a, b in zip(place, written[letter], strict=True)]
                assert other in "AB" or max(apart) >= 14, (name, letter, other)


def test_a_map_says_what_its_colours_are_and_what_share_has_neighbours_of_its_class(lab, page: Page) -> None:
    server, runs = lab
    visit(page, f"{server.url}/latent_space?run={runs[2].id}")
    said = page.locator(".st-key-for_mouse_map")
    expect(said).to_contain_text("coloured by its class")
    expect(said).to_contain_text(re.compile(r"; \d+% have mostly neighbours of their own class\."))


def test_samples_end_in_a_laptops_window_with_the_path_in_one_row_and_a_square_map(lab, page: Page) -> None:
    server, runs = lab
    page.set_viewport_size(LAPTOP)
    visit(page, f"{server.url}/latent_space?run={runs[2].id}&view=Samples")
    path = page.locator(".latent-samples .digit-strip canvas")
    expect(path).to_have_count(8)
    key = page.locator(".latent-samples .key")
    expect(key).to_contain_text("Below each image: its class")
    marks = "".join(page.locator(".latent-samples .digit-strip .digits span").all_inner_texts())
    for mark in "?–":
        assert (f"{mark}: under" in key.inner_text()) == (mark in marks)  # what occurs is explained
    settle(page)
    assert len({box(each)[1] for each in path.all()}) == 1
    chart, grid = (page.locator(f".latent-samples .{each}") for each in ("scatter", "grid"))
    for each in (chart, grid, page.locator(".latent-samples .key")):
        expect(each).to_be_in_viewport(ratio=1)
    assert box(grid)[2] < box(chart)[0] and box(chart)[3] <= box(grid)[3] <= box(path.first)[1]


def test_below_a_path_only_the_marks_that_occur_are_explained(page: Page) -> None:
    asked = [["4", "9"], ["4", "9?"], ["–", "4"], ["–", "9?"]]
    said = page.evaluate(
        f"""(asked) => {{
            {component.scoped(component.script("classifying.js"))}
            return asked.map((marks) => classKey(marks, {json.dumps(walk_rows.MARKS)}));
        }}""",
        asked,
    )
    assert said == [walk_rows.key([Row("", np.zeros((2, 1, 1, 3)), marks)]) for marks in asked]


def test_a_sample_that_the_digit_classifier_is_unsure_of_has_the_usual_mark_in_its_corner(lab, page: Page) -> None:
    server, runs = lab
    page.set_viewport_size(LAPTOP)
    visit(page, f"{server.url}/latent_space?run={runs[2].id}&view=Samples")
    tiles = page.locator(".latent-samples[data-ready] .grid > div")
    expect(tiles).to_have_count(30)
    unsure = page.locator(".latent-samples .grid > .unsure")
    said = page.get_by_text(re.compile(r"of 30 random codes give a digit the classifier is sure of")).locator(
        "visible=true"
    )
    expect(said).to_contain_text(f"{30 - unsure.count()} of 30")
    settle(page)
    for each in unsure.all():
        guess = each.locator("small")
        digit, share = re.fullmatch(r"(\d), (\d+)% sure", each.get_attribute("title") or "").groups()
        expect(guess).to_have_text(f"{digit}?" if int(share) >= 50 else "–")
        assert int(share) < 90 and box(guess)[2:] == pytest.approx(box(each)[2:], abs=1)
        sides = [[end - begin for begin, end in zip(box(one)[:2], box(one)[2:], strict=True)] for one in (guess, each)]
        assert sides[0][0] * sides[0][1] < 0.12 * sides[1][0] * sides[1][1]  # the digit stays in view
        assert f"perhaps {digit}" in (each.locator("canvas").get_attribute("aria-label") or "")
    assert page.locator(".latent-samples .grid small").count() == unsure.count() > 0
