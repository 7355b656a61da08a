"""The recipe: every setting that determines a run, in one flat frozen dataclass. Importing it does not import torch."""

from collections.abc import Iterable, Mapping
from dataclasses import Field, dataclass, field, fields, replace
from itertools import pairwise
from math import prod
from typing import Any

from ae.data.sources import SOURCES, Shape, find
from ae.models.earlier import EARLIER_DEFAULTS, EARLIER_NAMES, LATER
from ae.models.options import ACTIVATIONS, CODE_ACTIVATIONS, ERRORS, INITIALISATIONS, MOST_PIXELS, checked_sizes
from ae.models.penalties import NONE, PENALTIES
from ae.models.registry import MODELS
from ae.models.rules import allowed, applies, check_together, checked_restarts

OPTIMISERS = ("adam", "adamw", "sgd", "muon")
NOISE_LEVELS = ("fixed", "varied")
SCHEDULES = ("constant", "plateau", "one-cycle")
PRECISIONS = ("auto", "bf16", "fp32")
DEVICES = ("auto", "cpu", "cuda", "mps")


def _setting(default: Any, help: str, *, choices: Iterable[str] = (), least: float = 0, most: float = 0) -> Any:  # noqa: ANN401
    """Declare a field with its help text and its allowed values."""
    about = {"help": help, "choices": tuple(choices), "least": least, "most": most}
    return field(default=default, metadata=about)


