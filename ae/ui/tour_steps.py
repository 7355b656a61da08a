"""The steps of the tour: which runs show each claim, and the claim in words, computed from what is shown."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from ae.analysis import digit_classifier, interpolate, reconstruct
from ae.analysis.digit_classifier import SURE
from ae.data import datasets, sources
from ae.data.texts import duration
from ae.models.penalties import NONE
from ae.models.registry import MODELS
from ae.runs import reading, study
from ae.runs.folders import Run
from ae.ui import cached, denoising, plain, tour_pictures, tour_planes, walk, walk_rows
from ae.ui.latent_health import fuller_twin
from ae.ui.noise_controls import Choice, strength
from ae.ui.run_list_rows import label
from ae.ui.tour_claims import inside, noisy_claim, rates, twin_gain, way_claim
from ae.ui.tour_examples import different, gaining, telling
from ae.ui.tour_pictures import Size

STOPS = 6
"""Steps on the way between two digits."""

ENDS = {"mnist": (10, 15)}
"""Test images at the ends of that way, by dataset: a 0 and a 5.

Of all pairs among the images that are always here, and all included networks, these with the widest bottleneck are the
best of those whose images all look like a digit: in each, the digit classifier is at least 93 % sure, while in four of
the cross-fade's it is less than 90 % sure, and in one less than 50 %.
"""

UNSURE = "".join(walk_rows.MARKS)
"""What ends the caption of an image of a path that is no clear digit."""

LARGE = 6
"""Digits in the rows that follow a training, fewer than elsewhere and so larger."""


class Step(NamedTuple):
    """A step of the tour; its texts are Markdown."""

    claim: str
    """A sentence, the headline."""
    task: str
    """What to do, as in "drag the slider"."""
    why: str
    """A sentence or two of explanation; empty if the picture holds it."""
    page: str
    """The file of the screen that goes on from here."""
    query: dict[str, str]
    """What is chosen there."""
    lead: str = ""
    """A sentence right below the headline; empty if it explains itself."""


Show = Callable[[Sequence[Run]], Step | None]
"""Shows the picture of a step with some of the runs, finished, measured and with images; None if they can't show it."""


def bottleneck(runs: Sequence[Run]) -> Step | None:
    """Show the same digits through bottlenecks of several sizes."""
    found = study.bottleneck_study([run for run in runs if not MODELS[run.recipe.model].variational])
    if len(found) < 2:
        return None
    dataset = cached.dataset(found[0].recipe.dataset)
    chosen = different(dataset)
    images = dataset.test_images[chosen]
    made = [reconstruct.round_trip(cached.model(run), images)[1] for run in found]
    order = gaining(images, made[0], made[-1])
    rates = [reading.read_metrics(run).get("recognition_rate") for run in found]
    tour_pictures.sizes(
        images[order, 0].numpy(),
        [
            Size(_count(run.recipe.code_size), _error(run), rate, each[order])
            for run, rate, each in zip(found, rates, made, strict=True)
        ],
        _classes(dataset, [chosen[at] for at in order]),
    )
    low, high = found[0], found[-1]
    ratio = _error(low) / _error(high)
    sizes = low.recipe.code_size, high.recipe.code_size
    recognised = " Recognised: classified as the right digit." if None not in rates else ""
    return Step(
        "The wider the bottleneck, the more of the digit comes back: "
        f"{_count(sizes[1])} instead of {sizes[0]} make the error {ratio:.0f} times smaller"
        if ratio >= 1.5
        else f"A wider bottleneck gains little here: the error with {sizes[1]} and with {_count(sizes[0])} is similar",
        f"drag the slider from {sizes[0]} to {_count(sizes[1])}.",
        f"Only the bottleneck differs. Error: mean squared error per pixel.{recognised}",
        "pages/compare.py",
        {"runs": ",".join(run.id for run in found)},
        "An autoencoder squeezes an image into a few numbers, its bottleneck, and rebuilds it from them.",
    )


