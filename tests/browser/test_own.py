"""A digit of one's own: the network follows the pen, and the drawing or the picture is in the link."""

import io
import os
import re
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
import torch
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from waiting import wait_for
from walk import grey_of, painted, settle, visit

from ae.analysis import reconstruct
from ae.data import datasets, drawing
from ae.runs import model_file

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("in_the_lab")]

DIGITS, BARS, MAP, PAD = ".draw .digit", ".draw .bars", ".draw .scatter", ".draw-pad canvas"


def test_the_network_follows_the_pen_and_the_drawing_is_in_the_link(lab, browser: Browser, page: Page) -> None:
    server, runs = lab
    visit(page, f"{server.url}/reconstruct?run={runs[1].id}&by=My+own")
    expect(page.get_by_text("An example, until you draw")).to_be_visible()
    expect(page.locator(".draw figure").get_by_text("MSE")).to_be_visible()
    pad = page.locator(PAD)
    pad.evaluate("canvas => { canvas.first = true; }")
    box = pad.bounding_box()

    def to(x: float, y: float) -> None:
        page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=6)

    followed = [DIGITS, BARS, MAP]
    before = [painted(page, each) for each in followed]
    to(0.25, 0.2)
    page.mouse.down()
    for x, y in ((0.75, 0.2), (0.45, 0.85)):
        to(x, y)
        wait_for(
            lambda before=before: all(
                new != old
                for each, olds in zip(followed, before, strict=True)
                for new, old in zip(painted(page, each), olds, strict=True)
            ),
            what="the digits, the bars and the map to follow the pen",
        )
        before = [painted(page, each) for each in followed]
    assert "own=" not in page.url
    page.mouse.up()
    expect(page).to_have_url(re.compile("own="))
    settle(page)
    assert pad.evaluate("canvas => canvas.first")  # the same pad, not a new one
    drawn, reconstructed = (grey_of(url) for url in painted(page, DIGITS)[:2])
    own = drawing.from_text(parse_qs(urlsplit(page.url).query)["own"][0])
    assert np.abs(drawn - own / 255).max() < 1e-6
    expected = reconstruct.round_trip(model_file.load(runs[1]), torch.from_numpy(own)[None, None])[1][0]
    assert np.abs(reconstructed - expected).max() <= 1 / 255
    other = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    fresh = other.new_page()
    visit(fresh, page.url)
    wait_for(lambda: painted(fresh, DIGITS) == painted(page, DIGITS), what="the same pictures in a fresh session")
    other.close()
    page.get_by_role("button", name="Clear").click()
    expect(page.get_by_text("An example, until you draw")).to_be_visible()
    expect(page).not_to_have_url(re.compile("own="))


@pytest.mark.slow
def test_a_photo_is_read_and_a_file_that_is_not_a_picture_causes_a_message(lab, page: Page) -> None:
    server, runs = lab
    digit = datasets.load("digits").test_images[0, 0].numpy()
    photo = 255 - np.kron(digit, np.ones((20, 20), np.uint8)) // 2
    content = io.BytesIO()
    Image.fromarray(np.stack([photo, photo, photo // 2 + 100], -1)).save(content, "JPEG")
    visit(page, f"{server.url}/reconstruct?run={runs[1].id}&by=My+own")
    field = page.locator("[data-testid=stFileUploaderDropzoneInput]")
    field.set_input_files({"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": content.getvalue()})
    expect(page.locator(".draw").get_by_text("Input", exact=True)).to_be_visible()
    expect(page).to_have_url(re.compile("own="))
    settle(page)
    before = painted(page, DIGITS)
    own = drawing.from_text(parse_qs(urlsplit(page.url).query)["own"][0])
    on_pad = grey_of(painted(page, PAD)[0])[5::10, 5::10]
    assert np.abs(on_pad - own / 255).max() < 1e-6
    field.set_input_files({"name": "notes.png", "mimeType": "image/png", "buffer": b"not a picture"})
    expect(page.get_by_text("notes.png can't be read as a picture")).to_be_visible()
    assert painted(page, DIGITS) == before
    field.set_input_files({"name": "large.png", "mimeType": "image/png", "buffer": os.urandom(21 * 10**6)})
    expect(page.get_by_text(re.compile("20.*MB"))).not_to_have_count(0)
