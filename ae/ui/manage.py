"""Rename, tag and delete runs."""

from collections.abc import Sequence
from typing import Literal

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ae import ui
from ae.runs import editing, packing, queue, reading
from ae.runs.folders import Run
from ae.ui.images import save_button
from ae.ui.run_labels import labels

_ASKED = "managed"
"""In the session: the open dialog, and the id of its run."""

_OPEN = "manage"
"""In the session: whether the controls on Compare are open."""


def runs(shown: Sequence[Run]) -> None:
    """Show the button that opens the controls to rename, tag and delete the runs on the screen."""
    with st.popover("Rename, tag, delete", key=_OPEN, type="tertiary", icon=":material/edit:", on_change="rerun"):
        known = {run.id: run for run in shown}
        id = st.selectbox(
            "Run",
            list(known),
            key="managed-run",
            format_func=labels(shown).__getitem__,
        )
        run = known[id]
        _name_and_tags(run, st.container(), st.container())
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                "Save",
                key="save",
                disabled=run.shipped,
                on_click=ui.handler(lambda: _save(run)),
                help="Save the name and the tags in the run's folder.",
            )
            asked = st.button(
                "Delete",
                key="delete",
                icon=":material/delete:",
                disabled=run.shipped,
                on_click=lambda: st.session_state.update({_OPEN: False}),  # the dialog takes its place
                help="This model is included with the project and protected."
                if run.shipped
                else "Asks before it deletes.",
            )
            if reading.saved_epoch(run) is not None and queue.state(run) not in queue.ACTIVE:
                save_button("Run", f"{run.id}.zip", lambda: packing.pack(run))
    if asked:
        _delete(run)


def ask(what: Literal["edit", "delete"], run: Run) -> None:
    """Let ``dialog`` open the dialog to rename and tag a run, or to delete it."""
    st.session_state[_ASKED] = (what, run.id)


def dialog(all_runs: Sequence[Run]) -> None:
    """Show the dialog that was asked for, until it is closed; call it once a page, outside fragments."""
    what, id = st.session_state.get(_ASKED, ("", ""))
    run = next((run for run in all_runs if run.id == id), None)
    if run is None:
        _close()
    elif what == "edit":
        _edit(run)
    else:
        _delete(run)


def _close() -> None:
    st.session_state.pop(_ASKED, None)


def _name_and_tags(run: Run, left: DeltaGenerator, right: DeltaGenerator) -> None:
    left.text_input("Name", run.name, key=f"name-{run.id}")
    right.text_input("Tags", ", ".join(run.tags), key=f"tags-{run.id}", placeholder="Separated by commas")


def _save(run: Run) -> None:
    """Save the current values of the fields, which may be newer than the page with the button."""
    name, tags = (st.session_state[f"{field}-{run.id}"] for field in ("name", "tags"))
    kept = tuple(tag.strip() for tag in tags.split(",") if tag.strip())
    # Only the changes made here: another window may have changed the rest since this page was shown.
    editing.change(run, name=name if name != run.name else None, tags=kept if kept != run.tags else None)


@st.dialog("Rename and tag", icon=":material/edit:", on_dismiss=_close)
def _edit(run: Run) -> None:
    ui.show_notice()
    _name_and_tags(run, st.container(), st.container())

    def save() -> None:
        if ui.try_to(lambda: _save(run)):
            _close()

    with st.container(horizontal=True, horizontal_alignment="right"):
        cancelled = st.button("Cancel", key="keep", on_click=_close)
        saved = st.button("Save", key="save", type="primary", on_click=save)
    if (cancelled or saved) and _ASKED not in st.session_state:
        st.rerun()


@st.dialog("Delete this run?", icon=":material/delete:", on_dismiss=_close)
def _delete(run: Run) -> None:
    size = sum(file.stat().st_size for file in run.path.rglob("*") if file.is_file())
    epoch = reading.saved_epoch(run)
    model = "" if epoch is None else f"its model after epoch {epoch}, "
    st.markdown(
        f"**{ui.plain(run.name)}**, created on {run.created[:10]} at {run.created[11:16]} UTC: {model}its "
        f"history, measurements and replay, {size / 1e6:.1f} MB in all. The folder `{run.id}` will be "
        "deleted permanently."
    )
    if queue.state(run) in queue.ACTIVE:
        st.warning("This run is training or queued: stop it first.", icon=":material/warning:")
    with st.container(horizontal=True, horizontal_alignment="right"):
        if st.button("Cancel", key="keep", on_click=_close):
            st.rerun()
        remove = ui.handler(lambda: editing.delete(run))
        if st.button("Delete", key="really", type="primary", icon=":material/delete:", on_click=remove):
            _close()
            st.rerun()
