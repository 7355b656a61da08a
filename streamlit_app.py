"""Home: the runs at a glance, and where to start."""

import pandas as pd
import streamlit as st

from ae import ui
from ae.data import sources
from ae.plots import image_grid
from ae.plots.image_grid import Row
from ae.presets import PRESETS, preset
from ae.runs import folders, queue, reading
from ae.runs.folders import Run, Unreadable
from ae.ui import cached
from ae.ui.images import image_rows

START = "mnist" if sources.is_here("mnist") else "digits"


def first_curve() -> None:
    """Train what is fastest, on what is here, and look at it."""
    recipe = preset("fast", dataset=START)
    if ui.try_to(lambda: queue.start(folders.create(recipe, preset="fast"))):
        st.session_state["goto"] = "pages/train.py"


ui.page("Home")
if goto := st.session_state.pop("goto", None):
    st.switch_page(goto)
ui.show_notice()
st.markdown(
    "An autoencoder squeezes an image through a bottleneck of a few numbers and draws it again. Train one, watch it "
    "learn, and see what the bottleneck keeps."
)
found = folders.list_runs()
runs = [run for run in found if isinstance(run, Run)]
states = {run.id: queue.state(run) for run in runs}

with st.container(horizontal=True, vertical_alignment="center"):
    st.button(
        "Train your first autoencoder" if all(run.shipped for run in runs) else "Train a fast one",
        type="primary",
        icon=":material/play_arrow:",
        key="first",
        on_click=first_curve,
        help=PRESETS["fast"].sentence,
    )
    st.page_link("pages/train.py", label="Choose a recipe", icon=":material/tune:")
if not runs:
    st.caption(f"On {sources.SOURCES[START].title}: the first curve comes within seconds.")
    if (images := cached.first_images(START)) is not None:
        image_rows([Row("Original", image_grid.grey(images))], alt="Eight test images")


@st.fragment(run_every=1.0 if any(state in queue.ACTIVE for state in states.values()) else None)
def table() -> None:
    """Show the runs, and keep up with those that train."""
    if not all(run.path.is_dir() for run in runs):
        st.rerun()
    now = {run.id: queue.state(run) for run in runs}
    if now != states and not any(state in queue.ACTIVE for state in now.values()):
        st.rerun()
    rows = []
    for run in runs:
        history, measured = cached.history(run), reading.read_metrics(run)
        last = history[-1] if history else None
        rows.append(
            {
                "Run": run.name,
                "State": ui.STATES[now[run.id]][0],
                "Code": run.recipe.code_size,
                "Progress": round((last.epoch if last else 0) / run.recipe.epochs, 2),
                "Held-out loss": last.monitored_loss if last else None,
                "Test MSE": measured.get("test_mse"),
                "Live": last.active_units if last else None,
                "Made (UTC)": f"{run.created[5:10]} {run.created[11:16]}",
            }
        )
    st.subheader("Runs", anchor=False)
    picked = st.dataframe(
        pd.DataFrame(rows),
        key="runs",
        hide_index=True,
        height=min(38 + 35 * len(rows), 320),
        placeholder="–",
        on_select="rerun",
        selection_mode="single-row",
        column_config={
            "Code": st.column_config.NumberColumn(help="Units of the bottleneck."),
            "Live": st.column_config.NumberColumn(help=ui.ACTIVE_UNITS),
            "Progress": st.column_config.ProgressColumn(format="percent", min_value=0, max_value=1, width=110),
            "Held-out loss": st.column_config.NumberColumn(format="%.4f", help="Mean over pixels and images."),
            "Test MSE": st.column_config.NumberColumn(format="%.4f", help="Mean squared error per pixel."),
        },
    )
    chosen = picked.selection.rows
    run = runs[chosen[0]] if chosen and chosen[0] < len(runs) else runs[0]
    preview = reading.read_preview(run)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{ui.plain(run.name)}**", width="content")
        st.page_link("pages/train.py", label="Its curve", icon=":material/show_chart:", query_params={"run": run.id})
        st.page_link(
            "pages/reconstruct.py",
            label="What it draws",
            icon=":material/compare:",
            query_params={"run": run.id},
            disabled=preview is None,
        )
    if preview:
        seen, reconstructed = (image_grid.grey(images / 255) for images in preview)
        image_rows([Row("Original", seen), Row("Drawn", reconstructed)], alt=f"Eight test images through {run.name}")


ui.keep_up()
if runs:
    table()
for torn in (run for run in found if isinstance(run, Unreadable)):
    st.warning(f"The folder {ui.plain(torn.id)} is unreadable: {ui.plain(torn.reason)}", icon=":material/folder_off:")
