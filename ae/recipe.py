"""The recipe: every setting that determines a run, in one flat frozen dataclass. Importing it does not import torch."""

import operator
from collections.abc import Iterable
from dataclasses import Field, asdict, dataclass, field, fields, replace
from itertools import pairwise
from math import prod
from typing import Any

from ae.data.sources import SOURCES, Shape, find
from ae.models.options import ACTIVATIONS, CODE_ACTIVATIONS, ERRORS, INITIALISATIONS, MOST_PIXELS, checked_sizes
from ae.models.registry import MODELS

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
        "The non-linearity of the latent code. With ReLU, some units can become inactive (dead) and never recover.",
        choices=CODE_ACTIVATIONS,
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
        "Whether every image gets noise of the same strength, or each a strength drawn uniformly between 0 and that "
        "value.",
        choices=NOISE_LEVELS,
    )
    beta: float = _setting(
        0.0,
        "Weight of the KL divergence in the loss of a variational network, relative to the error summed over pixels.",
        least=0.0,
        most=1000.0,
    )
    seed: int = _setting(
        0,
        "Random seed: the same seed gives the same run on the same machine, on a CPU bit for bit.",
        least=0,
        most=2**31 - 1,
    )
    precision: str = _setting(
        "auto", "bf16 is faster on hardware that supports it; auto uses it there.", choices=PRECISIONS
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
        object.__setattr__(self, "restarts", () if self.imported else self._checked_restarts())
        object.__setattr__(self, "sizes", checked_sizes(self.sizes))
        object.__setattr__(self, "imported", bool(self.imported))
        images = source.training_images  # 0 if they are one's own and not on this machine
        if self.validation_images >= images > 0:
            raise ValueError(
                f"validation_images {self.validation_images} leaves no images to train on: {self.dataset} has {images} "
                "training images"
            )
        variational = MODELS[self.model].variational
        if self.beta and not variational:
            raise ValueError(f"beta {self.beta:g} weighs the KL term of a vae; {self.model} has none, so it must be 0")
        if variational and self.code_activation != "none":
            raise ValueError(
                f"code_activation {self.code_activation!r}: the code of a {self.model} has no activation, use 'none'"
            )

    def _checked_restarts(self) -> tuple[int, ...]:
        try:
            found = tuple(operator.index(epoch) for epoch in self.restarts)
        except TypeError:
            raise ValueError(f"restarts {self.restarts!r} are not whole numbers") from None
        if found and self.schedule != "one-cycle":
            raise ValueError(f"restarts {self.restarts!r} need the one-cycle schedule; the schedule is {self.schedule}")
        if any(start >= end for start, end in pairwise((0, *found, self.epochs))):
            raise ValueError(f"restarts {self.restarts!r}: use increasing epochs from 1 to {self.epochs - 1}")
        return found

    @property
    def image_shape(self) -> Shape:
        """The shape of the dataset's images: channels, height and width."""
        return find(self.dataset).shape

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
        """Return all settings that are known as plain values, for JSON."""
        shown = OF_NETWORK if self.imported else (*SETTINGS, "restarts")
        extra = [name for name in ("sizes", "imported") if getattr(self, name)]
        return {name: getattr(self, name) for name in (*shown, *extra)}

    def rows(self) -> list[tuple[str, str]]:
        """Return all settings that are known as text, for a table; restarts and sizes only if there are any."""
        restarts = [("restarts", ", ".join(map(str, self.restarts)))] if self.restarts else []
        shown = OF_NETWORK if self.imported else SETTINGS
        return [(name, str(getattr(self, name))) for name in shown] + [(k, str(v)) for k, v in self.sizes] + restarts


SETTINGS: dict[str, Field[Any]] = {setting.name: setting for setting in fields(Recipe) if setting.metadata}
"""The settings that can be chosen, by name."""

STAND_INS = {name: setting.default for name, setting in SETTINGS.items()} | {"epochs": 0, "validation_images": 0}
"""Stand for the settings of an imported model that are not known; nothing shows them."""

OF_NETWORK = ("model", "code_size", "activation", "code_activation", "dataset")
"""The settings of an imported model that are known: its network's, and the dataset whose images it is shown."""

EARLIER_NAMES = {"held_out": "validation_images"}
"""Current names of settings, by their names in earlier versions."""

EARLIER_DEFAULTS: dict[str, Any] = {
    "model": "mlp4", "code_size": 8, "activation": "relu", "code_activation": "relu", "init": "pytorch",
    "dataset": "mnist", "validation_images": 0, "epochs": 50, "batch_size": 2048, "optimiser": "adam",
    "learning_rate": 1e-3, "schedule": "plateau", "weight_decay": 1e-5, "augmentation": 0.0, "loss": "mse",
    "noise": 0.0, "noise_levels": "fixed", "beta": 0.0, "seed": 0, "precision": "auto", "device": "auto",
    "restarts": (),
}  # fmt: skip
"""Values of the settings that a recipe of an earlier version lacks: those of the preset lab."""


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
    about = setting.metadata
    if name == "dataset":
        find(value)
        return value
    if choices := about["choices"]:
        if value not in choices:
            raise ValueError(f"unknown {name} {value!r}: choose from {', '.join(choices)}")
        return value
    least, most = about["least"], about["most"]
    if name == "code_size" and shape:
        most = prod(shape)
    try:
        number = float(value) if setting.type is float else operator.index(value)
        if isinstance(value, bool | str):
            raise TypeError
    except (TypeError, ValueError, OverflowError):
        kind = "number" if setting.type is float else "whole number"
        raise ValueError(f"{name} {value!r} is not a {kind}: use one from {least:,} to {most:,}") from None
    if not least <= number <= most:
        raise ValueError(f"{name} {value!r} is out of range: use {least:,} to {most:,}")
    return number


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
    ending = ("epochs", "restarts")
    one, other = ({k: v for k, v in asdict(each).items() if k not in ending} for each in (recipe, earlier))
    if one != other or epoch > min(recipe.epochs, earlier.epochs):
        return False
    begun = [[cycle for cycle in each.cycles if cycle[0] < epoch] for each in (recipe, earlier)]
    return recipe.schedule != "one-cycle" or begun[0] == begun[1]
