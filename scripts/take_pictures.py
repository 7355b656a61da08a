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

LEARNING = ["train", "--preset", "fast", "-z", "2", "-e", "30", "--name", "fast"]
"""The training that is recorded: a bottleneck of two units, whose latent space is the map."""

FRAMES, EVERY = 70, 0.12
"""How many pictures of the view are taken, and the seconds between two of them while it is played back."""


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
                record_learning(browser, environment)
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


def record_learning(browser: Browser, environment: dict[str, str]) -> None:
    """Record the live view while a network trains, as an animation."""
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.goto(f"http://localhost:{PORT}/train")
    page.locator(".live").first.wait_for(timeout=60_000)
    trainer = subprocess.Popen([sys.executable, "-m", "ae", *LEARNING], cwd=PROJECT, env=environment)
    page.get_by_text("of 30 done").first.wait_for(timeout=60_000)
    view, frames = page.locator(".live").first, []
    while len(frames) < FRAMES:
        began = time.monotonic()
        frames.append(Image.open(io.BytesIO(view.screenshot())).convert("RGB"))
        time.sleep(max(0.0, EVERY - (time.monotonic() - began)))
        if trainer.poll() is not None and len(frames) > FRAMES // 2 and frames[-1] == frames[-2]:
            break
    trainer.wait()
    page.close()
    frames = [frame.resize((820, frame.height * 820 // frame.width), Image.Resampling.LANCZOS) for frame in frames]
    # The most different colours, so that every class keeps its own.
    shared = frames[-1].quantize(255, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    first, *rest = (frame.quantize(palette=shared, dither=Image.Dither.NONE) for frame in frames)
    times = [round(1000 * EVERY)] * len(rest) + [2000]
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
