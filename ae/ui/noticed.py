"""The sentences on Reconstruct and Denoise that say what to notice."""

import itertools
import statistics
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from ae.analysis import denoise
from ae.recipe import Recipe
from ae.ui import plain
from ae.ui.denoising import Denoised

NOTHING = 60
"""dB above which images are the clean ones."""

WORTH_SAYING = 0.1
"""The least share of the noise's squared error whose removal is mentioned."""


def reconstructions(
    digits: Sequence[str],
    truth: Sequence[str],
    indices: Sequence[int],
    errors: np.ndarray,
    *,
    size: int,
    values: int,
    rate: float | None = None,
) -> str:
    """Return a sentence on what has become of images, as Markdown.

    Args:
        digits: what each reconstruction is classified as; empty without a classifier.
        truth: the class of each image.
        indices: of the images.
        errors: of the reconstructions, with shape (N,).
        size: the number of latent units.
        values: the number of values of an image.
        rate: the share of all test images that are recognised, if it was measured.
    """
    through = f"squeezed from {values:,} pixel values into {size} number{'s' if size > 1 else ''}"
    if not digits:
        if len(indices) == 1:
            return f"This image was {through} and rebuilt from them."
        worst = indices[int(np.argmax(errors))]
        return f"Each image was {through} and rebuilt: image {worst} has lost most."
    wrong = [(true, digit) for true, digit in zip(truth, digits, strict=True) if true != digit]
    kinds = list(dict.fromkeys(wrong))
    lost = ", ".join(f"{plain(true)} has become {plain(digit)}" for true, digit in kinds[:2])
    if len(digits) == 1:
        return f"A digit was {through}, and {lost or f'the {plain(truth[0])} is still recognised'}."
    right = len(digits) - len(wrong)
    how_many = f"{_in_words(right)} of {_in_words(len(digits))}" if wrong else f"all {_in_words(len(digits))}"
    kept = f"{how_many} digits {'is' if right == 1 else 'are'} still recognised"
    said = f"**{kept[0].upper()}{kept[1:]}** after being {through}"
    more = ", and so on" if len(kinds) > 2 else ""
    every = f" Of all test images, {rate:.1%} are." if rate is not None else ""
    return said + (f": {lost}{more}." if lost else ".") + every


def closer(size: int) -> tuple[str, str]:
    """Return what can be done with the images, by a mouse and by a finger: a closer look at one, and at its code.

    Args:
        size: the number of latent units; 0 if the code is not shown.
    """
    code = f", with its {'number' if size == 1 else f'{size} numbers'} to change" if size else ""
    seen = f"an image to see it larger below{code}."
    return f"Point at or click {seen}", f"Tap {seen}"


_WORDS = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def _in_words(number: int) -> str:
    return _WORDS[number] if number < len(_WORDS) else str(number)


