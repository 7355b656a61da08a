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
CLASSES = (
    "#3f90da",
    "#ffa90e",
    "#bd1f01",
    "#94a4a2",
    "#832db6",
    "#a96b59",
    "#e76300",
    "#b9ac70",
    "#717581",
    "#92dadd",
)
"""Classes, the same everywhere; told apart by colour-blind eyes too (Petroff 2021)."""
DEAD = "#c2410c"
"""What went wrong."""
DIVERGING = ("#2166ac", "#f7f7f7", "#b2182b")
"""Blue where too dark was drawn, white where right, red where too bright."""
