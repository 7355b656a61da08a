"""The residual autoencoder with convolutions in front of its encoder."""

from math import prod

from torch import Tensor, nn

from ae.models.base import Autoencoder
from ae.models.layers import activation_layer, code_activation_layer, to_pixels
from ae.models.residual import residual_layers


class ConvBlock(nn.Module):
    """x + Conv(activation(Conv(GroupNorm(x)))), 3 x 3 each (He et al. 2016); one group (Wu & He 2018)."""

    def __init__(self, channels: int, activation: str) -> None:
        super().__init__()
        self.norm = nn.GroupNorm(1, channels)
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1)
        self.activation = activation_layer(activation)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, X: Tensor) -> Tensor:
        """Return a tensor with the shape of ``X``, (B, channels, S, S)."""
        out: Tensor = X + self.conv2(self.activation(self.conv1(self.norm(X))))
        return out


class ConvResidualAutoencoder(Autoencoder):
    """The residual autoencoder with convolutions in front of its encoder, which look for the same strokes everywhere.

    The shapes in the comments are those of 28 x 28 grey images.

    Args:
        code_size: the bottleneck size.
        image_shape: channels, height and width, at least 4.
        channels: of the first convolutions; those on the smaller map have twice as many.
        width: of all fully connected hidden layers.
        encoder_blocks: fully connected residual blocks before the bottleneck.
        decoder_blocks: those after it.
        activation: inside the blocks.
        code_activation: of the code.
        top_k: how many units of a code are kept with the code_activation "top-k".
    """

    def __init__(
        self,
        code_size: int = 64,
        *,
        image_shape: tuple[int, int, int] = (1, 28, 28),
        channels: int = 32,
        width: int = 320,
        encoder_blocks: int = 1,
        decoder_blocks: int = 3,
        activation: str = "gelu",
        code_activation: str = "none",
        top_k: int | None = None,
    ) -> None:
        super().__init__()
        self.input_shape = image_shape
        side = image_shape[1] // 4
        self.convolutions = nn.Sequential(  # (B, 1, 28, 28)
            nn.Conv2d(image_shape[0], channels, 4, stride=2, padding=1),  # (B, 32, 14, 14)
            ConvBlock(channels, activation),
            nn.Conv2d(channels, 2 * channels, 4, stride=2, padding=1),  # (B, 64, 7, 7)
            ConvBlock(2 * channels, activation),
            ConvBlock(2 * channels, activation),
            nn.Flatten(),
        )
        features = 2 * channels * side * side
        self.encoder = residual_layers(features, code_size, width=width, blocks=encoder_blocks, activation=activation)
        self.code_activation = code_activation_layer(code_activation, top_k)
        self.decoder = residual_layers(
            code_size, prod(image_shape), width=width, blocks=decoder_blocks, activation=activation
        )

    def encode(self, X: Tensor) -> Tensor:
        """Return the codes, with shape (B, code_size), of images with shape (B, P) or (B, C, S, S)."""
        code: Tensor = self.code_activation(self.encoder(self.convolutions(X.reshape(-1, *self.input_shape))))
        return code

    def decode(self, X: Tensor) -> Tensor:
        """Return flat images, with shape (B, P), values in [0, 1], from codes with shape (B, code_size)."""
        return to_pixels(self.decoder(X))
