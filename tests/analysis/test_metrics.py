"""Each measure is what its name says."""

import dataclasses
import json

import pytest
import torch
from networks import network
from sklearn.neighbors import KNeighborsClassifier
from torch.distributions import Normal, kl_divergence
from torchmetrics.functional.image import peak_signal_noise_ratio, structural_similarity_index_measure

from ae.analysis import digit_classifier, evaluation, metrics, neighbours, reconstruct
from ae.data import datasets
from ae.models.layers import count_parameters


def knn_accuracy(*arguments, **settings):
    return neighbours.knn_right(*arguments, **settings).float().mean().item()


@pytest.fixture(scope="module")
def pair():
    random = torch.Generator().manual_seed(0)
    images = torch.rand(7, 1, 28, 28, generator=random)
    return images, (images + 0.2 * torch.randn(7, 1, 28, 28, generator=random)).clamp(0, 1)


@pytest.fixture
def model():
    torch.manual_seed(0)
    return network("mlp4", 4, code_activation="relu").eval()


def test_the_mse_is_the_mean_over_the_pixels_of_each_image(pair):
    images, reconstructed = pair
    by_hand = [((a - b) ** 2).sum().item() / 784 for a, b in zip(images, reconstructed, strict=True)]
    assert metrics.mse(images, reconstructed).tolist() == pytest.approx(by_hand, rel=1e-5)


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
    images, reconstructed = (each.repeat(30, 1, 1, 1) for each in pair)  # 210, more than two chunks
    assert metrics.ssim(images, reconstructed).tolist() == pytest.approx(
        metrics.ssim(*pair).repeat(30).tolist(), abs=1e-5
    )


def test_a_perfect_reconstruction_has_no_error_and_finite_figures(pair):
    images, _ = pair
    assert metrics.mse(images, images).tolist() == [0.0] * 7
    assert metrics.ssim(images, images).tolist() == pytest.approx([1.0] * 7, abs=1e-5)
    assert metrics.psnr(images, images).tolist() == pytest.approx([100.0] * 7)


@pytest.mark.parametrize("name", ["mlp4", "conv", "vae"])
def test_reconstructing_in_chunks_equals_reconstructing_at_once(name, digits, monkeypatch):
    model, images = network(name, 4).eval(), datasets.to_float(digits.test_images[:30])
    monkeypatch.setattr(reconstruct, "CHUNK", 7)
    reconstructed, codes = reconstruct.reconstruct(model, images)
    assert reconstructed.shape == images.shape
    assert torch.allclose(reconstructed, model.reconstruct(images), atol=1e-6)
    assert torch.allclose(codes, model.encode(images), atol=1e-6)
    assert not reconstructed.requires_grad


def test_evaluate_returns_all_figures_and_they_survive_json(model, few):
    measured = evaluation.evaluate(model, few)
    assert set(measured) == {
        "test_mse",
        "psnr",
        "ssim",
        "active_units",
        "inactive_units",
        "mse_by_class",
        "knn_accuracy",
        "recognition_rate",
        "parameters",
        "test_images",
    }
    assert json.loads(json.dumps(measured, allow_nan=False)) == measured
    assert measured["test_images"] == 40
    assert measured["parameters"] == count_parameters(model)


@pytest.mark.parametrize("name", ["mlp4", "vae"])
def test_evaluating_in_chunks_equals_evaluating_at_once(name, few, monkeypatch):
    torch.manual_seed(0)
    model = network(name, 4).eval()
    at_once = evaluation.evaluate(model, few)
    monkeypatch.setattr(evaluation, "CHUNK", 7)
    in_chunks = evaluation.evaluate(model, few)
    assert list(in_chunks) == list(at_once)
    for key in ("test_mse", "psnr", "ssim", "knn_accuracy", "recognition_rate", "mse_by_class"):
        assert in_chunks[key] == pytest.approx(at_once[key], rel=1e-5), key
    assert in_chunks["inactive_units"] == at_once["inactive_units"]


def test_evaluate_measures_the_test_images_and_not_those_trained_on(model, few):
    images = datasets.to_float(few.test_images)
    measured = evaluation.evaluate(model, few)
    reconstructed = model.reconstruct(images)
    assert measured["test_mse"] == pytest.approx(((reconstructed - images) ** 2).mean().item(), rel=1e-5)
    assert measured["psnr"] == pytest.approx(metrics.psnr(images, reconstructed).mean().item(), rel=1e-5)
    assert measured["ssim"] == pytest.approx(metrics.ssim(images, reconstructed).mean().item(), rel=1e-4)


