"""The path from one image to another, walked in the page: a large image for each model, and the path on a map."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import streamlit as st
from torch import Tensor

from ae.analysis import digit_classifier, interpolate, latent, reconstruct
from ae.analysis.digit_classifier import RECOGNISED
from ae.data import datasets
from ae.data.datasets import Dataset
from ae.data.texts import listed
from ae.models.base import Autoencoder
from ae.plots.image_grid import Row
from ae.runs.folders import Run
from ae.runs.study import bottleneck_study
from ae.ui import classes, latent_points, network, pictures, plain, walk_rows
from ae.ui.component import component, in_base64
from ae.ui.images import RED
from ae.ui.network import Reference
from ae.ui.pick_runs import current_run, finished_here

KEY = "walk"

LATENT_PATH, PIXELS = "latent path", "pixels mixed"
"""What the images of a model's row are, and those of the cross-fade."""

POINTS = 1000
"""The number of test images on the map."""

FIRST_ENDS = {"mnist": (25, 20), "digits": (24, 34)}
"""Test images at the ends at first, by dataset: a 0 and a 9, a 6 and a 9, between which the ways differ plainly.

Chosen among the first 60 test images of MNIST: all rows begin and end with digits of which the digit classifier is at
least 90% sure; the path of two units passes through other digits, that of sixteen through none, and in the middle of
the cross-fade it is sure of none. Its mean confidence along the path is 0.73 in the cross-fade and 0.83 to 0.97 with
the shipped models; for the 6 and the 9, 0.43 and 0.86.
"""

NAMED = 2
"""How many networks the sentence names."""

EVEN = 0.02
"""A difference of mean confidence that nobody would see."""

IN_PAGE = ("linear", "spherical")
"""The ways that ``frontend/walk_path.js`` computes; of any other it gets codes along the way."""

ALONG = 64
"""The number of steps between those codes."""

_WALK = component(
    "walk",
    """<div class="walk-box"><div class="walk-root">
      <div>
        <div class="walk-digits"></div>
        <div class="walk-player"><div></div></div>
        <p class="walk-note walk-key"></p>
        <div class="walk-rows"></div>
      </div>
      <div class="walk-map">
        <div class="walk-title"></div>
        <div class="walk-plot">
          <canvas class="scatter" role="application" tabindex="0"></canvas>
          <span class="walk-anchor" tabindex="-1"></span>
        </div>
        <p class="walk-note">Drag <em>From</em> or <em>To</em> to another image. <span class="walk-why"></span></p>
        <div class="walk-legend scatter-legend"></div>
      </div>
      <div class="walk-spoken unseen" aria-live="polite"></div>
    </div></div>""",
    styles=("digit", "scatter", "player", "slider", "unseen", "walk_rows"),
)


def at_first(runs: Sequence[Run]) -> list[Run]:
    """Return two runs that differ only in their bottleneck, the current run among them; nothing if there are none."""
    current = current_run(runs)
    study = bottleneck_study(finished_here(runs), current)
    if not study or (current and current not in study):
        return []
    return [study[0], current if current and current is not study[0] else study[-1]]


def first_ends(dataset: str) -> tuple[int, int]:
    """Return the test images at the ends at first."""
    return FIRST_ENDS.get(dataset, (0, 3))


def noticed(walks: Mapping[str, Tensor]) -> str:
    """Return what to notice between the ends, as Markdown; empty without steps between.

    That is whether the digit classifier is surer of a network's images than of the cross-fade's.

    Args:
        walks: the images of each path, with shape (n + 1, 1, 28, 28), by name; the last is the cross-fade.
    """
    fade = list(walks)[-1]
    if len(walks[fade]) < 3:
        return ""
    sure = {name: confidence(images) for name, images in walks.items()}
    one = max(list(sure)[:-1], key=sure.__getitem__)
    if sure[one] <= sure[fade] + EVEN:
        return f"Between these two images, **the latent path ({plain(one)}) gains little** over the cross-fade."
    ends = digit_classifier.classify(walks[fade][[0, -1]])[0].tolist()
    start, end = map(str, ends) if ends[0] != ends[1] else (f"one {ends[0]}", "the other")
    first, *others = ((plain(name), _through(walks[name], ends)) for name in list(walks)[:-1][:NAMED])
    said = [f"With {first[0]}, the path from {start} to {end} passes through {first[1]}"]
    said += [f"with {name}, through {digits}" for name, digits in others]
    return f"**{'; '.join(said)}.**"


def _through(images: Tensor, ends: Sequence[int]) -> str:
    """Return the digits on a path that are recognised and neither end's, which are red in its row, in their order."""
    digits, sure = digit_classifier.classify(reconstruct.only_finite(images))
    others = dict.fromkeys(digit for digit in digits[sure >= RECOGNISED].tolist() if digit not in ends)
    return listed([str(digit) for digit in others]) or "no other digit"


def passed(walks: Iterable[Tensor], dataset: Dataset, ends: tuple[int, int]) -> list[int]:
    """Return the labels of the classes at the ends, and of those that the digit classifier recognises on the way.

    Args:
        walks: the images of each path, with shape (n + 1, 1, 28, 28).
        dataset: of the images, which are digits.
        ends: the test images at the ends.
    """
    found = {int(label) for label in dataset.test_labels[list(ends)]}
    for images in walks:
        digits, sure = digit_classifier.classify(reconstruct.only_finite(images))
        found |= {dataset.class_names.index(str(digit)) for digit in digits[sure >= RECOGNISED].tolist()}
    return sorted(found)


