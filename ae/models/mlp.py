"""The coursework's fully connected autoencoder."""

from torch import Tensor, nn

from ae.models.base import ACTIVATIONS, CODE_ACTIVATIONS, PIXELS, Autoencoder, to_pixels


class autoencoderMLP4Layer(Autoencoder):
    """The lab's autoencoder: 784 - 392 - code - 392 - 784, with a ReLU on the code (SEEDS.md, A).

    Args:
        N_input: pixels of an image.
        N_bottleneck: numbers in the code.
        N_output: pixels that are drawn.
        activation: of the two hidden layers; the lab's is ReLU.
        code_activation: on the code; the lab's is ReLU, which lets units die.
    """

    title = "Fully connected"
    sentence = "Four fully connected layers, as the lab hands them out."
    source = "the deep-learning lab's autoencoderMLP4Layer (SEEDS.md, A)"
    code_argument = "N_bottleneck"

    def __init__(
        self,
        N_input: int = PIXELS,
        N_bottleneck: int = 8,
        N_output: int = PIXELS,
        *,
        activation: str = "relu",
        code_activation: str = "relu",
    ) -> None:
        super().__init__()
        N2 = N_input // 2
        self.fc1 = nn.Linear(N_input, N2)
        self.fc2 = nn.Linear(N2, N_bottleneck)
        self.fc3 = nn.Linear(N_bottleneck, N2)
        self.fc4 = nn.Linear(N2, N_output)
        self.activation = ACTIVATIONS[activation]()
        self.code_activation = CODE_ACTIVATIONS[code_activation]()
        self.type = "MLP4"
        self.input_shape = (1, N_input)

    def encode(self, X: Tensor) -> Tensor:
        """Give the codes, with shape (B, N_bottleneck), of images with shape (B, 784) or (B, 1, 28, 28)."""
        X = self.activation(self.fc1(X.flatten(1)))
        return self.code_activation(self.fc2(X))

    def decode(self, X: Tensor) -> Tensor:
        """Give flat images, with shape (B, 784), values in [0, 1], of codes with shape (B, N_bottleneck)."""
        X = self.activation(self.fc3(X))
        return to_pixels(self.fc4(X))

    def forward(self, X: Tensor) -> Tensor:
        """Give ``decode(encode(X))``, flat: shape (B, 784)."""
        return self.decode(self.encode(X))
