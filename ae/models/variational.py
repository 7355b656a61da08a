"""The coursework's variational autoencoder."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ae.models.base import ACTIVATIONS, ERRORS, PIXELS, Autoencoder, kl_divergence, to_pixels


class VAE(Autoencoder):
    """The homework's variational autoencoder: 784 - 512 - 256 - code and back (SEEDS.md, C).

    Args:
        x_dim: pixels of an image.
        h_dim1: width of the outer hidden layers.
        h_dim2: width of the inner hidden layers.
        z_dim: numbers in the code.
        activation: of every hidden layer; the homework's is ReLU.
        code_activation: "none", the mean of a Gaussian has no bounds.
    """

    title = "Variational"
    sentence = "Encodes to a Gaussian cloud instead of a point, so that the code can be sampled."
    source = "the homework's VAE (SEEDS.md, C); Kingma & Welling 2014"
    code_argument = "z_dim"
    has_prior = True

    def __init__(
        self,
        x_dim: int = PIXELS,
        h_dim1: int = 512,
        h_dim2: int = 256,
        z_dim: int = 2,
        *,
        activation: str = "relu",
        code_activation: str = "none",
    ) -> None:
        super().__init__()
        if code_activation != "none":
            raise ValueError(f"code_activation {code_activation!r}: the code of a vae has none, use 'none'")
        self.fc1 = nn.Linear(x_dim, h_dim1)
        self.fc2 = nn.Linear(h_dim1, h_dim2)
        self.fc31 = nn.Linear(h_dim2, z_dim)
        self.fc32 = nn.Linear(h_dim2, z_dim)
        self.fc4 = nn.Linear(z_dim, h_dim2)
        self.fc5 = nn.Linear(h_dim2, h_dim1)
        self.fc6 = nn.Linear(h_dim1, x_dim)
        self.activation = ACTIVATIONS[activation]()
        self.input_shape = (1, x_dim)

    def encoder(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Give mean and log-variance of the code, each with shape (B, z_dim), of images (B, 784) or (B, 1, 28, 28)."""
        h = self.activation(self.fc1(x.flatten(1)))
        h = self.activation(self.fc2(h))
        return self.fc31(h), self.fc32(h)

    def sampling(self, mu: Tensor, log_var: Tensor) -> Tensor:
        """Draw a code, mean + exp(0.5 * log_var) * eps with eps ~ N(0, 1), with the shape of ``mu``."""
        std = torch.exp(0.5 * log_var)
        return mu + std * torch.randn_like(std)

    def decoder(self, z: Tensor) -> Tensor:
        """Give flat images, with shape (B, 784), values in [0, 1], of codes with shape (B, z_dim)."""
        h = self.activation(self.fc4(z))
        h = self.activation(self.fc5(h))
        return to_pixels(self.fc6(h))

    def encode(self, X: Tensor) -> Tensor:
        """Give the mean of the code, with shape (B, z_dim): the point to look at, without the sampling."""
        return self.encoder(X)[0]

    def decode(self, X: Tensor) -> Tensor:
        """Give flat images, with shape (B, 784), values in [0, 1], of codes with shape (B, z_dim)."""
        return self.decoder(X)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Give the reconstruction of a sampled code (B, 784), and the mean and log-variance (B, z_dim) of the code."""
        mu, log_var = self.encoder(x)
        return self.decoder(self.sampling(mu, log_var)), mu, log_var

    def loss_and_codes(
        self, X: Tensor, target: Tensor, *, beta: float = 1.0, error: str = "mse"
    ) -> tuple[Tensor, Tensor]:
        """Error of a sampled reconstruction + beta * KL, both per pixel: mean over pixels and images.

        error + beta / 784 * KL, where KL is in nats an image, summed over the units of the code and averaged over
        images. With beta 1 this is the negative evidence lower bound / 784: for "bce" that of a Bernoulli decoder,
        for "mse", but for a constant, that of a Gaussian one with variance 1/2 (Kingma & Welling 2014; beta: Higgins
        et al. 2017). The codes are the means.
        """
        x_hat, mu, log_var = self(X)
        kl = kl_divergence(mu.float(), log_var.float()).sum(1).mean()  # nats an image
        return ERRORS[error](x_hat, target.flatten(1)) + beta / x_hat.shape[1] * kl, mu

    def elbo(self, X: Tensor) -> Tensor:
        """Evidence lower bound of each image, in nats, with shape (B,): one sampled code, a Bernoulli decoder.

        Minus the cross-entropy summed over pixels, minus the KL summed over units. Grey pixels count as
        probabilities, as in most published figures, which leave the sign out (Kingma & Welling 2014).
        """
        x_hat, mu, log_var = self(X)
        cross_entropy = F.binary_cross_entropy(x_hat, X.flatten(1), reduction="none").sum(1)
        return -cross_entropy - kl_divergence(mu, log_var).sum(1)

    def kl(self, X: Tensor) -> Tensor:
        """KL of the code of each image to the prior N(0, 1), in nats, shape (B, z_dim), of images as for ``encode``."""
        return kl_divergence(*self.encoder(X))

    def active_units(self, codes: Tensor) -> Tensor:
        """Tell which units are used: those whose mean varies over images by more than 0.01 (Burda et al. 2016)."""
        return codes.var(0, correction=0) > 0.01
