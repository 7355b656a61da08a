"""Refine codes: search for one from which the decoder reconstructs an image better than from the encoder's."""

from functools import partial

import torch
from torch import Tensor, nn

from ae.analysis.cores import one_core_each
from ae.analysis.reconstruct import CHUNK
from ae.models.base import Autoencoder
from ae.models.quantised import QuantisedAutoencoder

STEPS = 3
"""Steps taken if nothing else is asked for; more lower the error by another hundredth at most."""

DAMPING, LESS, MORE = 0.01, 0.3, 5.0
"""The damping of the first step, and its factors after a step that lowered the error, and after one that did not."""


def why_not(model: Autoencoder) -> str:
    """Explain in a sentence why a model's codes can't be refined; empty if they can.

    A step may lead anywhere, so nothing may limit the codes.
    """
    if isinstance(model, QuantisedAutoencoder):
        return "the codes of a vector-quantised autoencoder can't be refined: they are entries of a codebook"
    activation = getattr(model, "code_activation", nn.Identity())
    if not isinstance(activation, nn.Identity):
        return f"codes that an activation limits can't be refined: this model applies {type(activation).__name__}"
    return ""


def refined(model: Autoencoder, images: Tensor, codes: Tensor, *, steps: int = STEPS) -> Tensor:
    """Return codes, with the shape of ``codes``, from which the model reconstructs each image at least as well.

    Each step is one of Levenberg and Marquardt's on the image's squared error (Marquardt 1963): it solves a linear
    approximation of the decoder, damped more after a step that did not lower the error, which is undone. What the
    error loses is what the encoder leaves, the amortisation gap (Cremer, Li & Duvenaud 2018).

    Args:
        model: in eval mode, on the CPU; see ``why_not``.
        images: float, with shape (N, C, S, S), values in [0, 1].
        codes: where to start, such as the encoder's, with shape (N, D).
        steps: how many.
    """
    with one_core_each() as threads:
        found = threads.map(partial(_refined, model, steps), images.flatten(1).split(CHUNK), codes.split(CHUNK))
        return torch.cat(list(found))


@torch.no_grad()
def _refined(model: Autoencoder, steps: int, images: Tensor, codes: Tensor) -> Tensor:
    """Refine the codes (B, D) of a chunk of flat images (B, P)."""
    damping, now = torch.full((len(codes), 1), DAMPING), model.decode(codes).flatten(1) - images
    for _ in range(steps):
        jacobian = _jacobian(model, codes)
        product = jacobian.mT @ jacobian
        diagonal = product.diagonal(dim1=1, dim2=2)
        damped = product + torch.diag_embed(damping * diagonal + 1e-6)  # a unit without effect has a diagonal of 0
        tried = codes - torch.linalg.solve(damped, jacobian.mT @ now[..., None]).squeeze(2)
        then = model.decode(tried).flatten(1) - images
        better = then.square().sum(1, keepdim=True) < now.square().sum(1, keepdim=True)  # not so where it is NaN
        codes, now = torch.where(better, tried, codes), torch.where(better, then, now)
        damping = damping * torch.where(better, LESS, MORE)
    return codes


@torch.enable_grad()
def _jacobian(model: Autoencoder, codes: Tensor) -> Tensor:
    """Return the derivatives of the decoded pixels by the codes (B, D), with shape (B, P, D).

    Backpropagation multiplies a vector by the transposed Jacobian, and the derivative of that by the vector is a column
    of it (Townsend 2017). torch's forward mode would do with less, but takes seconds to import.
    """
    codes = codes.detach().requires_grad_()
    decoded = model.decode(codes).flatten(1)
    vector = torch.zeros_like(decoded, requires_grad=True)
    (multiplied,) = torch.autograd.grad(decoded, codes, vector, create_graph=True)  # (B, D)
    columns = (torch.autograd.grad(unit.sum(), vector, retain_graph=True)[0] for unit in multiplied.unbind(1))
    return torch.stack(list(columns), 2)
