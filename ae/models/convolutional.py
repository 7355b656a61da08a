"""The coursework's convolutional autoencoder."""

from functools import partial

from torch import Tensor, nn

from ae.models.base import Autoencoder
from ae.models.layers import activation_layer, to_pixels


class ConvAutoencoder(Autoencoder):
    """The homework's convolutional autoencoder: three strided convolutions down, three transposed ones up.

    Args:
        code_size: the bottleneck size.
        activation: of every hidden layer; the homework uses ReLU.
        code_activation: of the code; the homework uses none.
    """

    def __init__(self, code_size: int = 2, *, activation: str = "relu", code_activation: str = "none") -> None:
        super().__init__()
        act = partial(activation_layer, activation)
        self.input_shape = (1, 28, 28)
        self.encoder_cnn = nn.Sequential(  # (B, 1, 28, 28)
            nn.Conv2d(1, 8, 3, stride=2, padding=1),  # (B, 8, 14, 14)
            act(),
            nn.Conv2d(8, 16, 3, stride=2, padding=1),  # (B, 16, 7, 7)
            act(),
            nn.Conv2d(16, 32, 3, stride=2, padding=0),  # (B, 32, 3, 3)
            act(),
        )
        self.flatten = nn.Flatten(start_dim=1)
        self.encoder_lin = nn.Sequential(nn.Linear(288, 64), act(), nn.Linear(64, code_size))
        self.code_activation = activation_layer(code_activation)
        self.decoder_lin = nn.Sequential(nn.Linear(code_size, 64), act(), nn.Linear(64, 288), act())
        self.unflatten = nn.Unflatten(1, (32, 3, 3))
        # The report's listing leaves padding=1 out of the last two; without it the image is not 28 x 28.
        self.decoder_conv = nn.Sequential(
            nn.ConvTranspose2d(32, 16, 3, stride=2, output_padding=0),  # (B, 16, 7, 7)
            act(),
            nn.ConvTranspose2d(16, 8, 3, stride=2, padding=1, output_padding=1),  # (B, 8, 14, 14)
            act(),
            nn.ConvTranspose2d(8, 1, 3, stride=2, padding=1, output_padding=1),  # (B, 1, 28, 28)
        )

    def encode(self, X: Tensor) -> Tensor:
        """Return the codes, with shape (B, code_size), of images with shape (B, 784) or (B, 1, 28, 28)."""
        features = self.encoder_cnn(X.reshape(-1, *self.input_shape))
        code: Tensor = self.code_activation(self.encoder_lin(self.flatten(features)))
        return code

    def decode(self, X: Tensor) -> Tensor:
        """Return images, with shape (B, 1, 28, 28), values in [0, 1], from codes with shape (B, code_size)."""
        return to_pixels(self.decoder_conv(self.unflatten(self.decoder_lin(X))))
