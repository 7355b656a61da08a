"""An imported run on the Train screen, where there is no training to show."""

from collections.abc import Sequence

import streamlit as st

from ae import ui
from ae.plots import image_grid
from ae.plots.image_grid import Row
from ae.runs import imported, reading
from ae.runs.folders import Run
from ae.ui.images import image_rows


def imported_view(run: Run, runs: Sequence[Run]) -> None:
    """Show where a run comes from, what its network is, and how it compares with the other runs."""
    file = imported.source(run)
    about = imported.network(run.recipe) + (f", from {file}" if file else "")
    st.markdown(f"**{imported.NO_HISTORY.capitalize()}.** {ui.plain(about)}.")
    if reading.read_metrics(run):
        sentence = imported.verdict(run, runs)
        st.markdown(ui.plain(sentence[0].upper() + sentence[1:]))
        if other := imported.counterpart(run, runs):
            query = {"runs": f"{run.id},{other.id}"}
            st.page_link("pages/compare.py", label="Compare", icon=":material/table_chart:", query_params=query)
    if preview := reading.read_preview(run):
        seen, reconstructed = (image_grid.to_rgb(images / 255) for images in preview)
        pair = [Row("Original", seen), Row("Reconstruction", reconstructed)]
        image_rows(pair, alt=f"Eight test images reconstructed by {run.name}")
