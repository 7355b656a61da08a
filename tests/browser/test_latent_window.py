"""What the views of Latent space show before anybody scrolls, on a phone and on a laptop."""

import math
import re

import pytest
from inactive import with_an_inactive_unit
from playwright.sync_api import Page, expect
from waiting import wait_for
from walk import FINGER, LAPTOP, Server, box, settle, visit

from ae.ui import component

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


def test_on_a_phone_the_cure_of_inactive_units_is_right_below_the_sentence_on_them(server: Server, phone: Page) -> None:
    run, _ = with_an_inactive_unit()
    visit(phone, f"{server.url}/latent_space?run={run.id}&view=Health")
    switches = phone.locator(".unit-switches button:not(.inactive)")
    expect(switches.first).to_be_visible()
    settle(phone)
    cure = box(phone.locator(".st-key-cure button:visible"))
    above = phone.get_by_text(re.compile("of 4 units (is|are) inactive"))
    below = phone.get_by_text(re.compile("^With units? .* off"))
    assert cure[3] - cure[1] >= FINGER
    assert box(above)[3] <= cure[1] and cure[3] <= box(below.first)[1]
    expect(switches.first).to_be_in_viewport(ratio=1)
    inactive = phone.locator(".unit-switches button.inactive")
    assert box(switches.last)[3] <= box(inactive.first)[1]  # what can be tapped comes first


def test_on_a_phone_the_ways_on_from_a_healthy_code_are_below_its_switches(lab, phone: Page) -> None:
    server, runs = lab
    visit(phone, f"{server.url}/latent_space?run={runs[1].id}&view=Health")
    switches = phone.locator(".unit-switches button:not(.inactive)")
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


@pytest.mark.parametrize("frame", [0, 5, 29, 31, 60])
def test_the_words_of_a_mark_stand_beside_its_tick_and_within_the_track(page: Page, frame: int) -> None:
    page.set_content(f"<style>{component.read('player.css')}</style><div id=player style='width: 560px'></div>")
    page.evaluate(
        f"""(frame) => {{
            {component.scoped(component.script("player.js"))}
            const player = new Player(document.querySelector("#player"), {{}});
            player.setFrames(Array.from({{ length: 61 }}, (_, i) => String(i)));
            player.setMark(frame, "epoch 5: 90% reached");
        }}""",
        frame,
    )
    left, _, right, _ = box(page.locator(".player-track"))
    words = box(page.locator(".player-mark"))
    tick = left + 8 + frame / 60 * (right - left - 16)
    assert min(abs(words[0] - tick), abs(words[2] - tick)) <= 2
    assert left <= words[0] and words[2] <= right


def test_a_map_says_what_its_colours_are_and_what_share_has_neighbours_of_its_class(lab, page: Page) -> None:
    server, runs = lab
    visit(page, f"{server.url}/latent_space?run={runs[2].id}")
    said = page.locator(".st-key-for_mouse_map")
    expect(said).to_contain_text("coloured by its class")
    expect(said).to_contain_text(re.compile(r"For \d+%, the five nearest neighbours are mostly of that class"))


def test_samples_end_in_a_laptops_window_with_the_path_in_one_row_and_a_square_map(lab, page: Page) -> None:
    server, runs = lab
    page.set_viewport_size(LAPTOP)
    visit(page, f"{server.url}/latent_space?run={runs[2].id}&view=Samples")
    path = page.locator(".latent-samples .digit-strip canvas")
    expect(path).to_have_count(8)
    expect(page.locator(".latent-samples .key")).to_contain_text("grey: under 90% sure")
    settle(page)
    assert len({box(each)[1] for each in path.all()}) == 1
    for each in (".latent-samples .scatter", ".latent-samples .large"):
        expect(page.locator(each)).to_be_in_viewport(ratio=1)
