"""What Reconstruct, Interpolate and Findings show before anybody scrolls, on a laptop and on a phone."""

import itertools

import pytest
from playwright.sync_api import Locator, Page, expect
from waiting import wait_for
from walk import FINGER, LAPTOP, PHONE, box, edges, settle, visit

pytestmark = pytest.mark.browser


def right(found: Locator) -> float:
    """Return the right edge of an element."""
    return box(found)[2]


def test_on_a_phone_the_bars_of_reconstruct_are_in_view_below_the_images_that_they_change(lab, phone: Page) -> None:
    server, runs = lab
    visit(phone, f"{server.url}/reconstruct?run={runs[1].id}")
    expect(phone.locator("canvas.bars")).to_be_visible()
    settle(phone)
    bars = phone.locator("canvas.bars")
    expect(bars).to_be_in_viewport(ratio=0.75)  # wrong digits make the sentence above longer, and need a note
    assert edges(phone.locator(".one-pair"))[1] <= edges(bars)[0]
    worst = phone.get_by_role("button", name="Show the worst images").locator("visible=true")
    assert edges(worst)[0] >= edges(bars)[1] and edges(worst)[1] - edges(worst)[0] >= FINGER


def test_on_a_phone_a_short_title_stays_in_the_bar_beside_the_button_of_the_sidebar(lab, phone: Page) -> None:
    server, runs = lab
    visit(phone, f"{server.url}/reconstruct?run={runs[1].id}")
    title, button = phone.locator("h1"), phone.get_by_test_id("stExpandSidebarButton")
    before = box(title)
    assert before[2] <= box(button)[0] and before[1] < box(button)[3] <= 60
    phone.get_by_text("Shaded: usual values").locator("visible=true").first.scroll_into_view_if_needed()
    phone.mouse.wheel(0, 2000)
    wait_for(lambda: phone.get_by_test_id("stMain").evaluate("e => e.scrollTop") > 0, what="a scrolled page")
    assert box(title) == before
    button.click()
    expect(phone.get_by_test_id("stSidebar").get_by_role("link", name="Compare", exact=True)).to_be_in_viewport()


def test_on_a_phone_a_title_without_room_in_the_bar_is_below_it(lab, phone: Page) -> None:
    server, _ = lab
    visit(phone, f"{server.url}/findings?question=dimensions")
    assert box(phone.locator("h1"))[1] >= box(phone.get_by_test_id("stExpandSidebarButton"))[3]


def test_the_frame_of_the_chosen_image_stays_within_it(lab, page: Page) -> None:
    server, runs = lab
    page.set_viewport_size(LAPTOP)
    visit(page, f"{server.url}/reconstruct?run={runs[1].id}")
    expect(page.locator("canvas.bars")).to_be_visible()
    settle(page)
    shadows = page.locator(".ae-cells > button").evaluate_all("all => all.map(e => getComputedStyle(e).boxShadow)")
    framed = [shadow for shadow in shadows if shadow != "none"]
    assert len(framed) == 2 and all("inset" in shadow for shadow in framed)


def test_on_a_phone_interpolate_shows_the_player_and_the_strips_before_the_map(lab, phone: Page) -> None:
    server, runs = lab
    visit(phone, f"{server.url}/interpolate?runs={runs[1].id}")
    expect(phone.locator(".walk-root")).to_have_attribute("data-classified", "0.5")
    settle(phone)
    strips, player = phone.locator(".walk-cells"), phone.locator(".walk-player")
    for each in (*strips.all(), player):
        expect(each).to_be_in_viewport(ratio=1)
    assert edges(player)[1] <= edges(strips.first)[0] and edges(strips.last)[1] <= edges(phone.locator(".walk-map"))[0]


def test_on_a_laptop_interpolate_has_the_player_the_strips_and_the_map_in_the_first_window(lab, page: Page) -> None:
    server, runs = lab
    page.set_viewport_size(LAPTOP)
    visit(page, f"{server.url}/interpolate?runs={runs[1].id},{runs[2].id}")
    expect(page.locator(".walk-root")).to_have_attribute("data-classified", "0.5")
    settle(page)
    strips, tile = page.locator(".walk-cells"), page.locator(".walk-tile canvas").first
    for each in (*strips.all(), page.locator(".walk-player"), page.locator(".walk-map"), page.locator(".walk-key")):
        expect(each).to_be_in_viewport(ratio=1)
    assert right(strips.first) == pytest.approx(right(page.locator(".walk-player")), abs=2)
    assert right(strips.first) < box(page.locator(".walk-map"))[0]
    assert (
        box(tile)[2] - box(tile)[0]
        >= 2 * box(strips.locator("canvas").first)[2] - 2 * box(strips.locator("canvas").first)[0]
    )
    assert edges(page.locator(".walk-why"))[0] >= edges(page.locator(".walk-plot"))[1] + 4


