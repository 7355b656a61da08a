"""Evaluate a trained model on the test images."""

import math
from functools import partial
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from ae.analysis import digit_classifier, metrics
from ae.analysis.cores import one_core_each
from ae.analysis.neighbours import knn_right
from ae.analysis.reconstruct import CHUNK, codes_of, in_chunks, reconstruct
from ae.data import datasets
from ae.models.base import Autoencoder, VariationalAutoencoder
from ae.models.layers import count_parameters

PART = 2500
"""Images that a thread takes at a time."""

SAMPLED = 500
"""Codes of an image that are decoded at a time."""


def kl_by_unit(model: VariationalAutoencoder, images: Tensor) -> Tensor:
    """Return each unit's KL divergence from the prior in nats, mean over images (N, C, S, S), with shape (D,)."""
    return in_chunks(model, model.kl, images).mean(0)


def elbo(model: VariationalAutoencoder, images: Tensor) -> float:
    """Return the evidence lower bound in nats, mean over images, from one sampled code each.

    Two calls return the same. ``images`` are float in [0, 1] or uint8, with shape (N, C, S, S).
    """

    def of_chunk(chunk: Tensor) -> Tensor:
        return model.elbo(datasets.to_float(chunk) if chunk.dtype == torch.uint8 else chunk)

    device = next(model.parameters()).device
    with torch.random.fork_rng([device] if device.type == "cuda" else [], device_type="cuda"):
        torch.manual_seed(0)
        return in_chunks(model, of_chunk, images).mean().item()


@torch.no_grad()
def log_likelihood(model: VariationalAutoencoder, images: Tensor, *, samples: int = 5000) -> float:
    """Estimate the log-likelihood in nats, mean over images, by importance sampling with codes from the encoder.

    The estimate is a lower bound in expectation; it rises with the number of samples, from that of ``elbo`` (Burda et
    al. 2016). Two calls return the same.

    Args:
        model: in eval mode, on the CPU.
        images: float, with shape (N, C, S, S), values in [0, 1]. Grey pixels count as probabilities, as in ``elbo``.
        samples: codes for each image.
    """
    draw = torch.Generator().manual_seed(0)
    found = []
    for image in images:
        mu, log_var = model.encoder(image[None])
        weights = []
        for count in (min(SAMPLED, samples - start) for start in range(0, samples, SAMPLED)):
            epsilon = torch.randn(count, mu.shape[1], generator=draw)
            codes = mu + epsilon * torch.exp(0.5 * log_var)
            decoded = model.decode(codes).flatten(1)
            likely = -F.binary_cross_entropy(decoded, image.flatten().expand_as(decoded), reduction="none").sum(1)
            weights.append(likely + 0.5 * (epsilon.square() - codes.square() + log_var).sum(1))
        found.append(torch.cat(weights).logsumexp(0) - math.log(samples))
    return torch.stack(found).mean().item()


def evaluate(model: Autoencoder, dataset: datasets.Dataset) -> dict[str, Any]:
    """Measure a model on all test images, without noise.

    Returns:
        ``test_mse`` (mean over pixels and images), ``psnr`` (dB) and ``ssim``, both means over images;
        ``active_units``, a count, and ``inactive_units``, a list of indices; ``mse_by_class``, a dictionary with the
        classes that have test images; if there are classes, ``knn_accuracy`` of the test codes among all training
        codes; ``parameters`` and ``test_images``, counts; for datasets with a digit classifier, the
        ``recognition_rate`` of the reconstructions; for variational autoencoders, ``elbo`` in nats per image.
    """
    images, labels = dataset.test_images, dataset.test_labels
    known = not digit_classifier.why_not(dataset.name)

    def measured(images: Tensor, labels: Tensor) -> tuple[Tensor, ...]:
        return _measure(model, datasets.to_float(images), labels if known else None)

    def right(codes: Tensor, labels: Tensor) -> Tensor:
        return knn_right(training_codes, dataset.labels, codes, labels)

    with one_core_each() as threads:  # in parts, because images as floats take four times the memory
        parts = threads.map(measured, images.split(CHUNK), labels.split(CHUNK))
        training_codes = torch.cat(list(threads.map(partial(codes_of, model), dataset.images.split(PART))))
        codes, errors, psnr, ssim, recognised = (torch.cat(values) for values in zip(*parts, strict=True))
        neighbours = torch.cat(list(threads.map(right, codes.split(PART), labels.split(PART))))
        bound = {"elbo": elbo(model, images)} if isinstance(model, VariationalAutoencoder) else {}
    active = model.active_units(codes)
    return {
        "test_mse": errors.mean().item(),
        "psnr": psnr.mean().item(),
        "ssim": ssim.mean().item(),
        "active_units": int(active.sum()),
        "inactive_units": (~active).nonzero().flatten().tolist(),
        "mse_by_class": _by_class(errors, dataset),
        **({"knn_accuracy": neighbours.float().mean().item()} if dataset.labelled else {}),
        **({"recognition_rate": recognised.float().mean().item()} if len(recognised) else {}),
        **bound,
        "parameters": count_parameters(model),
        "test_images": len(labels),
    }


def _by_class(errors: Tensor, dataset: datasets.Dataset) -> dict[str, float]:
    """Return the mean of the errors of each class that has test images; none without classes."""
    if not dataset.labelled:
        return {}
    parts = ((name, errors[dataset.test_labels == label]) for label, name in enumerate(dataset.class_names))
    return {name: found.mean().item() for name, found in parts if len(found)}


def _measure(model: Autoencoder, images: Tensor, labels: Tensor | None) -> tuple[Tensor, ...]:
    """Return codes, MSE, PSNR, SSIM, and whether each reconstruction is classified correctly (empty without labels)."""
    reconstructed, codes = reconstruct(model, images)
    recognised = torch.empty(0) if labels is None else digit_classifier.classify(reconstructed)[0] == labels
    compared = (measure(images, reconstructed) for measure in (metrics.mse, metrics.psnr, metrics.ssim))
    return codes, *compared, recognised
