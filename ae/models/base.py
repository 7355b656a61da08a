"""What every network here can do: ``encode``, ``decode`` and ``loss``; and what they are made of.

Images are 28 x 28, grey, with values in [0, 1].
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn

PIXELS = 28 * 28


ACTIVATIONS: dict[str, type[nn.Module]] = {"relu": nn.ReLU, "gelu": nn.GELU, "tanh": nn.Tanh}


CODE_ACTIVATIONS: dict[str, type[nn.Module]] = {
    "none": nn.Identity,
    "relu": nn.ReLU,
    "tanh": nn.Tanh,
    "sigmoid": nn.Sigmoid,
}


def cross_entropy(output: Tensor, target: Tensor) -> Tensor:
    """Binary cross-entropy in nats, mean over pixels and images; both in [0, 1], of one shape, in fp32.

    Autocast is switched off for it: on a GPU it refuses this function.
    """
    with torch.autocast(output.device.type, enabled=False):
        return F.binary_cross_entropy(output, target)


ERRORS: dict[str, Callable[[Tensor, Tensor], Tensor]] = {"mse": F.mse_loss, "bce": cross_entropy}
"""How drawings are compared with their targets, mean over pixels and images: squared error, cross-entropy (nats)."""


class Autoencoder(nn.Module, ABC):
    """What every model here can do: image to code, code to image, and the loss it is trained with."""

    title: ClassVar[str]
    """What people call it."""
    sentence: ClassVar[str]
    """One sentence on what the model is, for people."""
    source: ClassVar[str]
    """Where the architecture comes from."""
    code_argument: ClassVar[str]
    """The constructor's own name for the size of the code."""
    has_prior: ClassVar[bool] = False
    """Whether the code is drawn towards a prior, with a weight ``beta``."""

    input_shape: tuple[int, ...]
    """Shape of one image as ``decode`` gives it, without the batch."""

    @abstractmethod
    def encode(self, X: Tensor) -> Tensor:
        """Give the codes, with shape (B, code size), of images with shape (B, 784) or (B, 1, 28, 28), in [0, 1]."""

    @abstractmethod
    def decode(self, X: Tensor) -> Tensor:
        """Give the images, with shape (B, *input_shape) or (B, 784), in [0, 1], of codes with shape (B, code size)."""

    def reconstruct(self, X: Tensor) -> Tensor:
        """Encode and decode ``X``; the result has the shape of ``X``, with values in [0, 1]."""
        return self.decode(self.encode(X)).reshape(X.shape)

    def loss(self, X: Tensor, target: Tensor, *, beta: float = 1.0, error: str = "mse") -> Tensor:
        """Error between the reconstruction of ``X`` and ``target``, mean over pixels and images.

        Args:
            X: what the encoder sees, with shape (B, 784) or (B, 1, 28, 28), values in [0, 1].
            target: what the decoder should draw, with the same number of values, in [0, 1]. Not ``X`` itself
                when noise was added to the input.
            beta: the weight of the prior. A model without one (``has_prior``) does not read it.
            error: one of ``ERRORS``.
        """
        return self.loss_and_codes(X, target, beta=beta, error=error)[0]

    def loss_and_codes(
        self, X: Tensor, target: Tensor, *, beta: float = 1.0, error: str = "mse"
    ) -> tuple[Tensor, Tensor]:
        """Give the loss, as ``loss`` does, and with it the codes, with shape (B, code size), as ``encode`` does."""
        codes = self.encode(X)
        return ERRORS[error](self.decode(codes).reshape(X.shape), target.reshape(X.shape)), codes

    def active_units(self, codes: Tensor) -> Tensor:
        """Tell which units of the code say anything: those that vary at least a thousandth as much as the liveliest.

        Args:
            codes: what ``encode`` gave for many images, with shape (N, code size).

        Returns:
            booleans, with shape (code size,).
        """
        spread = codes.std(0, correction=0)
        return spread > 1e-3 * spread.amax()


def to_pixels(logits: Tensor) -> Tensor:
    """Bring what a decoder's last layer gives to [0, 1], in fp32: bf16 has no number between 0.996 and 1."""
    return torch.sigmoid(logits.float())


def kl_divergence(mu: Tensor, log_var: Tensor) -> Tensor:
    """KL(N(mu, exp(log_var)) || N(0, 1)) of every image and unit, in nats, with the shape of ``mu``.

    Kingma & Welling, Auto-Encoding Variational Bayes, 2014, appendix B.
    """
    return 0.5 * (mu.square() + log_var.exp() - 1 - log_var)
