"""What is measured is what it is called."""

import json

import pytest
import torch
from torchmetrics.functional.image import peak_signal_noise_ratio, structural_similarity_index_measure

from ae import data, metrics
from ae.models import build, count_parameters


@pytest.fixture(scope="module")
def pair():
    random = torch.Generator().manual_seed(0)
    images = torch.rand(7, 1, 28, 28, generator=random)
    return images, (images + 0.2 * torch.randn(7, 1, 28, 28, generator=random)).clamp(0, 1)


@pytest.fixture
def model():
    torch.manual_seed(0)
    return build("mlp4", 4, code_activation="relu").eval()


def test_the_mse_is_the_mean_over_the_pixels_of_each_image(pair):
    images, drawn = pair
    by_hand = [((a - b) ** 2).sum().item() / 784 for a, b in zip(images, drawn, strict=True)]
    assert metrics.mse(images, drawn).tolist() == pytest.approx(by_hand, rel=1e-5)


def test_the_psnr_is_that_of_torchmetrics_for_each_image(pair):
    theirs = [peak_signal_noise_ratio(b, a, data_range=1.0).item() for a, b in zip(*pair, strict=True)]
    assert metrics.psnr(*pair).tolist() == pytest.approx(theirs, rel=1e-5)


def test_an_error_of_a_tenth_everywhere_is_20_db():
    images = torch.full((2, 1, 28, 28), 0.5)
    assert metrics.psnr(images, images + 0.1).tolist() == pytest.approx([20.0, 20.0], abs=1e-3)


def test_the_ssim_is_that_of_torchmetrics_for_each_image(pair):
    theirs = [
        structural_similarity_index_measure(b[None], a[None], data_range=1.0).item() for a, b in zip(*pair, strict=True)
    ]
    ours = metrics.ssim(*pair)
    assert ours.shape == (7,)
    assert ours.tolist() == pytest.approx(theirs, abs=1e-5)
    assert len(set(theirs)) == 7


def test_the_ssim_of_many_images_does_not_depend_on_how_they_are_chunked(pair):
    images, drawn = (each.repeat(30, 1, 1, 1) for each in pair)  # 210, more than two chunks
    assert metrics.ssim(images, drawn).tolist() == pytest.approx(metrics.ssim(*pair).repeat(30).tolist(), abs=1e-5)


def test_a_perfect_reconstruction_has_no_error_and_finite_figures(pair):
    images, _ = pair
    assert metrics.mse(images, images).tolist() == [0.0] * 7
    assert metrics.ssim(images, images).tolist() == pytest.approx([1.0] * 7, abs=1e-5)
    assert metrics.psnr(images, images).tolist() == pytest.approx([100.0] * 7)


@pytest.mark.parametrize("name", ["mlp4", "conv", "vae"])
def test_reconstructing_in_chunks_is_reconstructing_at_once(name, digits, monkeypatch):
    model, images = build(name, 4).eval(), data.to_float(digits.test_images[:30])
    monkeypatch.setattr(metrics, "CHUNK", 7)
    drawn, codes = metrics.reconstruct(model, images)
    assert drawn.shape == images.shape
    assert torch.allclose(drawn, model.reconstruct(images), atol=1e-6)
    assert torch.allclose(codes, model.encode(images), atol=1e-6)
    assert not drawn.requires_grad


def test_evaluate_gives_all_its_figures_and_they_can_be_kept_as_json(model, few):
    measured = metrics.evaluate(model, few)
    assert set(measured) == {
        "test_mse",
        "psnr",
        "ssim",
        "live_units",
        "dead_units",
        "mse_by_class",
        "parameters",
        "test_images",
    }
    assert json.loads(json.dumps(measured, allow_nan=False)) == measured
    assert measured["test_images"] == 40
    assert measured["parameters"] == count_parameters(model)


def test_evaluate_measures_the_test_images_and_not_those_trained_on(model, few):
    images = data.to_float(few.test_images)
    measured = metrics.evaluate(model, few)
    drawn = model.reconstruct(images)
    assert measured["test_mse"] == pytest.approx(((drawn - images) ** 2).mean().item(), rel=1e-5)
    assert measured["psnr"] == pytest.approx(metrics.psnr(images, drawn).mean().item(), rel=1e-5)
    assert measured["ssim"] == pytest.approx(metrics.ssim(images, drawn).mean().item(), rel=1e-4)


def test_the_errors_of_the_classes_average_to_the_test_error(model, digits):
    measured = metrics.evaluate(model, digits)
    counts = torch.bincount(digits.test_labels).tolist()
    assert list(measured["mse_by_class"]) == list(digits.class_names)
    weighted = sum(n * error for n, error in zip(counts, measured["mse_by_class"].values(), strict=True))
    assert weighted / sum(counts) == pytest.approx(measured["test_mse"], rel=1e-5)
    ones = data.to_float(digits.test_images[digits.test_labels == 1])
    assert measured["mse_by_class"]["1"] == pytest.approx(metrics.mse(ones, model.reconstruct(ones)).mean().item())


def test_dead_units_are_named_by_their_number(model, few):
    with torch.no_grad():
        for unit in (1, 3):
            model.fc2.weight[unit] = 0
            model.fc2.bias[unit] = -1.0
        for unit in (0, 2):
            model.fc2.bias[unit] = 10.0
    measured = metrics.evaluate(model, few)
    assert measured["dead_units"] == [1, 3]
    assert measured["live_units"] == 2


def test_evaluating_changes_neither_the_model_nor_torch_s_random_state(few):
    model = build("vae", 3).eval()
    before, random = {k: v.clone() for k, v in model.state_dict().items()}, torch.get_rng_state()
    assert metrics.evaluate(model, few) == metrics.evaluate(model, few)
    assert torch.equal(torch.get_rng_state(), random)
    assert all(torch.equal(before[k], v) for k, v in model.state_dict().items())