def test_the_errors_of_the_classes_average_to_the_test_error(model, digits):
    measured = evaluation.evaluate(model, digits)
    counts = torch.bincount(digits.test_labels).tolist()
    assert list(measured["mse_by_class"]) == list(digits.class_names)
    weighted = sum(n * error for n, error in zip(counts, measured["mse_by_class"].values(), strict=True))
    assert weighted / sum(counts) == pytest.approx(measured["test_mse"], rel=1e-5)
    ones = datasets.to_float(digits.test_images[digits.test_labels == 1])
    assert measured["mse_by_class"]["1"] == pytest.approx(metrics.mse(ones, model.reconstruct(ones)).mean().item())


def test_inactive_units_are_listed_by_index(model, few):
    with torch.no_grad():
        for unit in (1, 3):
            model.fc2.weight[unit] = 0
            model.fc2.bias[unit] = -1.0
        for unit in (0, 2):
            model.fc2.bias[unit] = 10.0
    measured = evaluation.evaluate(model, few)
    assert measured["inactive_units"] == [1, 3]
    assert measured["active_units"] == 2


def test_evaluating_changes_neither_the_model_nor_torch_s_random_state(few):
    model = network("vae", 3).eval()
    before, random = {k: v.clone() for k, v in model.state_dict().items()}, torch.get_rng_state()
    assert evaluation.evaluate(model, few) == evaluation.evaluate(model, few)
    assert torch.equal(torch.get_rng_state(), random)
    assert all(torch.equal(before[k], v) for k, v in model.state_dict().items())


def test_evaluate_measures_codes_by_their_neighbours_and_reconstructions_by_the_digit_classifier(few):
    model = network("conv", 3).eval()
    measured = evaluation.evaluate(model, few)
    codes, test_codes = (reconstruct.encode(model, datasets.to_float(each)) for each in (few.images, few.test_images))
    assert measured["knn_accuracy"] == knn_accuracy(codes, few.labels, test_codes, few.test_labels)
    reconstructed = model.reconstruct(datasets.to_float(few.test_images))
    assert measured["recognition_rate"] == digit_classifier.recognition_rate(reconstructed, few.test_labels)


def test_without_a_digit_classifier_there_is_no_recognition_rate(model, few):
    clothes = dataclasses.replace(few, name="fashion-mnist")
    assert set(evaluation.evaluate(model, few)) - set(evaluation.evaluate(model, clothes)) == {"recognition_rate"}


def test_the_recognition_rate_is_the_share_of_images_classified_as_their_label(few):
    images = datasets.to_float(few.test_images)
    digits = digit_classifier.classify(images)[0]
    assert digit_classifier.recognition_rate(images, digits) == 1.0
    wrong = digits.clone()
    wrong[:10] = (wrong[:10] + 1) % 10
    assert digit_classifier.recognition_rate(images, wrong) == 0.75


@pytest.mark.parametrize("name", ["mlp4", "conv", "vae"])
def test_encoding_in_chunks_equals_encoding_at_once(name, digits, monkeypatch):
    model, images = network(name, 4).eval(), datasets.to_float(digits.test_images[:30])
    monkeypatch.setattr(reconstruct, "CHUNK", 7)
    codes = reconstruct.encode(model, images)
    assert torch.allclose(codes, model.encode(images), atol=1e-6)
    assert not codes.requires_grad


def clouds(size, *, apart=1.0):
    """Codes of ten classes, 600 to fit to and 450 to classify, and their classes."""
    random = torch.Generator().manual_seed(size)
    labels = torch.randint(0, 10, (1050,), generator=random)
    centres = apart * torch.randn(10, size, generator=random)
    codes = centres[labels] + torch.randn(1050, size, generator=random)
    return codes[:600], labels[:600], codes[600:], labels[600:]


@pytest.mark.parametrize("k", [1, 2, 5])
@pytest.mark.parametrize("size", [1, 2, 8, 16, 17, 64])
def test_the_knn_accuracy_is_that_of_scikit_learn(size, k):
    codes, labels, test_codes, test_labels = clouds(size, apart=0.5)
    theirs = KNeighborsClassifier(k).fit(codes, labels).score(test_codes, test_labels)
    ours = knn_accuracy(codes, labels, test_codes, test_labels, k=k)
    assert ours == pytest.approx(theirs)
    assert 0.1 < ours < 1
    assert knn_accuracy(codes, labels, codes, labels, k=1) == 1.0


def test_five_neighbours_vote_by_default():
    four = clouds(4, apart=0.5)
    assert knn_accuracy(*four) == knn_accuracy(*four, k=5) != knn_accuracy(*four, k=3)


@pytest.mark.parametrize("size", [3, 20])
def test_the_nearest_codes_are_those_with_the_smallest_distances_the_nearest_first(size):
    codes, _, queries, _ = clouds(size)
    found = neighbours.nearest(codes, queries, 6)
    assert found.dtype == torch.int64
    distances = torch.cdist(queries.double(), codes.double())
    assert torch.equal(found, distances.topk(6, largest=False).indices)


