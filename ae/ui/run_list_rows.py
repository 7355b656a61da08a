"""The rows of Home's table of runs: which runs are shown, in which order, and what is said about each."""

import base64
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st

from ae.data import sources
from ae.models.registry import MODELS
from ae.plots.colours import RUNS
from ae.plots.image_grid import to_rgb
from ae.presets import PRESETS, Preset
from ae.runs import filenames, names, queue, reading
from ae.runs.folders import Run
from ae.ui import ACTIVE_UNITS, cached, sweep_data
from ae.ui.pictures import as_png

PAGE = 15
"""The number of rows on a page."""

SHOWN = (1, 4, 6, 7)
"""Which images of a run's preview are in a row: of MNIST, a 2, two 4s and a 9, which show most of what a code lacks."""

ORIGINAL, RECONSTRUCTED = 0, 1
"""Which part of a run's preview holds the test images themselves, and which their reconstructions."""

TOLD = {"fast": "", "best": "the lowest error, "}
"""What is said of presets in front of their epochs: of those of the runs that the table begins with at first."""


@dataclass(frozen=True)
class Column:
    """A column that the rows can be sorted by.

    Attributes:
        title: its heading.
        help: an explanation; empty where the heading is plain.
        values: returns a value to sort by for each run, None for those that have none.
    """

    title: str
    help: str
    values: Callable[[Sequence[Run]], Sequence[Any]]


COLUMNS = {
    "name": Column("Run", "", lambda runs: [_natural(label(run)) for run in runs]),
    "dataset": Column("Dataset", "", lambda runs: [sources.find(run.recipe.dataset).title for run in runs]),
    "size": Column(
        "Bottleneck",
        "Bottleneck size: the number of units in the latent code of an image.",
        lambda runs: [run.recipe.code_size for run in runs],
    ),
    "mse": Column(
        "Test MSE",
        "Mean squared error per pixel over the test images, whatever loss the model was trained with. Lower is better, "
        "among runs on one dataset.",
        lambda runs: [reading.read_metrics(run).get("test_mse") for run in runs],
    ),
    "active": Column(
        "Active units", ACTIVE_UNITS, lambda runs: [reading.read_metrics(run).get("active_units") for run in runs]
    ),
    "epochs": Column(
        "Training", "Epochs trained.", lambda runs: [None if r.recipe.imported else r.recipe.epochs for r in runs]
    ),
    "created": Column("Created", "", lambda runs: [run.created for run in runs]),
}


@dataclass(frozen=True)
class View:
    """What a person has asked to see.

    Attributes:
        words: every shown run has each of these words in its name, tags, preset, dataset or network.
        sort: one of ``COLUMNS``, with a minus in front for the greatest first; empty for the order of
            ``folders.list_runs``.
        page: counted from 0.
    """

    words: str = ""
    sort: str = ""
    page: int = 0


def label(run: Run) -> str:
    """Return a run's name as on every screen, with the bottleneck size in front."""
    return names.size_first(run.name, run.recipe.code_size)


def select(runs: Sequence[Run], view: View) -> list[Run]:
    """Return the runs that match a view's words, pinned ones first, in its order."""
    words = view.words.casefold().split()
    found = [run for run in runs if _matches(run, words)] if words else runs
    if column := COLUMNS.get(view.sort.removeprefix("-")):
        pairs = list(zip(column.values(found), found, strict=True))
        known = [pair for pair in pairs if pair[0] is not None]
        known.sort(key=lambda pair: pair[0], reverse=view.sort.startswith("-"))
        found = [run for _, run in known] + [run for value, run in pairs if value is None]
    return sorted(found, key=lambda run: not run.pinned)


def sorted_by(found: Sequence[Run], view: View) -> str:
    """Return which of ``COLUMNS`` runs are sorted by, as in ``View.sort``; empty if by none.

    That is what a view asks for. If it asks for nothing, it is the newest first where the runs really are in that
    order; pinned and included runs may be in another.

    Args:
        found: the result of ``select``.
        view: of them.
    """
    created = [run.created for run in found]
    newest_first = len(set(created)) > 1 and created == sorted(created, reverse=True)
    return view.sort or "-created" * newest_first


