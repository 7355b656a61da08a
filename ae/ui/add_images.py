"""Images of one's own: a dialog that makes a dataset of an uploaded archive, or of a folder on this machine."""

import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import streamlit as st

from ae import ui
from ae.data import own, sources
from ae.data.gathering import OwnError
from ae.data.own import Prepared
from ae.data.texts import printable
from ae.plots.image_grid import Row, to_rgb
from ae.ui import cached, door
from ae.ui.images import image_rows
from ae.ui.own_picture import kind

LARGEST_MB = 200
"""The largest archive that the page accepts."""

SIZES = ("Automatic", *map(str, own.SIZES))
COLOURS = {"Automatic": "auto", "Grey": "grey", "Colour": "colour"}
FITS = {"Cut out the middle": "crop", "Add black bars": "pad", "Stretch": "stretch"}
SHOWN = 9
OPEN = "form_adding"
"""Whether the dialog is open, so that it stays when the page runs again."""

CHOSEN = "form_own"
"""Where the form finds the name of a dataset that was just prepared."""

_MADE = "own_made"


class Choice(NamedTuple):
    """What to prepare, and how: ``file`` tells uploads apart."""

    file: str
    folder: str
    size: int | None
    colour: str
    fit: str


def open_dialog() -> None:
    """Open the dialog when the page runs next."""
    st.session_state[OPEN] = True


def _close() -> None:
    st.session_state.pop(OPEN, None)


@st.dialog("Train on your own images", width="large", on_dismiss=_close)
def add_images() -> None:
    """Let a person bring images, see them as they would be trained on, and choose them for the form."""
    st.markdown(
        "Upload a **zip of pictures**, with one folder per class or none, or an **.npz** of arrays. They are scaled "
        "to small squares and stay on this machine."
    )
    file = st.file_uploader("Images", type=["zip", "npz"], max_upload_size=LARGEST_MB, key="own_file")
    folder = ""
    if not door.shared():  # others must not read this machine's folders
        folder = st.text_input(
            "Or a folder on this machine", key="own_folder", placeholder=str(Path.home() / "Pictures")
        ).strip()
    left, middle, right = st.columns(3, gap="small")
    size = left.selectbox(
        "Size",
        SIZES,
        key="own_size",
        format_func=lambda size: size if size == SIZES[0] else f"{size} × {size}",
        help="In pixels. Small images train faster. Automatic: by the images' own size, up to 64.",
    )
    colour = middle.selectbox("Colour", list(COLOURS), key="own_colour", help="Automatic: colour if any image has it.")
    fit = right.selectbox(
        "Fit",
        list(FITS),
        key="own_fit",
        help="How a picture that is not square becomes one.",
    )
    chosen = Choice(
        f"{file.file_id}" if file else "",
        "" if file else folder,
        None if size == SIZES[0] else int(size),
        COLOURS[colour],
        FITS[fit],
    )
    given = bool(file or folder)
    if st.button("Prepare the images", key="own_prepare", disabled=not given, type="secondary"):
        st.session_state.pop(_MADE, None)
        made = _prepared(chosen, (printable(file.name), file.getvalue) if file else None)
        if made:
            st.session_state[_MADE] = (chosen, made)
    before, made = st.session_state.get(_MADE, (None, None))
    if made and before == chosen:
        _show(made)


def _prepared(chosen: Choice, upload: tuple[str, Callable[[], bytes]] | None) -> Prepared | None:
    """Prepare images; show why where that fails."""
    progress = st.empty()

    def say(sentence: str) -> None:
        progress.caption(ui.plain(sentence))

    prepare = partial(own.prepare, size=chosen.size, colour=chosen.colour, fit=chosen.fit, say=say)
    try:
        with st.spinner("Preparing the images"):
            if upload is None:
                return prepare(Path(chosen.folder).expanduser())
            with tempfile.TemporaryDirectory(prefix="ae-images-") as place:
                path = Path(place) / (Path(upload[0]).name or "images.zip")
                path.write_bytes(upload[1]())
                try:
                    return prepare(path)
                except OwnError as error:  # where the file lies for now means nothing to anyone
                    raise OwnError(str(error).replace(str(path), path.name)) from error
    except (OwnError, OSError) as error:
        words = str(error)
        begins = words.partition(" ")[0].isalpha()  # otherwise with a file's name
        st.error(ui.plain(f"{words[:1].upper() if begins else words[:1]}{words[1:]}."), icon=":material/error:")
        return None
    finally:
        progress.empty()


def _show(made: Prepared) -> None:
    """Show what images have become, which files were skipped and why, and the button that chooses them."""
    source, dataset = sources.find(made.name), cached.dataset(made.name)
    count = len(source.class_names)
    of = f", in {count} class{'es' * (count > 1)}" if source.labelled else ", without classes"
    st.markdown(
        f"**{made.kept:,} images** of {kind(source.shape)}{of}: {source.training_images:,} to train on, "
        f"{source.test_images:,} to test with."
    )
    labels = dataset.labels[:SHOWN].tolist()
    captions = [source.class_names[label] for label in labels] if source.labelled else []
    row = Row("", to_rgb(dataset.images[:SHOWN].numpy()), captions)
    image_rows([row], alt=f"{len(labels)} of the images, as they are trained on", largest=88)
    if st.button("Use these images", key="own_use", type="primary", icon=":material/check:"):
        st.session_state[CHOSEN] = made.name
        st.session_state.pop(_MADE, None)
        _close()
        st.rerun()
    if made.skipped:
        were = "file was" if made.skipped_count == 1 else "files were"
        first = f" The first {len(made.skipped)}:" if made.skipped_count > len(made.skipped) else ""
        st.warning(f"{made.skipped_count:,} {were} skipped.{first}", icon=":material/image_not_supported:")
        table = pd.DataFrame(made.skipped, columns=["File", "Why"])
        st.dataframe(table, hide_index=True, key="own_skipped", height=180)
