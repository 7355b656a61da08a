"""Images are linked: what is pointed at is shown closer, and a click takes it to another screen."""

import re
from itertools import pairwise

import pytest
from playwright.sync_api import Page, expect
from waiting import wait_for
from walk import painted, visit

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("in_the_lab")]


PICTURES = ".one-picture canvas, .bars"


def test_the_closer_look_follows_the_images_above_and_its_bars_the_mouse_and_the_keyboard(lab, page: Page) -> None:
    server, runs = lab
    visit(page, f"{server.url}/reconstruct?run={runs[1].id}&code_of=0")
    expect(page.locator(".one-picture")).to_have_count(3)
    expect(page.locator(".bars")).to_have_attribute("aria-label", re.compile(r"Latent code of image 0\b"))
    before = painted(page, PICTURES)
    below = page.locator(".one-pair figure > p")
    expect(below).to_have_text(
        [re.compile(r"^An? \d$"), re.compile(r"^classified as \d$"), re.compile(r"^MSE 0\.\d{4}$")]
    )
    rows = page.locator(".ae-cells[role=group]")
    rows.first.locator("button").nth(1).focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".bars")).to_have_attribute("aria-label", re.compile(r"Latent code of image 2\b"))
    assert all(new != old for new, old in zip(painted(page, PICTURES), before, strict=True))
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("code_of=2"))
    expect(page.get_by_role("menu")).to_be_visible()
    page.keyboard.press("Escape")
    outlined = "all => all.filter(e => getComputedStyle(e).boxShadow !== 'none').map(e => e.dataset.index)"
    assert page.locator(".ae-cells button").evaluate_all(outlined) == ["2", "2"]  # the image that is shown closer
    three = [each.bounding_box() for each in page.locator(".one-picture").all()]
    for left, right in pairwise(three):
        assert left["y"] == right["y"] and left["x"] + left["width"] < right["x"]  # each is seen whole

    original, reconstruction, error, code = painted(page, PICTURES)
    whose, _, mse = below.all_inner_texts()
    bars = page.locator(".bars").bounding_box()

    def drag() -> bool:  # again, if the network was not loaded yet
        page.mouse.move(bars["x"] + 0.5 * bars["width"], bars["y"] + 40)
        page.mouse.down()
        page.mouse.move(bars["x"] + 0.5 * bars["width"], bars["y"] + 150, steps=3)
        page.mouse.up()
        return page.get_by_role("button", name="Reset").is_visible()

    shown = (reconstruction, error, code)

    def changed() -> bool:
        """Whether another code, and what it decodes to with its error, is shown beside the same original."""
        now = painted(page, PICTURES)
        return now[0] == original and all(new != old for new, old in zip(now[1:], shown, strict=True))

    wait_for(drag, what="the changed code")
    expect(page.locator(".bars")).to_have_attribute("aria-label", re.compile("Latent code of image 2, .*, changed"))
    assert changed()
    expect(below).to_have_text([whose, re.compile(r"^classified as \d$"), re.compile(r"^MSE 0\.\d{4}$")])
    expect(below.last).not_to_have_text(mse)  # it follows the drag
    page.get_by_role("button", name="Reset").click()
    expect(below.last).to_have_text(mse)
    page.mouse.move(0, 0)
    assert painted(page, PICTURES)[1] == reconstruction

    slider = page.locator(".bars")
    slider.focus()
    page.keyboard.press("ArrowRight")
    expect(slider).to_have_attribute("aria-valuetext", re.compile("^unit 1: "))
    value = float(slider.get_attribute("aria-valuenow"))
    for _ in range(5):
        page.keyboard.press("ArrowUp")
    wait_for(changed, what="a code that was changed by the keyboard")
    assert float(slider.get_attribute("aria-valuenow")) > value


