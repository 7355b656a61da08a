"""The networks, and their registry at the end.

A new one is one class here and one line in ``MODELS``; it then shows up in the command line, on every screen and in
every test by itself.
"""

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ae.autoencoder import ACTIVATIONS, CODE_ACTIVATIONS, ERRORS, PIXELS, Autoencoder, drawn, kl_divergence


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
        return drawn(self.fc4(X))

    def forward(self, X: Tensor) -> Tensor:
        """Give ``decode(encode(X))``, flat: shape (B, 784)."""
        return self.decode(self.encode(X))


class ConvAutoencoder(Autoencoder):
    """The homework's convolutional autoencoder, three strided convolutions each way (SEEDS.md, B).

    Args:
        encoded_space_dim: numbers in the code.
        activation: of every hidden layer; the homework's is ReLU.
        code_activation: on the code; the homework's is none.
    """

    title = "Convolutional"
    sentence = "Three strided convolutions down to the code and three back up."
    source = "the homework's convolutional autoencoder (SEEDS.md, B)"
    code_argument = "encoded_space_dim"

    def __init__(self, encoded_space_dim: int = 2, *, activation: str = "relu", code_activation: str = "none") -> None:
        super().__init__()
        act = ACTIVATIONS[activation]
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
        self.encoder_lin = nn.Sequential(nn.Linear(288, 64), act(), nn.Linear(64, encoded_space_dim))
        self.code_activation = CODE_ACTIVATIONS[code_activation]()
        self.decoder_lin = nn.Sequential(nn.Linear(encoded_space_dim, 64), act(), nn.Linear(64, 288), act())
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
        """Give the codes, with shape (B, encoded_space_dim), of images with shape (B, 784) or (B, 1, 28, 28)."""
        features = self.encoder_cnn(X.reshape(-1, *self.input_shape))
        return self.code_activation(self.encoder_lin(self.flatten(features)))

    def decode(self, X: Tensor) -> Tensor:
        """Give images, with shape (B, 1, 28, 28), values in [0, 1], of codes with shape (B, encoded_space_dim)."""
        return drawn(self.decoder_conv(self.unflatten(self.decoder_lin(X))))

    def forward(self, X: Tensor) -> Tensor:
        """Give ``decode(encode(X))``, with shape (B, 1, 28, 28)."""
        return self.decode(self.encode(X))


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
        return drawn(self.fc6(h))

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

    def live_units(self, codes: Tensor) -> Tensor:
        """Tell which units are used: those whose mean varies over images by more than 0.01 (Burda et al. 2016)."""
        return codes.var(0, correction=0) > 0.01


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
        return drawn(self.decoder(X))

    def forward(self, X: Tensor) -> Tensor:
        """Give ``decode(encode(X))``, flat: shape (B, 784)."""
        return self.decode(self.encode(X))


MODELS: dict[str, type[Autoencoder]] = {
    "mlp4": autoencoderMLP4Layer,
    "conv": ConvAutoencoder,
    "vae": VAE,
    "residual": ResidualAutoencoder,
}


def _xavier(layer: nn.Module) -> None:
    if isinstance(layer, nn.Linear | nn.Conv2d | nn.ConvTranspose2d):
        nn.init.xavier_uniform_(layer.weight)
        nn.init.constant_(layer.bias, 0.01)


INITIALISATIONS: dict[str, Callable[[nn.Module], None]] = {
    "pytorch": lambda layer: None,  # each layer has drawn its own when it was made
    "xavier": _xavier,  # Xavier-uniform weights, biases 0.01 (Glorot & Bengio 2010; one of the lab's reports)
}


def build(
    name: str, code_size: int, *, activation: str = "relu", code_activation: str = "none", init: str = "pytorch"
) -> Autoencoder:
    """Make a model of the registry with fresh weights, drawn from torch's global random state.

    Raises:
        ValueError: the name is not in ``MODELS``.
    """
    if name not in MODELS:
        raise ValueError(f"unknown model {name!r}: choose from {', '.join(MODELS)}")
    kind = MODELS[name]
    model = kind(**{kind.code_argument: code_size}, activation=activation, code_activation=code_activation)
    return model.apply(INITIALISATIONS[init])


def count_parameters(model: nn.Module) -> int:
    """Count the numbers that training changes."""
    return sum(p.numel() for p in model.parameters() if p.requires_grad)