@dataclass(frozen=True)
class Recipe:
    """The settings of a run. The defaults are those of the preset "fast", for MNIST.

    The metadata of a field hold its help text and its allowed values; command line flags and the form on the Train
    screen are made from them.

    Raises:
        ValueError: a value is not allowed. The message quotes it and lists what is allowed.
    """

    model: str = _setting("mlp4", "The network's architecture.", choices=MODELS)
    code_size: int = _setting(
        8, "Bottleneck size: the number of units in an image's latent code.", least=1, most=MOST_PIXELS
    )
    activation: str = _setting("gelu", "The non-linearity after each hidden layer.", choices=ACTIVATIONS)
    code_activation: str = _setting(
        "none",
        "The non-linearity of the latent code. With ReLU, some units can become inactive (dead) and never recover; "
        "top-k keeps the largest units of a code and sets the others to 0.",
        choices=CODE_ACTIVATIONS,
    )
    top_k: int = _setting(
        0, "How many units of a latent code top-k keeps: the largest; the others are 0.", least=0, most=MOST_PIXELS
    )
    codebook_size: int = _setting(
        256, "How many vectors a vq chooses from for each pair of latent units.", least=2, most=4096
    )
    init: str = _setting(
        "pytorch",
        "How the weights are initialised: PyTorch's default, or Xavier-uniform with biases of 0.01.",
        choices=INITIALISATIONS,
    )
    dataset: str = _setting("mnist", "The images to train on.", choices=SOURCES)
    validation_images: int = _setting(
        5000,
        "Training images split off to measure the validation loss after each epoch. With 0 the loss is measured on the "
        "test images instead, and should not be used to choose between models.",
        least=0,
        most=59_999,
    )
    epochs: int = _setting(10, "Number of passes over all training images.", least=1, most=10_000)
    batch_size: int = _setting(256, "Images per step of the optimiser.", least=1, most=60_000)
    optimiser: str = _setting(
        "adam",
        "The algorithm that updates the weights. Muon (for the large weight matrices, AdamW for the rest) learns more "
        "per epoch, but its steps take longer, much longer on hardware without bf16.",
        choices=OPTIMISERS,
    )
    learning_rate: float = _setting(
        8e-3, "Step size of the optimiser; with the one-cycle schedule, at its peak.", least=1e-8, most=10.0
    )
    schedule: str = _setting(
        "one-cycle",
        "How the learning rate changes: constant leaves it as it is; plateau divides it by 10 when the training loss "
        "has not improved for 10 epochs; one-cycle raises it to its peak, then lowers it to almost 0 by the end.",
        choices=SCHEDULES,
    )
    weight_decay: float = _setting(0.0, "How strongly weights are pulled towards 0.", least=0.0, most=1.0)
    augmentation: float = _setting(
        0.0,
        "Strength of the random distortions of half of the training images in each epoch. At 1 they are rotated by up "
        "to 10 degrees, shifted and warped by up to about a pixel each, and scaled by up to 10 percent.",
        least=0.0,
        most=5.0,
    )
    loss: str = _setting(
        "mse",
        "The reconstruction error: mean squared error, or binary cross-entropy, which treats each pixel as the "
        "probability that it is white.",
        choices=ERRORS,
    )
    noise: float = _setting(
        0.0,
        "Standard deviation of the Gaussian noise added to the input in training, where black is 0 and white is 1; the "
        "noisy image is clipped to [0, 1]. The network learns to reconstruct the clean image.",
        least=0.0,
        most=2.0,
    )
    noise_levels: str = _setting(
        "fixed",
        "Fixed: full strength for every image. Varied: for each image, a strength drawn uniformly from 0 to full.",
        choices=NOISE_LEVELS,
    )
    beta: float = _setting(
        0.0,
        "Weight of the KL divergence in the loss of a variational network, relative to the error summed over pixels.",
        least=0.0,
        most=1000.0,
    )
    penalty: str = _setting(
        NONE,
        "A loss term that makes the code sparse, smooth or normally distributed; not for variational or VQ networks.",
        choices=(NONE, *PENALTIES),
    )
    penalty_weight: float = _setting(
        0.0, "Weight of the penalty in the loss, relative to the error summed over pixels.", least=0.0, most=1e6
    )
    target_activity: float = _setting(
        0.05,
        "The mean activity that the penalty kl-sparse pulls every unit towards, as a share of its range.",
        least=0.001,
        most=0.999,
    )
    seed: int = _setting(
        0,
        "Random seed: the same seed gives the same run on the same machine, on a CPU bit for bit.",
        least=0,
        most=2**31 - 1,
    )
    precision: str = _setting(
        "auto",
        "bf16 is faster on hardware that supports it, except for convolutions on a CPU; auto uses it where it is "
        "faster.",
        choices=PRECISIONS,
    )
    device: str = _setting("auto", "Where to train; auto uses a GPU if there is one.", choices=DEVICES)
    restarts: tuple[int, ...] = ()
    """Epochs after which the one-cycle schedule starts again, because the run was trained longer; see ``longer``."""
    sizes: tuple[tuple[str, int], ...] = ()
    """Sizes of the network that differ from its class's defaults, by constructor argument: (("h_dim1", 400),)."""
    imported: bool = False
    """Whether the model was trained elsewhere, so that only the settings in ``OF_NETWORK`` are known."""

    def __post_init__(self) -> None:
        """Check every value, and convert numbers to their type."""
        source = find(self.dataset)
        for name in SETTINGS:
            known = not self.imported or name in OF_NETWORK
            value = checked(name, getattr(self, name), source.shape) if known else STAND_INS[name]
            object.__setattr__(self, name, value)
        restarts = () if self.imported else checked_restarts(self.restarts, self.schedule, self.epochs)
        object.__setattr__(self, "restarts", restarts)
        object.__setattr__(self, "sizes", checked_sizes(self.sizes))
        object.__setattr__(self, "imported", bool(self.imported))
        images = source.training_images  # 0 if they are one's own and not on this machine
        if self.validation_images >= images > 0:
            raise ValueError(
                f"validation_images {self.validation_images} leaves no images to train on: {self.dataset} has {images} "
                "training images"
            )
        check_together(self, DEFAULTS)

    @property
    def image_shape(self) -> Shape:
        """The shape of the dataset's images: channels, height and width."""
        return find(self.dataset).shape

    @property
    def shown(self) -> tuple[str, ...]:
        """The settings to list: those that are known; of ``LATER``, those that have an effect."""
        known = OF_NETWORK if self.imported else SETTINGS
        idle = {name for name in LATER if not applies(name, self) or getattr(self, name) == NONE}
        return tuple(name for name in known if name not in idle)

    @property
    def term(self) -> str:
        """What the loss adds to the reconstruction error, such as "KL"; empty if nothing."""
        if self.penalty in PENALTIES:
            return PENALTIES[self.penalty].title
        own = MODELS[self.model]
        return own.term if self.beta or not own.variational else ""

    @property
    def prior(self) -> bool:
        """Whether training pulls the codes towards the standard normal distribution, so that it can be sampled from."""
        return MODELS[self.model].variational or (self.penalty in PENALTIES and PENALTIES[self.penalty].prior)

    @property
    def cycles(self) -> tuple[tuple[int, int], ...]:
        """The cycles of the one-cycle schedule: the epochs after which each begins and ends."""
        return tuple(pairwise((0, *self.restarts, self.epochs)))

    @property
    def training_label(self) -> str:
        """Label of the training loss in figures, which marks noisy and augmented images."""
        changes = [word for word, amount in (("noisy", self.noise), ("augmented", self.augmentation)) if amount]
        return f"Training ({', '.join(changes)} images)" if changes else "Training"

    @property
    def monitored_label(self) -> str:
        """Label of the validation loss in figures, or of the test loss where there is no validation split."""
        return "Validation" if self.validation_images else "Test (no validation split)"

    @classmethod
    def from_dict(cls, settings: dict[str, Any]) -> "Recipe":
        """Create a recipe from the output of ``to_dict``, of this version or an earlier one.

        Settings that an earlier version lacked get ``EARLIER_DEFAULTS``.

        Raises:
            ValueError: a value is not allowed.
            TypeError: a setting is unknown.
        """
        renamed = {EARLIER_NAMES.get(name, name): value for name, value in settings.items()}
        return cls(**{**EARLIER_DEFAULTS, **renamed})

    def to_dict(self) -> dict[str, Any]:
        """Return all settings that are known and have an effect as plain values, for JSON."""
        shown = self.shown if self.imported else (*self.shown, "restarts")
        extra = [name for name in ("sizes", "imported") if getattr(self, name)]
        return {name: getattr(self, name) for name in (*shown, *extra)}

    def apart_from(self, *names: str) -> tuple[tuple[str, Any], ...]:
        """Return all settings but those named, to find recipes that differ in nothing else."""
        return tuple((name, value) for name, value in vars(self).items() if name not in names)

    def rows(self) -> list[tuple[str, str]]:
        """Return what ``to_dict`` does as text, for a table; restarts only if there are any."""
        restarts = [("restarts", ", ".join(map(str, self.restarts)))] if self.restarts else []
        own = [(name, str(getattr(self, name))) for name in self.shown]
        return own + [(name, str(size)) for name, size in self.sizes] + restarts


