"""What is dragged with the mouse is dragged with a finger too, and elsewhere a finger scrolls the page."""

from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from waiting import wait_for
from walk import painted, settle, visit

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


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    """A tab on a phone's screen; afterwards none of its scripts may have failed."""
    window = browser.new_context(
        viewport={"width": 400, "height": 800}, has_touch=True, is_mobile=True, reduced_motion="reduce"
    )
    tab = window.new_page()
    errors: list[str] = []
    tab.on("pageerror", lambda error: errors.append(str(error)))
    yield tab
    window.close()
    assert not errors


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
    fingers.drag(phone.locator(".divider-row").first, ((0.5, 0.5), (0.9, 0.5)))
    expect(divider.locator("input")).to_have_value("90")
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
    expect(phone.locator(".js-plotly-plot .hoverlayer").first).to_contain_text("Fast")


def test_on_a_phone_the_words_are_about_fingers_and_the_replay_begins_beside_its_map(lab, phone: Page) -> None:
    server, runs = lab
    visit(phone, f"{server.url}/latent_space?run={runs[0].id}")
    expect(phone.get_by_text("Tap anywhere")).to_be_visible()
    expect(phone.get_by_text("Two fingers zoom")).to_be_visible()
    for words in ("Point anywhere", "Ctrl and the wheel"):
        expect(phone.get_by_text(words)).to_be_hidden()
    visit(phone, f"{server.url}/latent_space?run={runs[0].id}&view=Replay")
    expect(phone.locator(".player-button")).to_be_enabled()
    player, drawn = (phone.locator(name).bounding_box() for name in (".live .player", ".live-place"))
    assert 0 <= drawn["y"] - player["y"] - player["height"] < 60


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
