"""The sentences on Reconstruct and Denoise that say what to notice."""

import itertools
import statistics
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from ae.analysis import denoise
from ae.recipe import Recipe
from ae.ui import plain
from ae.ui.classes import with_article
from ae.ui.denoising import Denoised

MOSTLY = 0.75
"""The least share of noisy images that the digit classifier recognises where recognition has little left to gain."""

NOTHING = 60
"""dB above which images are the clean ones."""

WORTH_SAYING = 0.1
"""The least share of the noise's squared error whose removal is mentioned."""


def worst(digits: Sequence[str], truth: Sequence[str], errors: np.ndarray) -> int:
    """Return the place of the image that suffers most: of those that are classified wrongly, if any, or of all.

    Args:
        digits: what each reconstruction is classified as; empty without a classifier.
        truth: the class of each image.
        errors: of the reconstructions, with shape (N,).
    """
    wrong = [digit != true for digit, true in zip(digits, truth, strict=True)] if digits else []
    return max(range(len(errors)), key=lambda at: (bool(wrong) and wrong[at], errors[at]))


def reconstructions(
    digits: Sequence[str],
    truth: Sequence[str],
    indices: Sequence[int],
    errors: np.ndarray,
    *,
    size: int,
    values: int,
    drag: bool = True,
) -> str:
    """Return sentences on what the network does, what has become of the images, and what to do next, as Markdown.

    Args:
        digits: what each reconstruction is classified as; empty without a classifier.
        truth: the class of each image.
        indices: of the images.
        errors: of the reconstructions, with shape (N,).
        size: the number of latent units.
        values: the number of values of an image.
        drag: whether the numbers are shown and can be changed.
    """
    what, several = "digit" if digits else "image", len(indices) > 1
    numbers = f"{size} number{'s' if size > 1 else ''}"
    does = f"{'Each' if several else 'The'} {what}'s {values:,} pixels become {numbers}."
    found = _became(digits, truth, indices, errors)
    change = f"drag {'a' if size > 1 else 'the'} number"
    step = " or ".join([change] * drag + [f"choose another {what}"] * several)
    return " ".join([does, *([f"**{found}**"] if found else []), *([f"{step[0].upper()}{step[1:]}."] if step else [])])


def _became(digits: Sequence[str], truth: Sequence[str], indices: Sequence[int], errors: np.ndarray) -> str:
    """Return what has become of images, and which suffers most; the arguments are those of ``reconstructions``."""
    at = worst(digits, truth, errors)
    if not digits:
        return f"Image {indices[at]} suffers most." if len(indices) > 1 else ""
    true, digit = plain(truth[at]), with_article(plain(digits[at]))
    if len(digits) == 1:
        kept = true == plain(digits[at])
        return f"The {true} is still recognised." if kept else f"The {true} has become {digit}."
    wrong = sum(each != other for each, other in zip(digits, truth, strict=True))
    right = len(digits) - wrong
    how_many = f"{_in_words(right)} of {_in_words(len(digits))}" if wrong else f"all {_in_words(len(digits))}"
    recognised = f"{how_many[0].upper()}{how_many[1:]} {'is' if right < 2 else 'are'} still recognised"
    most = ["suffers most"] * (wrong != 1) + [f"has become {digit}"] * bool(wrong)
    return f"{recognised}; the {_nth(truth, at)}{true} {' and '.join(most)}."


def _nth(truth: Sequence[str], at: int) -> str:
    """Return which of several images of one class an image is, as in "second "; empty if it is the only one."""
    if list(truth).count(truth[at]) == 1:
        return ""
    before = list(truth[:at]).count(truth[at])
    return f"{_ORDINALS[before]} " if before < len(_ORDINALS) else f"{before + 1}th "


_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_WORDS = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def _in_words(number: int) -> str:
    return _WORDS[number] if number < len(_WORDS) else str(number)


def denoised(rows: Sequence[Denoised], recipes: Mapping[str, Recipe], truth: Sequence[str], strength: float) -> str:
    """Return what the rows show, as Markdown: which network helps, and which does harm.

    Where the digit classifier recognises most of the noisy digits by itself, the gain is in the image too, so the
    sentence says how many digits are recognised with each network or, where these are as many, how much of the noise
    it removes.

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
        if other and noisy.digits and (harm := _harm(right[other], right[denoise.NOISY])):
            point += f"; {second} {harm}"
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
    if not (noisy.digits and recipes[one].noise and _in_the_image(noisy, by_name[one], truth)):
        return f"**{at}, {point}.** {said.strip()}".strip()
    which, without = "training on noise" if two else first, "without" if two else f"with {second}"
    if right[one] != right[other or denoise.NOISY]:
        point = f"With {which}, {right[one]} of {len(truth)} digits are recognised"
        end = f"; {without}, {right[other]} of {len(truth)}" if other else ""
    else:
        point = f"With {which}, {_removed(noisy, by_name[one])} of the noise is gone"
        end = f"; {without}, {_removed(noisy, by_name[other])}" if other else ""
    return f"**{point}{end}.** {said.strip()}".strip()


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


def _in_the_image(noisy: Denoised, best: Denoised, truth: Sequence[str]) -> bool:
    """Whether the gain is in the image, as the classifier recognises most noisy images already.

    Args:
        noisy: the row of noisy images.
        best: that of a network trained on noise.
        truth: the class of each image.
    """
    return _right(noisy, truth) >= MOSTLY * len(truth) and 1 - _left(noisy, best) >= WORTH_SAYING


def _harm(right: int, without: int) -> str:
    """Return what a network does to digits of which ``without`` are recognised before it; nothing if no harm."""
    if right >= without:
        return ""
    return "ruins the digits" if right <= without / 2 else "harms the digits"


def _removed(noisy: Denoised, each: Denoised) -> str:
    """Return the share of the noise that a network removes."""
    removed = 1 - _left(noisy, each)
    return f"{removed:.0%}" if removed > 0 else "none"


def _left(noisy: Denoised, each: Denoised) -> float:
    """Return the share of the noisy images' squared error that is left, from the means of the PSNR."""
    return float(10 ** ((statistics.fmean(noisy.psnr) - statistics.fmean(each.psnr)) / 10))


def _right(each: Denoised, truth: Sequence[str]) -> int:
    return sum(digit == true for digit, true in zip(each.digits, truth, strict=True))