SETTINGS: dict[str, Field[Any]] = {setting.name: setting for setting in fields(Recipe) if setting.metadata}
"""The settings that can be chosen, by name."""

DEFAULTS = {name: setting.default for name, setting in SETTINGS.items()}
"""The default of each setting."""

STAND_INS = DEFAULTS | {"epochs": 0, "validation_images": 0}
"""Stand for the settings of an imported model that are not known; nothing shows them."""

OF_NETWORK = ("model", "code_size", "activation", "code_activation", "dataset")
"""The settings of an imported model that are known: its network's, and the dataset whose images it is shown."""


def checked(name: str, value: Any, shape: Shape | None = None) -> Any:  # noqa: ANN401
    """Return ``value``, converted to the type of the setting ``name``.

    Args:
        name: of the setting.
        value: of the setting.
        shape: of the dataset's images, which have at least as many values as a code has units; None if not known.

    Raises:
        ValueError: the value is not allowed. The message quotes it and lists what is allowed.
    """
    setting = SETTINGS[name]
    about: Mapping[str, Any] = setting.metadata
    if name == "dataset":
        find(value)
        return value
    if name == "code_size" and shape:
        about = {**about, "most": prod(shape)}
    return allowed(name, value, setting.type, about)


def longer(recipe: Recipe, epochs: int) -> Recipe:
    """Return the recipe that trains a run longer, to ``epochs`` in all.

    A one-cycle schedule ends with the run, so another cycle follows over the new epochs (warm restart: Loshchilov &
    Hutter 2017); the other schedules go on. The epochs that ``recipe`` has already stay the same, bit for bit.

    Raises:
        ValueError: ``epochs`` is too large, or not larger than before.
    """
    if recipe.imported:
        raise ValueError("an imported model can't be trained longer: how it was trained is not known")
    if checked("epochs", epochs) <= recipe.epochs:
        raise ValueError(f"epochs {epochs} is not more than the {recipe.epochs} that the run has")
    restarts = (*recipe.restarts, recipe.epochs) if recipe.schedule == "one-cycle" else ()
    return replace(recipe, epochs=epochs, restarts=restarts)


def continues(recipe: Recipe, earlier: Recipe, epoch: int) -> bool:
    """Whether the first ``epoch`` epochs of both recipes are the same, as when one is the other trained longer."""
    one, other = (each.apart_from("epochs", "restarts") for each in (recipe, earlier))
    if one != other or epoch > min(recipe.epochs, earlier.epochs):
        return False
    begun = [[cycle for cycle in each.cycles if cycle[0] < epoch] for each in (recipe, earlier)]
    return recipe.schedule != "one-cycle" or begun[0] == begun[1]
