"""A recipe for another dataset or for noisy images."""

from dataclasses import replace
from math import prod

from ae.data.sources import find
from ae.models.options import PIXELS
from ae.recipe import Recipe

STEEPEST = 6.25
"""The largest product of the learning rate of a fully connected network and the values of an image: about that of the
preset fast on MNIST, which diverges on larger images with the same rate."""

CALM = 0.004
"""The largest learning rate of a fully connected network that trains on noisy images. With twice that, 4 of 30 runs of
the preset fast with noise 0.4 ended with the same output for every image."""

FULLY_CONNECTED = ("mlp4", "vq")
"""The networks that become wider with larger images."""


def fitted(recipe: Recipe, dataset: str, noise: float | None = None) -> Recipe:
    """Return the recipe for another dataset: with the same share for validation, and small batches for few images.

    The fully connected network becomes wider with larger images, and gets a smaller learning rate, up to ``STEEPEST``;
    with noisy images, up to ``CALM``.

    The number of one's own images that are not on this machine is not known, so for these it is adapted to noise only.

    Args:
        recipe: to adapt.
        dataset: its dataset.
        noise: what it will be trained with; its own noise if None.

    Raises:
        ValueError: the dataset is unknown.
    """
    if recipe.model in FULLY_CONNECTED and (recipe.noise if noise is None else noise):
        recipe = replace(recipe, learning_rate=min(recipe.learning_rate, CALM))
    images = find(dataset).training_images
    if not images:
        return replace(recipe, dataset=dataset)
    validation_images = recipe.validation_images * images // find(recipe.dataset).training_images
    if recipe.validation_images and images > 1:
        validation_images = max(1, validation_images)
    batch_size = recipe.batch_size if images > 10_000 else min(recipe.batch_size, 32)
    rate, values = recipe.learning_rate, prod(find(dataset).shape)
    if recipe.model in FULLY_CONNECTED and values > PIXELS:
        rate = min(rate, STEEPEST / values)
    return replace(
        recipe, dataset=dataset, validation_images=validation_images, batch_size=batch_size, learning_rate=rate
    )