def inactive(runs: Sequence[Run]) -> Step | None:
    """Show a network some of whose units died."""
    run = next((run for run in runs if _loses_units(run)), None)
    if run is None or digit_classifier.why_not(run.recipe.dataset):
        return None
    dataset, size, lost = cached.dataset(run.recipe.dataset), run.recipe.code_size, len(_inactive(run))
    twin = fuller_twin(run, runs)
    several = lost > 1
    names = {run: f"From {_count(size - lost)}"}
    if twin:
        names[twin] = f"From {_count(reading.read_metrics(twin)['active_units'])}: its twin"
    examples = telling(dataset, cached.model(run), cached.model(twin) if twin else None)
    tour_pictures.units(names, dataset, examples)
    return Step(
        f"{lost} of these {size} numbers {'are' if several else 'is'} stuck at 0: "
        f"{'their units have' if several else 'its unit has'} died",
        f"draw a digit. The hatched {'numbers stay' if several else 'number stays'}\u00a00.",
        twin_gain(run, twin) if twin else "",
        "pages/latent_space.py",
        {"run": run.id, "view": "Health"},
        "This network's ReLU turns negative numbers into 0; "
        + (f"these {lost} are" if several else "this one is")
        + " negative for every digit, and so never learn"
        + ("." if several else "s."),
    )


def between(runs: Sequence[Run]) -> Step | None:
    """Show the way from one digit to another, through latent space and by a cross-fade."""
    found = study.bottleneck_study(runs)
    if not found or digit_classifier.why_not(found[0].recipe.dataset):
        return None
    run = found[-1]
    dataset, model = cached.dataset(run.recipe.dataset), cached.model(run)
    ends = ENDS.get(dataset.name) or walk.first_ends(dataset.name)
    images = datasets.to_float(dataset.test_images[list(ends)])
    one, other = _classes(dataset, ends)
    through = interpolate.walk(model, images, "linear", STOPS)
    mixed = interpolate.cross_fade(images[0], images[1], STOPS)
    name, digits = "Through latent space", [int(one), int(other)]
    paths = (
        (name, through, "codes in between, decoded"),
        (interpolate.FADE, mixed, "the pixels of both, mixed"),
    )
    rows = [walk_rows.path_row(title, way, what, digits) for title, way, what in paths]
    clear, faded = (sum(caption[-1] not in UNSURE for caption in row.captions[1:-1]) for row in rows)
    walk.show_walk(
        walk.references([run], dataset), {run: model}, {run: name}, {run: ""}, dataset, ends,
        ways=["linear"], steps=STOPS, mapped=False, rows=rows, shares=digits,
    )  # fmt: skip
    return Step(
        way_claim(clear, faded, STOPS - 1),
        f"drag the slider from the {one} to the {other}.",
        f"The network is **{plain(label(run))}**.",
        "pages/interpolate.py",
        {"runs": run.id, "a": str(ends[0]), "b": str(ends[1]), "n": str(STOPS)},
        f"An image's code, here {_count(run.recipe.code_size)}, is a point in latent space. "
        f"Clear: the digit classifier is at least {SURE:.0%} sure.",
    )


def noise(runs: Sequence[Run]) -> Step | None:
    """Show noisy digits, and what networks trained on noisy and on clean digits make of them."""
    pair = denoising.pair(runs)
    if not pair or digit_classifier.why_not(pair[0].recipe.dataset):
        return None
    denoiser, clean = pair
    dataset = cached.dataset(clean.recipe.dataset)
    chosen = different(dataset)
    truth = _classes(dataset, chosen)
    names = {denoiser: "Trained on noisy digits", clean: "Trained on clean digits"}
    choice = Choice("gaussian", strength(), True, 0, 1)
    images = datasets.to_float(dataset.test_images[chosen])
    rows = denoising.denoised_rows({run: cached.model(run) for run in names}, names, {}, images, truth, choice)
    notes = ({"about": "given to both networks"}, *({"about": "", "missed": "red: wrong"} for _ in names))
    rows = [row._replace(here=row.here | note) for row, note in zip(rows, notes, strict=True)]
    rows[0] = denoising.without_classes(rows[0])
    denoising.show_rows(rows, dataset, chosen, choice, alt="Test images, noisy and denoised", largest=88, pairs=False)
    with_noise, with_clean = (sum(a == b for a, b in zip(row.digits, truth, strict=True)) for row in rows[1:])
    return Step(
        noisy_claim(with_clean, with_noise, len(truth)),
        "drag the slider to change the noise.",
        f"A network that has never seen noise takes specks for strokes.{rates(list(names), dataset, choice)}",
        "pages/denoise.py",
        {
            "runs": f"{denoiser.id},{clean.id}",
            "strength": f"{choice.strength:g}",
            "indices": ", ".join(map(str, chosen)),
        },
    )


