"""A run has one colour, wherever it is shown."""

from collections.abc import Sequence

import streamlit as st

from ae.plots.colours import RUNS
from ae.runs.folders import Run


def run_colours(shown: Sequence[Run]) -> dict[Run, str]:
    """Return the colour of each run: its own, or the next free one if an earlier of the runs shown together has it."""
    colours: dict[Run, str] = {}
    for run in shown:
        order = [RUNS[(run.colour + step) % len(RUNS)] for step in range(len(RUNS))]
        colours[run] = next((colour for colour in order if colour not in colours.values()), order[0])
    return colours


def colour_chips(key: str, shown: Sequence[Run]) -> None:
    """Put a dot in its run's colour into each chip of the multiselect with that key, and show its name in full."""
    box = f".st-key-{key} [data-tag]"
    dots = "".join(
        f"{box}[data-tag-index='{place}']::before{{background:{colour}}}"
        for place, colour in enumerate(run_colours(shown).values())
    )
    st.html(f"<style>{_CHIP.replace('BOX', box)}{dots}</style>")


_CHIP = """
BOX { background: color-mix(in srgb, currentColor 7%, transparent); color: inherit; padding-left: 0.4rem }
BOX { height: auto; min-height: 1.75rem }
BOX > span { white-space: normal; overflow-wrap: anywhere; line-height: 1.25; padding-block: 0.2rem }
BOX::before { content: ""; flex: none; width: 0.65rem; height: 0.65rem; margin-right: 0.4rem; border-radius: 50% }
"""
