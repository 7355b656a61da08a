"""What is dragged with the mouse is dragged with a finger too, and elsewhere a finger scrolls the page."""

import re
from itertools import pairwise

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect
from waiting import wait_for
from walk import PHONE, painted, settle, visit

from ae.ui import component

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.usefixtures("in_the_lab")]


Place = tuple[float, float]
"""From the left and from the top, as shares of an element."""

SPAN = """canvas => {
    let host = canvas;
    while (!host.latentMap) host = host.parentNode;
    const { view } = host.latentMap.scatter;
    return view.right - view.left;
}"""
"""The width of what a map shows."""


class Fingers:
    """One or more fingers on the screen, through the browser's own recognition of scrolling and tapping."""

    def __init__(self, tab: Page) -> None:
        self.devtools = tab.context.new_cdp_session(tab)

    def _send(self, kind: str, places: list[Place]) -> None:
        points = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(places)]
        self.devtools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    def drag(self, on: Locator, *ways: tuple[Place, Place], steps: int = 8) -> None:
        """Put a finger on an element for each way, move all to the ends, and lift them."""
        on.scroll_into_view_if_needed()
        box = on.bounding_box()
        corner, size = [box["x"], box["y"]], [box["width"], box["height"]]
        starts, ends = (corner + np.array([way[end] for way in ways]) * size for end in (0, 1))
        self._send("touchStart", starts.tolist())
        for step in range(1, steps + 1):
            self._send("touchMove", (starts + (ends - starts) * step / steps).tolist())
        self._send("touchEnd", [])


def scrolled(tab: Page) -> float:
    """Return how far the page has been scrolled, in pixels."""
    return float(tab.evaluate("document.querySelector('[data-testid=stMain]').scrollTop"))


def follows(tab: Page, fingers: Fingers, on: str, picture: str, *ways: tuple[Place, Place]) -> None:
    """Drag, and wait until a picture is another."""
    before = painted(tab, picture)
    fingers.drag(tab.locator(on), *ways)
    wait_for(lambda: painted(tab, picture) != before, what=f"another picture in {picture} after a drag on {on}")


def scrolls(tab: Page, fingers: Fingers, on: str) -> None:
    """Drag a finger up over an element, and wait until the page has been scrolled."""
    tab.locator(on).scroll_into_view_if_needed()
    before = scrolled(tab)
    fingers.drag(tab.locator(on), ((0.5, 0.8), (0.5, 0.2)))
    wait_for(lambda: scrolled(tab) != before, what=f"the page to scroll under a finger on {on}")


def test_a_finger_draws_without_scrolling(lab, phone: Page) -> None:
    server, _ = lab
    fingers = Fingers(phone)
    visit(phone, server.url)
    expect(phone.locator(".hero-class")).to_contain_text("Classified as")
    phone.locator(".hero-pad canvas").scroll_into_view_if_needed()
    before = scrolled(phone)
    follows(phone, fingers, ".hero-pad canvas", ".hero-output canvas", ((0.5, 0.1), (0.4, 0.9)))
    assert scrolled(phone) == before


def test_a_finger_drags_the_handle_of_a_number_on_home_and_scrolls_beside_it(lab, phone: Page) -> None:
    server, _ = lab
    fingers = Fingers(phone)
    visit(phone, server.url)
    expect(phone.locator(".hero-class")).to_contain_text("Classified as")
    handle = phone.locator(".diagram-slider u").first
    value = phone.locator(".diagram-slider").first
    handle.scroll_into_view_if_needed()
    before, still = value.get_attribute("aria-valuenow"), scrolled(phone)
    up = -3.0 if handle.evaluate("e => e.offsetTop > e.parentNode.clientHeight / 2") else 4.0
    fingers.drag(handle, ((0.5, 0.5), (0.5, up)))
    wait_for(lambda: value.get_attribute("aria-valuenow") != before, what="the number that was dragged")
    assert scrolled(phone) == still
    scrolls(phone, fingers, ".diagram-units")


def test_on_a_phone_home_begins_its_doors_in_the_first_window_and_all_can_be_tapped(lab, phone: Page) -> None:
    server, _ = lab
    visit(phone, server.url)
    settle(phone)
    cards = phone.locator(".st-key-doors [data-testid=stColumn]")
    box = cards.first.bounding_box()
    assert box["y"] + box["height"] <= PHONE["height"]
    for part in (".run-tick label", ".run-pin button", ".run-more button"):
        box = phone.locator(part).first.bounding_box()
        assert min(box["width"], box["height"]) >= 40, part
    cards.last.scroll_into_view_if_needed()
    box = cards.last.bounding_box()
    phone.touchscreen.tap(box["x"] + box["width"] - 6, box["y"] + box["height"] - 6)  # a corner, far from the words
    expect(phone).to_have_url(re.compile("/compare"))