def variational(runs: Sequence[Run]) -> Step | None:
    """Show what the same codes decode to, in a VAE and in an ordinary autoencoder."""
    flat = [run for run in runs if run.recipe.code_size == 2 and not digit_classifier.why_not(run.recipe.dataset)]
    flat.sort(key=lambda run: (not run.shipped, _error(run)))
    vae = next((run for run in flat if MODELS[run.recipe.model].variational), None)
    if vae is None:
        return None
    ordinary = [run for run in flat if not MODELS[run.recipe.model].variational]
    ordinary = [run for run in ordinary if run.recipe.dataset == vae.recipe.dataset][:1]
    grids = {run: tour_planes.grid(run) for run in (vae, *ordinary)}
    counts = {run: len(grid.found) for run, grid in grids.items()}
    made = "all 10 digits" if counts[vae] == 10 else f"{counts[vae]} of the 10 digits"
    others = "".join(f", an ordinary one {'only ' * (counts[run] < counts[vae])}{counts[run]}" for run in ordinary)
    names = {run: "VAE" if run is vae else "Ordinary autoencoder" for run in grids}
    code = tour_planes.code(tour_planes.telling_code(grids[vae], grids[ordinary[0]] if ordinary else None))
    tour_planes.planes(names, grids, code)
    low, high = f"−{tour_planes.REACH:g}", f"{tour_planes.REACH:g}"
    return Step(
        f"From 2 numbers between {low} and {high}, a variational autoencoder (VAE) makes {made}{others}",
        "drag one frame; the other follows." if ordinary else "drag the frame.",
        f"A digit appears if the digit classifier is at least {SURE:.0%} sure of it in one of the images.",
        "pages/latent_space.py",
        {"run": vae.id, "view": "Units", "code": ",".join(f"{value:g}" for value in code)},
        f"A VAE is trained to keep its codes in this range: {inside(vae, ordinary)}.",
    )


def own(runs: Sequence[Run]) -> Step | None:
    """Replay a training that took seconds, and offer another."""
    fast = [run for run in runs if run.preset == "fast" and cached.replay(run)]
    run = max(fast, key=lambda run: sources.find(run.recipe.dataset).training_images, default=None)
    replay = cached.replay(run) if run else None
    if run is None or replay is None:
        return None
    losses = {line.epoch: line.monitored_loss for line in cached.history(run)}
    errors = [losses.get(epoch) for epoch in replay.epochs.tolist()]
    dataset = cached.dataset(run.recipe.dataset)
    chosen = different(dataset)[:LARGE]
    tour_pictures.epochs(replay, chosen, _classes(dataset, chosen), errors)
    images = sources.find(run.recipe.dataset).training_images - run.recipe.validation_images
    return Step(
        f"In {duration(reading.read_metrics(run)['seconds'])}, a network learned to reconstruct digits from "
        f"{_count(run.recipe.code_size)}",
        "drag the slider, then train your own.",
        "A network begins with random weights, and each batch of images changes them a little so that its error falls."
        f"  \nThis one saw {images:,} images {run.recipe.epochs} times.",
        "pages/train.py",
        {"run": run.id},
    )


def _classes(dataset: datasets.Dataset, indices: Sequence[int]) -> list[str]:
    return [dataset.class_names[label] for label in dataset.test_labels[list(indices)].tolist()]


def _count(size: int) -> str:
    return f"{size} number{'s' * (size > 1)}"


def _error(run: Run) -> float:
    return float(reading.read_metrics(run)["test_mse"])


def _loses_units(run: Run) -> bool:
    """Whether a run has inactive units, and a ReLU on the code is their cause."""
    recipe = run.recipe
    return recipe.code_activation == "relu" and recipe.penalty == NONE and bool(_inactive(run))


def _inactive(run: Run) -> list[int]:
    return list(reading.read_metrics(run)["inactive_units"])
