"""Preparing images and training on them takes memory for a few of them at a time, not for all."""

import pytest

from scripts.own_images_memory import measure


@pytest.mark.slow
def test_many_images_take_no_more_memory_than_they_have_bytes():
    few, many = measure(1000), measure(9000)
    more = 8000 * 64 * 64 * 3 / 1e9
    assert many["prepare"] - few["prepare"] < 3 * more  # the pages of the files that are read and written
    assert many["train"] - few["train"] < 2.5 * more
