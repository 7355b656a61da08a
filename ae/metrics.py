"""What is measured about a trained model, always in fp32 and on images that it was not trained on."""

from typing import Any

import torch
from torch import Tensor

from ae import data, judge
from ae.autoencoder import Autoencoder
from ae.models import VAE, count_parameters

CHUNK = 2000
JUDGED = 2000
"""So many test images are shown to the judge."""


@torch.no_grad()
def reconstruct(model: Autoencoder, images: Tensor) -> tuple[Tensor, Tensor]:
    """Give the reconstructions, with shape (N, 1, 28, 28) in [0, 1], and the codes, with shape (N, code size).

    Args:
        model: in eval mode.
        images: float, with shape (N, 1, 28, 28), values in [0, 1].
    """
    device = next(model.parameters()).device
    drawn, codes = [], []
    for chunk in images.split(CHUNK):
        code = model.encode(chunk.to(device))
        codes.append(code.cpu())
        drawn.append(model.decode(code).reshape(chunk.shape).cpu())
    return torch.cat(drawn), torch.cat(codes)


@torch.no_grad()
def encode(model: Autoencoder, images: Tensor) -> Tensor:
    """Give the codes, with shape (N, code size), of images as in ``reconstruct``."""
    device = next(model.parameters()).device
    return torch.cat([model.encode(chunk.to(device)).cpu() for chunk in images.split(CHUNK)])


def legibility(images: Tensor, labels: Tensor) -> float:
    """Share of images, with shape (N, 1, 28, 28), that the judge reads as the true digits, ``labels`` (N,)."""
    return float((judge.read(images)[0] == labels).float().mean())


def mse(images: Tensor, drawn: Tensor) -> Tensor:
    """Mean squared error of each image, mean over its pixels, with shape (N,)."""
    return (images - drawn).square().flatten(1).mean(1)


def psnr(images: Tensor, drawn: Tensor) -> Tensor:
    """Peak signal-to-noise ratio of each image in dB, -10 log10(MSE) for values in [0, 1], with shape (N,)."""
    return -10 * mse(images, drawn).clamp(min=1e-10).log10()


def ssim(images: Tensor, drawn: Tensor) -> Tensor:
    """Structural similarity of each image, 1 where they are equal, with shape (N,) (Wang et al. 2004).

    An 11 x 11 Gaussian window with sigma 1.5, values in [0, 1], as torchmetrics computes it.
    """
    from torchmetrics.functional.image import structural_similarity_index_measure  # half a second to import

    pairs = zip(images.split(100), drawn.split(100), strict=True)  # so small, they stay in the processor's cache
    return torch.cat(
        [structural_similarity_index_measure(b, a, data_range=1.0, reduction="none").reshape(-1) for a, b in pairs]
    )


@torch.no_grad()
def kl_by_unit(model: VAE, images: Tensor) -> Tensor:
    """KL of each unit of the code to the prior, in nats, mean over images (N, 1, 28, 28), with shape (code size,)."""
    device = next(model.parameters()).device
    return torch.cat([model.kl(chunk.to(device)).cpu() for chunk in images.split(CHUNK)]).mean(0)


@torch.no_grad()
def elbo(model: VAE, images: Tensor) -> float:
    """Evidence lower bound in nats, mean over images (N, 1, 28, 28): one sampled code each, always the same one."""
    device = next(model.parameters()).device
    with torch.random.fork_rng([device] if device.type == "cuda" else [], device_type="cuda"):
        torch.manual_seed(0)
        return torch.cat([model.elbo(chunk.to(device)).cpu() for chunk in images.split(CHUNK)]).mean().item()


def nearest(codes: Tensor, queries: Tensor, count: int) -> Tensor:
    """Give the indices of the ``count`` codes, of shape (N, D), nearest to each query (M, D), with shape (M, count)."""
    codes, queries = torch.nan_to_num(codes), torch.nan_to_num(queries)
    if codes.shape[1] <= 10:  # there a tree is faster than all distances, up to a hundred times
        from scipy.spatial import cKDTree  # a fifth of a second to import

        indices = cKDTree(codes.numpy()).query(queries.numpy(), list(range(1, count + 1)))[1]
        return torch.from_numpy(indices).long()
    middle = codes.mean(0)  # so that no digits cancel
    codes, queries = codes - middle, queries - middle
    length = codes.square().sum(1)
    found = []
    for chunk in queries.split(200):  # a block of distances that stays in the processor's cache
        found.append(torch.addmm(length, chunk, codes.T, alpha=-2).topk(count, largest=False).indices)
    return torch.cat(found)


def knn_accuracy(codes: Tensor, labels: Tensor, test_codes: Tensor, test_labels: Tensor, *, k: int = 5) -> float:
    """Share of test codes whose class is that of most of their k nearest training codes (Cover & Hart 1967).

    Args:
        codes: of the training images, with shape (N, D).
        labels: their classes, with shape (N,).
        test_codes: with shape (M, D).
        test_labels: with shape (M,).
        k: neighbours asked; of two classes with as many votes the smaller label wins.
    """
    votes = labels[nearest(codes, test_codes, min(k, len(codes)))]
    return float((votes.mode(1).values == test_labels).float().mean())


def evaluate(model: Autoencoder, dataset: data.Dataset) -> dict[str, Any]:
    """Measure a model on the test images, without any noise.

    Returns:
        ``test_mse`` (mean over pixels and images), ``psnr`` (dB) and ``ssim``, both means over images,
        ``live_units`` of the code and ``dead_units``, a list counted from 0, ``mse_by_class`` (a dictionary),
        ``parameters`` and ``test_images``, counts; ``knn_accuracy``, see there, fitted on all training images; where
        there is a judge, ``legible``, the share of the first 2,000 reconstructions that it reads as the true digit;
        of a variational autoencoder, ``elbo``, nats an image.
    """
    images = data.to_float(dataset.test_images)
    drawn, codes = reconstruct(model, images)
    training_codes = torch.cat([encode(model, data.to_float(chunk)) for chunk in dataset.images.split(10_000)])
    judged = (
        {} if judge.why_not(dataset.name) else {"legible": legibility(drawn[:JUDGED], dataset.test_labels[:JUDGED])}
    )
    errors = mse(images, drawn)
    live = model.live_units(codes)
    return {
        "test_mse": errors.mean().item(),
        "psnr": psnr(images, drawn).mean().item(),
        "ssim": ssim(images, drawn).mean().item(),
        "live_units": int(live.sum()),
        "dead_units": (~live).nonzero().flatten().tolist(),
        "mse_by_class": {
            name: errors[dataset.test_labels == label].mean().item() for label, name in enumerate(dataset.class_names)
        },
        "knn_accuracy": knn_accuracy(training_codes, dataset.labels, codes, dataset.test_labels),
        **judged,
        **({"elbo": elbo(model, images)} if model.has_prior else {}),
        "parameters": count_parameters(model),
        "test_images": len(images),
    }
