"""How pictures show codes: a ring for each sample on the map, and one colour for each sign."""

import math
import re

import pytest
from playwright.sync_api import Page, expect
from walk import LAPTOP, painted, settle, visit

from ae.ui import component

pytestmark = pytest.mark.browser

RINGS = """root => {
    let up = root;
    while (!up.latentSamples) up = up.parentNode ?? up.host;
    const { scatter } = up.latentSamples;
    return scatter.rings.map((ring) => scatter.toClient(...ring));
}"""
DARK = """([x, y]) => {
    const canvas = [...document.querySelectorAll("*")].map((each) => each.shadowRoot ?? each)
        .map((each) => each.querySelector(".latent-samples canvas.scatter")).find(Boolean);
    const box = canvas.getBoundingClientRect();
    const [left, top] = [x - box.left - 7, y - box.top - 7];
    const pixels = canvas.getContext("2d").getImageData(left, top, 14, 14).data;
    return pixels.filter((_, i) => i % 4 === 1 && pixels[i] < 60 && pixels[i + 2] > 200).length;
}"""


def test_the_map_has_a_ring_at_each_sample_and_pointing_at_one_stresses_its_image(lab, page: Page) -> None:
    server, runs = lab
    page.set_viewport_size(LAPTOP)
    visit(page, f"{server.url}/latent_space?run={runs[2].id}&view=Samples")
    samples = page.locator(".latent-samples[data-ready]")
    expect(samples).to_be_visible()
    expect(page.locator(".latent-samples .map .title")).to_contain_text("Samples (rings)")
    settle(page)
    rings = samples.evaluate(RINGS)
    assert len(rings) == 30
    alone = max(range(30), key=lambda i: min(math.dist(rings[i], rings[j]) for j in range(30) if j != i))
    assert page.evaluate(DARK, rings[alone]) > 20
    page.mouse.move(*rings[alone])
    near = page.locator(".latent-samples .grid > .near canvas")
    expect(near).to_have_attribute("aria-label", re.compile(rf"^Sample {alone + 1}\b"))
    expect(page.locator(".latent-samples .spoken")).to_contain_text(f"Sample {alone + 1}")
    assert painted(page, ".latent-samples .large") == painted(page, ".latent-samples .grid > .near canvas")
    page.mouse.move(rings[alone][0] + 14, rings[alone][1])
    expect(near).to_have_count(0)


def test_a_negative_value_has_the_same_colour_in_the_bottleneck_and_in_its_bar(page: Page) -> None:
    page.goto("about:blank")
    cells, bars = page.evaluate(
        f"""() => {{
            {component.scoped(component.script("diagram_paint.js"))}
            {component.scoped(component.script("diagram_units.js"))}
            const pen = document.createElement("canvas").getContext("2d");
            const code = {{ part: "code", x: 0, y: 0, width: 10, height: 20, count: 2, shown: [-3, 3], scale: 3 }};
            const colours = {{ accent: [0, 0, 255], ink: [255, 0, 0] }};
            diagramPaint(pen, [code], {{ colours, width: 10, height: 20, flow: null }});
            const at = (y) => [...pen.getImageData(5, y, 1, 1).data.slice(0, 3)];
            const units = new DiagramUnits(document.body, {{}});
            units.place(2, code, 100);
            units.setValues([-3, 3]);
            return [[at(5), at(15)], units.bars.map((bar) => bar.classList.contains("negative"))];
        }}"""
    )
    assert cells == [[255, 0, 0], [0, 0, 255]] and bars == [True, False]
