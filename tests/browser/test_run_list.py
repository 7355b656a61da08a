"""The table of runs on Home, with the mouse, the keyboard and at the width of a phone."""

import re
from itertools import pairwise

import pytest
from playwright.sync_api import Page, expect
from walk import settle, visit

from ae.runs import folders, reading
from ae.ui.run_list_rows import label

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("in_the_lab")]

ROWS = ".run-table tbody tr"
NAMES = ".run-name a"


def opened(page: Page, url: str) -> list[str]:
    """Open Home and wait for the table; return the names in it."""
    visit(page, url)
    expect(page.locator(ROWS).first).to_be_visible()
    settle(page)
    return page.locator(NAMES).all_inner_texts()


def test_runs_are_sorted_filtered_pinned_ticked_compared_and_opened(lab, page: Page) -> None:
    server, runs = lab
    page.set_viewport_size({"width": 1440, "height": 900})
    names = opened(page, server.url)
    by_name = {label(run): run for run in runs}  # those created in the same second are in any order
    assert sorted(by_name) == sorted(names)
    for image in page.locator(".run-strip img").all():
        assert image.evaluate("image => image.complete && image.naturalWidth") == 4 * 28
    assert page.locator(".run-bar:visible").count() == 0
    root = page.locator(".run-list")
    created = [by_name[name].created for name in names]
    arrow = ["Created↓"] if len(set(created)) > 1 else []  # unless all were created in the same second
    assert page.locator("th[aria-sort]").all_inner_texts() == arrow
    assert root.evaluate("e => e.scrollWidth <= e.clientWidth")

    mse = {name: reading.read_metrics(run)["test_mse"] for name, run in by_name.items()}
    best_first = sorted(names, key=mse.__getitem__)
    for order, direction in ((best_first, "ascending"), (best_first[::-1], "descending"), (names, None)):
        page.get_by_role("button", name="Test MSE").click()
        headings = [f"Test MSE{'↑' if direction == 'ascending' else '↓'}"] if direction else arrow
        expect(page.locator(f"th[aria-sort={direction}]" if direction else "th[aria-sort]")).to_have_text(headings)
        expect(page.locator(NAMES)).to_have_text(order)
    last = names[-1]
    page.get_by_role("button", name=f"Pin {last}").press("Enter")
    expect(page.locator(NAMES)).to_have_text([last, *names[:-1]])
    assert folders.open_run(by_name[last].id).pinned
    assert opened(page, server.url)[0] == last
    page.get_by_role("button", name=f"Pin {last}").click()
    expect(page.locator(NAMES)).to_have_text(names)

    field, count = page.get_by_role("searchbox"), page.locator(".run-count")
    page.get_by_role("checkbox", name=f"Select {last}").check()
    expect(page.get_by_role("button", name="Compare 1")).to_be_disabled()
    field.press_sequentially("homework")
    expect(count).to_have_text("1 of 3 runs")
    expect(page).to_have_url(re.compile("filter=homework"))
    field.fill("no such run")
    expect(page.locator(".run-empty")).to_contain_text("No run has “no such run”")
    page.get_by_role("button", name="Show all").click()
    expect(count).to_have_text("3 runs")
    page.get_by_role("checkbox", name=f"Select {names[0]}").check()
    page.get_by_role("button", name="Compare 2").click()
    expect(page).to_have_url(re.compile(f"compare.*runs={by_name[last].id}(,|%2C){by_name[names[0]].id}"))

    opened(page, server.url)
    page.get_by_role("link", name=names[1], exact=True).press("Enter")
    expect(page).to_have_url(re.compile(f"train.*run={by_name[names[1]].id}"))
    expect(page.get_by_role("combobox", name="Run", exact=True)).to_have_value(by_name[names[1]].name)


@pytest.mark.slow
def test_the_menu_of_a_row_works_with_the_keyboard(lab, page: Page) -> None:
    server, runs = lab
    name = opened(page, server.url)[0]
    (run,) = [run for run in runs if label(run) == name]
    more = page.get_by_role("button", name=f"More for {name}")
    more.press("Enter")
    expect(page.get_by_role("menuitem", name="Loss curve")).to_be_focused()
    page.keyboard.press("Escape")
    expect(more).to_be_focused()
    more.press("Enter")
    page.keyboard.press("End")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("textbox", name="Name")).to_have_value(run.name)
    dialog.get_by_role("textbox", name="Tags").fill("from the row")
    dialog.get_by_role("textbox", name="Tags").press("Enter")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_be_hidden()
    page.get_by_role("button", name="from the row").click()
    expect(page.locator(".run-count")).to_have_text("1 of 3 runs")
    page.get_by_role("button", name=f"More for {name}").press("Enter")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"reconstruct.*run={run.id}"))


@pytest.mark.parametrize("width", [1110, 1150, 1280, 1366, 1440])
def test_the_table_fits_the_page_with_room_for_names_and_between_headings(lab, page: Page, width: int) -> None:
    server, _ = lab
    page.set_viewport_size({"width": width, "height": 800})
    opened(page, server.url)
    assert page.locator(".run-list").evaluate("e => e.querySelector('table').offsetWidth <= e.clientWidth")
    for name in page.locator("td.run-name").all():
        assert name.bounding_box()["width"] >= 160
    ends = page.locator("thead button:visible").evaluate_all(
        "all => all.map(e => e.getBoundingClientRect()).map(({ left, right }) => [left, right])"
    )
    assert all(left - right >= 8 for (_, right), (left, _) in pairwise(ends))
    titles = page.locator("thead button:visible").all_inner_texts()
    at = titles.index("Training")
    assert ends[at][0] - ends[at - 1][1] >= 24


def test_on_a_phone_the_table_is_a_list_that_can_be_sorted(lab, page: Page) -> None:
    server, _ = lab
    page.set_viewport_size({"width": 400, "height": 800})
    opened(page, server.url)
    page.get_by_label("Sort").select_option(label="Bottleneck ↓")
    expect(page.locator(NAMES).first).to_have_text(re.compile("^8 units · "))
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
    for row in page.locator(ROWS).all():
        assert not row.locator(".run-size").is_visible()  # the name says it
        for part in (".run-name", ".run-strip img", ".run-mse", ".run-epochs", ".run-more button"):
            box = row.locator(part).bounding_box()
            assert box["x"] >= 0 and box["x"] + box["width"] <= 400
        assert "Test MSE" in row.locator(".run-mse").evaluate("e => getComputedStyle(e, '::before').content")
