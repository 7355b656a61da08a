"""The drop zone on Home: checkpoints from elsewhere and packed runs become runs."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import streamlit as st

from ae import ui
from ae.data import sources
from ae.data.texts import printable
from ae.runs import folders, imported, importing, packing, reading
from ae.runs.checkpoint_file import ENDINGS, CheckpointError, Reader
from ae.runs.folders import Run, RunError
from ae.ui import cached

MOST_MB = 64
"""The largest file that the page accepts."""

DATASET = "drop_dataset"
_DONE = "drop_done"
_ROUND = "drop_round"


@dataclass(frozen=True)
class Dropped:
    """What became of a file: a run, or a sentence on why not."""

    file: str
    run: str = ""
    """The id of the run; empty if there is none."""
    sentence: str = ""
    warning: bool = False


def drop_zone() -> None:
    """Show the drop zone, and what became of the files that were dropped last."""
    with st.container(border=True, key="drop"):
        left, right = st.columns([3, 1], vertical_alignment="top", gap="small")
        files = left.file_uploader(
            "Bring your own: drop a model’s weights, or a run as a zip",
            type=[*(ending.removeprefix(".") for ending in ENDINGS), "zip"],
            accept_multiple_files=True,
            max_upload_size=MOST_MB,
            key=f"drop-{st.session_state.get(_ROUND, 0)}",
            help="A state_dict saved by PyTorch (.pth, .pt, .ckpt) or a safetensors file of any network here: it is "
            "recognised, measured on the test images, and becomes a run. Nothing in the file is run as code.",
        )
        right.selectbox(
            "Trained on",
            sources.names(),
            index=sources.names().index("mnist"),
            format_func=lambda name: sources.find(name).title,
            key=DATASET,
            help="The dataset that these models were trained on. It is downloaded if it is not on this machine.",
        )
        if files:
            _bring(files)
        _show(st.session_state.get(_DONE, []))


def _bring(files: Sequence[object]) -> None:
    """Turn the files that were dropped into runs, then empty the drop zone."""
    done = []
    with tempfile.TemporaryDirectory(prefix="ae-drop-") as place, Reader() as reader:
        bar = st.progress(0.0)
        for number, file in enumerate(files):
            name = Path(printable(getattr(file, "name", "file"))).name or "file"
            bar.progress(number / len(files), f"Measuring {ui.plain(name)}")
            path = Path(place) / str(number) / name
            path.parent.mkdir()
            path.write_bytes(file.getvalue())  # type: ignore[attr-defined]  # an uploaded file
            done.append(_one(reader, path))
    st.session_state[_DONE] = done
    st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1
    st.rerun()


def _one(reader: Reader, path: Path) -> Dropped:
    try:
        if packing.is_packed(path):
            run = packing.unpack(path)
            return Dropped(path.name, run.id, f"unpacked as {run.name}")
        if path.suffix == ".zip":
            words = "there is no run in it; to train on pictures in a zip, choose Train on your own images above"
            return Dropped(path.name, sentence=f"{path.name}: {words}")
        made = importing.import_file(reader, path, cached.dataset(st.session_state[DATASET]))
        return Dropped(path.name, made.run.id, made.warning, warning=bool(made.warning))
    except CheckpointError as error:
        return Dropped(path.name, sentence=f"{path.name} {error}")
    except (RunError, sources.DataError, OSError) as error:
        return Dropped(path.name, sentence=f"{path.name}: {error}")


def _show(done: Sequence[Dropped]) -> None:
    """Show what became of the files: a sentence about one, a table of several, and why the others were refused."""
    if not done:
        return
    runs = {run.id: run for run in folders.list_runs() if isinstance(run, Run)}
    good = [(each, runs[each.run]) for each in done if each.run in runs]
    if len(good) == 1:
        _show_one(*good[0], list(runs.values()))
    elif good:
        table = pd.DataFrame([_row(*each) for each in good])
        if not table["Note"].any():
            table = table.drop(columns="Note")
        st.dataframe(table, hide_index=True, key="drop-table", placeholder="–")
        query = {"runs": ",".join(run.id for _, run in good[:8])}
        st.page_link("pages/compare.py", label="Compare them", icon=":material/table_chart:", query_params=query)
    if refused := [each.sentence for each in done if not each.run]:
        st.error("\n\n".join(map(ui.plain, refused)), icon=":material/error:")


def _show_one(dropped: Dropped, run: Run, runs: Sequence[Run]) -> None:
    st.markdown(f"**{ui.plain(run.name)}**: {ui.plain(imported.network(run.recipe))}")
    if run.recipe.imported and reading.read_metrics(run):
        sentence = imported.verdict(run, runs)
        st.markdown(ui.plain(sentence[0].upper() + sentence[1:]))
    if dropped.warning:
        st.warning(ui.plain(dropped.sentence), icon=":material/warning:")
    with st.container(horizontal=True):
        for page, label, icon in (
            ("pages/reconstruct.py", "Reconstructions", ":material/compare:"),
            ("pages/latent_space.py", "Latent space", ":material/scatter_plot:"),
        ):
            st.page_link(page, label=label, icon=icon, query_params={"run": run.id})
        if run.recipe.imported and (other := imported.counterpart(run, runs)):
            st.page_link(
                "pages/compare.py",
                label="Compare",
                icon=":material/table_chart:",
                query_params={"runs": f"{run.id},{other.id}"},
            )


def _row(dropped: Dropped, run: Run) -> dict[str, object]:
    measured = reading.read_metrics(run)
    return {
        "File": dropped.file,
        "Run": run.name,
        "Network": imported.network(run.recipe),
        "Test MSE": measured.get("test_mse"),
        "Active units": measured.get("active_units"),
        "Note": dropped.sentence,
    }
