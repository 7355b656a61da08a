"""A component goes on if Streamlit calls it twice while its script loads, and then ends the first call."""

import re

import pytest
from playwright.sync_api import Page, expect
from waiting import wait_for
from walk import Server, settle, trained, visit

from ae.ui import component

pytestmark = pytest.mark.browser

CALLS = {
    "twice, then the first ends": ["first", "second", "end first"],
    "the first ends, then the second": ["first", "end first", "second"],
    "the first alone": ["first"],
}


@pytest.mark.parametrize("calls", CALLS.values(), ids=CALLS)
def test_only_the_end_of_the_newest_call_ends_what_is_shown(page: Page, calls) -> None:
    page.goto("about:blank")
    text = component.scoped(component.script("mounted.js"))
    ended = page.evaluate(
        f"""async (calls) => {{
            {text}
            const [ended, ends, place] = [[], {{}}, document.createElement("div")];
            const show = mounted(({{ data }}) => () => ended.push(data));
            for (const call of calls) {{
                const [name] = call.split(" ").slice(-1);
                if (call.startsWith("end")) Promise.resolve(ends[name]).then((end) => end());
                else ends[name] = show({{ data: name, parentElement: place }});
            }}
            const soon = () => new Promise((done) => setTimeout(done, 20));
            await soon();
            const before = [...ended];
            ends[calls.includes("second") ? "second" : "first"]();
            await soon();
            return [before, ended];
        }}""",
        calls,
    )
    assert ended == [[], ["second" if "second" in calls else "first"]]


def test_every_component_that_ends_is_mounted():
    for path in component.FRONTEND.glob("*.js"):
        for begin, body in re.findall(r"^export default (\S+)(.*)", path.read_text(), re.M | re.S):
            assert begin.startswith("mounted(") or not re.search(r"^  return ", body, re.M), path.name


def test_the_live_view_goes_on_asking_after_the_first_of_two_calls_has_ended(page: Page) -> None:
    asked: list[str] = []
    page.route("http://localhost:9/", lambda route: route.fulfill(body="<p>", content_type="text/html"))
    page.route("http://localhost:9/watch*", lambda route: (asked.append(route.request.url), route.fulfill(status=503)))
    page.goto("http://localhost:9/")
    curve = {
        "epochs": 2,
        "unit": "",
        "lines": [{"id": "training", "name": "Training", "colour": "#000000", "width": 2}],
    }
    data = {
        "layout": "train", "run": "a", "name": "a", "dataset": "digits", "finished": True, "points": "", "classes": [],
        "colours": [], "ask": "/watch?run=a", "condition": [], "active": False, "epoch": None,
        "curve": curve, "mark": None, "numbers": [["Error", ""]], "measured": True,
    }  # fmt: skip
    page.evaluate(
        """async ([script, data]) => {
            const url = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
            const { default: show } = await import(url);
            const place = document.createElement("div");
            place.append(Object.assign(document.createElement("div"), { className: "live" }));
            document.body.append(place);
            const call = () => show({ data, parentElement: place, setStateValue() {}, setTriggerValue() {} });
            const first = call();
            call();
            await Promise.resolve(first).then((end) => end());
        }""",
        [component.script("live.js"), data],
    )
    begun = len(asked)
    wait_for(lambda: page.evaluate("1") and len(asked) >= begun + 2, what="further requests")


SLOW = """
    const [ask, Whole] = [fetch, Blob];
    const late = (milliseconds) => `await new Promise((done) => setTimeout(done, ${milliseconds}));\n`;
    window.fetch = (...what) => new Promise((done) => setTimeout(() => done(ask(...what)), 500));
    window.Blob = function (parts, options) {
        const script = String(parts[0]).includes("sourceURL=st-bidi");
        return new Whole(script ? [late(4000), ...parts] : parts, options);
    };
"""
"""Lets scripts of components load slowly, so that their data change meanwhile, and answers come late."""


def test_a_finished_run_is_shown_though_the_scripts_of_components_load_slowly(fresh_server: Server, page: Page) -> None:
    (run,) = trained((("fast", 2),), epochs=1)
    page.add_init_script(SLOW)
    visit(page, f"{fresh_server.url}/train?run={run.id}")  # the first page with this dataset finds PCA, and runs again
    settle(page)
    expect(page.locator(".player-button")).to_be_enabled()
