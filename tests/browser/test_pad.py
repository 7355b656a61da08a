"""The pad that a digit is drawn on: it follows the pen, and prepares the digit as Python does."""

import base64
import io
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page

from ae.data import drawing
from ae.ui import component

pytestmark = pytest.mark.browser

# Strokes of a pen, from the top left (0, 0) to the bottom right (1, 1) of the part of the pad that is drawn on.
FOUR = [[(0.6, 0), (0.1, 0.65), (0.95, 0.65)], [(0.65, 0.3), (0.6, 1)]]
ONE = [[(0.5, 0), (0.5, 1)]]
SEVEN = [[(0, 0), (1, 0.05), (0.4, 1)]]
EIGHT = [[(0.5, 0.5), (0.2, 0.3), (0.4, 0), (0.75, 0.15), (0.5, 0.5), (0.2, 0.75), (0.5, 1), (0.8, 0.7), (0.5, 0.5)]]
TOUCHED = [*SEVEN, [(1.2, 1.1), (1.2, 1.1)]]  # and a dot, where the hand touched the pad
AREAS = ((0.2, 0.15, 0.5, 0.65), (0.08, 0.08, 0.84, 0.84), (0.55, 0.5, 0.25, 0.35))
"""Left, top, width and height, as shares of the pad: as most people draw, as large as possible, small in a corner."""


@pytest.fixture
def pad(page: Page) -> Page:
    """A page with nothing but a pad; ``told`` are its messages: the digit, and whether the stroke had ended."""
    page.set_content(f"<style>{component.read('drawing.css')}</style><div id=pad></div>")
    script = component.read("drawing.js").replace("export ", "")
    page.add_script_tag(
        content=script
        + """
        window.told = [];
        const tell = (pixels, ended) => told.push([pixels && [...pixels], ended]);
        window.pad = new DrawingPad(document.querySelector("#pad"), { onStroke: tell });"""
    )
    return page


def draw(
    tab: Page, strokes: list[list[tuple[float, float]]], area: tuple[float, ...], before_up: Callable[[], object] = int
) -> None:
    """Draw with the mouse; ``before_up`` is called before the last stroke ends."""
    box = tab.locator("canvas").bounding_box()
    left, top, width, height = area

    def to(x: float, y: float) -> None:
        tab.mouse.move(
            box["x"] + (left + x * width) * box["width"], box["y"] + (top + y * height) * box["height"], steps=2
        )

    for stroke in strokes:
        to(*stroke[0])
        tab.mouse.down()
        for point in stroke[1:]:
            to(*point)
        if stroke is strokes[-1]:
            before_up()
        tab.mouse.up()


def drawn(tab: Page) -> np.ndarray:
    """Return the pad's own pixels, uint8."""
    url = tab.locator("canvas").evaluate("canvas => canvas.toDataURL()")
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(url.partition(",")[2]))).convert("L"))


def test_the_page_scales_and_centres_a_digit_as_python_does(pad: Page) -> None:
    """Within half a shade of 255 on average, where a shift by one pixel would be a tenth of the range or more.

    It is not zero because a block's edge that cuts a pixel exactly in half is rounded either way.
    """
    for strokes in (FOUR, ONE, SEVEN, EIGHT, TOUCHED):
        for area in AREAS:
            pad.evaluate("pad.clear()")
            assert pad.evaluate("told.at(-1)") == [None, True]
            draw(pad, strokes, area)
            pixels, ended = pad.evaluate("told.at(-1)")
            assert ended
            expected = drawing.from_array(drawn(pad)) / 255
            assert np.abs(np.reshape(pixels, (28, 28)) - expected).mean() < 0.5 / 255


def test_the_digit_follows_the_pen_at_most_once_a_frame(pad: Page) -> None:
    during: list[int] = []

    def before_up() -> None:
        pad.wait_for_function("told.length > 2 && !told.at(-1)[1]")
        pad.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")  # the last
        during.append(pad.evaluate("told.length"))

    draw(pad, EIGHT, AREAS[0], before_up)
    assert pad.evaluate("told.length") == during[0] + 1
    assert pad.evaluate("told.filter(([, ended]) => ended).length") == 1
    moves = 600
    asked = pad.evaluate(
        """async (moves) => {
          const canvas = document.querySelector("canvas");
          const box = canvas.getBoundingClientRect();
          canvas.setPointerCapture = () => {};
          const at = (type, i) => canvas.dispatchEvent(new PointerEvent(type, {
            pointerId: 1, pointerType: "touch", clientX: box.left + 40 + i % 200, clientY: box.top + 40 + i / 3 }));
          told.length = 0;
          let frames = 0;
          const count = () => { frames++; requestAnimationFrame(count); };
          requestAnimationFrame(count);
          at("pointerdown", 0);
          for (let i = 0; i < moves; i++) { at("pointermove", i); if (i % 50 === 0) await new Promise(setTimeout); }
          at("pointerup", moves);
          return [told.length, frames];
        }""",
        moves,
    )
    assert 1 <= asked[0] <= asked[1] + 2


def test_the_keyboard_draws_and_a_digit_can_be_shown(pad: Page) -> None:
    pad.locator("canvas").focus()
    for key in (*["ArrowRight"] * 3, "Space", *["ArrowDown"] * 14):
        pad.keyboard.press(key)
    pad.wait_for_function("told.length > 0 && !told.at(-1)[1]")
    pad.keyboard.press("Space")
    pixels, ended = pad.evaluate("told.at(-1)")
    assert ended
    upright = np.reshape(pixels, (28, 28)) > 0.5
    assert upright.any(1).sum() >= 18
    assert upright.any(0).sum() <= 6
    before = pad.evaluate("told.length")
    pad.keyboard.press("ArrowLeft")
    assert pad.evaluate("told.length") == before
    pad.get_by_role("button", name="Clear").press("Enter")
    assert pad.evaluate("told.at(-1)") == [None, True]
    pad.evaluate("pixels => pad.show(pixels)", pixels)
    assert pad.evaluate("told.length") == before + 1
    assert np.allclose(pad.evaluate("[...pad.pixels()]"), pixels, atol=2 / 255)
