"""The map of the latent space in a browser: the digit under the pointer, the path of a drag, keys and clicks."""

import re
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pytest
import torch
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect
from waiting import wait_for
from walk import Server, laboratory, settle, visit

from ae.analysis import latent, reconstruct, sampling
from ae.analysis.latent import Bounds, Plane
from ae.data import datasets
from ae.models.base import Autoencoder
from ae.runs import model_file
from ae.runs.folders import Run
from ae.ui import latent_map

pytestmark = pytest.mark.browser

MARGIN = {"left": 46, "right": 6, "top": 6, "bottom": 38}
"""Pixels around the plot, as in scatter.js."""


@pytest.fixture(scope="module")
def lab(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, list[Run]]]:
    """One server for all tests, and two runs on the built-in digits, with 2 and 8 units."""
    with laboratory(tmp_path_factory.mktemp("pointing"), (("fast", 2), ("fast", 8))) as found:
        yield found


@pytest.fixture(autouse=True)
def in_the_lab(lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a test's runs into the server's folder."""
    monkeypatch.setenv("AE_CHECKPOINTS", str(lab[0].runs))


class Map:
    """The map on a page, and what PyTorch says about it."""

    def __init__(self, page: Page, run: Run) -> None:
        self.page = page
        self.model: Autoencoder = model_file.load(run)
        self.codes = reconstruct.codes_of(self.model, datasets.load("digits").test_images)
        self.plane: Plane = latent.plane(self.codes)
        self.points = self.plane.to_plane(self.codes)
        self.area: Bounds = latent.bounds(self.points, outside=0.0)
        self.canvas = page.locator(".latent-map[data-ready] canvas.scatter")
        expect(self.canvas).to_be_visible()
        settle(page)
        self.box = self.canvas.bounding_box()

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Return the pixel of a place in the plane."""
        width = self.box["width"] - MARGIN["left"] - MARGIN["right"]
        height = self.box["height"] - MARGIN["top"] - MARGIN["bottom"]
        across = (x - self.area.left) / (self.area.right - self.area.left)
        down = (self.area.top - y) / (self.area.top - self.area.bottom)
        return (
            self.box["x"] + MARGIN["left"] + across * width,
            self.box["y"] + MARGIN["top"] + down * height,
        )

    def share(self, across: float, down: float) -> tuple[float, float]:
        """Return a place in the plane by its share of the area, from the top left."""
        left, right, bottom, top = self.area
        return left + across * (right - left), top - down * (top - bottom)

    def decoded(self, *places: tuple[float, float]) -> np.ndarray:
        """Return what PyTorch decodes at places in the plane, bytes with shape (N, 784)."""
        images = reconstruct.decode(self.model, self.plane.to_code(torch.tensor(np.array(places), dtype=torch.float32)))
        return (images.reshape(len(places), -1) * 255).round().numpy()


def pixels(canvas: Locator) -> np.ndarray:
    """Return the grey levels of canvases of 28 x 28, with shape (N, 784)."""
    return np.array(
        canvas.evaluate_all(
            """all => all.map((each) => {
              const { data } = each.getContext("2d").getImageData(0, 0, 28, 28);
              return Array.from(data).filter((_, i) => i % 4 === 0);
            })"""
        ),
        float,
    )


def shows(canvas: Locator, expected: np.ndarray) -> None:
    """Wait until canvases show digits, up to one grey level, which rounding may cost."""

    def same() -> bool:
        found = pixels(canvas)
        return found.shape == expected.shape and np.abs(found - expected).max() <= 1

    wait_for(same, what="the digits that PyTorch decodes")


def test_the_digit_follows_the_pointer_and_a_click_keeps_it(lab, page: Page) -> None:
    server, runs = lab
    visit(page, f"{server.url}/latent_space?run={runs[1].id}")
    where = Map(page, runs[1])
    large, beside = (page.locator(f".latent-map .{part} canvas") for part in ("large", "beside"))
    seen = []
    for across, down in ((0.1, 0.1), (0.5, 0.4), (0.9, 0.95)):
        place = where.share(across, down)
        page.mouse.move(*where.at(*place))
        shows(large, where.decoded(place))
        seen.append(pixels(large))
    assert min(np.abs(a - b).max() for a, b in pairwise(seen)) > 8
    expect(page.locator(".latent-map .large")).to_contain_text(re.compile(r"Classified as \d \(\d+%\)"))
    expect(page.locator(".latent-map .spoken")).to_have_text(re.compile("Decoded at"))
    expect(page.locator(".latent-map .beside")).to_contain_text("No image here")
    assert beside.evaluate("canvas => canvas.getBoundingClientRect().x") < large.bounding_box()["x"]

    apart = torch.cdist(where.points, where.points).fill_diagonal_(torch.inf).min(1).values
    alone = int(apart.argmax())
    page.evaluate(
        "() => { window.linked = []; addEventListener('autoencoder-lab-pointed', (e) => linked.push(e.detail.image)); }"
    )
    page.mouse.move(*where.at(*where.points[alone].tolist()))
    shows(beside, datasets.load("digits").test_images[alone].reshape(1, -1).numpy().astype(float))
    expect(page.locator(".latent-map .beside")).to_contain_text(f"Image {alone}")
    assert page.evaluate("linked.at(-1)") == {"dataset": "digits", "index": alone}
    page.mouse.click(*where.at(*where.points[alone].tolist()))
    expect(page).to_have_url(re.compile(rf"image={alone}\b"))
    expect(page.locator(".latent-map .near-label")).to_contain_text(f"of image {alone}")
    expect(page.locator(".latent-map .near-images canvas")).to_have_count(5)
    corner = where.share(0.01, 0.01)
    page.mouse.click(*where.at(*corner))
    expect(page.locator(".latent-map .near-label")).to_contain_text("of the spot")
    expect(page).to_have_url(re.compile("spot="))
    page.mouse.move(*where.at(*where.share(0.5, 0.5)))
    page.mouse.move(5, 5)
    shows(large, where.decoded(corner))  # what was picked comes back
    expect(beside).to_be_hidden()
    with page.expect_download() as download:
        page.get_by_role("button", name="Figure (PNG)").click()
    figure = Image.open(download.value.path())
    assert min(figure.size) > 1500
    assert round(figure.info["dpi"][0]) == 300


def test_the_background_is_decoded_again_for_what_is_seen(lab, page: Page) -> None:
    server, runs = lab
    visit(page, f"{server.url}/latent_space?run={runs[0].id}")
    where = Map(page, runs[0])

    count, column, row = latent_map.LATTICE, 11, 2

    def detail() -> list | None:
        """Return the area that has been decoded again, and one of its tiles."""
        return where.canvas.evaluate(
            """(canvas, [column, row]) => {
                let host = canvas;
                while (!host.latentMap) host = host.parentNode;
                const { detail } = host.latentMap.scatter;
                if (!detail) return null;
                const { data } = detail.image.getContext("2d").getImageData(column * 28, row * 28, 28, 28);
                const { left, right, bottom, top } = detail.area;
                return [[left, right, bottom, top], Array.from(data).filter((_, i) => i % 4 === 0)];
            }""",
            [column, row],
        )

    assert detail() is None
    where.canvas.focus()
    for _ in range(5):
        page.keyboard.press("+")

    def same() -> bool:
        if not (found := detail()):
            return False
        (left, right, bottom, top), tile = found
        assert (right - left) * 1.4**5 == pytest.approx(where.area.right - where.area.left)
        place = left + (column + 0.5) / count * (right - left), top - (row + 0.5) / count * (top - bottom)
        return np.abs(where.decoded(place)[0] - tile).max() <= 1

    wait_for(same, what="the digits of the part that is seen")
    page.keyboard.press("0")
    wait_for(lambda: detail() is None, what="the whole background again")


def test_a_drag_shows_the_digits_along_its_path_until_it_is_cleared(lab, page: Page) -> None:
    server, runs = lab
    visit(page, f"{server.url}/latent_space?run={runs[0].id}")
    where = Map(page, runs[0])
    strip = page.locator(".digit-strip canvas")
    expect(page.locator(".digit-strip")).to_contain_text("Drag across the map")
    ends = where.share(0.2, 0.3), where.share(0.7, 0.8)
    page.mouse.move(*where.at(*ends[0]))
    page.mouse.down()
    page.mouse.move(*where.at(*ends[1]), steps=12)
    wait_for(lambda: strip.count() >= 6, what="digits while the pointer is down")
    page.mouse.up()
    along = [tuple(np.array(ends[0]) + (np.array(ends[1]) - ends[0]) * i / 11) for i in range(12)]
    shows(strip, where.decoded(*along))
    classified = re.compile(r"12 images decoded along the path, classified as ((\d\??|–), ){11}(\d\??|–)")
    expect(page.locator(".digit-strip .digits")).to_have_attribute("aria-label", classified)
    expect(page.locator(".digit-strip b")).to_have_text(["A", "B"])
    page.mouse.click(*where.at(*ends[0]))
    expect(page).to_have_url(re.compile("spot=|image="))
    settle(page)
    expect(strip).to_have_count(12)
    page.get_by_role("button", name="Clear path").click()
    expect(strip).to_have_count(0)


def test_the_keyboard_moves_over_the_map_picks_and_draws_a_path(lab, page: Page) -> None:
    server, runs = lab
    visit(page, f"{server.url}/latent_space?run={runs[1].id}&spot=0,0")
    where = Map(page, runs[1])
    where.canvas.focus()
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("ArrowUp")
    left, right, bottom, top = where.area
    place = 0.1 * (right - left), 0.02 * (top - bottom)
    shows(page.locator(".latent-map .large canvas"), where.decoded(place))
    page.keyboard.press("Space")
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Space")
    expect(page.locator(".digit-strip canvas").nth(1)).to_be_visible()
    page.keyboard.press("Enter")
    expect(page).not_to_have_url(re.compile("spot=0,0|spot=0%2C0"))
    page.keyboard.press("Escape")
    expect(page.locator(".latent-map .large")).to_contain_text("Classified as")  # what was picked stays


@pytest.mark.slow
def test_between_two_samples_their_codes_are_mixed_and_a_drag_shows_the_way(lab, page: Page) -> None:
    server, runs = lab
    visit(page, f"{server.url}/latent_space?run={runs[1].id}&view=Samples")
    model = model_file.load(runs[1])
    known = reconstruct.codes_of(model, datasets.load("digits").test_images)
    codes = sampling.sampler(known, prior=runs[1].recipe.prior).sample(30, seed=0)

    def decoded(codes: torch.Tensor) -> np.ndarray:
        return (reconstruct.decode(model, codes).reshape(len(codes), -1) * 255).round().numpy()

    grid = page.locator(".latent-samples[data-ready] .grid canvas")
    expect(grid).to_have_count(30)
    shows(grid, decoded(codes))
    large = page.locator(".latent-samples .large")
    first, last = (grid.nth(i).bounding_box() for i in (0, 29))
    step = [(last[axis] - first[axis]) / count for axis, count in (("x", 5), ("y", 4))]

    def at(column: float, row: float) -> tuple[float, float]:
        return (
            first["x"] + first["width"] / 2 + column * step[0],
            first["y"] + first["height"] / 2 + row * step[1],
        )

    expect(large).to_be_hidden()  # until there is something to show
    page.mouse.move(*at(4, 1))
    shows(large, decoded(codes[[10]]))
    page.mouse.move(*at(4.5, 1))
    shows(large, decoded(codes[[10, 11]].mean(0, keepdim=True)))
    page.mouse.move(*at(1, 0))
    page.mouse.down()
    page.mouse.move(*at(3, 4), steps=5)
    page.mouse.up()
    strip = page.locator(".digit-strip canvas")
    along = torch.linspace(0, 1, 8)[:, None]
    shows(strip, decoded(codes[1] + along * (codes[27] - codes[1])))
    page.get_by_role("button", name="Clear path").click()
    expect(strip).to_have_count(0)
    ends = page.locator(".latent-samples .grid .end b")
    page.mouse.click(*at(2, 0))  # a click chooses one end, and another the other
    expect(ends).to_have_text(["A"])
    expect(page.locator(".latent-samples .digit-strip")).to_contain_text("Now tap the other end")
    page.mouse.click(*at(5, 1))
    shows(strip, decoded(codes[2] + along * (codes[11] - codes[2])))
    expect(ends).to_have_text(["A", "B"])
    page.locator(".latent-samples .grid").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    shows(large, decoded(codes[[7]]))
    expect(page.locator(".latent-samples .spoken")).to_have_text(re.compile(r"Sample 8, classified as \d"))


def test_a_tap_on_each_of_two_samples_shows_the_way_and_a_finger_scrolls_the_page(lab, browser: Browser) -> None:
    server, runs = lab
    context = browser.new_context(viewport={"width": 400, "height": 850}, has_touch=True, is_mobile=True)
    page = context.new_page()
    visit(page, f"{server.url}/latent_space?run={runs[0].id}&view=Samples")
    grid = page.locator(".latent-samples[data-ready] .grid")
    assert "pan-y" in grid.evaluate("grid => getComputedStyle(grid).touchAction")
    for i in (3, 8):
        grid.locator("canvas").nth(i).tap()
    expect(grid.locator(".end b")).to_have_text(["A", "B"])
    named = grid.locator(".end canvas").evaluate_all("all => all.map((each) => each.getAttribute('aria-label'))")
    assert [name.split(",")[0] for name in named] == ["Sample 4", "Sample 9"]
    expect(page.locator(".latent-samples .digit-strip canvas")).to_have_count(8)
    context.close()
