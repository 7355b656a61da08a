"""Interpolate in the page: the digits follow the scrubber, and are what Python decodes."""

import re

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Page, expect
from waiting import wait_for
from walk import grey_of, settle, visit

from ae.analysis import digit_classifier, interpolate, reconstruct
from ae.data import datasets
from ae.runs import model_file
from ae.runs.folders import Run
from ae.ui import component

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("in_the_lab")]

CODES = st.lists(st.floats(-20, 20, width=32), min_size=2, max_size=2)


@pytest.fixture(scope="module")
def in_page(browser):
    """Call an exported function of walk_path.js; lists become Float32Array."""
    tab = browser.new_page()
    tab.goto("about:blank")
    text = component.scoped(component.read("walk_path.js"))
    tab.evaluate(f"() => {{ {text}; Object.assign(window, {{ codeAt, codeBetween }}); }}")

    def call(name, *arguments):
        script = """([name, given]) => {
            const typed = (each) => !Array.isArray(each) ? each
                : Array.isArray(each[0]) ? each.map(typed) : Float32Array.from(each);
            return Array.from(window[name](...given.map(typed)));
        }"""
        return np.array(tab.evaluate(script, [name, list(arguments)]), np.float32)

    yield call
    tab.close()


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(one=CODES, other=CODES)
@pytest.mark.parametrize("way", ["linear", "spherical"])
def test_paths_in_the_page_are_those_of_python(in_page, way, one, other):
    there = interpolate.codes(way, torch.tensor(one), torch.tensor(other), 8).numpy()
    here = np.stack([in_page("codeAt", way, one, other, i / 8) for i in range(9)])
    if way == "linear":
        assert (here == there).all()
    assert np.allclose(here, there, rtol=1e-5, atol=1e-5)


def test_a_way_that_the_page_does_not_know_goes_through_the_codes_of_the_server(in_page):
    codes = torch.linspace(0, 1, 65)[:, None].square() * torch.tensor([1.0, -2.0, 3.0])
    for share in (0, 0.25, 0.5, 0.71, 1):
        here = in_page("codeAt", "slow", [0, 0, 0], [1, -2, 3], share, codes.flatten().tolist())
        assert np.allclose(here, share**2 * np.array([1, -2, 3]), atol=1e-3)


def test_four_corners_are_blended_as_in_python(in_page):
    corners = torch.randn(4, 6, generator=torch.Generator().manual_seed(0))
    there = interpolate.corners(*corners, 4).numpy()
    for down in range(5):
        for right in range(5):
            here = in_page("codeBetween", corners.tolist(), right / 4, down / 4)
            assert np.allclose(here, there[down, right], atol=1e-6)


def _digits(tab: Page) -> np.ndarray:
    return np.stack(
        [grey_of(url) for url in tab.locator(".walk-tile canvas").evaluate_all("a => a.map(c => c.toDataURL())")]
    )


def _expected(runs: list[Run], indices: list[int], share: float) -> torch.Tensor:
    """Return what each run decodes at a share of the way between two test images, and the cross-fade."""
    ends = datasets.to_float(datasets.load("digits").test_images[indices])
    found = []
    for model in map(model_file.load, runs):
        z1, z2 = reconstruct.encode(model, ends)
        found.append(reconstruct.decode(model, (z1 + share * (z2 - z1))[None])[0, 0])
    return torch.stack([*found, (ends[0] + share * (ends[1] - ends[0]))[0]]).clamp(0, 1)


def test_the_digits_follow_the_scrubber_and_are_what_python_decodes(lab, page: Page) -> None:
    server, runs = lab
    visit(page, f"{server.url}/interpolate?runs={runs[1].id},{runs[2].id}&a=0&b=3")
    root = page.locator(".walk-root")
    expect(root).to_have_attribute("data-classified", "0.5")

    def agree(share: float) -> None:
        images = _expected(runs[1:3], [0, 3], share)
        assert np.abs(_digits(page) - images.numpy()).max() < 1.5 / 255
        digit, sure = digit_classifier.classify(images[:, None])
        said = page.locator(".walk-class").all_inner_texts()
        for words, each, confidence in zip(said, digit.tolist(), sure.tolist(), strict=True):
            found = re.fullmatch(r"Classified as (\d) \((\d+)%\)", words)
            if found is None:
                assert words == "No digit recognised" and confidence < 0.51
            else:
                assert int(found[1]) == each and confidence > 0.49
                assert abs(int(found[2]) - 100 * confidence) < 1

    def marked() -> list[int]:
        """Return the steps that are marked in the rows of images."""
        weights = "all => all.flatMap((e, i) => (Number(getComputedStyle(e).fontWeight) === 700 ? [i] : []))"
        heads = page.locator(".walk-heads span")
        return list(heads.evaluate_all(weights))

    agree(0.5)
    wait_for(lambda: marked() == [4], what="the mark of the step")
    scrubber = page.locator(".walk-player").get_by_role("slider", name="Step")
    box = scrubber.bounding_box()
    page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.8 * box["width"], box["y"] + box["height"] / 2, steps=5)
    share = float(scrubber.input_value()) / 8
    assert 0.75 < share < 0.85
    expect(root).to_have_attribute("data-classified", str(share))
    agree(share)
    wait_for(lambda: marked() == [round(8 * share)], what="the mark of the step")
    page.mouse.up()
    page.keyboard.press("Home")
    expect(root).to_have_attribute("data-classified", "0")
    agree(0)
    expect(page.locator(".walk-spoken")).to_contain_text("classified as")
    page.get_by_role("button", name="Play").click()
    wait_for(lambda: 0.1 < float(root.get_attribute("data-share")) < 1, what="the player to be on its way")
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    expect(root).to_have_attribute("data-classified", "1")
    agree(1)
    wait_for(lambda: marked() == [8], what="the mark of the end")


