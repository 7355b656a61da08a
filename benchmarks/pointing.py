"""The time from a move of the pointer over the latent map to the digit decoded there, in headless Chromium."""

MODELS = {
    "shipped-fast-z8": ("mlp4, bottleneck 8", 16.7),
    "shipped-homework-conv-z2": ("conv, bottleneck 2", 16.7),
    "shipped-vae-z2": ("vae, bottleneck 2", 16.7),
    "shipped-best-z2": ("residual (*best*), bottleneck 2", 33.0),
    "shipped-best-z8": ("residual (*best*), bottleneck 8", 33.0),
}
"""The runs, what their tables call them, and how many milliseconds nineteen of twenty moves may take."""

MOVES = 300
WARM = 30

WATCH = """() => {
  window.shown = [];
  addEventListener("painted", ({ detail }) => {
    const painted = performance.now() - detail.time;
    requestAnimationFrame(() => window.shown.push([painted, performance.now() - detail.time]));
  });
}"""
