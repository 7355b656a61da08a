"""Home: a network to draw into, three doors, and all runs in one table.

``streamlit run`` imports this file and serves ``app``, which runs it as the first page.
"""

import streamlit as st

from ae import ui
from ae.data import sources
from ae.plots import image_grid
from ae.plots.image_grid import Row
from ae.runs import folders
from ae.runs.folders import Run, Unreadable
from ae.ui import cached, component, door, drop, first_run, run_list, watching
from ae.ui.hero import hero
from ae.ui.images import image_rows
from ae.ui.keep_up import keep_up
from ae.ui.run_list_rows import legend

app = st.App(__file__, routes=watching.ROUTES, middleware=door.MIDDLEWARE, lifespan=door.opening)

START = first_run.dataset()


def home() -> None:
    """Show the page."""
    ui.page("Home")
    first_run.follow()
    ui.show_notice()
    found = folders.list_runs()
    runs = [run for run in found if isinstance(run, Run)]
    if not hero(runs):
        st.markdown(
            "An autoencoder squeezes an image through a bottleneck of a few numbers and reconstructs it from them."
        )

    st.html(f"<style>{component.read('doors.css')}</style>")
    new_here = all(run.shipped for run in runs)
    with st.container(key="doors"):
        keys = ("main_door", "door_train", "door_compare") if new_here else ("door_tour", "main_door", "door_compare")
        doors = [
            column.container(border=True, height="stretch", key=key)
            for column, key in zip(st.columns(3, gap="small"), keys, strict=True)
        ]
    with doors[0]:
        st.page_link("pages/tour.py", label="Take the tour", icon=":material/tour:")
        st.caption("Six steps, each with one thing to try.")
    with doors[1]:
        st.button(
            "Train your first autoencoder" if new_here else "Train a fast model",
            type="tertiary",
            icon=":material/play_arrow:",
            key="first",
            on_click=first_run.start,
        )
        st.caption("Watch it learn, epoch by epoch.")
    with doors[2]:
        st.page_link("pages/compare.py", label="Compare bottleneck sizes", icon=":material/table_chart:")
        st.caption("How much 2, 8 or 16 numbers keep.")
    if not runs:
        _own_images()
        st.caption(f"Trains on {sources.find(START).title}; the first curve appears within seconds.")
        if (images := cached.first_images(START)) is not None:
            image_rows([Row("Original", image_grid.to_rgb(images / 255))], alt="Eight test images")

    keep_up()
    if runs:
        with st.container(horizontal=True, vertical_alignment="bottom", key="runs_head"):
            st.subheader("Runs", anchor=False, width="content")
            if words := legend(runs):
                st.caption(words)
            _own_images()
        run_list.run_list(runs)
    drop.drop_zone()
    for torn in (run for run in found if isinstance(run, Unreadable)):
        st.warning(
            f"The folder {ui.plain(torn.label)} is unreadable: {ui.plain(torn.reason)}", icon=":material/folder_off:"
        )


def _own_images() -> None:
    st.page_link(
        "pages/train.py",
        label="Train on your own images",
        icon=":material/add_photo_alternate:",
        query_params={"add": "images"},
        width="content",
    )


if __name__ == "__main__":
    home()
