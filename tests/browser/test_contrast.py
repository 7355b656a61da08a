"""Quiet text can be read in both themes: captions, what is chosen of several, and the buttons that lead on."""

import pytest
from playwright.sync_api import Browser, expect
from walk import LAPTOP, settle, visit

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("in_the_lab")]

CONTRASTS = """
(all) => {
  const pen = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const luminance = (layers) => {
    for (const { colour, opacity } of layers) {
      Object.assign(pen, { fillStyle: colour, globalAlpha: opacity });
      pen.fillRect(0, 0, 1, 1);
    }
    const linear = [...pen.getImageData(0, 0, 1, 1).data].slice(0, 3).map((value) => {
      const share = value / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
  };
  return all.map((element) => {
    const grounds = [];
    let opacity = 1;
    for (let each = element; each; each = each.parentElement) {
      const style = getComputedStyle(each);
      opacity *= style.opacity;
      grounds.unshift({ colour: style.backgroundColor, opacity: 1 });
    }
    const text = { colour: getComputedStyle(element).color, opacity };
    const [low, high] = [luminance(grounds), luminance([...grounds, text])].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  });
}
"""
"""The contrast ratio of WCAG 2 of each element's text and what lies behind it."""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_quiet_text_can_be_read(lab, browser: Browser, theme: str) -> None:
    server, _ = lab
    tab = browser.new_page(viewport=LAPTOP, color_scheme=theme)
    chosen = {".stButtonGroup [aria-checked=true] p": 4.5}
    for page, least in (
        ("", {"[data-testid=stCaptionContainer]": 5.5}),
        ("latent_space", chosen),
        ("tour", {**chosen, "[data-testid=stBaseButton-primary]": 4.5}),
    ):
        visit(tab, f"{server.url}/{page}")
        for selector, ratio in least.items():
            found = tab.locator(selector).locator("visible=true")
            expect(found.first).to_be_visible()
            settle(tab)
            assert min(found.evaluate_all(CONTRASTS)) >= ratio, (page, selector)
    tab.close()
