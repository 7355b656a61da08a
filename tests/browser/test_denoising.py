"""Noise, filters and models follow the slider of Denoise in the page, and are what Python computes."""

import base64
import re

import numpy as np
import pytest
import torch
from playwright.sync_api import Browser, Page, expect
from waiting import wait_for
from walk import grey_of, option, same_for_another_person, settle, shown, visit

from ae.analysis import denoise, reconstruct
from ae.data import datasets, noise
from ae.plots.image_grid import to_rgb
from ae.runs import model_file
from ae.ui import component

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("in_the_lab")]

STRENGTHS = (0.0, 0.01, 0.3, 0.57, 1.0)
ROWS = ".st-key-denoising .ae-cells[role=group]"


@pytest.fixture(scope="module")
def in_page(browser):
    """Call an exported function of a script in the browser; arrays go in and come out as float32."""
    tab = browser.new_page()
    tab.goto("about:blank")

    def call(file, function, *arguments):
        found = tab.evaluate(
            """([text, name, given]) => {
                const array = (text) =>
                    new Float32Array(Uint8Array.from(atob(text), (each) => each.charCodeAt(0)).buffer);
                const found = new Function(`${text}; return ${name};`)()(
                    ...given.map((each) => (each?.array === undefined ? each : array(each.array))));
                return found && Array.from(found);
            }""",
            [component.scoped(component.script(file)), function, [_sent(each) for each in arguments]],
        )
        return None if found is None else np.array(found, np.float32)

    yield call
    tab.close()


def _sent(value):
    if not isinstance(value, torch.Tensor):
        return value
    return {"array": base64.b64encode(value.numpy().astype("<f4").tobytes()).decode()}


@pytest.mark.parametrize("clip", [True, False])
@pytest.mark.parametrize("kind", noise.KINDS)
def test_noise_in_the_page_is_bit_for_bit_that_of_python(in_page, digits, kind, clip):
    images = datasets.to_float(digits.test_images[:6])
    random = noise.drawn(kind, len(images), 7)
    for strength in STRENGTHS:
        there = noise.add(images, kind, strength, clip=clip, seed=7).flatten().numpy()
        here = in_page("noise.js", "addNoise", kind, images, [1, 28, 28], random, strength, clip)
        assert (here == there).all(), strength


def test_a_kind_that_the_page_does_not_know_is_left_to_the_server(in_page, digits):
    images = datasets.to_float(digits.test_images[:2])
    assert in_page("noise.js", "addNoise", "speckle", images, [1, 28, 28], images, 0.5, True) is None
    assert in_page("noise.js", "addNoise", "gaussian", images, [1, 28, 28], None, 0.5, True) is None
    assert in_page("filters.js", "filterImages", "Wiener", images, [1, 28, 28]) is None


@pytest.mark.parametrize("shape", [(1, 28, 28), (3, 20, 20)])
@pytest.mark.parametrize("name", denoise.FILTERS)
def test_filters_in_the_page_are_those_of_python(in_page, name, shape):
    noisy = torch.rand(6, *shape, generator=torch.Generator().manual_seed(0))
    there = denoise.FILTERS[name](noisy).flatten().numpy()
    assert np.abs(in_page("filters.js", "filterImages", name, noisy, shape) - there).max() < 1e-6


def _rows(tab: Page) -> np.ndarray:
    """Return the grey levels of all rows, with shape (rows, images, 28, 28)."""
    rows = tab.locator(ROWS).evaluate_all(
        "all => all.map(e => [...e.querySelectorAll('canvas')].map(c => c.toDataURL()))"
    )
    return np.array([[255 * grey_of(url) for url in row] for row in rows])


