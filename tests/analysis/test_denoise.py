"""What takes noise away is measured against the clean images."""

import numpy as np
import pytest
import torch
from networks import network

from ae.analysis import denoise, digit_classifier, filters, metrics, pca, reconstruct
from ae.data import datasets, noise


@pytest.fixture(scope="module")
def clean(digits):
    return datasets.to_float(digits.test_images[:60])


@pytest.fixture(scope="module")
def labels(digits):
    return digits.test_labels[:60]


@pytest.fixture(scope="module")
def fitted(digits):
    return pca.fit_images(digits)


def test_the_clean_images_themselves_have_the_best_quality(clean, labels):
    psnr, ssim, recognition_rate = denoise.measure(clean, clean, labels)
    assert psnr == pytest.approx(100)
    assert ssim == pytest.approx(1, abs=1e-5)
    assert recognition_rate == digit_classifier.recognition_rate(clean, labels) > 0.9


def test_the_quality_is_the_mean_over_the_images(clean, labels):
    noisy = noise.add(clean, "gaussian", 0.2)
    quality = denoise.measure(clean, noisy, labels)
    assert quality.psnr == pytest.approx(np.mean(denoise.psnr(clean, noisy)), rel=1e-5)
    assert quality.ssim == pytest.approx(metrics.ssim(clean, noisy).mean().item(), rel=1e-5)
    assert quality.recognition_rate == digit_classifier.recognition_rate(noisy, labels)
    assert denoise.psnr(clean, noisy) == metrics.psnr(clean, noisy).tolist()


def test_without_a_judge_legibility_is_not_a_number(clean):
    quality = denoise.measure(clean, clean, None)
    assert np.isnan(quality.recognition_rate)
    assert np.isfinite([quality.psnr, quality.ssim]).all()


def test_all_is_measured_of_what_a_screen_can_show(clean):
    free = noise.add(clean, "gaussian", 0.5, clip=False)
    assert denoise.measure(clean, free, None)[:2] == denoise.measure(clean, free.clamp(0, 1), None)[:2]
    assert denoise.psnr(clean, free) == denoise.psnr(clean, free.clamp(0, 1))


def test_a_model_denoises_by_encoding_and_decoding(clean):
    model = network("conv", 4).eval()
    noisy = noise.add(clean, "uniform", 0.5)
    assert torch.equal(denoise.by_model(model)(noisy), reconstruct.reconstruct(model, noisy)[0])


def test_the_baselines_are_the_median_the_blur_and_the_projection_kept_in_range(clean, fitted):
    methods = denoise.baselines(fitted, 30)
    assert list(methods) == ["Median 3 × 3", "Gaussian blur", "PCA, 30 numbers"]
    noisy = noise.add(clean, "gaussian", 0.6, clip=False)
    by_hand = [filters.median(noisy), filters.blur(noisy, 1.0), fitted.project(noisy, 30)]
    for method, expected in zip(methods.values(), by_hand, strict=True):
        assert torch.equal(method(noisy), expected.clamp(0, 1))
        assert expected.min() < 0


def test_each_baseline_takes_gaussian_noise_away(clean, fitted):
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
    assert themselves.shape == blurred.shape == (2, 3)
    for i, strength in enumerate((0.1, 0.8)):
        noisy = noise.add(clean, kind, strength, clip=clip, seed=3)
        assert themselves[i].tolist() == list(denoise.measure(clean, noisy, labels))
        assert blurred[i].tolist() == list(denoise.measure(clean, filters.blur(noisy), labels))
    assert themselves[0, 0] > themselves[1, 0]


def test_the_seed_of_a_curve_is_0_where_none_is_named(clean):
    options = {"kind": "gaussian", "strengths": [0.3], "clip": True}
    curves = [denoise.curve(None, clean, None, **options, **seed)[0, 0] for seed in ({}, {"seed": 0}, {"seed": 1})]
    assert curves[0] == curves[1] != curves[2]


def test_a_method_that_gives_no_numbers_is_measured_as_if_it_drew_black(clean, labels):
    def broken(images):
        return torch.full_like(images, float("nan"))

    options = {"kind": "gaussian", "strengths": [0.2], "clip": True}
    curve = denoise.curve(broken, clean, labels, **options)
    assert curve.tolist() == denoise.curve(torch.zeros_like, clean, labels, **options).tolist()
    assert np.isfinite(curve).all()


def test_only_what_is_not_a_finite_number_is_replaced():
    images = torch.tensor([0.3, float("nan"), float("inf"), float("-inf"), -2.0, 7.0])
    assert torch.equal(denoise.only_finite(images), torch.tensor([0.3, 0.0, 1.0, 0.0, -2.0, 7.0]))
