"""Measure the time from moving a slider to its new picture on the screen, in a real browser.

    python benchmarks/sliders.py [--moves 100]

Needs Chromium on the path, MNIST (AE_DATA) and a quiet machine. It first trains two small models in a temporary folder.
For each slider it prints the median, the 95th percentile and the share within 200 ms of the time from the key press to
the frame that shows the new picture; then one line of JSON.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
WITHIN = 200
PORT = 8777
PAUSE = 300  # milliseconds between two moves, after the page has finished updating
SLIDERS = {
    "Denoise, strength": ("denoise?runs={z8},{z2}", ".denoise-strength input"),
    "Interpolate, steps": ("interpolate?runs={z8},{z2}", ".st-key-n input"),
    "Latent space, unit 0": ("latent_space?run={z8}&view=Units", "[class*=st-key-unit] input >> nth=0"),
    "Latent space, replay": ("latent_space?run={z8}&view=Replay", "[class*=st-key-epoch] input >> nth=0"),
    "Reconstruct, how many": ("reconstruct?run={z8}&by=At+random", ".st-key-count input"),
}
WATCH = """() => {
  const inPage = () => [...document.querySelectorAll('[data-testid=stBidiComponentIsolated]')]
    .map((each) => each.shadowRoot.querySelector('[data-strength]')?.dataset.strength ?? '').join();
  const pictures = () => [...document.querySelectorAll('.ae-cells[role=img], [data-testid=stHtml] img')]
    .map((each) => each.getAttribute('style') + (each.src || '')).join() + inPage();
  window.addEventListener('keydown', () => {
    const start = performance.now(), before = pictures();
    window.shown = null;
    const look = () => {
      if (pictures() !== before) requestAnimationFrame(() => { window.shown = performance.now() - start; });
      else requestAnimationFrame(look);
    };
    look();
  }, true);
}"""


def main() -> None:
    """Train, serve the dashboard, move the sliders, and print the times."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--moves", type=int, default=100)
    moves = parser.parse_args().moves
    folder = Path(tempfile.mkdtemp(prefix="sliders-"))
    environment = {**os.environ, "AE_CHECKPOINTS": str(folder)}
    train = ["train", "--preset", "fast", "-e", "10", "-z", "2", "8"]
    subprocess.run([sys.executable, "-m", "ae", *train], cwd=ROOT, env=environment, check=True, capture_output=True)
    ids = {path.name.rpartition("-")[2]: path.name for path in folder.iterdir() if path.is_dir()}
    serve = ["-m", "streamlit", "run", "streamlit_app.py", "--server.headless", "true", "--server.port", str(PORT)]
    server = subprocess.Popen([sys.executable, *serve], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    results = {}
    try:
        _wait()
        with sync_playwright() as playwright:
            where = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
            browser = playwright.chromium.launch(executable_path=where, args=["--no-sandbox", "--disable-gpu"])
            for name, (path, slider) in SLIDERS.items():
                page = browser.new_page(viewport={"width": 1280, "height": 900})
                page.goto(f"http://localhost:{PORT}/{path.format(**ids)}")
                results[name] = _moves(page, slider, moves)
                page.close()
            browser.close()
    finally:
        server.terminate()
        server.wait(20)
        shutil.rmtree(folder, ignore_errors=True)
    print(f"{'slider':28} median   95th   within {WITHIN} ms   (n = {moves} moves each)")
    for name, moved in results.items():
        times = sorted(moved)
        late = times[int(0.95 * (len(times) - 1))]
        share = sum(each <= WITHIN for each in times) / len(times)
        print(f"{name:28} {statistics.median(times):4.0f} ms {late:4.0f} ms   {share:.0%}")
    print(json.dumps({name: [round(each, 1) for each in times] for name, times in results.items()}))


def _moves(page: Page, slider: str, moves: int) -> list[float]:
    page.wait_for_selector(slider, state="attached", timeout=60_000)
    _settle(page)
    page.wait_for_timeout(500)
    page.evaluate(WATCH)
    found, key = [], "ArrowRight"
    thumb = page.locator(slider).first
    for _ in range(moves):
        thumb.focus()
        at = thumb.evaluate("e => [+e.value, +e.min, +e.max]")
        key = "ArrowLeft" if at[0] >= at[2] - 1e-9 else "ArrowRight" if at[0] <= at[1] + 1e-9 else key
        page.keyboard.press(key)
        page.wait_for_function("() => window.shown !== null && window.shown !== undefined", polling="raf")
        found.append(page.evaluate("window.shown"))
        _settle(page)
        page.wait_for_timeout(PAUSE)
    return found


def _settle(page: Page) -> None:
    state = "[data-testid=stApp][data-test-script-state=notRunning]"
    page.wait_for_selector(state, state="attached", timeout=120_000)


def _wait() -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            urllib.request.urlopen(f"http://localhost:{PORT}/_stcore/health", timeout=1).read()
            return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError("the server does not answer")


if __name__ == "__main__":
    main()
