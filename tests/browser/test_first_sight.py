"""What Reconstruct, Denoise and Interpolate show at first: what is worth seeing is in view, and not twice."""

import re

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect
from walk import FINGER, grey_of, settle, visit

from ae.analysis import reconstruct
from ae.data import datasets
from ae.runs import model_file

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("in_the_lab")]


ERROR = """
(canvas) => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return Array.from(data).filter((_, i) => i % 4 === 0 || i % 4 === 2);
}
"""
"""The red and the blue of each pixel."""


def under(upper: Locator, lower: Locator) -> float:
    """Return how many pixels one element begins below another."""
    above = upper.bounding_box()
    return float(lower.bounding_box()["y"] - above["y"] - above["height"])


def test_on_a_phone_an_image_is_larger_in_the_first_window_with_its_error_and_what_its_colours_mean(lab, phone) -> None:
    server, runs = lab
    visit(phone, f"{server.url}/reconstruct?run={runs[1].id}")
    three = phone.locator(".one-picture")
    expect(three).to_have_count(3)
    expect(phone.locator(".bars")).to_have_attribute("aria-label", re.compile("Latent code of image"))
    settle(phone)
    for each in three.all():
        box = each.bounding_box()
        assert box["width"] > 100 and box["y"] + box["height"] <= 800
    expect(phone.locator(".signed-legend")).to_have_text("too brighttoo dark")
    mse = phone.locator(".one-pair figure > p").last
    expect(mse).to_have_text(re.compile(r"^MSE 0\.\d{4}$"))
    assert 0 <= under(three.nth(2), mse) < 5 and 0 <= under(mse, phone.locator(".signed-legend")) < 10
    index = int(re.search(r"image (\d+)", phone.locator(".bars").get_attribute("aria-label"))[1])
    image = datasets.load("digits").test_images[[index]]
    original, decoded, _ = reconstruct.round_trip(model_file.load(runs[1]), image)
    difference = (decoded - original)[0, 0]
    red, blue = np.array(three.nth(2).locator("canvas").evaluate(ERROR)).reshape(28, 28, 2).transpose(2, 0, 1)
    clear = np.abs(difference) > 0.02
    assert ((red > blue) == (difference > 0))[clear].all()  # red is too bright
    assert clear.any() and red[difference > 0.5].min(initial=255) == 255


def test_the_strips_begin_right_below_the_player_and_a_click_moves_it(lab, page: Page) -> None:
    server, runs = lab
    page.set_viewport_size({"width": 1440, "height": 900})
    visit(page, f"{server.url}/interpolate?runs={runs[1].id},{runs[2].id}&a=0&b=3")
    expect(page.locator(".walk-root")).to_have_attribute("data-classified", "0.5")
    settle(page)
    rows = page.locator(".walk-cells")
    expect(rows).to_have_count(3)
    assert 0 < under(page.locator(".walk-player"), page.locator(".walk-rows")) < 40
    assert rows.last.bounding_box()["y"] + rows.last.bounding_box()["height"] <= 900
    assert [row.locator("canvas").count() for row in rows.all()] == [9] * 3
    ends = page.locator(".walk-player canvas").evaluate_all("all => all.map(canvas => canvas.toDataURL())")
    expected = datasets.to_float(datasets.load("digits").test_images[[0, 3]])[:, 0].numpy()
    assert np.abs(np.stack([grey_of(url) for url in ends]) - expected).max() < 1.5 / 255
    kinds = ["latent path", "latent path", "pixels mixed"]
    assert page.locator(".walk-label small").all_inner_texts() == kinds
    page.locator(".walk-cells").last.locator("canvas").nth(5).click()
    expect(page.locator(".walk-player input")).to_have_value("5")


def test_on_a_phone_what_is_touched_at_the_player_is_as_large_as_a_finger(lab, phone: Page) -> None:
    server, runs = lab
    visit(phone, f"{server.url}/interpolate?runs={runs[1].id}")
    expect(phone.locator(".walk-root")).to_have_attribute("data-classified", "0.5")
    for each in phone.locator(".walk-player :is(canvas, .player-button)").all():
        assert min(each.bounding_box()["width"], each.bounding_box()["height"]) >= FINGER
    phone.locator(".walk-player canvas").first.tap()
    expect(phone.get_by_role("menuitem", name="Reconstruct")).to_be_visible()


def test_on_a_phone_the_names_of_the_curves_lie_on_the_chart_and_the_lines_are_as_wide_as_it(lab, phone: Page) -> None:
    server, runs = lab
    visit(phone, f"{server.url}/denoise?runs={runs[1].id}")
    chart = phone.locator("[data-testid=stPlotlyChart]:visible").first
    expect(chart.locator(".main-svg").first).to_be_visible()
    settle(phone)
    plot, names = chart.locator(".nsewdrag").first.bounding_box(), chart.locator(".annotation-text").all()
    assert plot["x"] + plot["width"] > 370
    said = {
        each.text_content().partition(" ")[2]: each.bounding_box() for each in names if each.text_content() != "0.60"
    }
    assert {"Noisy"} < set(said)
    for box in said.values():
        assert plot["x"] - 1 <= box["x"] and box["x"] + box["width"] <= plot["x"] + plot["width"] + 1
        assert plot["y"] - 1 <= box["y"] and box["y"] + box["height"] <= plot["y"] + plot["height"] + 1


def test_the_strength_above_the_chart_is_not_on_the_words_beside_it(lab, phone: Page) -> None:
    server, runs = lab
    visit(phone, f"{server.url}/denoise?runs={runs[1].id}&strength=0.05")
    chart = phone.locator("[data-testid=stPlotlyChart]:visible").first
    expect(chart.locator(".main-svg").first).to_be_visible()
    settle(phone)
    strength = chart.locator(".annotation-text", has_text="0.05")
    assert under(chart.locator(".gtitle-subtitle"), strength) >= -1
    assert under(strength, chart.locator(".nsewdrag").first) >= -1
