"""Evaluate a trained model on the test images."""

from typing import Any, NamedTuple

import torch
from torch import Tensor

from ae.analysis import digit_classifier, metrics
from ae.analysis.neighbours import knn_accuracy
from ae.analysis.reconstruct import CHUNK, encode, reconstruct
from ae.data import datasets
from ae.models.base import Autoencoder, VariationalAutoencoder
from ae.models.layers import count_parameters


@torch.no_grad()
def kl_by_unit(model: VariationalAutoencoder, images: Tensor) -> Tensor:
    """KL of each unit of the code to the prior, in nats, mean over images (N, 1, 28, 28), with shape (code size,)."""
    device = next(model.parameters()).device
    return torch.cat([model.kl(chunk.to(device)).cpu() for chunk in images.split(CHUNK)]).mean(0)


@torch.no_grad()
def elbo(model: VariationalAutoencoder, images: Tensor) -> float:
    """Evidence lower bound in nats, mean over images (N, 1, 28, 28): one sampled code each, always the same one."""
    device = next(model.parameters()).device
    with torch.random.fork_rng([device] if device.type == "cuda" else [], device_type="cuda"):
        torch.manual_seed(0)
        return torch.cat([model.elbo(chunk.to(device)).cpu() for chunk in images.split(CHUNK)]).mean().item()


def evaluate(model: Autoencoder, dataset: datasets.Dataset) -> dict[str, Any]:
    """Measure a model on all test images, without any noise; in chunks, for all at once take 200 MB.

    Returns:
        ``test_mse`` (mean over pixels and images), ``psnr`` (dB) and ``ssim``, both means over images,
        ``active_units`` and ``inactive_units`` of the code (a count, and a list counted from 0), ``mse_by_class`` (a
        dictionary), ``parameters`` and ``test_images`` (counts); ``knn_accuracy`` of the codes, fitted on all training
        images; ``recognition_rate`` where there is a digit classifier, the share of all reconstructions that are
        classified as the true digit; ``elbo`` of a variational autoencoder, in nats, mean over images.
    """
    classified = not digit_classifier.why_not(dataset.name)
    chunks = [
        _measure(model, datasets.to_float(images), labels if classified else None)
        for images, labels in zip(dataset.test_images.split(CHUNK), dataset.test_labels.split(CHUNK), strict=True)
    ]
    errors, psnr, ssim, codes, recognised = map(torch.cat, zip(*chunks, strict=True))
    training_codes = torch.cat([encode(model, datasets.to_float(images)) for images in dataset.images.split(CHUNK)])
    active = model.active_units(codes)
    optional = {}
    if classified:
        optional["recognition_rate"] = recognised.float().mean().item()
    if isinstance(model, VariationalAutoencoder):
        optional["elbo"] = elbo(model, datasets.to_float(dataset.test_images))
    return {
        "test_mse": errors.mean().item(),
        "psnr": psnr.mean().item(),
        "ssim": ssim.mean().item(),
        "active_units": int(active.sum()),
        "inactive_units": (~active).nonzero().flatten().tolist(),
        "mse_by_class": {
            name: errors[dataset.test_labels == label].mean().item() for label, name in enumerate(dataset.class_names)
        },
        "knn_accuracy": knn_accuracy(training_codes, dataset.labels, codes, dataset.test_labels),
        **optional,
        "parameters": count_parameters(model),
        "test_images": len(dataset.test_images),
    }


class _Measured(NamedTuple):
    """What is measured of each of some images, with shape (N,); codes with shape (N, code size)."""

    mse: Tensor
    psnr: Tensor
    ssim: Tensor
    codes: Tensor
    recognised: Tensor
    """Whether a reconstruction is classified as the true digit; empty without labels."""


def _measure(model: Autoencoder, images: Tensor, labels: Tensor | None) -> _Measured:
    """Reconstruct images, float with shape (N, 1, 28, 28), and compare; ``labels`` as in ``ae.analysis.denoise``."""
    reconstructed, codes = reconstruct(model, images)
    recognised = torch.empty(0) if labels is None else digit_classifier.classify(reconstructed)[0] == labels
    errors = metrics.mse(images, reconstructed)
    return _Measured(
        errors, metrics.psnr(images, reconstructed), metrics.ssim(images, reconstructed), codes, recognised
    )