def test_images_follow_the_slider_before_it_is_released(lab, browser: Browser, page: Page) -> None:
    server, runs = lab
    visit(page, f"{server.url}/denoise?runs={runs[1].id}&strength=0.3&pca=200&filters=true")
    grid = page.locator(".st-key-denoising .ae-grid")
    expect(grid).to_have_attribute("data-strength", "0.3")
    expect(page.locator(ROWS)).to_have_count(1 + 2 + 3)
    settle(page)
    page.locator(ROWS).evaluate_all(
        "all => all.forEach(e => [...e.querySelectorAll('canvas')].forEach(c => { c.kept = true; }))"
    )
    before = _rows(page)
    slider = page.get_by_role("slider", name="Strength of the noise")
    box = slider.bounding_box()

    def to(share: float) -> None:
        page.mouse.move(box["x"] + share * box["width"], box["y"] + box["height"] / 2, steps=5)

    to(0.3)
    page.mouse.down()
    to(0.8)
    strength = float(slider.input_value())
    assert 0.75 < strength < 0.85
    expect(grid).to_have_attribute("data-strength", f"{strength:g}")
    clean = datasets.to_float(datasets.load("digits").test_images[:8])
    noisy = noise.add(clean, "gaussian", strength)
    methods = (torch.clone, denoise.by_model(model_file.load(runs[1])), *denoise.FILTERS.values())
    expected = np.stack([to_rgb(reconstruct.only_finite(method(noisy))[:, 0].numpy())[..., 0] for method in methods])
    followed = _rows(page)
    assert (followed[0] == before[0]).all()
    assert np.abs(followed[1:-1] - expected).max() < 1.5  # grey levels
    assert (followed[-1] == before[-1]).all()  # so many components wait for the server,
    expect(page.locator(".denoise-waiting")).to_have_count(1)  # and say so
    assert "strength=0.3" in page.url
    page.mouse.up()
    expect(page).to_have_url(re.compile(f"strength={strength:g}"))
    expect(page.locator(".denoise-waiting")).to_have_count(0)
    settle(page)
    released = _rows(page)
    assert np.abs(released[:-1] - followed[:-1]).max() < 1.5
    assert (released[-1] != before[-1]).any()
    assert page.locator(f"{ROWS} canvas").evaluate_all("all => all.every(c => c.kept)")  # nothing was built again
    same_for_another_person(browser, page)


@pytest.mark.slow
def test_noise_is_chosen_and_its_captions_follow_the_keyboard(lab, browser: Browser, page: Page) -> None:
    server, runs = lab
    visit(page, f"{server.url}/denoise?runs={runs[1].id}&measurements=true")
    expect(page.get_by_text("standard deviation 0.6, clipped to [0, 1]").first).to_be_visible()
    before = shown(page)
    captions = page.locator(".st-key-denoising .ae-captions")
    option(page, "noise", "Masked block")
    expect(page.get_by_text("Masked block noise, share of the image 0.6, clipped").first).to_be_visible()
    settle(page)
    texts = captions.all_inner_texts()
    slider = page.get_by_role("slider", name="Strength of the noise")
    slider.focus()
    for _ in range(2):
        page.keyboard.press("PageDown")
    wait_for(lambda: captions.all_inner_texts()[2] != texts[2], what="other captions")
    expect(page).to_have_url(re.compile(r"noise=Masked.*strength=0\.4|strength=0\.4.*noise=Masked"))
    expect(page.get_by_text("Masked block noise, share of the image 0.4, clipped").first).to_be_visible()
    after = shown(page)
    assert after[0] == before[0]
    assert after[1:] != before[1:]
    same_for_another_person(browser, page)


def test_only_wrong_classes_are_marked_in_the_picture_and_in_its_name(lab, page: Page) -> None:
    server, runs = lab
    visit(page, f"{server.url}/denoise?runs={runs[1].id}&strength=0.9")
    expect(page.locator(".st-key-denoising .ae-grid")).to_have_attribute("data-strength", "0.9")
    settle(page)
    truth = page.locator(".st-key-denoising .ae-heads > span").all_inner_texts()
    scores = page.locator(".st-key-denoising .ae-label > small:first-of-type").all_inner_texts()
    found = 0
    assert not scores[1] and page.locator(f"{ROWS} >> nth=1").locator(".ae-missed").count() == 0  # noisy
    for row, score in zip(page.locator(ROWS).all()[2:], scores[2:], strict=True):
        cells = row.locator(".denoise-cell").evaluate_all(
            "all => all.map(e => [e.classList.contains('ae-missed'), e.querySelector('b').textContent,"
            " e.querySelector('canvas').ariaLabel])"
        )
        for (missed, digit, name), true in zip(cells, truth, strict=True):
            assert missed == bool(digit) == ("classified as" in name)
            assert digit != true
            assert not missed or name.endswith(f", classified as {digit}")
        found += sum(missed for missed, _, _ in cells)
        assert score == f"{8 - sum(missed for missed, _, _ in cells)} of 8 recognised"
    assert found
