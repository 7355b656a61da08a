"""The colours of all pictures; they read on light and dark paper alike."""

ACCENT = "#4c6ef5"
"""The current run."""


TRAINING = "#e8890c"


QUIET = "#8d93a1"


INK = "#5c6270"


MARK = "#d6336c"
"""What others reported."""


FAINT = "rgba(141, 147, 161, 0.45)"


RUNS = ("#4c6ef5", "#e8890c", "#0b9e73", "#c2569b", "#3aa6d0", "#b3541e", "#8464c9", "#7a8291")
"""Runs, in the order they are chosen."""


FILTERS = (("dash", "#8d93a1"), ("dot", "#a58b4f"), ("dash", "#5f9e8f"), ("dash", "#7d6b99"))
"""What needs no network: dash and colour, quieter than any run's."""


CLASSES = (
    "#3f7fd0",  # blue
    "#f0a202",  # amber
    "#c8281e",  # red
    "#1a8a4a",  # green
    "#7c3fc4",  # violet
    "#8a5a3c",  # brown
    "#ec5fa6",  # pink
    "#17a5ad",  # teal
    "#6f7683",  # grey
    "#9bbf1f",  # lime
)
"""Classes, the same everywhere; neighbours in hue differ in lightness, for colour-blind eyes."""


ERROR_COLOUR = "#c2410c"
"""What went wrong."""


DIVERGING = ("#2166ac", "#f7f7f7", "#b2182b")
"""Blue where too dark was drawn, white where right, red where too bright."""
