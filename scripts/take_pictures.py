"""Recreate the README's pictures: a screenshot of the dashboard, and an animation of a network that learns.

    python -m scripts.take_pictures

Needs MNIST (AE_DATA), playwright and Chromium.
"""

import io
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from ae import PROJECT

PORT = 8779
SCREENS = {"latent-space": ("latent_space?run=shipped-vae-z2", 820)}
"""By file name: the address to open, and the height of the picture in pixels."""

LEARNING = "shipped-best-z2"
"""The run that is recorded: a bottleneck of two units, whose latent space is the map."""

FRAMES, FRAME = 44, 160
"""The frames of the animation, and the milliseconds for each."""

SEEK = """(slider, share) => {
  slider.value = share * slider.max;
  slider.dispatchEvent(new Event("input"));
  return new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
}"""
"""Moves the player to a share of the epochs, and waits until that is drawn."""


def main() -> None:
    """Write every picture into docs/."""
    with tempfile.TemporaryDirectory(prefix="pictures-") as folder:
        runs = Path(folder) / "checkpoints"
        shutil.copytree(PROJECT / "checkpoints", runs)
        environment = {**os.environ, "AE_CHECKPOINTS": str(runs)}
        serve = ["-m", "streamlit", "run", "streamlit_app.py", "--server.headless", "true", "--server.port", str(PORT)]
        server = subprocess.Popen([sys.executable, *serve], cwd=PROJECT, env=environment, stdout=subprocess.DEVNULL)
        try:
            _wait()
            with sync_playwright() as playwright:
                chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
                browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
                take_screenshots(browser)
                record_learning(browser)
                browser.close()
        finally:
            server.terminate()
            server.wait(20)


def take_screenshots(browser: Browser) -> None:
    """Write the pictures of ``SCREENS``."""
    for name, (path, height) in SCREENS.items():
        page = browser.new_page(viewport={"width": 1280, "height": height})
        page.goto(f"http://localhost:{PORT}/{path}")
        page.locator(".js-plotly-plot, .ae-cells, canvas").first.wait_for(timeout=60_000)
        page.wait_for_selector("[data-test-script-state=notRunning]", state="attached", timeout=60_000)
        page.wait_for_timeout(3000)  # the figures fade in
        _drag_across(page)
        picture = Image.open(io.BytesIO(page.screenshot())).convert("P", palette=Image.Palette.ADAPTIVE)
        picture.save(PROJECT / "docs" / f"{name}.png", optimize=True)
        page.close()


def _drag_across(page: Page) -> None:
    """Draw a path across the map, and leave the pointer beside it."""
    box = page.locator("canvas.scatter").bounding_box()

    def to(x: float, y: float) -> None:
        page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=12)

    to(0.2, 0.3)
    page.mouse.down()
    to(0.85, 0.75)
    page.mouse.up()
    to(0.6, 0.45)
    page.wait_for_timeout(500)  # the digit's class follows


def record_learning(browser: Browser) -> None:
    """Record how the view of a run changes from epoch to epoch, as an animation."""
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.goto(f"http://localhost:{PORT}/train?run={LEARNING}")
    view, slider = page.locator(".live").first, page.locator(".live input[type=range]")
    page.locator(".st-key-takeaway").wait_for(timeout=60_000)
    page.wait_for_selector("[data-test-script-state=notRunning]", state="attached", timeout=60_000)
    frames = []
    for number in range(FRAMES):
        slider.evaluate(SEEK, number / (FRAMES - 1))
        frames.append(Image.open(io.BytesIO(view.screenshot())).convert("RGB"))
    page.close()
    frames = [frame.resize((820, frame.height * 820 // frame.width), Image.Resampling.LANCZOS) for frame in frames]
    # The most different colours, so that every class keeps its own.
    shared = frames[-1].quantize(255, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    first, *rest = (frame.quantize(palette=shared, dither=Image.Dither.NONE) for frame in frames)
    times = [FRAME] * len(rest) + [2000]
    first.save(
        PROJECT / "docs" / "learning.gif", save_all=True, append_images=rest, duration=times, loop=0, optimize=True
    )


def _wait() -> None:
    for _ in range(120):
        try:
            urllib.request.urlopen(f"http://localhost:{PORT}/_stcore/health", timeout=1).read()
            return
        except OSError:
            time.sleep(0.5)
    raise TimeoutError("the dashboard does not answer")


if __name__ == "__main__":
    main()
