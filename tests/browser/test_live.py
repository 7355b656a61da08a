"""The live view in a browser: it moves while a network learns, and nothing is remounted."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect
from test_training import CURVE, badge, begin, epoch_drawn, wait_for_epoch
from waiting import wait_for
from walk import Server, visit

from ae.presets import preset
from ae.runs import folders, queue, replay
from ae.ui import component

pytestmark = pytest.mark.browser
MAP = ".live-map canvas"
ROW = ".live-row canvas[aria-label*=Reconstruction] >> nth=0"


def pixels(tab: Page, canvas: str) -> str:
    return tab.locator(canvas).evaluate("canvas => canvas.toDataURL()")


def test_the_view_moves_while_training_and_keeps_zoom_crosshair_and_hidden_lines(server: Server, page: Page) -> None:
    begin(page, server, 10_000)
    badge(page, "Training")
    wait_for_epoch(page, 2)
    curve = page.locator(CURVE)
    curve.evaluate("canvas => { window.first = canvas; }")
    page.get_by_role("button", name="Each batch").click()
    box = curve.bounding_box()
    page.mouse.move(box["x"] + 70, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + 200, box["y"] + 45, steps=4)
    page.mouse.up()
    reset = page.get_by_role("button", name="Reset zoom")
    expect(reset).to_be_visible()
    page.mouse.move(box["x"] + 68, box["y"] + 100)
    tip = page.locator(".curve-tip")
    expect(tip).to_contain_text(re.compile(r"Epoch \d+.*Training.*0\.\d+.*Validation.*0\.\d+"))
    shown, before, row, epoch = tip.inner_text(), pixels(page, MAP), pixels(page, ROW), epoch_drawn(page)
    later = min(kept for kept in replay.kept(10_000) if kept > epoch)
    wait_for_epoch(page, later)
    wait_for(lambda: pixels(page, MAP) != before and pixels(page, ROW) != row, what="points and images that move")
    assert curve.evaluate("canvas => window.first === canvas")
    assert tip.inner_text() == shown
    expect(reset).to_be_visible()
    expect(page.get_by_role("button", name="Each batch")).to_have_attribute("aria-pressed", "false")
    curve.dblclick(position={"x": 200, "y": 200})
    expect(reset).to_be_hidden()
    assert page.locator(".js-plotly-plot").count() == 0
    page.reload()
    wait_for_epoch(page, later)
    expect(page.locator(MAP)).to_have_attribute("aria-label", re.compile(r"\d test images after epoch \d+"))


@pytest.mark.slow
def test_a_short_run_replays_itself_at_its_end_and_can_be_scrubbed(server: Server, browser: Browser) -> None:
    window = browser.new_context(viewport={"width": 1280, "height": 900})  # where motion is welcome
    page = window.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    sent = [0]
    page.on("websocket", lambda one: one.on("framereceived", lambda frame: sent.append(len(frame))))
    begin(page, server, 30)
    button = page.get_by_role("button", name="Pause")
    badge(page, "Finished")
    expect(button).to_be_visible()  # it plays
    text = page.locator(".player-text")
    wait_for(lambda: text.inner_text() != "Epoch 30 of 30", what="an earlier epoch")
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    expect(text).to_have_text("Epoch 30 of 30")
    last, end = pixels(page, MAP), pixels(page, ROW)
    assert sum(sent) < 2e6
    slider = page.get_by_role("slider", name="Epoch")
    slider.focus()
    page.keyboard.press("Home")
    expect(text).to_have_text("Epoch 0 of 30")
    assert pixels(page, MAP) != last and pixels(page, ROW) != end
    expect(page).to_have_url(re.compile("epoch=0"))
    page.keyboard.press("ArrowRight")
    expect(text).to_have_text("Epoch 1 of 30")
    page.keyboard.press("Space")
    expect(button).to_be_visible()
    page.keyboard.press("Space")
    expect(button).to_be_hidden()
    page.keyboard.press("End")
    expect(text).to_have_text("Epoch 30 of 30")
    wait_for(lambda: (pixels(page, MAP), pixels(page, ROW)) == (last, end), what="the last epoch again")
    curve = page.locator(CURVE)
    curve.focus()
    page.keyboard.press("Home")
    expect(page.locator(".curve-spoken")).to_contain_text(re.compile(r"Epoch 0: .*Training 0\.\d+, Validation 0\.\d+"))
    page.keyboard.press("Enter")
    expect(text).to_have_text("Epoch 0 of 30")
    assert not errors
    window.close()


@pytest.mark.slow
def test_a_hidden_page_asks_for_nothing_and_catches_up(server: Server, page: Page) -> None:
    run = folders.create(preset("fast", dataset="digits", epochs=10_000), preset="fast")
    queue.start(run)
    visit(page, f"{server.url}/train")
    wait_for_epoch(page, 1)
    hide = "hidden => Object.defineProperty(document, 'hidden', { value: hidden, configurable: true })"
    page.evaluate(hide, True)
    page.wait_for_timeout(1500)  # an answer may be on its way
    before = epoch_drawn(page)
    page.wait_for_timeout(2500)
    assert epoch_drawn(page) == before
    page.evaluate(hide, False)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    wait_for_epoch(page, before + 1)


def test_the_sixteen_images_of_a_replay_take_the_place_of_the_eight_of_a_preview(page: Page) -> None:
    page.goto("about:blank")
    page.evaluate("() => { document.body.append(document.createElement('div')); }")
    shown = page.evaluate(
        f"""() => {{
            {component.scoped(component.script("live_images.js"))}
            const rows = new ImageRows(document.querySelector("div"));
            const images = (count) => new Uint8Array(count * 28 * 28);
            rows.setOriginals(images(8), [1, 28, 28]);
            rows.show(images(8), images(8), 0);
            rows.setOriginals(images(16), [1, 28, 28]);
            rows.show(images(16), images(16), 0);
            return rows.rows.reduce((sum, row) => sum + row.count, 0);
        }}"""
    )
    assert shown == 2 * 16  # originals and reconstructions


@pytest.mark.parametrize(
    ("epochs", "mark", "stops"),
    [
        ([0, 7, 13, 20, 27, 33, 40, 47, 53, 60], 1, [0, 1, 3, 9]),  # at epochs 0, 7, 20 and 60
        (range(61), 5, [0, 5, 18, 60]),
        (range(6), 3, [0, 3, 4, 5]),
        (range(61), None, [0, 6, 20, 60]),
        (range(4), None, [0, 1, 2, 3]),
        (range(3), 1, [0, 1, 2]),
        (range(2), None, [0, 1]),
        (range(5), 4, [0, 1, 2, 4]),
    ],
)
def test_a_replay_stops_at_its_first_epoch_then_at_the_marked_one_on_the_way_and_at_its_last(
    page: Page, epochs, mark, stops
):
    found = page.evaluate(
        f"""([epochs, mark]) => {{
            {component.scoped(component.script("live_stops.js"))}
            return stopFrames(epochs, mark);
        }}""",
        [list(epochs), mark],
    )
    assert found[0] == 0 and found[-1] == len(epochs) - 1
    assert mark is None or mark == found[1] or mark == len(epochs) - 1
    assert len(found) == min(4, len(epochs)) and found == stops


def test_the_stills_of_a_replay_are_named_by_their_epochs_and_framed_while_it_plays(page: Page) -> None:
    named, framed = page.evaluate(
        f"""() => {{
            {component.scoped(component.script("live_stops.js"))}
            const stops = new LiveStops(document.body, {{ onPick: () => {{}} }});
            const area = {{ left: -1, right: 1, bottom: -1, top: 1 }};
            const frames = [0, 7, 60].map((epoch) => ({{ epoch, x: [0], y: [0], area }}));
            stops.show({{ frames, labels: [0], plane: 0 }}, ["#000"], 1);
            const all = Array.from(document.querySelectorAll(".live-stop"));
            const current = () => all.map((still) => still.ariaCurrent === "true");
            const framed = [0, 0.7, 1.4, 2].map((position) => (stops.at(position), current().indexOf(true)));
            return [all.map((still) => still.textContent), framed];
        }}"""
    )
    assert named == ["Epoch 0", "Epoch 7", "Epoch 60"] and framed == [0, 1, 1, 2]


@pytest.mark.parametrize(
    ("answers", "goes_on"),
    [
        (["active", "gone", "active"], True),
        (["active", "failed", "active"], True),
        (["active", "never", "active"], True),
        (["active", "ended", "active"], True),  # but the page still shows a run that trains
        (["active", "ended", "ended"], True),
        (["active", "up to date", "active"], False),
    ],
)
def test_a_view_goes_on_asking_until_the_page_shows_that_nothing_goes_on(page: Page, answers, goes_on) -> None:
    page.clock.install()
    page.goto("about:blank")
    page.evaluate(
        f"""answers => {{
            {component.scoped(component.script("polling.js"))}
            window.asked = [];
            window.fetch = (address, {{ signal }}) => {{
                const answer = answers[window.asked.push(address) - 1] ?? "active";
                window.answer = answer;
                const status = {{ gone: 404, failed: 503 }}[answer] ?? 200;
                if (answer !== "never") return Promise.resolve(new Response("", {{ status }}));
                return new Promise((_, fail) => signal.addEventListener("abort", () => fail(signal.reason)));
            }};
            keepAsking("/watch", {{
                have: () => 0,
                apply: () => true,
                head: () => ({{ active: window.answer === "active", pace: 1 }}),
                upToDate: () => window.answer !== "ended",
                onGone: () => {{}},
            }});
        }}""",
        answers,
    )
    page.clock.run_for(60_000)
    count = page.evaluate("window.asked.length")
    assert count > 20 if goes_on else count == 2


def test_a_view_that_is_hidden_at_first_asks_once_it_is_shown_even_if_the_browser_does_not_say_so(page: Page) -> None:
    page.clock.install()
    page.goto("about:blank")
    page.evaluate(
        f"""() => {{
            {component.scoped(component.script("polling.js"))}
            window.asked = 0;
            window.fetch = () => Promise.resolve(new Response("", {{ status: (window.asked += 1) && 200 }}));
            Object.defineProperty(document, "hidden", {{ value: true, configurable: true }});
            const [head, yes] = [() => ({{ active: true, pace: 1 }}), () => true];
            keepAsking("/watch", {{ have: () => 0, apply: yes, head, upToDate: yes, onGone: yes }});
        }}"""
    )
    page.clock.run_for(10_000)
    assert page.evaluate("window.asked") == 0
    page.evaluate("Object.defineProperty(document, 'hidden', { value: false, configurable: true })")
    page.clock.run_for(5_000)
    assert page.evaluate("window.asked") > 0
