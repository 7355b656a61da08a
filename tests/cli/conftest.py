"""Fixtures for the tests of several commands."""

import numpy as np
import pytest
from pictures import found
from PIL import Image

from ae.data import datasets
from ae.plots import image_grid


@pytest.fixture
def images(digits):
    return datasets.to_float(digits.test_images)


@pytest.fixture
def has_images():
    """Return a check that each grey image, in [0, 1] with shape (N, 1, 28, 28), is in a picture exactly once."""

    def check(path, cells, scale=8):
        with Image.open(path) as picture:
            rows = image_grid.to_rgb(np.asarray(cells).squeeze(1))
            return all(found(np.asarray(image_grid.enlarged(cell, scale)), picture) for cell in rows)

    return check
