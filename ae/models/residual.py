"""A deep fully connected autoencoder made of residual blocks."""

from math import prod
from typing import Any, Self

from torch import Tensor, nn

from ae.models.base import Autoencoder, VariationalAutoencoder
from ae.models.layers import activation_layer, code_activation_layer, to_pixels
from ae.models.options import PIXELS


class ResidualBlock(nn.Module):
    """x + Linear(activation(Linear(LayerNorm(x)))), all of one width (He et al. 2016; Ba et al. 2016)."""

    def __init__(self, width: int, activation: str) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.fc1 = nn.Linear(width, width)
        self.activation = activation_layer(activation)
        self.fc2 = nn.Linear(width, width)

    def forward(self, X: Tensor) -> Tensor:
        """Return a tensor with the shape of ``X``, (B, width)."""
        out: Tensor = X + self.fc2(self.activation(self.fc1(self.norm(X))))
        return out


def _blocks(inputs: int, width: int, count: int, activation: str) -> list[nn.Module]:
    """Return a layer from ``inputs`` to ``width`` values, residual blocks, and a normalisation."""
    return [nn.Linear(inputs, width), *(ResidualBlock(width, activation) for _ in range(count)), nn.LayerNorm(width)]


def residual_layers(inputs: int, outputs: int, *, width: int, blocks: int, activation: str) -> nn.Sequential:
    """Return residual blocks of one width between a layer from ``inputs`` values and one to ``outputs`` values."""
    return nn.Sequential(*_blocks(inputs, width, blocks, activation), nn.Linear(width, outputs))


class ResidualAutoencoder(Autoencoder):
    """Residual blocks of one width on both sides of the bottleneck, more of them in the decoder.

    Args:
        pixels: values of an image.
        code_size: the bottleneck size.
        width: of all hidden layers.
        encoder_blocks: residual blocks before the bottleneck.
        decoder_blocks: residual blocks after it.
        activation: inside the blocks.
        code_activation: of the code.
        top_k: how many units of a code are kept with the code_activation "top-k".
    """

    def __init__(
        self,
        pixels: int = PIXELS,
        code_size: int = 8,
        *,
        width: int = 320,
        encoder_blocks: int = 2,
        decoder_blocks: int = 3,
        activation: str = "gelu",
        code_activation: str = "none",
        top_k: int | None = None,
    ) -> None:
        super().__init__()
        self.input_shape = (1, pixels)
        self.encoder = residual_layers(pixels, code_size, width=width, blocks=encoder_blocks, activation=activation)
        self.code_activation = code_activation_layer(code_activation, top_k)
        self.decoder = residual_layers(code_size, pixels, width=width, blocks=decoder_blocks, activation=activation)

    @classmethod
    def with_code_size(cls, code_size: int, image_shape: tuple[int, int, int] = (1, 28, 28), **options: Any) -> Self:  # noqa: ANN401
        """Construct the network for images of a shape, with a bottleneck of ``code_size`` units."""
        return cls(pixels=prod(image_shape), code_size=code_size, **options)

    def encode(self, X: Tensor) -> Tensor:
        """Return the codes, with shape (B, code_size), of images with shape (B, pixels) or (B, C, S, S)."""
        code: Tensor = self.code_activation(self.encoder(X.flatten(1)))
        return code

    def decode(self, X: Tensor) -> Tensor:
        """Return flat images, with shape (B, pixels), values in [0, 1], from codes with shape (B, code_size)."""
        return to_pixels(self.decoder(X))


class ResidualVAE(VariationalAutoencoder):
    """A variational autoencoder of residual blocks, more of them in the decoder.

    Args:
        pixels: values of an image.
        code_size: the bottleneck size.
        width: of all hidden layers.
        encoder_blocks: residual blocks before the bottleneck.
        decoder_blocks: residual blocks after it.
        activation: inside the blocks.
        code_activation: "none", as the mean of a Gaussian has no bounds.
    """

    def __init__(
        self,
        pixels: int = PIXELS,
        code_size: int = 20,
        *,
        width: int = 320,
        encoder_blocks: int = 2,
        decoder_blocks: int = 3,
        activation: str = "gelu",
        code_activation: str = "none",
    ) -> None:
        super().__init__()
        if code_activation != "none":
            raise ValueError(
                f"code_activation {code_activation!r}: the code of a residual-vae has no activation, use 'none'"
            )
        self.input_shape = (1, pixels)
        self.hidden = nn.Sequential(*_blocks(pixels, width, encoder_blocks, activation))
        self.mean = nn.Linear(width, code_size)
        self.log_variance = nn.Linear(width, code_size)
        self.generator = residual_layers(code_size, pixels, width=width, blocks=decoder_blocks, activation=activation)

    @classmethod
    def with_code_size(cls, code_size: int, image_shape: tuple[int, int, int] = (1, 28, 28), **options: Any) -> Self:  # noqa: ANN401
        """Construct the network for images of a shape, with a bottleneck of ``code_size`` units."""
        return cls(pixels=prod(image_shape), code_size=code_size, **options)

    def encoder(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return mean and log-variance of the code, each (B, code_size), of images (B, pixels) or (B, C, S, S)."""
        hidden = self.hidden(x.flatten(1))
        return self.mean(hidden), self.log_variance(hidden)

    def decode(self, X: Tensor) -> Tensor:
        """Return flat images, with shape (B, pixels), values in [0, 1], from codes with shape (B, code_size)."""
        return to_pixels(self.generator(X))