def row(run: Run) -> dict[str, Any]:
    """Return what the table says about a run."""
    state, history = queue.state(run), cached.history(run)
    measured = reading.read_metrics(run)
    mse, active = measured.get("test_mse"), measured.get("active_units")
    done, epochs = history[-1].epoch if history else 0, run.recipe.epochs
    name = label(run)
    preset = PRESETS[run.preset].title if run.preset in PRESETS else ""
    return {
        "id": run.id,
        "name": name,
        "preset": "" if preset.casefold() in name.casefold() else preset,
        "tags": list(run.tags),
        "colour": RUNS[run.colour],
        "pinned": run.pinned,
        "shipped": run.shipped,
        "trained": reading.saved_epoch(run) is not None,
        "dataset": sources.find(run.recipe.dataset).title,
        "size": run.recipe.code_size,
        "mse": "" if mse is None else f"{mse:.4f}",
        "active": "" if active is None else f"{active} of {run.recipe.code_size}",
        "state": state,
        "words": _training(run, state, history),
        "share": done / epochs if state == "running" and done < epochs else None,
        "created": run.created,
        "strip": strip(run),
    }


def legend(runs: Sequence[Run]) -> str:
    """Return what the presets in the names of runs are, as Markdown; empty if none of them is in ``TOLD``."""
    used = {run.preset for run in runs}
    found = [PRESETS[name] for name in TOLD if name in used]

    def epochs(item: Preset) -> str:
        usual = item.recipe.epochs
        others = any(run.recipe.epochs != usual for run in runs if run.preset == item.name)
        return f"{'usually ' * others}{usual} epochs"

    return " ".join(f"**{each.title}**: {TOLD[each.name]}{epochs(each)}." for each in found)


def strip(run: Run) -> str:
    """Return a run's newest reconstructions of some test images side by side, as the address of a PNG.

    Empty if there are none yet.
    """
    return _strip(run, cached.state(run, filenames.PREVIEW), RECONSTRUCTED)


def originals(runs: Sequence[Run]) -> dict[str, str] | None:
    """Return the test images that runs reconstruct, as ``strip`` does, and their dataset; None if no run has any yet.

    Of several datasets, it is the one of the most runs.
    """
    having = [run for run in runs if strip(run)]
    if not having:
        return None
    dataset, _ = Counter(run.recipe.dataset for run in having).most_common(1)[0]
    first = next(run for run in having if run.recipe.dataset == dataset)
    images = _strip(first, cached.state(first, filenames.PREVIEW), ORIGINAL)
    return {"strip": images, "dataset": sources.find(dataset).title}


@st.cache_resource(show_spinner=False, max_entries=512)
def _strip(_run: Run, changed: cached.State, which: int) -> str:
    preview = reading.read_preview(_run)
    if preview is None:
        return ""
    images = to_rgb(preview[which][[at for at in SHOWN if at < len(preview[which])]] / 255)
    picture = as_png(np.concatenate(list(images), 1) if len(images) else np.zeros((1, 1, 3), np.uint8))
    return "data:image/png;base64," + base64.b64encode(picture).decode()


def _matches(run: Run, words: Sequence[str]) -> bool:
    recipe, preset = run.recipe, PRESETS.get(run.preset)
    source, network = sources.find(recipe.dataset).title, MODELS[recipe.model].title
    parts = [label(run), run.name, *run.tags, run.preset, preset.title if preset else ""]
    text = "\n".join([*parts, recipe.dataset, source, recipe.model, network, run.id]).casefold()
    return all(word in text for word in words)


def _natural(name: str) -> list[int | str]:
    """Return a key by which "2 · Best" is before "16 · Best"."""
    return [int(part) if part.isdecimal() else part for part in re.split(r"(\d+)", name.casefold())]


def _training(run: Run, state: queue.State, history: Sequence[reading.Line]) -> str:
    if run.recipe.imported:
        return "Imported"
    epochs = run.recipe.epochs
    return f"{epochs:,} epoch{'s' * (epochs != 1)}" if state == "finished" else sweep_data.words(run, state, history)