def test_a_finger_draws_a_path_on_the_map_and_two_zoom(lab, phone: Page) -> None:
    server, runs = lab
    fingers = Fingers(phone)
    visit(phone, f"{server.url}/latent_space?run={runs[0].id}")
    canvas = phone.locator(".latent-map[data-ready] canvas.scatter")
    expect(canvas).to_be_visible()
    settle(phone)
    fingers.drag(canvas, ((0.3, 0.3), (0.7, 0.7)))
    expect(phone.locator(".digit-strip canvas")).to_have_count(12)
    apart = ((0.45, 0.45), (0.2, 0.2)), ((0.55, 0.55), (0.8, 0.8))
    whole = canvas.evaluate(SPAN)
    fingers.drag(canvas, *apart)
    wait_for(lambda: canvas.evaluate(SPAN) < whole / 2, what="the map to be zoomed by two fingers")


def test_a_finger_moves_over_the_plane_and_along_a_slider(lab, phone: Page) -> None:
    server, runs = lab
    fingers = Fingers(phone)
    visit(phone, f"{server.url}/latent_space?run={runs[2].id}&view=Units")
    expect(phone.locator(".units-class")).to_contain_text("Classified as")
    settle(phone)
    follows(phone, fingers, ".code-pad", ".units-decoded", ((0.3, 0.3), (0.7, 0.7)))
    follows(phone, fingers, ".units input[type=range] >> nth=1", ".units-decoded", ((0.3, 0.5), (0.9, 0.5)))


def test_both_pictures_are_equal_and_stay_in_view_above_the_last_slider(lab, phone: Page) -> None:
    server, runs = lab
    visit(phone, f"{server.url}/latent_space?run={runs[1].id}&view=Units")
    expect(phone.locator(".units-class")).to_contain_text("Classified as")
    settle(phone)
    phone.get_by_role("slider", name="Unit 7").scroll_into_view_if_needed()
    original, decoded = (phone.locator(f".units-{each}").bounding_box() for each in ("image", "decoded"))
    assert all(original[side] == decoded[side] for side in ("y", "width", "height"))
    assert 0 <= original["x"] < decoded["x"]
    slider = phone.get_by_role("slider", name="Unit 7").bounding_box()
    assert 0 < decoded["y"] < decoded["y"] + decoded["height"] < slider["y"] + slider["height"] <= 850


def test_a_finger_moves_the_player_and_scrolls_over_the_map_beside_it(lab, phone: Page) -> None:
    server, runs = lab
    fingers = Fingers(phone)
    visit(phone, f"{server.url}/interpolate?runs={runs[1].id}&a=0&b=3")
    expect(phone.locator(".walk-root")).to_have_attribute("data-classified", "0.5")
    settle(phone)
    follows(phone, fingers, ".walk-player input", ".walk-tile canvas", ((0.5, 0.5), (0.9, 0.5)))
    scrolls(phone, fingers, ".walk-map canvas")


def test_a_finger_drags_the_divider_sideways_and_scrolls_upwards(lab, phone: Page) -> None:
    server, runs = lab
    fingers = Fingers(phone)
    visit(phone, f"{server.url}/denoise?runs={runs[1].id}&measurements=true")
    divider = phone.locator(".divider").first
    expect(divider).to_be_visible()
    settle(phone)
    fingers.drag(phone.locator(".divider-pair").first, ((0.5, 0.5), (0.9, 0.5)))  # each pair has the divider
    expect(divider.locator("input")).to_have_value(re.compile("89|90|91"))
    scrolls(phone, fingers, ".divider-row >> nth=0")


def test_a_finger_scrolls_over_a_chart_and_a_tap_shows_its_values(lab, phone: Page) -> None:
    server, runs = lab
    fingers = Fingers(phone)
    visit(phone, f"{server.url}/compare?runs={runs[1].id},{runs[2].id}")
    chart = phone.locator(".js-plotly-plot .nsewdrag").first
    expect(chart).to_be_visible()
    settle(phone)
    scrolls(phone, fingers, ".js-plotly-plot .nsewdrag >> nth=0")
    expect(phone.locator(".js-plotly-plot .zoombox")).to_have_count(0)
    chart.scroll_into_view_if_needed()
    box = chart.bounding_box()
    phone.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(phone.locator(".js-plotly-plot .hoverlayer").first).to_contain_text(re.compile(r"0\.\d+"))


def test_on_a_phone_the_words_are_about_fingers_and_a_replay_has_stills_map_and_loss_below_its_player(
    lab, phone: Page
) -> None:
    server, runs = lab
    visit(phone, f"{server.url}/latent_space?run={runs[0].id}")
    expect(phone.get_by_text("Tap anywhere")).to_be_visible()
    expect(phone.get_by_text("Move the pointer")).to_be_hidden()
    visit(phone, f"{server.url}/latent_space?run={runs[0].id}&view=Replay")
    expect(phone.locator(".player-button")).to_be_enabled()
    parts = (".player", ".live-stops", ".live-place", ".live-curve", ".live-images")
    boxes = [phone.locator(f".live {name}").bounding_box() for name in parts]
    for above, below in pairwise(boxes):
        assert above["y"] + above["height"] <= below["y"]
    player, stills, chart = boxes[:3]
    assert stills["y"] - player["y"] - player["height"] < 10  # they prove the sentence above
    assert chart["width"] >= 320 and chart["height"] == pytest.approx(chart["width"] - 8, abs=1)  # a square plot
    expect(phone.locator(".live-place")).to_be_in_viewport(ratio=1)
    expect(phone.locator(".live-side .live-title")).to_have_text(re.compile(r"loss: .*\(.* per pixel.*\)$"))
    expect(phone.locator(".live-side .curve-legend")).to_be_hidden()  # a strip with one line


