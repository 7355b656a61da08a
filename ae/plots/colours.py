"""The colours of all figures. They work on light and dark backgrounds alike."""

ACCENT = "#4c6ef5"
"""The current run."""

TRAINING = "#e8890c"
VALIDATION = ACCENT
TEST = "#0b9e73"
"""Losses of one run: on the training, the validation and the test images."""

QUIET = "#8d93a1"
INK = "#5c6270"
FAINT = "rgba(141, 147, 161, 0.45)"

MARK = "#d6336c"
"""Figures from the coursework's reports."""

RUNS = ("#4c6ef5", "#e8890c", "#0b9e73", "#c2569b", "#3aa6d0", "#b3541e", "#8464c9", "#566070")
"""Runs, in the order in which they were chosen."""

FILTERS = (("dash", "#8d93a1"), ("dot", "#a58b4f"), ("dashdot", "#5f9e8f"), ("longdash", "#7d6b99"))
"""Denoising methods without a network: a dash and a colour each, more muted than those of runs."""

CLASSES = (
    "#3f7fd0",  # blue
    "#f0a202",  # amber
    "#c8281e",  # red
    "#1a8a4a",  # green
    "#7c3fc4",  # violet
    "#7a4a2c",  # brown
    "#ec5fa6",  # pink
    "#17a5ad",  # teal
    "#6f7683",  # grey
    "#9bbf1f",  # lime
)
"""Classes, the same in every figure; neighbouring hues differ in lightness, for colour-blind readers."""

ERROR_COLOUR = "#c2410c"
"""Inactive units and wrong classes."""

DIVERGING = ("#2166ac", "#f7f7f7", "#b2182b")
"""Signed errors: blue where the reconstruction is too dark, white where it is exact, red where it is too bright."""
