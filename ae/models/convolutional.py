"""The coursework's convolutional autoencoder."""

from functools import partial

from torch import Tensor, nn

from ae.models.base import Autoencoder
from ae.models.layers import activation_layer, code_activation_layer, to_pixels


class ConvAutoencoder(Autoencoder):
    """The homework's convolutional autoencoder: three strided convolutions down, three transposed ones up.

    The shapes in the comments are those of the homework's images.

    Args:
        code_size: the bottleneck size.
        image_shape: channels, height and width, at least 16; the homework's images are 28 x 28 and grey.
        activation: of every hidden layer; the homework uses ReLU.
        code_activation: of the code; the homework uses none.
        top_k: how many units of a code are kept with the code_activation "top-k".
    """

    def __init__(
        self,
        code_size: int = 2,
        *,
        image_shape: tuple[int, int, int] = (1, 28, 28),
        activation: str = "relu",
        code_activation: str = "none",
        top_k: int | None = None,
    ) -> None:
        super().__init__()
        act = partial(activation_layer, activation)
        channels, side, _ = self.input_shape = image_shape
        outer, middle = (side + 1) // 2, (side + 3) // 4  # after the first and the second convolution
        inner = (middle - 1) // 2
        features = 32 * inner * inner
        self.encoder_cnn = nn.Sequential(  # (B, 1, 28, 28)
            nn.Conv2d(channels, 8, 3, stride=2, padding=1),  # (B, 8, 14, 14)
            act(),
            nn.Conv2d(8, 16, 3, stride=2, padding=1),  # (B, 16, 7, 7)
            act(),
            nn.Conv2d(16, 32, 3, stride=2, padding=0),  # (B, 32, 3, 3)
            act(),
        )
        self.flatten = nn.Flatten(start_dim=1)
        self.encoder_lin = nn.Sequential(nn.Linear(features, 64), act(), nn.Linear(64, code_size))
        self.code_activation = code_activation_layer(code_activation, top_k)
        self.decoder_lin = nn.Sequential(nn.Linear(code_size, 64), act(), nn.Linear(64, features), act())
        self.unflatten = nn.Unflatten(1, (32, inner, inner))
        # The report's listing leaves padding=1 out of the last two; without it the image is not 28 x 28.
        self.decoder_conv = nn.Sequential(
            nn.ConvTranspose2d(32, 16, 3, stride=2, output_padding=middle - 2 * inner - 1),  # (B, 16, 7, 7)
            act(),
            nn.ConvTranspose2d(16, 8, 3, stride=2, padding=1, output_padding=outer - 2 * middle + 1),  # (B, 8, 14, 14)
            act(),
            nn.ConvTranspose2d(
                8, channels, 3, stride=2, padding=1, output_padding=side - 2 * outer + 1
            ),  # (B, 1, 28, 28)
        )

    def encode(self, X: Tensor) -> Tensor:
        """Return the codes, with shape (B, code_size), of images with shape (B, P) or (B, C, S, S)."""
        features = self.encoder_cnn(X.reshape(-1, *self.input_shape))
        code: Tensor = self.code_activation(self.encoder_lin(self.flatten(features)))
        return code

    def decode(self, X: Tensor) -> Tensor:
        """Return images, with shape (B, C, S, S), values in [0, 1], from codes with shape (B, code_size)."""
        return to_pixels(self.decoder_conv(self.unflatten(self.decoder_lin(X))))
