"""The colours of all figures. Each stands out from light and dark backgrounds alike, at a contrast of 3:1 or more."""

ACCENT = "#4c6ef5"
"""The current run."""

TRAINING = "#d86c18"
VALIDATION = ACCENT
TEST = "#0b9e73"
"""Losses of one run: on the training, the validation and the test images."""

ERROR = "#249cc0"
ADDED = "#de3ca2"
"""The terms of a loss: the reconstruction error, and what is added to it."""

QUIET = "#868c9a"
INK = "#676d7b"
FAINT = "rgba(134, 140, 154, 0.45)"

MARK = "#d6336c"
"""Figures from the coursework's reports."""

RUNS = (
    "#005af0",  # blue
    "#d86c18",  # orange
    "#00a26c",  # green
    "#de3ca2",  # pink
    "#249cc0",  # sky
    "#8a662a",  # brown
    "#8484e4",  # lavender
    "#6c6666",  # grey
    "#9c42ae",  # purple
    "#427248",  # forest
    "#cc6c90",  # rose
    "#a86cfc",  # violet
    "#8a964e",  # olive
    "#7e5a84",  # plum
)
"""Runs, by ``ae.runs.folders.Run.colour``; those of neighbouring hues differ in lightness, for colour-blind readers."""

FILTERS = (("dot", "#868c9a"), ("dash", "#a08749"), ("dashdot", "#5b998b"), ("longdash", "#b4628c"))
"""Denoising methods without a network: a dash and a colour each, more muted than those of runs."""

CLASSES = (
    "#1e96e4",  # blue
    "#c08406",  # amber
    "#b43c12",  # red
    "#129672",  # green
    "#4854de",  # indigo
    "#8a603c",  # brown
    "#fc36a8",  # pink
    "#1e9cb4",  # teal
    "#786c84",  # grey
    "#789c48",  # lime
)
"""Classes, the same in every figure; neighbouring hues differ in lightness, for colour-blind readers."""

ERROR_COLOUR = "#e03131"
"""Inactive units and wrong classes."""

ERROR_TEXT = {"light": "#c92a2a", "dark": "#ff7b72"}
"""The same for words, which need more contrast, by the page's theme."""

DIVERGING = ("#58a6ff", "#000000", "#ff6257")
"""Signed errors: blue where the reconstruction is too dark, black where it is exact, red where it is too bright."""
