"""A divider to drag across pairs of images: one picture to its left, the other to its right."""

from collections.abc import Sequence

import numpy as np

from ae.plots import image_grid
from ae.ui.component import component
from ae.ui.images import data_url

_COMPARISON = component("comparison", '<div class="comparison"></div>', styles=("digit", "divider"))


def divider(
    left: np.ndarray,
    right: np.ndarray,
    *,
    names: tuple[str, str],
    labels: Sequence[str] = (),
    key: str,
    largest: int = 120,
) -> None:
    """Show pairs of images in a row, with one divider that is dragged across all of them.

    Args:
        left: to the left of the divider, RGB bytes with shape (N, 28, 28, 3), as ``image_grid.grey`` returns them.
        right: to its right, of the same shape.
        names: what the two are, such as "noisy" and "denoised".
        labels: the text alternative of each pair.
        key: of the component.
        largest: the greatest width of an image, in CSS pixels.
    """
    _COMPARISON(
        key=key,
        data={
            "left": data_url(image_grid.strip(left)),
            "right": data_url(image_grid.strip(right)),
            "count": len(left),
            "names": names,
            "labels": list(labels),
            "largest": largest,
        },
    )
