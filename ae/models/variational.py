"""The coursework's variational autoencoder."""

from math import prod
from typing import Any, Self

from torch import Tensor, nn

from ae.models.base import VariationalAutoencoder
from ae.models.layers import activation_layer, to_pixels
from ae.models.options import PIXELS


class VAE(VariationalAutoencoder):
    """The homework's variational autoencoder: 784 - 512 - 256 - code and back.

    Args:
        x_dim: values of an image.
        h_dim1: width of the outer hidden layers.
        h_dim2: width of the inner hidden layers.
        code_size: the bottleneck size.
        activation: of every hidden layer; the homework uses ReLU.
        code_activation: "none", as the mean of a Gaussian has no bounds.
    """

    def __init__(
        self,
        x_dim: int = PIXELS,
        h_dim1: int = 512,
        h_dim2: int = 256,
        code_size: int = 2,
        *,
        activation: str = "relu",
        code_activation: str = "none",
    ) -> None:
        super().__init__()
        if code_activation != "none":
            raise ValueError(f"code_activation {code_activation!r}: the code of a vae has no activation, use 'none'")
        self.fc1 = nn.Linear(x_dim, h_dim1)
        self.fc2 = nn.Linear(h_dim1, h_dim2)
        self.fc31 = nn.Linear(h_dim2, code_size)
        self.fc32 = nn.Linear(h_dim2, code_size)
        self.fc4 = nn.Linear(code_size, h_dim2)
        self.fc5 = nn.Linear(h_dim2, h_dim1)
        self.fc6 = nn.Linear(h_dim1, x_dim)
        self.activation = activation_layer(activation)
        self.input_shape = (1, x_dim)

    @classmethod
    def with_code_size(cls, code_size: int, image_shape: tuple[int, int, int] = (1, 28, 28), **options: Any) -> Self:  # noqa: ANN401
        """Construct the network for images of a shape, with a bottleneck of ``code_size`` units."""
        return cls(x_dim=prod(image_shape), code_size=code_size, **options)

    def encoder(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return mean and log-variance of the code, each (B, code_size), of images (B, x_dim) or (B, C, S, S)."""
        h = self.activation(self.fc1(x.flatten(1)))
        h = self.activation(self.fc2(h))
        return self.fc31(h), self.fc32(h)

    def decoder(self, z: Tensor) -> Tensor:
        """Return flat images, with shape (B, x_dim), values in [0, 1], from codes with shape (B, code_size)."""
        h = self.activation(self.fc4(z))
        h = self.activation(self.fc5(h))
        return to_pixels(self.fc6(h))

    def decode(self, X: Tensor) -> Tensor:
        """Return ``decoder(X)``."""
        return self.decoder(X)
