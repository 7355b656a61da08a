"""Augmentation changes images slightly, each differently, and keeps them recognisable."""

import math

import pytest
import torch
from tiny import quick

from ae.analysis import digit_classifier
from ae.data import datasets
from ae.data.augmentation import augment
from ae.models.base import Autoencoder
from ae.models.mlp import autoencoderMLP4Layer
from ae.train.loop import train


@pytest.fixture(scope="module")
def images(digits):
    return datasets.to_float(digits.images[:400])


def seeded(images, strength, seed=0):
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return augment(images, strength)


def middle(images):
    """The centre of mass of each image, in pixels."""
    field = torch.arange(28.0)
    mass = images.sum((1, 2, 3))
    return (images.sum((1, 2)) @ field) / mass, (images.sum((1, 3)) @ field) / mass


def test_strength_0_changes_nothing(images):
    assert torch.allclose(seeded(images, 0.0), images, atol=1e-4)


def test_shape_and_range_are_kept_and_each_image_is_changed_differently(images):
    same = images[:1].expand(50, -1, -1, -1)
    changed = seeded(same, 1.0)
    assert changed.shape == same.shape
    assert changed.min() >= 0
    assert changed.max() <= 1
    unchanged = (changed == same).all((1, 2, 3))
    assert 15 < unchanged.sum() < 35  # about half
    assert len({tuple(image.flatten().tolist()) for image in changed}) == 51 - unchanged.sum()
    assert torch.equal(changed, seeded(same, 1.0))
    assert not torch.equal(changed, seeded(same, 1.0, seed=1))


def test_a_single_image_is_changed_or_left_alone(images):
    results = [seeded(images[:1], 1.0, seed) for seed in range(20)]
    assert {torch.equal(each, images[:1]) for each in results} == {True, False}


def test_changed_images_are_hardly_blurred(images):
    changed = seeded(images, 0.5)
    moved = (changed != images).any(-1).any(-1).any(-1)
    before, after = (each[moved].var(0).mean() for each in (images, changed))
    assert after > 0.9 * before  # with bilinear sampling it is 0.8


@pytest.mark.parametrize("strength", [0.5, 1.0, 3.0])
def test_images_move_by_up_to_a_pixel_each_way_and_a_little_more_by_bending(images, strength):
    for before, after in zip(middle(images), middle(seeded(images, strength)), strict=True):
        moved = after - before
        assert abs(moved.mean()) < 0.1 * strength
        assert 0.7 * strength < moved.abs().max() < 2.2 * strength


def test_a_line_turns_by_up_to_ten_degrees_and_changes_its_length_by_up_to_a_tenth(monkeypatch):
    monkeypatch.setattr("ae.data.augmentation.PIXELS", 0.0)
    monkeypatch.setattr("ae.data.augmentation.BEND", 0.0)
    bar = torch.zeros(300, 1, 28, 28)
    bar[:, :, 4:24, 13:15] = 1  # upright
    changed = seeded(bar, 1.0)[:, 0]
    rows, columns = torch.meshgrid(torch.arange(28.0) - 13.5, torch.arange(28.0) - 13.5, indexing="ij")
    mass = changed.sum((1, 2))
    up, across, both = ((changed * part).sum((1, 2)) / mass for part in (rows**2, columns**2, rows * columns))
    angle = torch.rad2deg(0.5 * torch.atan2(2 * both, up - across)).abs()
    assert 8.5 < angle.max() < 11
    length = (12 * up).sqrt() / math.sqrt(20**2)
    assert 0.88 < length.min() < 0.95
    assert 1.05 < length.max() < 1.13


def test_mildly_changed_digits_are_still_recognised(images, digits):
    recognition_rate = (digit_classifier.classify(seeded(images, 0.5))[0] == digits.labels[:400]).float().mean()
    assert recognition_rate > 0.9


def test_the_training_target_is_the_changed_image_and_measured_images_are_not_changed(few, monkeypatch):
    pairs, loss = [], autoencoderMLP4Layer.loss

    def watched(model: Autoencoder, X, target, **about):
        pairs.append((model.training, X, target))
        return loss(model, X, target, **about)

    monkeypatch.setattr(autoencoderMLP4Layer, "loss", watched)
    list(train(quick(augmentation=0.5), few))
    known = set(map(tuple, datasets.to_float(few.images).flatten(1).tolist()))
    for training, X, target in pairs:
        assert torch.equal(X, target)
        assert training != all(tuple(image) in known for image in target.flatten(1).tolist())