def test_a_tap_goes_to_a_still_of_a_replay_and_the_player_stays_in_view(lab, phone: Page) -> None:
    server, runs = lab
    visit(phone, f"{server.url}/latent_space?run={runs[0].id}&view=Replay")
    expect(phone.locator(".player-button")).to_be_enabled()
    stops, label = phone.locator(".live-stop"), phone.locator(".live-map canvas")
    expect(stops).to_have_count(3)  # each of the few epochs
    stops.nth(0).tap()
    expect(label).to_have_attribute("aria-label", re.compile("after epoch 0"))
    expect(stops.nth(0)).to_have_attribute("aria-current", "true")
    expect(stops.nth(1)).to_have_attribute("aria-current", "false")
    phone.locator(".live-images").scroll_into_view_if_needed()
    expect(phone.locator(".live .player input")).to_be_in_viewport(ratio=1)  # with whatever it moves


def test_one_finger_reads_a_curve_and_two_zoom(phone: Page) -> None:
    """One finger reads a curve, and scrolls the page where it moves upwards; two zoom, and a double tap resets."""
    fingers = Fingers(phone)
    phone.set_content(
        f"<meta name=viewport content='width=device-width'><style>{component.read('curve.css')}</style>"
        "<div data-testid=stMain style='height: 700px; overflow: auto'>"
        "<div id=curve></div><div style='height: 2000px'></div></div>"
    )
    phone.add_script_tag(
        content=component.script("curve.js").replace("export ", "")
        + """
        const curve = new Curve(document.querySelector("#curve"), { label: "Loss", x: "Epoch", y: "Loss" });
        const x = Array.from({ length: 101 }, (_, i) => i);
        curve.setSeries([{ id: "a", name: "a", colour: "#888", x, y: x.map((i) => 1 / (1 + i)) }]);
        curve.setRange([0, 100]);"""
    )
    chart, reset = phone.locator(".curve-pointer"), phone.get_by_role("button", name="Reset zoom")
    phone.wait_for_function("curve.frame")
    fingers.drag(chart, ((0.4, 0.5), (0.6, 0.5)))
    expect(phone.locator(".curve-tip")).to_contain_text("Epoch")
    expect(reset).to_be_hidden()
    scrolls(phone, fingers, ".curve-pointer")
    fingers.drag(chart, ((0.4, 0.5), (0.2, 0.5)), ((0.6, 0.5), (0.8, 0.5)))
    expect(reset).to_be_visible()
    phone.evaluate("new Promise(requestAnimationFrame)")
    low, high = phone.evaluate("curve.zoom.x")
    assert 32 < high - low < 36
    for _ in range(2):
        fingers.drag(chart, ((0.5, 0.5), (0.5, 0.5)), steps=0)
    expect(reset).to_be_hidden()


def test_on_a_phone_both_buttons_of_compare_are_in_one_line(lab, phone: Page) -> None:
    server, runs = lab
    visit(phone, f"{server.url}/compare?runs={runs[1].id},{runs[2].id}")
    buttons = [phone.get_by_role("button", name=name).first for name in ("Change models", "Show the worst images")]
    for each in buttons:
        expect(each).to_be_in_viewport(ratio=1)
    first, second = (each.bounding_box() for each in buttons)
    assert first["y"] == pytest.approx(second["y"], abs=3) and first["x"] + first["width"] < second["x"]


def test_on_a_phone_compare_has_four_large_images_side_by_side_and_a_finger_brings_the_others(lab, phone: Page) -> None:
    server, runs = lab
    visit(phone, f"{server.url}/compare?runs={runs[1].id},{runs[2].id}")
    row, name = phone.locator(".ae-swipe > [role=group]").last, phone.locator(".ae-swipe > .ae-label").last
    settle(phone)
    images = row.locator("button")
    width = phone.viewport_size["width"]
    seen = [each.bounding_box() for each in images.all()]
    assert len(seen) == 8 and seen[0]["width"] > 70
    assert sum(each["x"] + each["width"] <= width for each in seen) == 4 and seen[4]["x"] < width - 16
    before = name.bounding_box()
    Fingers(phone).drag(name, ((0.9, 0.5), (-1.5, 0.5)))
    wait_for(lambda: images.first.bounding_box()["x"] < 0, what="other images after a drag")
    assert name.bounding_box()["x"] == before["x"]
    assert phone.evaluate("document.documentElement.scrollWidth") <= width
