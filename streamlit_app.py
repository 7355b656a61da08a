"""Home: a network to draw into, three doors, and all runs in one table.

``streamlit run`` imports this file and serves ``app``, which runs it as the first page.
"""

import pandas as pd
import streamlit as st

from ae import ui
from ae.data import sources
from ae.plots import image_grid
from ae.plots.image_grid import Row
from ae.presets import PRESETS
from ae.runs import comparison, folders, queue, reading
from ae.runs.folders import Run, Unreadable
from ae.ui import cached, door, drop, first_run, run_table, watching
from ae.ui.hero import hero
from ae.ui.images import image_rows
from ae.ui.keep_up import keep_up

app = st.App(__file__, routes=watching.ROUTES, middleware=door.MIDDLEWARE, lifespan=door.opening)

TEST_LOSS = "Test loss (no validation split)"
START = first_run.dataset()


def state_label(state: queue.State, done: int, epochs: int) -> str:
    """Return a run's state, with its progress unless it is finished."""
    label = ui.STATES[state][0]
    return label if state == "finished" or not done else f"{label}, {done / epochs:.0%}"


def home() -> None:
    """Show the page."""
    ui.page("Home")
    first_run.follow()
    ui.show_notice()
    found = folders.list_runs()
    runs = [run for run in found if isinstance(run, Run)]
    states = {run.id: queue.state(run) for run in runs}
    if not hero(runs):
        st.markdown(
            "An autoencoder squeezes an image through a bottleneck of a few numbers and reconstructs it from them."
        )

    with st.container(key="doors"):
        doors = [column.container(border=True, height="stretch") for column in st.columns(3, gap="small")]
    with doors[0]:
        st.page_link("pages/tour.py", label="**Take the tour**", icon=":material/tour:")
        st.caption("Six steps, each with one thing to try: what a bottleneck keeps, noise, new digits.")
    with doors[1]:
        st.button(
            "Train your first autoencoder" if all(run.shipped for run in runs) else "Train a fast model",
            type="primary",
            icon=":material/play_arrow:",
            key="first",
            on_click=first_run.start,
            help=PRESETS["fast"].sentence,
        )
        st.page_link("pages/train.py", label="Choose a recipe", icon=":material/tune:")
    with doors[2]:
        st.page_link("pages/compare.py", label="**Compare the bottleneck sizes**", icon=":material/table_chart:")
        st.caption("See what 2, 8 and 16 numbers keep of the same image, and what more of them cost.")
    if not runs:
        st.caption(f"Trains on {sources.SOURCES[START].title}; the first curve appears within seconds.")
        if (images := cached.first_images(START)) is not None:
            image_rows([Row("Original", image_grid.grey(images))], alt="Eight test images")

    @st.fragment(run_every=1.0 if any(state in queue.ACTIVE for state in states.values()) else None)
    def table() -> None:
        """Show the runs, and follow those that are training."""
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
                    "State": state_label(now[run.id], last.epoch if last else 0, run.recipe.epochs),
                    "Bottleneck": run.recipe.code_size,
                    "Loss": comparison.loss_label(run.recipe),
                    "Validation loss": last.validation_loss if last else None,
                    TEST_LOSS: last.test_loss if last else None,
                    "Test MSE": measured.get("test_mse"),
                    "Active units": last.active_units if last else None,
                    "Created (UTC)": f"{run.created[5:10]} {run.created[11:16]}",
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
                "Bottleneck": st.column_config.NumberColumn(help=run_table.HELPS["Bottleneck"], width=90),
                "Active units": st.column_config.NumberColumn(help=ui.ACTIVE_UNITS, width=95),
                "Loss": st.column_config.TextColumn(help=run_table.HELPS["Loss"], width=140),
                "Validation loss": st.column_config.NumberColumn(
                    format="%.4f", help=run_table.HELPS["Validation loss"]
                ),
                TEST_LOSS: st.column_config.NumberColumn(
                    format="%.4f", help="The loss on the test images, for runs that split off no validation images."
                ),
                "Test MSE": st.column_config.NumberColumn(format="%.4f", help=run_table.HELPS["Test MSE"]),
            },
        )
        chosen = picked.selection.rows
        run = runs[chosen[0]] if chosen and chosen[0] < len(runs) else runs[0]
        preview = reading.read_preview(run)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{ui.plain(run.name)}**", width="content")
            st.page_link(
                "pages/train.py", label="Loss curve", icon=":material/show_chart:", query_params={"run": run.id}
            )
            st.page_link(
                "pages/reconstruct.py",
                label="Reconstructions",
                icon=":material/compare:",
                query_params={"run": run.id},
                disabled=preview is None,
            )
        if preview:
            seen, reconstructed = (image_grid.grey(images / 255) for images in preview)
            pair = [Row("Original", seen), Row("Reconstructed", reconstructed)]
            image_rows(pair, alt=f"Eight test images reconstructed by {run.name}")

    keep_up()
    if runs:
        table()
    drop.drop_zone()
    for torn in (run for run in found if isinstance(run, Unreadable)):
        st.warning(
            f"The folder {ui.plain(torn.id)} is unreadable: {ui.plain(torn.reason)}", icon=":material/folder_off:"
        )


if __name__ == "__main__":
    home()
