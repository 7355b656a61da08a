"""The interface of every network: ``encode``, ``decode``, ``losses``; for variational ones, also ``elbo`` and ``kl``.

Images have shape (C, S, S), C 1 (grey) or 3 (colour), or P = C * S * S if they are flat, with values in [0, 1].
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, NamedTuple, Self

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ae.models.losses import kl_divergence, reconstruction_error

Encode = Callable[[Tensor], Tensor]
"""Returns the codes, with shape (B, code_size), of images."""

Term = Callable[[Tensor, Tensor, Encode], Tensor]
"""Computes a penalty, as a scalar in the unit of the error summed over pixels, from images, their codes in fp32, and
the function that encodes them."""


class Loss(NamedTuple):
    """A loss, mean over pixels and images, and the codes that it was computed from."""

    error: Tensor
    """The reconstruction error."""
    term: Tensor | None
    """What is added to it, with its weight: a KL divergence or a penalty; None if nothing is."""
    codes: Tensor
    """With shape (B, code_size), as ``encode`` returns them."""

    @property
    def total(self) -> Tensor:
        """The loss."""
        return self.error if self.term is None else self.error + self.term


class Autoencoder(nn.Module, ABC):
    """An encoder, a decoder, and the loss that they are trained with."""

    input_shape: tuple[int, ...]
    """Shape of one image as ``decode`` returns it, without the batch."""

    image_shape: tuple[int, int, int] = (1, 28, 28)
    """Shape of one image: channels, height and width; ``ae.models.registry.build`` sets it."""

    @classmethod
    def with_code_size(cls, code_size: int, image_shape: tuple[int, int, int] = (1, 28, 28), **options: Any) -> Self:  # noqa: ANN401
        """Construct the network for images of a shape, with a bottleneck of ``code_size`` units.

        ``options`` go to the constructor.
        """
        return cls(code_size=code_size, image_shape=image_shape, **options)

    @abstractmethod
    def encode(self, X: Tensor) -> Tensor:
        """Return the codes, with shape (B, code_size), of images with shape (B, P) or (B, C, S, S), in [0, 1]."""

    @abstractmethod
    def decode(self, X: Tensor) -> Tensor:
        """Return images, with shape (B, *input_shape) or (B, P), in [0, 1], from codes with shape (B, code_size)."""

    def forward(self, X: Tensor) -> Any:  # noqa: ANN401 - a variational network returns a tuple
        """Return ``decode(encode(X))``."""
        return self.decode(self.encode(X))

    def reconstruct(self, X: Tensor) -> Tensor:
        """Encode and decode ``X``; the result has the shape of ``X``, with values in [0, 1]."""
        return self.decode(self.encode(X)).reshape(X.shape)

    def loss(self, X: Tensor, target: Tensor, **settings: Any) -> Tensor:  # noqa: ANN401
        """Return the loss of a batch; the arguments are those of ``losses``."""
        return self.losses(X, target, **settings).total

    def losses(
        self, X: Tensor, target: Tensor, *, beta: float = 1.0, error: str = "mse", penalty: Term | None = None
    ) -> Loss:
        """Return the error between the reconstruction of ``X`` and ``target``, and what is added to it.

        Args:
            X: the encoder's input, with shape (B, P) or (B, C, S, S), values in [0, 1].
            target: the image to reconstruct, with as many values, in [0, 1]. It differs from ``X`` when noise was
                added to the input.
            beta: the weight of the KL term; only a variational network has one.
            error: one of ``ERRORS``.
            penalty: of the codes, with its weight; a variational network has none.
        """
        codes = self.encode(X)
        found = reconstruction_error(error, self.decode(codes).reshape(X.shape), target.reshape(X.shape))
        term = penalty(X, codes.float(), self.encode) / target[0].numel() if penalty else None
        return Loss(found, term, codes)

    def active_units(self, codes: Tensor) -> Tensor:
        """Whether each unit is active: it varies at least a thousandth as much as the unit that varies most.

        Args:
            codes: of many images, as ``encode`` returns them, with shape (N, code_size).

        Returns:
            booleans, with shape (code_size,).
        """
        spread = codes.std(0, correction=0)
        return spread > 1e-3 * spread.amax()


class VariationalAutoencoder(Autoencoder):
    """An autoencoder whose code is a Gaussian, pulled towards the prior N(0, 1) (Kingma & Welling 2014).

    A subclass defines ``encoder`` and ``decode``.
    """

    @abstractmethod
    def encoder(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return mean and log-variance of the code, each (B, code_size), of images (B, P) or (B, C, S, S)."""

    def sampling(self, mu: Tensor, log_var: Tensor) -> Tensor:
        """Sample a code, mean + exp(0.5 * log_var) * eps with eps ~ N(0, 1), with the shape of ``mu``."""
        std = torch.exp(0.5 * log_var)
        return mu + std * torch.randn_like(std)

    def encode(self, X: Tensor) -> Tensor:
        """Return the mean of the code, with shape (B, code_size), without sampling."""
        return self.encoder(X)[0]

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return the reconstruction from a sampled code (B, P), and mean and log-variance (B, code_size)."""
        mu, log_var = self.encoder(x)
        return self.decode(self.sampling(mu, log_var)).flatten(1), mu, log_var

    def losses(
        self, X: Tensor, target: Tensor, *, beta: float = 1.0, error: str = "mse", penalty: Term | None = None
    ) -> Loss:
        """Return the error of a sampled reconstruction and the KL term, both per pixel, and the means of the codes.

        The loss is error + beta / P * KL, where P is the number of values of an image and KL is in nats per image,
        summed over units and averaged over images.
        With beta 1 it is the negative evidence lower bound / P: for "bce" that of a Bernoulli decoder, for "mse", up
        to a constant, that of a Gaussian one with variance 1/2 (Kingma & Welling 2014; beta: Higgins et al. 2017).
        """
        x_hat, mu, log_var = self(X)
        kl = kl_divergence(mu.float(), log_var.float()).sum(1).mean()  # nats per image
        return Loss(reconstruction_error(error, x_hat, target.flatten(1)), beta / x_hat.shape[1] * kl, mu)

    def elbo(self, X: Tensor) -> Tensor:
        """Return the evidence lower bound of each image, in nats, with shape (B,): one sampled code, Bernoulli decoder.

        Minus the cross-entropy summed over pixels, minus the KL summed over units. Grey pixels count as
        probabilities, as in most published figures, which omit the sign (Kingma & Welling 2014).
        """
        x_hat, mu, log_var = self(X)
        cross_entropy = F.binary_cross_entropy(x_hat, X.flatten(1), reduction="none").sum(1)
        return -cross_entropy - kl_divergence(mu, log_var).sum(1)

    def kl(self, X: Tensor) -> Tensor:
        """Return the KL divergence of each code from the prior N(0, 1), in nats per unit, with shape (B, code_size)."""
        return kl_divergence(*self.encoder(X))

    def active_units(self, codes: Tensor) -> Tensor:
        """Whether each unit is active: its mean varies over images by more than 0.01 (Burda et al. 2016)."""
        return codes.var(0, correction=0) > 0.01
