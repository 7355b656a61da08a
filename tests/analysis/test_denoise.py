"""Denoised images are measured against the clean ones."""

import dataclasses

import numpy as np
import pytest
import torch
from networks import network

from ae.analysis import denoise, digit_classifier, filters, metrics, pca, reconstruct
from ae.data import datasets, noise, selection, sources


@pytest.fixture(scope="module")
def clean(digits):
    return datasets.to_float(digits.test_images[:60])


@pytest.fixture(scope="module")
def labels(digits):
    return digits.test_labels[:60]


@pytest.fixture(scope="module")
def fitted(digits):
    return pca.fit_images(digits)


def test_the_clean_images_have_the_best_quality(clean, labels):
    quality = denoise.measure(clean, clean, labels)
    assert quality.psnr == pytest.approx(100)
    assert quality.ssim == pytest.approx(1, abs=1e-5)
    assert quality.recognition_rate == digit_classifier.recognition_rate(clean, labels) > 0.9
    assert quality.images == 60


def test_the_standard_error_is_the_spread_of_the_rate_over_many_samples():
    rates = np.random.default_rng(0).binomial(250, 0.7, 20_000) / 250
    quality = denoise.Quality(psnr=20.0, ssim=0.5, recognition_rate=0.7, images=250)
    assert quality.recognition_error == pytest.approx(rates.std(), rel=0.02)
    assert np.isnan(quality._replace(recognition_rate=float("nan")).recognition_error)


def test_all_test_images_are_measured_or_a_random_sample_of_them_with_their_labels(digits):
    clean, labels = denoise.test_set(digits)
    assert torch.equal(clean, datasets.to_float(digits.test_images))
    assert torch.equal(labels, digits.test_labels)
    assert len(denoise.test_set(digits, sample=1000)[0]) == 297
    some, of_some = denoise.test_set(digits, sample=50)
    where = [(clean == image).flatten(1).all(1).nonzero().item() for image in some]
    assert len(set(where)) == 50
    assert torch.equal(of_some, labels[where])
    assert max(where) > 250 > 50 > min(where)  # from everywhere
    assert torch.equal(denoise.test_set(digits, sample=50, seed=0)[0], some)
    assert not torch.equal(denoise.test_set(digits, sample=50, seed=1)[0], some)


def test_a_dataset_without_digits_has_no_labels_to_recognise(digits):
    assert denoise.test_set(dataclasses.replace(digits, name="kmnist"))[1] is None


@pytest.mark.skipif(not sources.is_here("mnist"), reason=f"MNIST is not in {sources.data_folder()}: set AE_DATA")
def test_the_rate_of_a_sample_lies_within_three_standard_errors_of_the_rate_of_all_images():
    mnist = datasets.load("mnist")
    clean, labels = denoise.test_set(mnist)
    hidden = noise.add(clean, "block", 0.3)
    digit, _ = digit_classifier.classify(hidden)
    rate = float((digit == labels).float().mean())
    for seed in range(5):
        chosen = selection.at_random(len(clean), 1000, seed)
        sampled = denoise.measure(clean[chosen], hidden[chosen], labels[chosen])
        assert abs(sampled.recognition_rate - rate) < 3 * sampled.recognition_error


def test_the_quality_is_the_mean_over_the_images(clean, labels):
    noisy = noise.add(clean, "gaussian", 0.2)
    quality = denoise.measure(clean, noisy, labels)
    assert quality.psnr == pytest.approx(np.mean(denoise.psnr(clean, noisy)), rel=1e-5)
    assert quality.ssim == pytest.approx(metrics.ssim(clean, noisy).mean().item(), rel=1e-5)
    assert quality.recognition_rate == digit_classifier.recognition_rate(noisy, labels)
    assert denoise.psnr(clean, noisy) == metrics.psnr(clean, noisy).tolist()


def test_without_labels_the_recognition_rate_is_not_a_number(clean):
    quality = denoise.measure(clean, clean, None)
    assert np.isnan(quality.recognition_rate)
    assert np.isfinite([quality.psnr, quality.ssim]).all()


def test_all_measures_are_of_images_clipped_to_what_a_screen_can_show(clean):
    free = noise.add(clean, "gaussian", 0.5, clip=False)
    assert denoise.measure(clean, free, None)[:2] == denoise.measure(clean, free.clamp(0, 1), None)[:2]
    assert denoise.psnr(clean, free) == denoise.psnr(clean, free.clamp(0, 1))


def test_a_model_denoises_by_encoding_and_decoding(clean):
    model = network("conv", 4).eval()
    noisy = noise.add(clean, "uniform", 0.5)
    assert torch.equal(denoise.by_model(model)(noisy), reconstruct.reconstruct(model, noisy)[0])


def test_the_baselines_are_the_median_the_blur_and_the_projection_kept_in_range(clean, fitted):
    methods = denoise.baselines(fitted, 30)
    assert list(methods) == ["Median 3 × 3", "Gaussian blur", "PCA, 30 components"]
    noisy = noise.add(clean, "gaussian", 0.6, clip=False)
    by_hand = [filters.median(noisy), filters.blur(noisy, 1.0), fitted.project(noisy, 30)]
    for method, expected in zip(methods.values(), by_hand, strict=True):
        assert torch.equal(method(noisy), expected.clamp(0, 1))
        assert expected.min() < 0


def test_each_baseline_reduces_gaussian_noise(clean, fitted):
    noisy = noise.add(clean, "gaussian", 0.5)
    before = denoise.measure(clean, noisy, None).psnr
    for method in denoise.baselines(fitted, 30).values():
        assert denoise.measure(clean, method(noisy), None).psnr > before + 1


@pytest.mark.parametrize("clip", [True, False])
@pytest.mark.parametrize("kind", list(noise.KINDS))
def test_a_curve_measures_the_method_at_each_strength(kind, clip, clean, labels):
    clean, labels = clean[:20], labels[:20]
    options = {"kind": kind, "strengths": (0.1, 0.8), "clip": clip, "seed": 3}
    themselves = denoise.curve(None, clean, labels, **options)
    blurred = denoise.curve(filters.blur, clean, labels, **options)
    assert len(themselves) == len(blurred) == 2
    for i, strength in enumerate((0.1, 0.8)):
        noisy = noise.add(clean, kind, strength, clip=clip, seed=3)
        assert themselves[i] == denoise.measure(clean, noisy, labels)
        assert blurred[i] == denoise.measure(clean, filters.blur(noisy), labels)
    assert themselves[0].psnr > themselves[1].psnr


def test_the_seed_of_a_curve_is_0_by_default(clean):
    options = {"kind": "gaussian", "strengths": [0.3], "clip": True}
    curves = [denoise.curve(None, clean, None, **options, **seed)[0].psnr for seed in ({}, {"seed": 0}, {"seed": 1})]
    assert curves[0] == curves[1] != curves[2]


def test_nan_in_the_output_of_a_method_counts_as_black(clean, labels):
    def broken(images):
        return torch.full_like(images, float("nan"))

    options = {"kind": "gaussian", "strengths": [0.2], "clip": True}
    curve = denoise.curve(broken, clean, labels, **options)
    assert curve == denoise.curve(torch.zeros_like, clean, labels, **options)
    assert np.isfinite(curve).all()


def test_only_values_that_are_not_finite_are_replaced():
    images = torch.tensor([0.3, float("nan"), float("inf"), float("-inf"), -2.0, 7.0])
    assert torch.equal(reconstruct.only_finite(images), torch.tensor([0.3, 0.0, 1.0, 0.0, -2.0, 7.0]))
