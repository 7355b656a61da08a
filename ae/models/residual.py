"""A deep fully connected autoencoder made of residual blocks."""

from torch import Tensor, nn

from ae.models.base import ACTIVATIONS, CODE_ACTIVATIONS, PIXELS, Autoencoder, to_pixels


class ResidualBlock(nn.Module):
    """x + Linear(activation(Linear(LayerNorm(x)))), all of one width (He et al. 2016; Ba et al. 2016)."""

    def __init__(self, width: int, activation: type[nn.Module]) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.fc1 = nn.Linear(width, width)
        self.activation = activation()
        self.fc2 = nn.Linear(width, width)

    def forward(self, X: Tensor) -> Tensor:
        """Give a tensor with the shape of ``X``, (B, width)."""
        return X + self.fc2(self.activation(self.fc1(self.norm(X))))


class ResidualAutoencoder(Autoencoder):
    """Deep and fully connected: residual blocks of one width on both sides of the code, more of them behind it.

    Args:
        N_input: pixels of an image.
        N_bottleneck: numbers in the code.
        width: of all hidden layers.
        encoder_blocks: residual blocks before the code.
        decoder_blocks: residual blocks after it.
        activation: inside the blocks; GELU does best here.
        code_activation: on the code.
    """

    title = "Residual"
    sentence = "Fully connected residual blocks on both sides of the code: the lab's idea, deeper."
    source = "ours; residual blocks: He et al. 2016, layer normalisation: Ba et al. 2016"
    code_argument = "N_bottleneck"

    def __init__(
        self,
        N_input: int = PIXELS,
        N_bottleneck: int = 8,
        *,
        width: int = 320,
        encoder_blocks: int = 2,
        decoder_blocks: int = 3,
        activation: str = "gelu",
        code_activation: str = "none",
    ) -> None:
        super().__init__()
        act = ACTIVATIONS[activation]
        self.input_shape = (1, N_input)
        self.encoder = nn.Sequential(
            nn.Linear(N_input, width),
            *(ResidualBlock(width, act) for _ in range(encoder_blocks)),
            nn.LayerNorm(width),
            nn.Linear(width, N_bottleneck),
        )
        self.code_activation = CODE_ACTIVATIONS[code_activation]()
        self.decoder = nn.Sequential(
            nn.Linear(N_bottleneck, width),
            *(ResidualBlock(width, act) for _ in range(decoder_blocks)),
            nn.LayerNorm(width),
            nn.Linear(width, N_input),
        )

    def encode(self, X: Tensor) -> Tensor:
        """Give the codes, with shape (B, N_bottleneck), of images with shape (B, 784) or (B, 1, 28, 28)."""
        return self.code_activation(self.encoder(X.flatten(1)))

    def decode(self, X: Tensor) -> Tensor:
        """Give flat images, with shape (B, 784), values in [0, 1], of codes with shape (B, N_bottleneck)."""
        return to_pixels(self.decoder(X))

    def forward(self, X: Tensor) -> Tensor:
        """Give ``decode(encode(X))``, flat: shape (B, 784)."""
        return self.decode(self.encode(X))
