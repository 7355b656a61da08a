"""A network with a layer that the page can't compute: the screen says so, and the server computes the digit."""

import re
import shutil
from pathlib import Path
from urllib.parse import parse_qs, urlparse

import numpy as np
import pytest
import torch
from playwright.sync_api import Page, expect
from waiting import wait_for
from walk import ROOT, Server, grey_of, painted, settle, visit

from ae.analysis import reconstruct
from ae.presets import preset
from ae.runs import folders, model_file, queue
from ae.runs.folders import Run

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def code(tmp_path: Path) -> Path:
    """A copy of the project in which ``graph.py`` does not know the layer Tanh."""
    copy = tmp_path / "project"
    for name in ("ae", "pages", "docs", ".streamlit"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copyfile(ROOT / "streamlit_app.py", copy / "streamlit_app.py")
    known = copy / "ae" / "models" / "graph.py"
    text, entry = known.read_text(encoding="utf-8"), '    nn.Tanh: ("tanh", _plain),\n'
    assert entry in text
    known.write_text(text.replace(entry, ""), encoding="utf-8")
    return copy


@pytest.fixture
def run(fresh_server: Server) -> Run:
    """A run of a network with that layer on the built-in digits."""
    recipe = preset("fast", model="mlp4", activation="tanh", dataset="digits", code_size=2, epochs=1)
    made = folders.create(recipe, preset="fast")
    queue.prepare(made)
    list(queue.work(made))
    return made


def test_the_screen_says_so_and_the_digit_follows_by_the_server(fresh_server: Server, run: Run, page: Page) -> None:
    visit(page, f"{fresh_server.url}/latent_space?run={run.id}&view=Units")
    reason = "The server computes this network, which is slower, because it has a layer of the kind Tanh."
    expect(page.get_by_text(reason)).to_be_visible()
    expect(page.locator(".units-class")).to_contain_text("Classified as")
    settle(page)
    before = painted(page, ".units-decoded")
    slider = page.get_by_role("slider", name="Unit 1")
    box = slider.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.9 * box["width"], box["y"] + box["height"] / 2, steps=5)
    wait_for(lambda: painted(page, ".units-decoded") != before, what="another digit, while dragging")
    assert "code=" not in page.url
    page.mouse.up()
    expect(page).to_have_url(re.compile("code="))
    code = [float(value) for value in parse_qs(urlparse(page.url).query)["code"][0].split(",")]
    expected = reconstruct.decode(model_file.load(run), torch.tensor([code])).reshape(28, 28).numpy()
    wait_for(
        lambda: np.abs(grey_of(painted(page, ".units-decoded")[0]) - expected).max() < 1.5 / 255,
        what="the digit that PyTorch decodes the code to",
    )