UNCLASSIFIED = "The network decodes every point of the latent path; the cross-fade lays one image over the other."
"""What to notice where the digit classifier does not apply."""


def confidence(images: Tensor) -> float:
    """Return the digit classifier's mean confidence between the ends of a path, with shape (n + 1, 1, 28, 28)."""
    return float(digit_classifier.classify(reconstruct.only_finite(images[1:-1]))[1].mean())


class References(NamedTuple):
    """References to the networks that the page computes."""

    networks: dict[Run, Reference]
    classifier: Reference | None


def references(runs: Iterable[Run], dataset: Dataset) -> References:
    """Return the references to the networks, for all that the page shows."""
    classified = not digit_classifier.why_not(dataset.name)
    return References(
        {run: network.page_network(run) for run in runs}, network.classifier_network() if classified else None
    )


def show_walk(
    to: References,
    models: Mapping[Run, Autoencoder],
    names: Mapping[Run, str],
    colours: Mapping[Run, str],
    dataset: Dataset,
    ends: tuple[int, int],
    *,
    ways: Sequence[str],
    steps: int,
    mapped: bool = True,
    then: Callable[[int, int], None] | None = None,
    passed: Sequence[int] | None = None,
    rows: Sequence[Row] = (),
    shares: Sequence[int] = (),
) -> None:
    """Show the walk; its player stands halfway at first.

    Args:
        to: the networks, the result of ``references``.
        models: one large image for each of them and of the ways; the map is the first one's.
        names: what to call them.
        colours: of the models.
        dataset: of the images.
        ends: the test images at the ends.
        ways: keys of ``interpolate.WAYS``.
        steps: at which the player stops.
        mapped: whether to show the map.
        then: called with 0 or 1, for the end of the paths that was dragged on the map, and the test image it now lies
            at; without it, the ends stay.
        passed: labels of the classes that the first model's paths pass; the others are faint on the map. None for all.
        rows: the images of each path, those at its ends too, shown below the player.
        shares: digits whose probabilities stand beside each large image, instead of the most probable digit.
    """
    images = dataset.test_images[list(ends)]
    first = next(iter(models))
    data = {
        "dataset": dataset.name,
        "shape": list(dataset.shape),
        "steps": steps,
        "ways": list(ways),
        "fade": interpolate.FADE,
        "pixels": in_base64(images.numpy(), "u1"),
        "models": [
            _model(model, datasets.to_float(images), ways)
            | {"id": run.id, "name": names[run], "colour": colours[run], "network": to.networks[run]}
            for run, model in models.items()
        ],
        "classifier": to.classifier,
        "map": _map(first, names, dataset, passed) if mapped else None,
        "rows": [walk_rows.on_page(row) for row in rows],
        "key": walk_rows.key(rows),
        "shares": list(shares),
        "wrong": RED,
        "names": [classes.named(dataset, index) for index in ends],
        "indices": list(ends),
        "images": pictures.page_images(dataset.name) if then else None,
        "answer": network.answer(KEY, {reference["id"]: run for run, reference in to.networks.items()}),
    }

    def dropped() -> None:
        if then and (found := _checked(st.session_state[KEY].get("dropped"), min(POINTS, len(dataset.test_images)))):
            then(*found)

    _WALK(key=KEY, data=data, on_ask_change=lambda: None, on_dropped_change=dropped)


def _checked(sent: object, count: int) -> tuple[int, int] | None:
    """Return a browser's message as an end and the index of one of count images, or None if it is not one."""
    if not isinstance(sent, Mapping):
        return None
    end, index = sent.get("end"), sent.get("index")
    if type(end) is not int or type(index) is not int or end not in (0, 1) or not 0 <= index < count:
        return None
    return end, index


def _model(model: Autoencoder, images: Tensor, ways: Sequence[str]) -> dict[str, Any]:
    codes = reconstruct.encode(model, images)
    along = {way: interpolate.codes(way, codes[0], codes[1], ALONG) for way in ways if way not in IN_PAGE}
    return {
        "size": codes.shape[1],
        "codes": in_base64(codes.numpy(), "<f4"),
        "along": {way: in_base64(found.numpy(), "<f4") for way, found in along.items()},
    }


def _map(run: Run, names: Mapping[Run, str], dataset: Dataset, passed: Sequence[int] | None) -> dict[str, Any]:
    shown = latent_points.on_plane(run)
    points = shown.points[:POINTS]
    title = f"Latent codes of {len(points):,} test images, {names[run]}"
    size, others = run.recipe.code_size, sorted({each.recipe.code_size for each in names} - {run.recipe.code_size})
    why = "The map is that of the first model." if len(names) > 1 else ""
    if size == 2 and others and others[0] > 2:
        why = f"{listed(list(map(str, others)))} numbers can't be drawn on a flat map."
    faint = [] if passed is None else [i for i in range(len(dataset.class_names)) if i not in passed]
    return latent_points.data(shown._replace(points=points, area=latent.bounds(points, outside=0.0)), dataset) | {
        "title": title,
        "why": why,
        "faint": faint,
    }
