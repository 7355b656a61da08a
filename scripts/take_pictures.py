"""Recreate the README's pictures: a screenshot of the dashboard and an animation of training.

    python -m scripts.take_pictures

Needs MNIST (AE_DATA), playwright and Chromium.
"""

import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request

from PIL import Image
from playwright.sync_api import sync_playwright

from ae import PROJECT
from ae.cli.main import main as command

PORT = 8779
SCREENS = {"latent-space": ("latent_space?run=shipped-vae-z2", 820)}
"""By file name: the address to open, and the height of the picture in pixels."""


def main() -> None:
    """Write every picture into docs/."""
    command(["replay", "shipped-fast-z8", "-o", str(PROJECT / "docs" / "learning.gif")])
    serve = ["-m", "streamlit", "run", "streamlit_app.py", "--server.headless", "true", "--server.port", str(PORT)]
    server = subprocess.Popen([sys.executable, *serve], cwd=PROJECT, stdout=subprocess.DEVNULL)
    try:
        _wait()
        with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
            chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
            for name, (path, height) in SCREENS.items():
                page = browser.new_page(viewport={"width": 1280, "height": height})
                page.goto(f"http://localhost:{PORT}/{path}")
                page.locator(".js-plotly-plot, .ae-cells").first.wait_for(timeout=60_000)
                page.wait_for_selector("[data-test-script-state=notRunning]", state="attached", timeout=60_000)
                page.wait_for_timeout(3000)  # the figures fade in
                page.screenshot(path=f"{folder}/{name}.png")
                picture = Image.open(f"{folder}/{name}.png").convert("P", palette=Image.Palette.ADAPTIVE)
                picture.save(PROJECT / "docs" / f"{name}.png", optimize=True)
            browser.close()
    finally:
        server.terminate()
        server.wait(20)


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
