"""The steps of the tour: which runs show each claim, and the claim in words, computed from what is shown."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import torch

from ae.analysis import digit_classifier, interpolate, reconstruct
from ae.data import datasets, sources
from ae.data.texts import duration
from ae.models.penalties import NONE
from ae.models.registry import MODELS
from ae.runs import reading, study
from ae.runs.folders import Run
from ae.ui import cached, denoising, tour_pictures, tour_planes, walk, walk_rows
from ae.ui.latent_health import fuller_twin, unit_gain
from ae.ui.noise_controls import Choice, strength
from ae.ui.tour_examples import different, gaining, telling
from ae.ui.tour_pictures import Reconstructed
from ae.ui.walk import RECOGNISED

STOPS = 16
"""Steps on the way between two digits."""

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
    tour_pictures.wipe(
        images[order, 0].numpy(),
        [
            Reconstructed(_count(run.recipe.code_size), f"error {_error(run):.4f}", each[order])
            for run, each in zip(found, made, strict=True)
        ],
        _classes(dataset, [chosen[at] for at in order]),
    )
    low, high = found[0], found[-1]
    ratio = _error(low) / _error(high)
    sizes = low.recipe.code_size, high.recipe.code_size
    rates = [reading.read_metrics(run).get("recognition_rate") for run in (low, high)]
    recognised = (
        f"With {_count(sizes[0])}, {rates[0]:.0%} of all test images are still recognised as the right digit, and "
        f"{rates[1]:.0%} with {sizes[1]}. "
        if None not in rates
        else ""
    )
    return Step(
        "The wider the bottleneck, the more of the digit comes back: "
        f"{_count(sizes[1])} instead of {sizes[0]} make the error {ratio:.0f} times smaller"
        if ratio >= 1.5
        else f"A wider bottleneck gains little here: the error with {sizes[1]} and with {_count(sizes[0])} is similar",
        "drag across the digits to lay each original over its reconstructions.",
        f"{recognised}The networks differ only in the number of latent units. The error is the mean squared error per "
        "pixel on the test images. The digits that gain most come first.",
        "pages/compare.py",
        {"runs": ",".join(run.id for run in found)},
    )


def inactive(runs: Sequence[Run]) -> Step | None:
    """Show a network some of whose units died."""
    run = next((run for run in runs if _loses_units(run)), None)
    if run is None or digit_classifier.why_not(run.recipe.dataset):
        return None
    dataset, size, lost = cached.dataset(run.recipe.dataset), run.recipe.code_size, len(_inactive(run))
    twin = fuller_twin(run, runs)
    several = lost > 1
    names = {run: f"This network: {size - lost} of {size} numbers move"}
    if twin:
        names[twin] = f"{unit_gain(run, twin)} on average"
    examples = telling(dataset, cached.model(run), cached.model(twin) if twin else None)
    why = (
        "A rule in this network, a ReLU, turns negative numbers into 0. "
        + (f"These {lost} are" if several else "This one is")
        + f" negative for every digit, so {'they are' if several else 'it is'} always 0 and "
        f"{'never learn' if several else 'never learns'}."
    )
    tour_pictures.units(names, dataset, examples, why)
    return Step(
        f"Sometimes numbers die: {lost} of these {size} {'are' if several else 'is'} stuck at 0",
        f"draw a digit. The hatched {'numbers stay' if several else 'number stays'}\u00a00.",
        "",  # beside the pad
        "pages/latent_space.py",
        {"run": run.id, "view": "Health"},
    )


def between(runs: Sequence[Run]) -> Step | None:
    """Show the way from one digit to another, through latent space and by a cross-fade."""
    found = study.bottleneck_study(runs)
    if not found or digit_classifier.why_not(found[0].recipe.dataset):
        return None
    run = found[len(found) // 2]
    dataset, model = cached.dataset(run.recipe.dataset), cached.model(run)
    ends = walk.first_ends(dataset.name)
    images = datasets.to_float(dataset.test_images[list(ends)])
    one, other = _classes(dataset, ends)
    through = interpolate.walk(model, images, "linear", STOPS)
    mixed = interpolate.cross_fade(images[0], images[1], STOPS)
    seen, sure = digit_classifier.classify(torch.stack([through[STOPS // 2], mixed[STOPS // 2]]))
    name, digits = "Through latent space", [int(one), int(other)]
    rows = [
        walk_rows.path_row(title, way, "", digits)
        for title, way in ((name, through), (walk.PIXELS.capitalize(), mixed))
    ]
    walk.show_walk(
        walk.references([run], dataset), {run: model}, {run: name}, {run: ""}, dataset, ends,
        ways=["linear"], steps=STOPS, mapped=False, rows=rows, shares=digits,
    )  # fmt: skip
    return Step(
        f"Halfway from a {one} to a {other}, {halfway_claim(int(seen[0]), *sure.tolist())}",
        "drag the slider from end to end.",
        f"The left image is decoded from a point between two latent codes of {_count(run.recipe.code_size)}. The bars "
        "show how sure the digit classifier is. On average over all steps, it is "
        f"{walk.confidence(through):.0%} sure of a digit on the left, and {walk.confidence(mixed):.0%} on the right.",
        "pages/interpolate.py",
        {"runs": run.id, "a": str(ends[0]), "b": str(ends[1])},
    )


def halfway_claim(digit: int, through: float, mixed: float) -> str:
    """Return what a network's image and the mixed pixels show halfway between two digits.

    Args:
        digit: that the network's image is classified as.
        through: how sure the digit classifier is of it.
        mixed: how sure it is of the mixed pixels.
    """
    if through < RECOGNISED or through <= mixed + walk.EVEN:
        return "the network does little better than mixing the pixels"
    if mixed < RECOGNISED:
        return f"the network shows a clear {digit}; mixing the pixels shows no clear digit"
    return f"the network shows a clearer {digit} than mixing the pixels"


def noise(runs: Sequence[Run]) -> Step | None:
    """Show noisy digits, and what networks trained on clean and on noisy digits make of them."""
    pair = denoising.pair(runs)
    if not pair or digit_classifier.why_not(pair[0].recipe.dataset):
        return None
    denoiser, clean = pair
    dataset = cached.dataset(clean.recipe.dataset)
    chosen = different(dataset)
    truth = _classes(dataset, chosen)
    names = {clean: "Trained on clean digits", denoiser: "Trained on noisy digits"}
    choice = Choice("gaussian", strength(), True, 0, 1)
    images = datasets.to_float(dataset.test_images[chosen])
    rows = denoising.denoised_rows({run: cached.model(run) for run in names}, names, {}, images, truth, choice)
    notes = ("given to both networks", "", "")
    rows = [row._replace(here=row.here | {"about": note}) for row, note in zip(rows, notes, strict=True)]
    rows[0] = rows[0]._replace(digits=[])  # the claim is about the networks
    denoising.show_rows(rows, dataset, chosen, choice, alt="Test images, noisy and denoised", largest=88, pairs=False)
    with_clean, with_noise = (sum(a == b for a, b in zip(row.digits, truth, strict=True)) for row in rows[1:])
    return Step(
        noisy_claim(with_clean, with_noise, len(truth)),
        "drag the slider. Red: classified\u00a0wrongly.",
        "A network that has never seen noise takes specks for strokes. The other one has learned to return the clean "
        "digit. A digit counts as recognised if the digit classifier gets it right.",
        "pages/denoise.py",
        {
            "runs": f"{denoiser.id},{clean.id}",
            "strength": f"{choice.strength:g}",
            "indices": ", ".join(map(str, chosen)),
        },
    )


def noisy_claim(clean: int, noisy: int, count: int) -> str:
    """Return the claim about noise.

    Args:
        clean: the number of digits that are recognised after a network trained on clean digits.
        noisy: those recognised after a network trained on noisy digits.
        count: of all.
    """
    most = count / 2
    if clean < noisy:
        what = "A network trained on noisy digits cleans them" if noisy > most else "So much noise ruins most digits"
        return f"{what}: {noisy} of {count} are recognised, against {clean}"
    if noisy > most:
        return f"So little noise harms neither network: {clean} and {noisy} of {count} digits are recognised"
    return f"Training on noisy digits gains nothing here: {noisy} of {count} are recognised, against {clean}"


def variational(runs: Sequence[Run]) -> Step | None:
    """Show what the same codes decode to, in a VAE and in an ordinary autoencoder."""
    flat = [run for run in runs if run.recipe.code_size == 2 and not digit_classifier.why_not(run.recipe.dataset)]
    flat.sort(key=lambda run: (not run.shipped, _error(run)))
    vae = next((run for run in flat if MODELS[run.recipe.model].variational), None)
    if vae is None:
        return None
    plain = [run for run in flat if not MODELS[run.recipe.model].variational]
    plain = [run for run in plain if run.recipe.dataset == vae.recipe.dataset][:1]
    grids = {run: tour_planes.grid(run) for run in (vae, *plain)}
    counts = {run: len(grid.found) for run, grid in grids.items()}
    only = plain and all(counts[run] < counts[vae] for run in plain)
    some = "all" if counts[vae] == 10 else f"{counts[vae]} of the"
    names = {run: f"{'Variational' if run is vae else 'Ordinary'} autoencoder" for run in grids}
    code = tour_planes.code(tour_planes.telling_code(grids[vae], grids[plain[0]] if plain else None))
    tour_planes.planes(names, grids, code)
    return Step(
        f"{'Only the' if only else 'The'} variational autoencoder (VAE) makes {some} 10 digits from these codes",
        f"drag across {'one grid; the other follows' if plain else 'the grid'}.",
        "A VAE is trained so that its codes follow a standard normal distribution, most of which these grids cover; "
        "an ordinary autoencoder puts its codes anywhere. A digit appears if the digit classifier is at least "
        f"{RECOGNISED:.0%} sure of it in one of the {tour_planes.TILES**2} images of a grid.",
        "pages/latent_space.py",
        {"run": vae.id, "view": "Units", "code": ",".join(f"{value:g}" for value in code)},
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
        f"In {duration(reading.read_metrics(run)['seconds'])}, this network learned to reconstruct digits",
        "drag the slider back, then train your own.",
        "A network begins with random weights, and after each batch of images they change a little so that its error "
        "falls. "
        f"This one saw {images:,} images {run.recipe.epochs} times; the time is that of the machine that trained it.",
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
