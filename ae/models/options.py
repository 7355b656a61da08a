"""The activations, initialisations, errors and sizes that a recipe can name. Nothing here imports torch."""

import operator
from typing import Any

PIXELS = 28 * 28
"""Values of a digit, 28 x 28 grey pixels: the size of the coursework's networks unless another is named."""

MOST_PIXELS = 3 * 64 * 64
"""The most values of an image."""

MOST_WIDE = 4096
"""The greatest width of a layer, and the greatest depth, that a recipe can name."""

MOST_SIZES = 8
"""The most sizes of a network beside its bottleneck."""

ACTIVATIONS = {"relu": "ReLU", "gelu": "GELU", "tanh": "Tanh"}
"""Activations of hidden layers, and their classes in ``torch.nn``."""

CODE_ACTIVATIONS = {"none": "Identity", "relu": "ReLU", "tanh": "Tanh", "sigmoid": "Sigmoid", "top-k": "TopK"}
"""Activations of the latent code, and their classes in ``torch.nn`` or ``ae.models.layers``."""

INITIALISATIONS = ("pytorch", "xavier")
"""Initialisations of the weights; see ``ae.models.layers.initialise``."""

ERRORS = {"mse": "mse_loss", "bce": "binary_cross_entropy"}
"""Reconstruction errors, and their functions in ``torch.nn.functional``."""


def checked_sizes(sizes: Any) -> tuple[tuple[str, int], ...]:  # noqa: ANN401
    """Return sizes of a network as pairs of a constructor argument and a number.

    Raises:
        ValueError: they are something else, or out of range.
    """
    try:
        found = tuple((str(name), operator.index(size)) for name, size in sizes)
    except (TypeError, ValueError):
        raise ValueError(f"sizes {sizes!r} are not names with whole numbers") from None
    if len(found) > MOST_SIZES or not all(name.isidentifier() and 0 <= size <= MOST_WIDE for name, size in found):
        raise ValueError(f"sizes {sizes!r}: use at most {MOST_SIZES} numbers from 0 to {MOST_WIDE:,}")
    return found
