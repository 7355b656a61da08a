"""Evaluate a trained model on the test images."""

from typing import Any

import torch
from torch import Tensor

from ae.analysis import digit_classifier, metrics
from ae.analysis.digit_classifier import recognition_rate
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
    """Measure a model on the test images, without any noise.

    Returns:
        ``test_mse`` (mean over pixels and images), ``psnr`` (dB) and ``ssim``, both means over images,
        ``active_units`` of the code and ``inactive_units``, a list counted from 0, ``mse_by_class`` (a dictionary),
        ``parameters`` and ``test_images``, counts; ``knn_accuracy``, see there, fitted on all training images; where
        there is a judge, ``legible``, the share of all reconstructions that it reads as the true digit;
        of a variational autoencoder, ``elbo``, nats an image.
    """
    images = datasets.to_float(dataset.test_images)
    reconstructed, codes = reconstruct(model, images)
    training_codes = torch.cat([encode(model, datasets.to_float(chunk)) for chunk in dataset.images.split(10_000)])
    classified = {}
    if not digit_classifier.why_not(dataset.name):
        classified["recognition_rate"] = recognition_rate(reconstructed, dataset.test_labels)
    errors = metrics.mse(images, reconstructed)
    active = model.active_units(codes)
    return {
        "test_mse": errors.mean().item(),
        "psnr": metrics.psnr(images, reconstructed).mean().item(),
        "ssim": metrics.ssim(images, reconstructed).mean().item(),
        "active_units": int(active.sum()),
        "inactive_units": (~active).nonzero().flatten().tolist(),
        "mse_by_class": {
            name: errors[dataset.test_labels == label].mean().item() for label, name in enumerate(dataset.class_names)
        },
        "knn_accuracy": knn_accuracy(training_codes, dataset.labels, codes, dataset.test_labels),
        **classified,
        **({"elbo": elbo(model, images)} if isinstance(model, VariationalAutoencoder) else {}),
        "parameters": count_parameters(model),
        "test_images": len(images),
    }
