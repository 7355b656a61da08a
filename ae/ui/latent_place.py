"""The nearest neighbours of the image or the spot that was picked on the map of the latent space."""

from typing import Any

from torch import Tensor

from ae.analysis import neighbours
from ae.data.datasets import Dataset
from ae.ui import classes
from ae.ui.component import in_base64


def nearest(codes: Tensor, dataset: Dataset, code: Tensor, image: int | None) -> dict[str, Any]:
    """Return the test images whose codes are nearest to a code, as ``frontend/latent_map.js`` takes them.

    Args:
        codes: of all test images.
        dataset: of the images.
        code: with shape (D,).
        image: the test image whose code it is, which is not its own neighbour; None if it is that of no image.
    """
    found = neighbours.neighbours(codes, code, neighbours.NEIGHBOURS + (image is not None))
    near = [index for index in found if index != image][: neighbours.NEIGHBOURS]
    return {
        "indices": near,
        "classes": classes.heads(dataset, near),
        "pixels": in_base64(dataset.test_images[near].numpy(), "u1"),
    }