@pytest.mark.parametrize("size", [3, 20])
def test_codes_far_from_the_origin_keep_their_neighbours(size):
    codes, _, queries, _ = (
        (64 * each).round() / 64 for each in clouds(size)
    )  # so that shifting them causes no rounding
    distances = torch.cdist(queries.double(), codes.double())
    found = distances.gather(1, neighbours.nearest(codes + 4096, queries + 4096, 3))
    assert torch.allclose(found, distances.topk(3, largest=False).values, rtol=1e-5)


@pytest.mark.parametrize("size", [2, 30])
def test_the_smaller_label_wins_a_tie(size):
    codes = torch.zeros(4, size)
    codes[:, 0] = torch.tensor([1.0, 1.1, 1.2, 1.3])
    labels, ask = torch.tensor([7, 3, 3, 7]), torch.zeros(1, size)
    assert knn_accuracy(codes, labels, ask, torch.tensor([3]), k=4) == 1.0
    assert knn_accuracy(codes, labels, ask, torch.tensor([7]), k=1) == 1.0


@pytest.mark.parametrize("size", [2, 30])
def test_with_fewer_codes_than_neighbours_all_codes_vote(size):
    codes, labels = torch.randn(3, size, generator=torch.Generator().manual_seed(0)), torch.tensor([4, 6, 6])
    assert knn_accuracy(codes, labels, codes[:1], torch.tensor([6])) == 1.0


def test_the_kl_of_each_unit_is_that_of_torch_s_distributions_in_the_mean_over_images(digits, monkeypatch):
    model, images = network("vae", 5).eval(), datasets.to_float(digits.test_images[:50])
    with torch.no_grad():
        model.fc31.weight *= 10
        model.fc32.weight *= 10
    mu, log_var = model.encoder(images)
    theirs = kl_divergence(Normal(mu, (log_var / 2).exp()), Normal(0.0, 1.0))
    assert model.kl(images).shape == (50, 5)
    assert torch.allclose(model.kl(images), theirs, rtol=1e-4, atol=1e-5)
    monkeypatch.setattr(reconstruct, "CHUNK", 20)
    measured = evaluation.kl_by_unit(model, images)
    assert torch.allclose(measured, theirs.mean(0), rtol=1e-4, atol=1e-5)
    assert not measured.requires_grad
    assert (theirs > 0).all()


def test_the_log_likelihood_is_exact_where_the_decoder_ignores_the_code_and_more_samples_come_closer(monkeypatch):
    torch.manual_seed(0)
    model = network("vae", 2).eval()
    model.fc4.weight.data.zero_()
    images = torch.rand(3, 1, 28, 28)
    flat = model.decode(torch.zeros(1, 2))
    exact = (
        -torch.nn.functional.binary_cross_entropy(flat.expand(3, -1), images.flatten(1), reduction="none").sum(1).mean()
    )
    monkeypatch.setattr(evaluation, "SAMPLED", 300)  # the last part is smaller
    found = evaluation.log_likelihood(model, images, samples=4000)
    assert found == pytest.approx(exact.item(), abs=0.1)
    assert found == evaluation.log_likelihood(model, images, samples=4000)
    model.fc32.bias.data -= 3  # an encoder far from the posterior, which here is the prior
    few = evaluation.log_likelihood(model, images, samples=1)
    assert few < evaluation.log_likelihood(model, images, samples=4000) < exact + 0.1


def test_the_elbo_is_that_of_torch_s_distributions_and_the_same_each_time(digits):
    images = datasets.to_float(digits.test_images[:200])
    model = network("vae", 3).eval()
    torch.manual_seed(5)
    reconstructed = [evaluation.elbo(model, images) for _ in range(2)]
    assert reconstructed[0] == reconstructed[1]
    assert torch.rand(1) == torch.rand(
        1, generator=torch.Generator().manual_seed(5)
    )  # the global random state is as before
    with torch.no_grad():
        mu, log_var = model.encoder(images)
        posterior, prior = Normal(mu, (log_var / 2).exp()), Normal(0.0, 1.0)
        torch.manual_seed(1)
        sampled = []
        for _ in range(20):  # one sample of 200 images is near the mean of many
            x_hat = model.decoder(posterior.sample())
            likelihood = -torch.nn.functional.binary_cross_entropy(x_hat, images.flatten(1), reduction="none").sum(1)
            sampled.append((likelihood - kl_divergence(posterior, prior).sum(1)).mean().item())
    assert reconstructed[0] == pytest.approx(sum(sampled) / len(sampled), rel=2e-3)
