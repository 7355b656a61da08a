"""A report opened as a file, in a browser without a network: its curves respond, and it fits paper and a phone."""

import pytest

from ae.plots.report import page as report
from ae.runs import reading

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def path(_finished, tmp_path_factory):
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_bytes(report.report([_finished], "coursework"))
    return path


@pytest.fixture
def opened(browser, path):
    """The page, from which no request may go anywhere."""
    window = browser.new_context(offline=True, viewport={"width": 1280, "height": 900})
    page = window.new_page()
    asked, wrong = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: wrong.append(error))
    page.goto(path.as_uri())
    yield page
    assert not [url for url in asked if not url.startswith("data:")][1:]
    assert not wrong
    window.close()


def test_the_curves_show_their_values_and_their_names_hide_them(opened, finished):
    opened.locator("#chart svg").scroll_into_view_if_needed()
    box = opened.locator("#chart svg").bounding_box()
    opened.mouse.move(box["x"] + box["width"] - 25, box["y"] + box["height"] / 2)
    last = reading.read_history(finished)[-1]
    shown = opened.locator("#chart output")
    assert shown.inner_text().splitlines()[0] == f"Epoch {last.epoch}"
    assert f"{float(f'{last.training_loss:.4g}'):g}" in shown.inner_text()
    assert len(shown.inner_text().splitlines()) == 3
    opened.locator("#chart text.curve-0").click()
    opened.mouse.move(box["x"] + box["width"] - 30, box["y"] + box["height"] / 2)
    assert len(shown.inner_text().splitlines()) == 2


def test_it_fits_a_phone_and_paper(opened):
    opened.set_viewport_size({"width": 400, "height": 800})
    assert opened.evaluate("document.documentElement.scrollWidth") <= 400
    opened.emulate_media(media="print")
    assert opened.locator(".own").first.is_hidden()
    assert opened.locator("img").first.is_visible()
    assert opened.pdf(format="A4").startswith(b"%PDF")
