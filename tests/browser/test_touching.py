"""What moves under the hand: the sliders of the latent units, and the network on Home."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlparse

import numpy as np
import pytest
import torch
from playwright.sync_api import Browser, Page, expect
from waiting import wait_for
from walk import Server, settle, visit

from ae.analysis import reconstruct
from ae.presets import preset
from ae.runs import folders, model_file, queue
from ae.runs.folders import Run

pytestmark = pytest.mark.browser

SEEN = """canvas => {
    const data = canvas.getContext("2d").getImageData(0, 0, 28, 28).data;
    return Array.from({ length: 784 }, (_, pixel) => data[4 * pixel] / 255);
}"""


@pytest.fixture(scope="module")
def lab(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, dict[int, Run]]]:
    """A server with two runs on the built-in digits, by their bottleneck size: 2 and 8."""
    with pytest.MonkeyPatch.context() as patch:
        running = Server(tmp_path_factory.mktemp("lab"))
        patch.setenv("AE_CHECKPOINTS", str(running.runs))
        runs = {}
        for size in (2, 8):
            runs[size] = folders.create(preset("fast", dataset="digits", code_size=size, epochs=2), preset="fast")
            queue.prepare(runs[size])
            list(queue.work(runs[size]))
        yield running, runs
        running.stop()
        log = running.log.read_text()
        assert "Traceback" not in log, log


def painted(tab: Page, selector: str) -> np.ndarray:
    """Return the image on a canvas, in [0, 1] with shape (784,)."""
    return np.array(tab.locator(selector).evaluate(SEEN))


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
    visit(page, f"{server.url}/latent_space?run={runs[8].id}&view=Units")
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
        lambda: close(painted(page, ".units-decoded"), decoded(runs[8], code_in(page))),
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
