"""The networks that a recipe can name, and ``build``. Importing this does not import torch."""

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from ae.models.base import Autoencoder


@dataclass(frozen=True)
class Network:
    """A network's description; its class is imported when the network is built."""

    path: str
    """Its class, as "module:class"."""
    title: str
    """Its name on the screens."""
    sentence: str
    """One sentence on what it is."""
    source: str
    """The source of the architecture."""
    variational: bool = False
    """Whether it is a ``VariationalAutoencoder``: its loss has a KL term, with the weight ``beta``."""
    quantised: bool = False
    """Whether its codes consist of vectors of a codebook, of ``codebook_size``."""
    term: str = ""
    """What its own loss adds to the reconstruction error, such as "KL"; empty if nothing."""

    @property
    def class_name(self) -> str:
        """The name of its class."""
        return self.path.partition(":")[2]

    def load(self) -> "type[Autoencoder]":
        """Import its class."""
        kind: type[Autoencoder] = getattr(import_module(self.path.partition(":")[0]), self.class_name)
        return kind


MODELS = {
    "mlp4": Network(
        "ae.models.mlp:autoencoderMLP4Layer",
        "Fully connected",
        "Four fully connected layers, two before and two after the bottleneck.",
        "the deep-learning lab's autoencoderMLP4Layer",
    ),
    "conv": Network(
        "ae.models.convolutional:ConvAutoencoder",
        "Convolutional",
        "Three strided convolutions down to the bottleneck and three transposed convolutions back up.",
        "the homework's convolutional autoencoder",
    ),
    "vae": Network(
        "ae.models.variational:VAE",
        "Variational",
        "Encodes an image as a Gaussian instead of a point, so that new images can be sampled.",
        "the homework's VAE; Kingma & Welling 2014",
        variational=True,
        term="KL",
    ),
    "vq": Network(
        "ae.models.quantised:QuantisedAutoencoder",
        "Vector-quantised",
        "The fully connected network with a discrete code: each pair of latent units is one of the vectors of a "
        "codebook, which is learned too.",
        "ours; VQ-VAE: van den Oord et al. 2017, a codebook for each part of a code: product quantisation, Jégou et "
        "al. 2011",
        quantised=True,
        term="quantisation",
    ),
    "residual": Network(
        "ae.models.residual:ResidualAutoencoder",
        "Residual",
        "A deep fully connected network of residual blocks with layer normalisation.",
        "ours; residual blocks: He et al. 2016, layer normalisation: Ba et al. 2016",
    ),
    "conv-residual": Network(
        "ae.models.conv_residual:ConvResidualAutoencoder",
        "Convolutional residual",
        "The residual network with convolutions in front, which tell strokes from noise.",
        "ours; residual blocks: He et al. 2016",
    ),
    "residual-vae": Network(
        "ae.models.residual:ResidualVAE",
        "Residual variational",
        "A variational network of residual blocks, like the residual one.",
        "ours; the network is that of residual; Kingma & Welling 2014",
        variational=True,
        term="KL",
    ),
}


class Architecture(Protocol):
    """The settings of a recipe that ``build`` needs."""

    @property
    def model(self) -> str:
        """A key of ``MODELS``."""

    @property
    def code_size(self) -> int:
        """The bottleneck size."""

    @property
    def activation(self) -> str:
        """One of ``ACTIVATIONS``."""

    @property
    def code_activation(self) -> str:
        """One of ``CODE_ACTIVATIONS``."""

    @property
    def top_k(self) -> int:
        """How many units of a code "top-k" keeps."""

    @property
    def codebook_size(self) -> int:
        """Vectors of each codebook of a quantised network."""

    @property
    def init(self) -> str:
        """One of ``INITIALISATIONS``."""

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """Of the dataset: channels, height and width."""

    @property
    def sizes(self) -> tuple[tuple[str, int], ...]:
        """Other sizes than its class's defaults, by constructor argument."""


def build(recipe: Architecture) -> "Autoencoder":
    """Build a recipe's network with fresh weights, drawn from torch's global random state.

    Raises:
        ValueError: the network has no such sizes, or not those.
    """
    from ae.models.layers import initialise

    kind = MODELS[recipe.model].load()
    options: dict[str, object] = {"activation": recipe.activation, "code_activation": recipe.code_activation}
    if recipe.code_activation == "top-k":
        options["top_k"] = recipe.top_k
    if MODELS[recipe.model].quantised:
        options["codebook_size"] = recipe.codebook_size
    try:
        model = kind.with_code_size(recipe.code_size, recipe.image_shape, **options | dict(recipe.sizes))
    except TypeError as error:
        raise ValueError(f"the network {recipe.model} can't be built with these sizes: {error}") from error
    model.image_shape = recipe.image_shape
    initialise(model, recipe.init)
    return model
