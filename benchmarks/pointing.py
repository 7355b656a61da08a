"""The time from a move of the pointer over the latent map to the digit that is decoded there, in a real browser."""

import os
import random
import statistics
from unittest.mock import patch

from benchmarks.keeping import Result, save
from benchmarks.markdown import titled
from benchmarks.serving import ADDRESS, ROOT, browser, serving

MODELS = {
    "shipped-fast-z8": ("mlp4 (*fast*, bottleneck size 8)", 16.7),
    "shipped-homework-conv-z2": ("conv (bottleneck size 2)", 16.7),
    "shipped-vae-z2": ("vae (bottleneck size 2)", 16.7),
    "shipped-best-z2": ("residual (*best*, bottleneck size 2)", 33.0),
    "shipped-best-z8": ("residual (*best*, bottleneck size 8)", 33.0),
}
"""The runs: what the table calls them, and the milliseconds that 95 % of the moves should stay within."""

MOVES = 300
WARM = 30
STEP = 0.05
"""A move goes at most so far across the map, in each direction, as a share of it."""

WATCH = """() => {
  window.painted = [];
  addEventListener("painted", ({ detail: { time } }) => {
    const painted = performance.now() - time;
    requestAnimationFrame(() => window.painted.push([painted, performance.now() - time]));
  });
}"""


def measure() -> Result:
    """Move the pointer over the map of every model; return what the moves took, in milliseconds."""
    found = {}
    with patch.dict(os.environ, AE_CHECKPOINTS=str(ROOT / "checkpoints")):
        with serving(dict(os.environ)), browser() as page:
            for run in MODELS:
                found[run] = moves(page, run)
                print(f"{run}: {found[run]}", flush=True)
    return save("pointing", {"moves": MOVES, "models": found})


def moves(page, run: str) -> dict[str, float]:
    """Open the map of a run, and move the pointer; return the median and the 95th percentile of the times."""
    page.goto(f"{ADDRESS}/latent_space?run={run}")
    page.locator(".latent-map[data-ready]").wait_for(timeout=60_000)
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for(state="attached")
    box = page.locator(".latent-map canvas.scatter").bounding_box()
    page.evaluate(WATCH)
    draw = random.Random(0)
    x = y = 0.5
    for _ in range(WARM + MOVES):
        x, y = (min(1.0, max(0.0, at + draw.uniform(-STEP, STEP))) for at in (x, y))
        page.mouse.move(box["x"] + (0.15 + 0.8 * x) * box["width"], box["y"] + (0.05 + 0.8 * y) * box["height"])
        page.wait_for_timeout(draw.uniform(4, 24))  # so that moves fall anywhere between two frames
    page.wait_for_function("() => window.painted.length > 0")
    times = list(zip(*page.evaluate("window.painted")[WARM:], strict=True))
    return {"n": len(times[0])} | {
        f"{name}_{what}": round(value, 2)
        for name, found in zip(("painted", "shown"), times, strict=True)
        for what, value in (("median", statistics.median(found)), ("95th", statistics.quantiles(found, n=20)[-1]))
    }


def table(found: Result) -> str:
    """Return the section on pointing in docs/BENCHMARKS.md."""
    lines = [
        (
            MODELS[run][0],
            f"{one['painted_median']:.1f} ms",
            f"{one['painted_95th']:.1f} ms",
            f"{MODELS[run][1]:g} ms",
            f"{one['shown_95th']:.1f} ms",
            one["n"],
        )
        for run, one in found.get("models", {}).items()
    ]
    heads = ("model", "median", "95th percentile", "target", "95th percentile until the next frame", "n")
    note = (
        "From the browser's time of a pointer move over the latent map to the digit painted, and to the beginning of "
        "the frame that shows it: at 60 frames per second, the wait for that alone is up to 16.7 ms. The network is "
        "computed in the page, in headless Chromium without a GPU."
    )
    return titled("Pointing", heads, lines, found, note)
