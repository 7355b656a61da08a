"""Rename runs, tag them, delete them."""

from collections.abc import Sequence

import streamlit as st

from ae import ui
from ae.runs import editing, queue, reading
from ae.runs.folders import Run
from ae.ui import pick


def runs(shown: Sequence[Run]) -> None:
    """Offer to rename, tag and delete those runs that are shown."""
    ui.show_notice()
    with st.expander("Rename, tag, delete", icon=":material/edit:"):
        known = {run.id: run for run in shown}
        id = st.selectbox(
            "Run",
            list(known),
            key="managed",
            format_func=pick.labels(shown).__getitem__,
            help="Which one to change.",
        )
        run = known[id]
        left, middle, right = st.columns([3, 3, 1], vertical_alignment="bottom")
        left.text_input("Name", run.name, key=f"name-{id}", help="What the run is called everywhere.")
        middle.text_input(
            "Tags", ", ".join(run.tags), key=f"tags-{id}", help="Words to find it by, with commas between them."
        )
        right.button(
            "Save",
            key="save",
            width="stretch",
            disabled=run.shipped,
            on_click=ui.try_to,
            args=(lambda: _save(run),),
            help="Write the name and the tags into the run's folder.",
        )
        if st.button(
            "Delete",
            key="delete",
            icon=":material/delete:",
            disabled=run.shipped,
            help="It came with the project and is protected." if run.shipped else "Asks before anything goes.",
        ):
            _confirm(run)


def _save(run: Run) -> None:
    """Write what stands in the fields now, which may be newer than what was there when the button was drawn."""
    name, tags = (st.session_state[f"{field}-{run.id}"] for field in ("name", "tags"))
    editing.change(run, name=name, tags=[tag for tag in tags.split(",") if tag.strip()])


@st.dialog("Delete this run for good?", icon=":material/delete:")
def _confirm(run: Run) -> None:
    size = sum(file.stat().st_size for file in run.path.rglob("*") if file.is_file())
    epochs = reading.saved_epoch(run)
    st.markdown(
        f"**{ui.plain(run.name)}**, made {run.created[:10]} at {run.created[11:16]} UTC: its model after epoch "
        f"{epochs}, its history, measurements and replay, {size / 1e6:.1f} MB in all. The folder `{run.id}` goes, "
        "and can't be brought back."
    )
    if queue.state(run) in queue.ACTIVE:
        st.warning("It is being trained: stop it first.", icon=":material/warning:")
    with st.container(horizontal=True, horizontal_alignment="right"):
        if st.button("Keep it", key="keep"):
            st.rerun()
        remove = (lambda: editing.delete(run),)
        if st.button("Delete", key="really", type="primary", icon=":material/delete:", on_click=ui.try_to, args=remove):
            st.rerun()
