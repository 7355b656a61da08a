"""The sentence on Reconstruct that says what to notice."""

from collections.abc import Sequence

import numpy as np

from ae.ui import plain


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
    through = f"squeezed from {values:,} pixel values into **{size} number{'s' if size > 1 else ''}**"
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
    said = f"**{right} of {len(digits)}** digits {'is' if right == 1 else 'are'} still recognised after being {through}"
    more = ", and so on" if len(kinds) > 2 else ""
    every = f" Of all test images, {rate:.1%} are." if rate is not None else ""
    return said + (f": {lost}{more}." if lost else ".") + every
