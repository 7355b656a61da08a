"""The principal components are those of scikit-learn, and their test errors are those of actual projections."""

import numpy as np
import pytest
import torch
from sklearn.decomposition import PCA

from ae.analysis import pca
from ae.data import datasets


@pytest.fixture(scope="module")
def fitted(digits):
    return pca.fit_images(digits)


@pytest.fixture(scope="module")
def theirs(digits):
    return PCA(40, svd_solver="covariance_eigh").fit(datasets.to_float(digits.images).flatten(1).double().numpy())


def test_the_components_and_variances_are_those_of_scikit_learn(fitted, theirs, digits):
    count = len(digits.images)  # they divide by one less
    assert fitted.mean.numpy() == pytest.approx(theirs.mean_, abs=1e-6)
    assert fitted.variances[:40].numpy() == pytest.approx(theirs.explained_variance_ * (count - 1) / count, rel=1e-4)
    same_way = (fitted.axes[:40].numpy() * theirs.components_).sum(1)
    assert np.abs(same_way) == pytest.approx(np.ones(40), abs=1e-4)


@pytest.mark.parametrize("size", [0, 1, 7, 40])
def test_a_projection_is_that_of_scikit_learn(size, fitted, theirs, digits):
    images = datasets.to_float(digits.test_images)
    rows = images.flatten(1).double().numpy() - theirs.mean_
    kept = theirs.components_[:size]
    by_hand = rows @ kept.T @ kept + theirs.mean_
    projected = fitted.project(images, size)
    assert projected.shape == images.shape
    assert np.allclose(projected.flatten(1).numpy(), by_hand, atol=1e-4)


def test_the_axes_are_orthonormal_and_their_variances_fall(fitted):
    assert fitted.axes.shape == (784, 784)
    assert torch.allclose(fitted.axes @ fitted.axes.T, torch.eye(784), atol=1e-5)
    assert (fitted.variances >= 0).all()
    assert (fitted.variances[1:] <= fitted.variances[:-1]).all()


def test_the_signs_of_the_axes_are_not_arbitrary(fitted):
    largest = fitted.axes.gather(1, fitted.axes.abs().argmax(1, keepdim=True))
    assert (largest > 0).all()


def test_the_coordinates_have_zero_mean_the_reported_variances_and_no_correlation(fitted, digits):
    rows = datasets.to_float(digits.images).flatten(1)
    coordinates = fitted.encode(rows, 5)
    assert coordinates.shape == (1500, 5)
    assert torch.allclose(coordinates.mean(0), torch.zeros(5), atol=1e-4)
    assert torch.allclose(coordinates.T.cov(correction=0), fitted.variances[:5].diag(), atol=1e-3)


def test_all_components_lose_nothing_and_no_component_gives_the_mean(fitted, digits):
    images = datasets.to_float(digits.test_images)
    assert torch.allclose(fitted.project(images, 784), images, atol=1e-4)
    assert torch.allclose(fitted.project(images, 0), fitted.mean.reshape(1, 1, 28, 28).expand_as(images))


def test_decoding_and_encoding_gives_the_same_coordinates(fitted):
    coordinates = torch.randn(9, 6, generator=torch.Generator().manual_seed(0))
    rows = fitted.decode(coordinates)
    assert rows.shape == (9, 784)
    assert torch.allclose(fitted.encode(rows, 6), coordinates, atol=1e-5)


def test_the_test_errors_are_those_of_projecting_the_test_images(fitted, digits):
    errors = pca.test_errors(fitted, digits)
    images = datasets.to_float(digits.test_images)
    assert errors.shape == (785,)
    for size in (0, 1, 2, 8, 100, 783, 784):
        measured = (fitted.project(images, size) - images).square().mean().item()
        assert errors[size].item() == pytest.approx(measured, rel=1e-3, abs=1e-7)
    assert (errors[1:] <= errors[:-1]).all()


def test_pca_is_fitted_to_the_training_images_and_not_to_the_test_images(few):
    fitted = pca.fit_images(few)
    assert torch.allclose(fitted.mean, datasets.to_float(few.images).flatten(1).mean(0))
    trained = datasets.to_float(few.images)  # 96 images, and so 95 directions at most
    assert (fitted.project(trained, 95) - trained).square().mean() < 1e-8
    assert pca.test_errors(fitted, few)[95] > 1e-4


def test_constant_rows_have_no_variance():
    fitted = pca.fit(torch.ones(10, 4))
    assert fitted.variances.tolist() == pytest.approx([0.0] * 4)
    assert torch.allclose(fitted.decode(fitted.encode(torch.ones(2, 4), 2)), torch.ones(2, 4))