def test_on_a_phone_the_first_group_of_findings_is_whole_in_the_first_window(lab, phone: Page) -> None:
    server, _ = lab
    visit(phone, f"{server.url}/findings")
    cards = phone.locator("[class*=st-key-card_]")
    expect(cards).to_have_count(8)
    settle(phone)
    for each in cards.all()[:4]:
        expect(each).to_be_in_viewport(ratio=1)


def test_on_a_laptop_the_cards_are_two_columns_of_equal_height_below_their_headings(lab, page: Page) -> None:
    server, _ = lab
    page.set_viewport_size(LAPTOP)
    visit(page, f"{server.url}/findings")
    cards = page.locator("[class*=st-key-card_]")
    expect(cards).to_have_count(8)
    settle(page)
    heights = [edges(each)[1] - edges(each)[0] for each in cards.all()]
    assert max(heights) - min(heights) <= 1
    tops = [edges(each)[0] for each in cards.all()]
    assert tops[:4] == pytest.approx(tops[4:], abs=1)
    for each, top in zip(page.locator(".st-key-findings h3").all(), (tops[0], tops[4]), strict=True):
        assert edges(each)[1] + 4 <= top
    expect(cards.last).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("name", ["dimensions", "ingredients"])
def test_a_question_has_its_first_chart_in_the_first_window_and_what_to_try_below_it(lab, phone: Page, name) -> None:
    server, _ = lab
    visit(phone, f"{server.url}/findings?question={name}")
    chart = phone.locator("[data-testid=stPlotlyChart]:visible").first
    expect(chart.locator(".main-svg").first).to_be_visible()
    settle(phone)
    bar, _ = edges(phone.locator("[data-testid=stLayoutWrapper]:has(> .st-key-finding_steps)"))
    for part in (".nsewdrag", ".xaxislayer-above text", ".xtitle"):
        for each in chart.locator(part).all():
            assert edges(each)[1] <= bar
    for button in phone.locator(".st-key-finding_steps button").locator("visible=true").all():
        assert edges(button)[1] - edges(button)[0] >= FINGER


@pytest.mark.parametrize("size", [LAPTOP, PHONE], ids=["laptop", "phone"])
def test_after_the_last_question_its_settings_take_the_place_of_the_next_one(lab, page: Page, size) -> None:
    server, _ = lab
    page.set_viewport_size(size)
    visit(page, f"{server.url}/findings?question=ingredients")
    train = page.get_by_role("button", name="Train the best settings")
    expect(train).to_have_count(1)
    settle(page)
    steps = page.locator(".st-key-finding_steps")
    expect(steps.get_by_role("button", name="Next")).to_have_count(0)
    for name in ("All questions", "Back"):  # a phone has room for their icons only
        expect(steps.get_by_role("button", name=name)).to_be_visible()
    expect(train).to_be_in_viewport(ratio=1)
    assert right(steps) == pytest.approx(right(train), abs=1)
    assert edges(train)[1] - edges(train)[0] < 52  # its label is in one line
    each = [box(button) for button in steps.get_by_role("button").all()]
    assert all(one[2] <= other[0] for one, other in itertools.pairwise(each))


@pytest.mark.parametrize("size", [LAPTOP, PHONE], ids=["laptop", "phone"])
def test_the_names_of_the_digits_of_a_card_are_whole_below_them(lab, page: Page, size) -> None:
    server, _ = lab
    page.set_viewport_size(size)
    visit(page, f"{server.url}/findings")
    cells = page.locator(".digits > span")
    expect(cells).to_have_count(6)
    settle(page)
    for cell in cells.all():
        image = box(cell.locator("img"))
        assert image[2] - image[0] == pytest.approx(image[3] - image[1], abs=1) and image[2] - image[0] >= 40
        assert cell.evaluate("e => e.scrollWidth <= e.clientWidth + 1")


def test_a_question_has_its_title_and_its_buttons_on_one_line(lab, page: Page) -> None:
    server, _ = lab
    page.set_viewport_size(LAPTOP)
    for name in ("dimensions", "ingredients"):
        visit(page, f"{server.url}/findings?question={name}")
        button = page.locator(".st-key-finding_steps button").locator("visible=true").last
        expect(button).to_be_visible()
        settle(page)
        assert sum(edges(page.locator("h1"))) / 2 == pytest.approx(sum(edges(button)) / 2, abs=3)
        expect(page.locator("[data-testid=stPlotlyChart]:visible")).to_have_count(1 + (name == "dimensions"))