def test_an_image_is_marked_everywhere_and_its_menu_takes_it_to_another_screen(lab, page: Page) -> None:
    server, runs = lab
    visit(page, f"{server.url}/reconstruct?run={runs[1].id}&indices=4-9&errors=true&code_of=4")
    rows = page.locator(".ae-cells[role=group]")
    expect(rows).to_have_count(3)
    expect(page.locator(".bars")).to_have_attribute("aria-label", re.compile(r"Latent code of image 4\b"))

    def point() -> bool:  # again, if what marks the image was not loaded yet
        page.mouse.move(0, 0)
        rows.nth(0).locator("button").nth(2).hover()
        return page.locator(".ae-pointed").count() == 3

    wait_for(point, what="the marks on the image")
    assert page.locator(".ae-pointed").evaluate_all("all => all.map(e => e.dataset.index)") == ["6"] * 3
    expect(page.locator(".bars")).to_have_attribute("aria-label", re.compile(r"Latent code of image 6\b"))

    menu = page.get_by_role("menu")
    rows.nth(2).locator("button").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(menu.get_by_role("menuitem", name="Denoise")).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(menu.get_by_role("menuitem", name="Latent space")).to_be_focused()
    page.keyboard.press("Escape")
    expect(menu).to_have_count(0)
    expect(rows.nth(2).get_by_role("button", name="image 5")).to_be_focused()

    rows.nth(1).get_by_role("button", name="image 8").click()
    menu.get_by_role("menuitem", name="Latent space").click()
    expect(page.get_by_role("heading", name="Latent space", exact=True)).to_be_visible()
    expect(page).to_have_url(re.compile(rf"/latent_space\?run={runs[1].id}&image=8"))
    expect(page.locator(".near-label")).to_contain_text("of image 8")
    near = page.locator(".near-images [role=button]").nth(2)
    index = re.match(r"Image (\d+)", near.get_attribute("aria-label"))[1]
    near.click()
    menu.get_by_role("menuitem", name="Latent space").click()
    expect(page).to_have_url(re.compile(rf"image={index}\b"))
    expect(page.locator(".near-label")).to_contain_text(f"of image {index}")


@pytest.mark.slow
def test_noisy_images_are_compared_across_a_divider_and_lead_to_the_path_from_one_of_them(lab, page: Page) -> None:
    server, runs = lab
    visit(page, f"{server.url}/denoise?runs={runs[1].id},{runs[0].id}&indices=4-9&measurements=true")
    row = ".st-key-denoising .ae-cells[role=group] >> nth="
    left, right = ".denoise-pairs .divider-left", ".denoise-pairs .digit:not(.divider-left)"
    expect(page.locator(right)).to_have_count(6)
    page.locator(".denoise-pairs select").select_option(index=1)
    expect(page.get_by_role("slider", name="Divider between noisy")).to_be_visible()
    assert painted(page, left) == painted(page, f"{row}1 >> canvas")
    assert painted(page, right) == painted(page, f"{row}3 >> canvas")
    page.locator(f"{row}3 >> canvas").nth(2).hover()
    expect(page.locator(".denoise-pointed")).to_have_count(page.locator(".st-key-denoising .ae-label").count())
    page.locator(f"{row}3 >> canvas").first.focus()
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    page.get_by_role("menuitem", name="Interpolate from here").click()
    expect(page.get_by_role("heading", name="Interpolate", exact=True)).to_be_visible()
    expect(page).to_have_url(re.compile(rf"/interpolate\?runs={runs[0].id}%2C{runs[1].id}&a=9"))
    end = page.locator(".walk-player canvas").nth(1)
    index = re.match(r"To image (\d+), an? \d", end.get_attribute("aria-label"))[1]
    assert index != "9"
    end.click()
    page.get_by_role("menuitem", name="Interpolate from here").click()
    expect(page).to_have_url(re.compile(rf"\ba={index}\b"))
    expect(page.get_by_role("button", name=f"From image {index}, a")).to_be_visible()
