"""Training in a browser: click Train, watch, leave, come back, stop, resume."""

import re
import signal

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from waiting import wait_for
from walk import Server, add_size, settle, visit

from ae.runs import filenames, folders, queue, reading
from ae.runs.folders import Run

pytestmark = pytest.mark.browser
CURVE = ".live-curve canvas[role=img]"
SECONDS = 90  # less than a test's own limit, so that a failure gives its reason
"""How long to wait for training to go on: a trainer may share its core with other tests."""


def set_number(tab: Page, key: str, value: int) -> None:
    field = tab.locator(f".st-key-form_{key} input")
    field.fill(str(value))
    field.press("Enter")
    expect(field).to_have_value(str(value))
    settle(tab)


def begin(tab: Page, server: Server, epochs: int) -> None:
    """Open Train, choose the number of epochs, and click."""
    visit(tab, f"{server.url}/train")
    set_number(tab, "epochs", epochs)
    tab.locator(".st-key-train button:visible").click()


def badge(tab: Page, words: str) -> None:
    expect(tab.locator(".stMarkdownBadge", has_text=words)).to_be_visible(timeout=1000 * SECONDS)


def epoch_drawn(tab: Page) -> int:
    """Return the last epoch of the curve; -1 if there is none yet.

    The empty curve of a page without runs may still be there, before it.
    """
    label = tab.locator(CURVE).last.get_attribute("aria-label") if tab.locator(CURVE).count() else ""
    found = re.search(r"epoch (\d+), Training", label or "")
    return int(found.group(1)) if found else -1


def wait_for_epoch(tab: Page, epoch: int) -> None:
    try:
        wait_for(lambda: epoch_drawn(tab) >= epoch, SECONDS)
    except AssertionError:
        of_runs = "; ".join(map(condition, folders.list_runs()))
        pytest.fail(f"waited in vain for epoch {epoch} on the curve, which ends at {epoch_drawn(tab)}: {of_runs}")


def condition(run: object) -> str:
    """Return what a run's folder knows of its training, for the message of a failure."""
    if not isinstance(run, Run):
        return str(run)
    history, log = reading.read_history(run), run.path / filenames.LOG
    said = log.read_text()[-2000:] if log.exists() else ""
    took = ", ".join(f"{line.seconds:.2f}" for line in history[-5:])
    return f"{run.id} is {queue.state(run)} after {len(history)} epochs (the last took {took} s), log: {said}"


def the_run() -> Run:
    (run,) = folders.list_runs()
    assert isinstance(run, Run)
    return run


def test_the_curve_grows_until_the_run_is_finished(server: Server, page: Page) -> None:
    begin(page, server, 30)
    wait_for_epoch(page, 0)
    wait_for_epoch(page, epoch_drawn(page) + 1)
    badge(page, "Finished")
    wait_for_epoch(page, 30)
    expect(page.get_by_text("Training time")).to_be_visible()
    expect(page.locator("[role=img][aria-label*='Reconstruction']").first).to_be_visible()
    assert queue.state(the_run()) == "finished"


@pytest.mark.slow
def test_training_survives_a_page_change_a_refresh_a_second_tab_and_a_restart(
    fresh_server: Server, page: Page, context: BrowserContext
) -> None:
    begin(page, fresh_server, 10_000)
    badge(page, "Training")
    wait_for_epoch(page, 0)
    page.get_by_role("link", name="Reconstruct", exact=True).click()
    expect(page.get_by_role("heading", name="Reconstruct")).to_be_visible()
    page.get_by_role("link", name="Train", exact=True).click()
    badge(page, "Training")
    page.reload()
    badge(page, "Training")
    expect(page.locator(".progress-words")).to_contain_text(re.compile(r"Epoch \d+ of 10000"))
    before = epoch_drawn(page)
    other = context.new_page()
    visit(other, f"{fresh_server.url}/train")
    badge(other, "Training")
    fresh_server.stop(signal.SIGKILL)
    fresh_server.start()
    visit(page, f"{fresh_server.url}/train")
    badge(page, "Training")
    wait_for_epoch(page, before + 1)


@pytest.mark.slow
def test_stop_keeps_the_model_and_resume_goes_on(server: Server, page: Page) -> None:
    begin(page, server, 10_000)
    wait_for_epoch(page, 1)
    page.locator(".st-key-stop button:visible").click()
    badge(page, "Stopped")
    stopped = reading.read_history(the_run())[-1].epoch
    assert 0 < stopped < 10_000
    assert reading.saved_epoch(the_run()) == stopped
    page.locator(".st-key-resume button:visible").click()
    badge(page, "Training")
    wait_for_epoch(page, stopped + 1)
    page.locator(".st-key-stop button:visible").click()
    badge(page, "Stopped")
    page.get_by_role("link", name="See reconstructions").click()
    expect(page.get_by_role("heading", name="Reconstruct")).to_be_visible()
    expect(page.locator("[role=img][aria-label*='reconstruct' i]").first).to_be_visible()


@pytest.mark.slow
def test_a_second_run_is_shown_as_queued_and_can_be_removed(server: Server, page: Page) -> None:
    begin(page, server, 10_000)
    badge(page, "Training")
    page.locator(".st-key-train button:visible").click()
    queued = page.get_by_text("Queued:")
    expect(queued).to_be_visible()
    page.locator("[class*=st-key-stop-] button:visible").click()
    expect(queued).to_have_count(0)
    badge(page, "Training")


def test_a_bad_bottleneck_size_shows_a_message_and_stays_in_the_field(server: Server, page: Page) -> None:
    visit(page, f"{server.url}/train")
    settle(page)
    add_size(page, "0")
    expect(page.get_by_text("Bottleneck size 0 is out of range: use 1 to 784")).to_be_visible()
    expect(page.locator(".st-key-train button:visible")).to_be_disabled()
    expect(page.locator(".st-key-form_sizes")).to_contain_text("0")


def test_a_newcomer_sees_a_curve_after_one_click_on_home(server: Server, page: Page) -> None:
    visit(page, server.url)
    page.get_by_role("button", name="Train your first autoencoder").click()
    expect(page.get_by_role("heading", name="Train", exact=True)).to_be_visible()
    wait_for_epoch(page, 1)
    badge(page, "Finished")
