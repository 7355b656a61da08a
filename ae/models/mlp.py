"""The coursework's fully connected autoencoder."""

from math import prod
from typing import Any, Self

from torch import Tensor, nn

from ae.models.base import Autoencoder
from ae.models.layers import activation_layer, code_activation_layer, to_pixels
from ae.models.options import PIXELS

WIDEST = 1536
"""The greatest width of a hidden layer, half the values of a colour image of 32 x 32. For one of 64 x 64, half as many
units as values would have 75 million weights in a layer."""


class autoencoderMLP4Layer(Autoencoder):
    """The deep-learning lab's autoencoder: 784 - 392 - code - 392 - 784, with a ReLU on the code.

    The hidden layers are half as wide as the image has values, up to ``WIDEST``.

    Args:
        N_input: values of an image.
        N_bottleneck: the bottleneck size.
        N_output: values of a reconstruction.
        activation: of the two hidden layers; the lab uses ReLU.
        code_activation: of the code; the lab uses ReLU, with which units can become inactive for good.
        top_k: how many units of a code are kept with the code_activation "top-k".
    """

    def __init__(
        self,
        N_input: int = PIXELS,
        N_bottleneck: int = 8,
        N_output: int = PIXELS,
        *,
        activation: str = "relu",
        code_activation: str = "relu",
        top_k: int | None = None,
    ) -> None:
        super().__init__()
        N2 = min(N_input // 2, WIDEST)
        self.fc1 = nn.Linear(N_input, N2)
        self.fc2 = nn.Linear(N2, N_bottleneck)
        self.fc3 = nn.Linear(N_bottleneck, N2)
        self.fc4 = nn.Linear(N2, N_output)
        self.activation = activation_layer(activation)
        self.code_activation = code_activation_layer(code_activation, top_k)
        self.type = "MLP4"  # type: ignore[method-assign, assignment]  # the lab's attribute, which hides a method of torch's
        self.input_shape = (1, N_input)

    @classmethod
    def with_code_size(cls, code_size: int, image_shape: tuple[int, int, int] = (1, 28, 28), **options: Any) -> Self:  # noqa: ANN401
        """Construct the network for images of a shape, with a bottleneck of ``code_size`` units."""
        values = prod(image_shape)
        return cls(values, code_size, values, **options)

    def encode(self, X: Tensor) -> Tensor:
        """Return the codes, with shape (B, N_bottleneck), of images with shape (B, N_input) or (B, C, S, S)."""
        X = self.activation(self.fc1(X.flatten(1)))
        code: Tensor = self.code_activation(self.fc2(X))
        return code

    def decode(self, X: Tensor) -> Tensor:
        """Return flat images, with shape (B, N_output), values in [0, 1], from codes with shape (B, N_bottleneck)."""
        X = self.activation(self.fc3(X))
        return to_pixels(self.fc4(X))