def denoised(rows: Sequence[Denoised], recipes: Mapping[str, Recipe], truth: Sequence[str], strength: float) -> str:
    """Return what the rows show, as Markdown: which network helps, and which does harm.

    How many digits are recognised with each is in the labels of the rows.

    A network trained on noise is compared with one that was not: with the same bottleneck size where there are two.
    Without a digit classifier, a network helps if it leaves less squared error than the noise has.

    Args:
        rows: the result of ``denoised_rows``.
        recipes: of the models, by name.
        truth: the class of each image.
        strength: of the noise.
    """
    by_name = {each.row.label: each for each in rows}
    mean = {name: statistics.fmean(each.psnr) for name, each in by_name.items()}
    noisy = by_name[denoise.NOISY]
    at = f"At noise strength {strength:.2f}"
    if not noisy.digits and mean[denoise.NOISY] > NOTHING:
        return f"{at}, every row should look like the originals."
    right = {name: _right(each, truth) if noisy.digits else 0 for name, each in by_name.items()}

    def quality(name: str) -> tuple[int, float]:
        return right[name], mean[name]

    one, other = _pair(recipes, quality)
    alone, two = len(recipes) == 1, bool(other) and len(recipes) == 2
    first, second = ("the network trained on noise", "the other") if two else (plain(one), plain(other))
    measure = right if noisy.digits else mean
    helping = [name for name in recipes if measure[name] > measure[denoise.NOISY]]
    if noisy.digits and right[denoise.NOISY] == len(truth):
        point = "the digit classifier needs no network"
    elif not helping:
        point = f"{first} does not help" if alone else "no network helps"
    elif helping == [one]:
        point = first + " helps" if alone else f"only {first} helps"
        if other and noisy.digits and right[other] < right[denoise.NOISY]:
            point += f"; {second} {'ruins' if right[other] <= right[denoise.NOISY] / 2 else 'harms'} the digits"
    elif len(helping) == len(recipes) == 2:
        point = "both networks help"
    else:
        point = f"{plain(max(helping, key=quality))} helps most"
    if noisy.digits:
        said = ""  # the rows' labels have the numbers
    else:
        it = "it" if alone or helping == [one] else first
        said = f"{it[0].upper()}{it[1:]} leaves {_left(noisy, by_name[one]):.0%} of the noise's squared error"
        said += f", {second} {_left(noisy, by_name[other]):.0%}." if other else "."
    if other and recipes[one].code_size != recipes[other].code_size:
        said += f" Their bottlenecks differ too: {recipes[one].code_size} and {recipes[other].code_size} units."
    if not any(recipe.noise for recipe in recipes.values()):
        said += f" {'It was' if alone else 'All were'} trained on clean images."
    if simple := [name for name in by_name if name not in recipes and name != denoise.NOISY]:
        best = max(simple, key=quality)
        how = f"{right[best]} of {len(truth)}" if noisy.digits else f"{_left(noisy, by_name[best]):.0%}"
        said += f" Without a network, {plain(best)} is best: {how}."
    return f"**{at}, {point}.** {said.strip()}".strip()


def _pair(recipes: Mapping[str, Recipe], quality: Callable[[str], tuple[int, float]]) -> tuple[str, str]:
    """Return a network trained on noise and one that was not; of one kind only, the best and an empty name."""
    denoisers = [name for name, recipe in recipes.items() if recipe.noise]
    others = [name for name in recipes if name not in denoisers]
    if not (denoisers and others):
        return max(recipes, key=quality), ""
    return max(
        itertools.product(denoisers, others),
        key=lambda pair: (len({recipes[name].code_size for name in pair}) == 1, *map(quality, pair)),
    )


def aside(rows: Sequence[Denoised], recipes: Mapping[str, Recipe], truth: Sequence[str]) -> str:
    """Return what to add where the digit classifier needs no denoising, as Markdown; empty elsewhere.

    The arguments are those of ``denoised``.
    """
    noisy, *others = rows
    denoisers = [each for each in others if each.row.label in recipes and recipes[each.row.label].noise]
    if not (noisy.digits and denoisers):
        return ""
    best = max(denoisers, key=lambda each: (_right(each, truth), statistics.fmean(each.psnr)))
    removed = 1 - _left(noisy, best)
    read = _right(noisy, truth)
    if read < _right(best, truth) or removed < WORTH_SAYING:
        return ""
    return (
        f"The digit classifier reads {read} of these {len(truth)} noisy images as they are; denoising removes "
        f"{removed:.0%} of their squared error. The curve below compares all methods on more images."
    )


def _left(noisy: Denoised, each: Denoised) -> float:
    """Return the share of the noisy images' squared error that is left, from the means of the PSNR."""
    return float(10 ** ((statistics.fmean(noisy.psnr) - statistics.fmean(each.psnr)) / 10))


def _right(each: Denoised, truth: Sequence[str]) -> int:
    return sum(digit == true for digit, true in zip(each.digits, truth, strict=True))