def test_an_end_of_the_path_is_dragged_from_image_to_image(lab, page: Page) -> None:
    server, runs = lab
    visit(page, f"{server.url}/interpolate?runs={runs[1].id},{runs[2].id}&a=0&b=3")
    expect(page.locator(".walk-root")).to_have_attribute("data-classified", "0.5")
    settle(page)

    def place(index: int) -> tuple[float, float]:
        return page.locator(".walk-map canvas").evaluate(
            """(canvas, index) => {
                let host = canvas;
                while (!host.walkView) host = host.parentNode;
                const { scatter } = host.walkView;
                return scatter.toClient(scatter.points.x[index], scatter.points.y[index]);
            }""",
            index,
        )

    def shows(*indices: int) -> bool:
        sizes = page.locator(".walk-tile canvas").evaluate_all("all => all.map(canvas => canvas.width)")
        if set(sizes) != {28}:  # one is not painted yet
            return False
        return np.abs(_digits(page) - _expected(runs[1:3], list(indices), 0.5).numpy()).max() < 1.5 / 255

    wait_for(lambda: shows(0, 3), what="the digits halfway to image 3")
    page.mouse.move(*place(3))
    page.mouse.down()
    page.mouse.move(*place(7), steps=5)
    wait_for(lambda: shows(0, 7), what="the digits halfway to image 7, while dragging")
    assert "b=3" in page.url
    page.mouse.up()
    expect(page).to_have_url(re.compile(r"b=7\b"))
    settle(page)
    wait_for(lambda: shows(0, 7), what="the digits halfway to image 7")
    page.mouse.move(*place(0))
    page.mouse.down()
    page.mouse.move(*place(5), steps=5)
    page.mouse.up()
    expect(page).to_have_url(re.compile(r"a=5\b"))
    wait_for(lambda: shows(5, 7), what="the digits halfway from image 5 to 7")


@pytest.mark.slow
def test_the_pad_between_four_corners_follows_the_pointer(lab, page: Page) -> None:
    server, runs = lab
    visit(page, f"{server.url}/interpolate?runs={runs[1].id}&corners=true&a=0&b=3&c=2&d=1")
    root, pad = page.locator(".corners-root"), page.locator(".corners-pad")
    expect(root).to_have_attribute("data-place", "0.5,0.5")
    settle(page)
    pad.scroll_into_view_if_needed()
    pad.focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    expect(root).to_have_attribute("data-place", re.compile(r"0\.75\d*,0\.5"))
    box = pad.bounding_box()
    page.mouse.move(box["x"] + 0.25 * box["width"], box["y"] + 0.75 * box["height"])
    expect(root).to_have_attribute("data-place", re.compile(r"0\.2[45]\d*,0\.7[45]\d*"))
    right, down = map(float, root.get_attribute("data-place").split(","))
    model = model_file.load(runs[1])
    codes = reconstruct.encode(model, datasets.to_float(datasets.load("digits").test_images[[0, 3, 2, 1]]))
    left, far = codes[0] + down * (codes[2] - codes[0]), codes[1] + down * (codes[3] - codes[1])
    expected = reconstruct.decode(model, (left + right * (far - left))[None])[0, 0].clamp(0, 1).numpy()
    shown = grey_of(page.locator(".corners-digit canvas").evaluate("canvas => canvas.toDataURL()"))
    assert np.abs(shown - expected).max() < 1.5 / 255
    expect(page.locator(".corners-words")).to_contain_text("Classified as")
