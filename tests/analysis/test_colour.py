"""Analysis of colour images: each channel is treated as a grey image would be."""

import dataclasses

import numpy as np
import pytest
import torch

from ae.analysis import denoise, evaluation, filters, metrics, pca, reconstruct
from ae.data import noise
from ae.data.augmentation import augment
from ae.data.datasets import Dataset
from ae.models.registry import build
from ae.plots import image_grid
from ae.recipe import Recipe

RANDOM = torch.Generator().manual_seed(0)
IMAGES = torch.rand(5, 3, 20, 20, generator=RANDOM)
OTHERS = (IMAGES + 0.2 * torch.randn(5, 3, 20, 20, generator=RANDOM)).clamp(0, 1)


def by_channel(function, *images):
    """Apply a function of grey images to each channel; returns shape (C, N, ...)."""
    return torch.stack([function(*(each[:, [channel]] for each in images)) for channel in range(3)])


@pytest.mark.parametrize("measure", [metrics.mse, metrics.ssim])
def test_errors_are_means_over_the_channels(measure):
    assert torch.allclose(measure(IMAGES, OTHERS), by_channel(measure, IMAGES, OTHERS).mean(0), atol=1e-6)


@pytest.mark.parametrize("filtered", [filters.median, filters.blur])
def test_filters_work_on_each_channel(filtered):
    assert torch.allclose(filtered(IMAGES), by_channel(filtered, IMAGES)[:, :, 0].transpose(0, 1), atol=1e-6)


@pytest.mark.parametrize("kind", noise.KINDS)
def test_noise_keeps_the_shape_and_draws_what_it_says(kind):
    noisy = noise.add(IMAGES, kind, 0.3, seed=4)
    drawn = noise.drawn(kind, 5, 4, (3, 20, 20))
    assert noisy.shape == IMAGES.shape and not torch.equal(noisy, IMAGES)
    if kind == "gaussian":
        assert torch.equal(noisy, (IMAGES + 0.3 * drawn).clamp(0, 1))
    if kind in ("salt-and-pepper", "block"):  # whole pixels, whatever their colour
        hit = (noisy != IMAGES).sum(1)
        assert set(hit.unique().tolist()) <= {0, 3}


def test_augmentation_moves_all_channels_alike():
    same = IMAGES[:, :1].expand(-1, 3, -1, -1).contiguous()
    torch.manual_seed(0)
    moved = augment(same, 1.0)
    assert not torch.equal(moved, same) and torch.equal(moved[:, 0], moved[:, 1])


def large(count=400, rank=30):
    """Return a dataset of colour images with 1,200 values, most of whose variance lies in a few directions."""
    directions = torch.rand(rank, 1200, generator=RANDOM)
    rows = (torch.rand(count, rank, generator=RANDOM) ** 3 @ directions / rank * 4).clamp(0, 1)
    images = (rows * 255).to(torch.uint8).reshape(-1, 3, 20, 20)
    labels = torch.zeros(count, dtype=torch.int64)
    return Dataset("digits", images[:300], labels[:300], images[300:], labels[300:], ("",))


def test_pca_of_large_images_is_almost_exact(monkeypatch):
    dataset = large()
    fitted = pca.fit_images(dataset)
    errors = pca.test_errors(fitted, dataset)
    assert fitted.axes.shape == (pca.KEPT, 1200) and len(errors) == pca.KEPT + 1
    assert torch.allclose(fitted.axes @ fitted.axes.T, torch.eye(pca.KEPT), atol=1e-5)
    images = dataset.test_images / 255
    for size in (0, 1, 5, 30, pca.KEPT):
        projected = fitted.project(images, size)
        assert (projected - images).square().mean().item() == pytest.approx(errors[size].item(), rel=1e-3, abs=1e-8)
        assert torch.allclose(fitted.projection(size)(images.flatten(1)), projected.flatten(1), atol=1e-5)
    monkeypatch.setattr(pca, "EXACT", 2000)
    exact = pca.test_errors(pca.fit_images(dataset), dataset)
    assert torch.allclose(errors[:31], exact[:31], rtol=1e-2, atol=1e-7)


def test_a_larger_bottleneck_than_pca_has_axes_gets_all_of_them():
    fitted = pca.fit_images(large())
    assert f"PCA, {pca.KEPT} components" in denoise.baselines(fitted, 500)


def test_evaluation_without_classes_has_no_figures_about_them(digits):
    few = dataclasses.replace(
        digits, images=digits.images[:50], labels=digits.labels[:50] * 0, class_names=("",),
        test_images=digits.test_images[:20], test_labels=digits.test_labels[:20] * 0,
    )  # fmt: skip
    measured = evaluation.evaluate(build(Recipe(dataset="digits", validation_images=1)).eval(), few)
    assert "knn_accuracy" not in measured and measured["mse_by_class"] == {}


def test_decoded_images_have_the_model_s_shape():
    model = build(Recipe(model="vae", code_size=2, dataset="cifar10", beta=1.0)).eval()
    assert reconstruct.decode(model, torch.zeros(2, 2)).shape == (2, 3, 32, 32)


def test_images_are_drawn_in_their_colours():
    rgb = image_grid.to_rgb(IMAGES.numpy())
    assert rgb.shape == (5, 20, 20, 3)
    assert np.abs(rgb / 255 - np.moveaxis(IMAGES.numpy(), 1, -1)).max() <= 0.5 / 255 + 1e-6
    assert np.array_equal(image_grid.to_rgb(rgb.transpose(0, 3, 1, 2)), rgb)  # bytes stay as they are
    grey = IMAGES[:, 0].numpy()
    assert np.array_equal(image_grid.to_rgb(grey), image_grid.to_rgb(grey[:, None]))
    signed = image_grid.signed((OTHERS - IMAGES).numpy())
    assert np.array_equal(signed, image_grid.signed((OTHERS - IMAGES).mean(1).numpy()))
