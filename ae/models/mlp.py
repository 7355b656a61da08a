"""The coursework's fully connected autoencoder."""

from typing import Any, Self

from torch import Tensor, nn

from ae.models.base import Autoencoder
from ae.models.layers import activation_layer, to_pixels
from ae.models.options import PIXELS


class autoencoderMLP4Layer(Autoencoder):
    """The deep-learning lab's autoencoder: 784 - 392 - code - 392 - 784, with a ReLU on the code.

    Args:
        N_input: pixels of an image.
        N_bottleneck: the bottleneck size.
        N_output: pixels of a reconstruction.
        activation: of the two hidden layers; the lab uses ReLU.
        code_activation: of the code; the lab uses ReLU, with which units can become inactive for good.
    """

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
        self.activation = activation_layer(activation)
        self.code_activation = activation_layer(code_activation)
        self.type = "MLP4"  # type: ignore[method-assign, assignment]  # the lab's attribute, which hides a method of torch's
        self.input_shape = (1, N_input)

    @classmethod
    def with_code_size(cls, code_size: int, **options: Any) -> Self:  # noqa: ANN401
        """Construct the network with a bottleneck of ``code_size`` units."""
        return cls(N_bottleneck=code_size, **options)

    def encode(self, X: Tensor) -> Tensor:
        """Return the codes, with shape (B, N_bottleneck), of images with shape (B, 784) or (B, 1, 28, 28)."""
        X = self.activation(self.fc1(X.flatten(1)))
        code: Tensor = self.code_activation(self.fc2(X))
        return code

    def decode(self, X: Tensor) -> Tensor:
        """Return flat images, with shape (B, 784), values in [0, 1], from codes with shape (B, N_bottleneck)."""
        X = self.activation(self.fc3(X))
        return to_pixels(self.fc4(X))
