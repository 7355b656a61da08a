"""A recipe: everything that a run is made from, one flat frozen dataclass. The presets are at the end."""

import operator
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from ae.data.sources import SOURCES
from ae.models.options import ACTIVATIONS, CODE_ACTIVATIONS, ERRORS, INITIALISATIONS, PIXELS
from ae.models.registry import MODELS

OPTIMISERS = ("adam", "adamw", "sgd", "muon")


NOISE_LEVELS = ("fixed", "varied")


SCHEDULES = ("constant", "plateau", "one-cycle")


PRECISIONS = ("auto", "bf16", "fp32")


EARLIER_NAMES = {"held_out": "validation_images"}
"""What settings were called in earlier versions."""


DEVICES = ("auto", "cpu", "cuda", "mps")


def _setting(default: Any, help: str, *, choices: Iterable[str] = (), least: float = 0, most: float = 0) -> Any:  # noqa: ANN401
    """Declare a field with what people read about it and what it may be."""
    about = {"help": help, "choices": tuple(choices), "least": least, "most": most}
    return field(default=default, metadata=about)


@dataclass(frozen=True)
class Recipe:
    """What a run is made from. The defaults are the lab's own recipe (SEEDS.md, A).

    Each field carries, in its metadata, a sentence on what it does and what it may be; flags, widgets and JSON are
    made from the same fields.

    Raises:
        ValueError: a value is not allowed. The sentence quotes it and says what is.
    """

    model: str = _setting("mlp4", "The network.", choices=MODELS)
    code_size: int = _setting(
        8, "How many numbers the bottleneck keeps of an image, often called z.", least=1, most=PIXELS
    )
    activation: str = _setting("relu", "The non-linear function after each hidden layer.", choices=ACTIVATIONS)
    code_activation: str = _setting(
        "relu", "The function on the code itself; a ReLU there can kill units for good.", choices=CODE_ACTIVATIONS
    )
    init: str = _setting(
        "pytorch",
        "How weights start: PyTorch's own way, or Xavier-uniform with biases of 0.01.",
        choices=INITIALISATIONS,
    )
    dataset: str = _setting("mnist", "The images to learn.", choices=SOURCES)
    validation_images: int = _setting(
        0,
        "Training images kept aside to measure the held-out loss; with 0 it is measured on the test images.",
        least=0,
        most=59_999,
    )
    epochs: int = _setting(50, "How many times training goes over all training images.", least=1, most=10_000)
    batch_size: int = _setting(2048, "Images that share one step of the optimiser.", least=1, most=60_000)
    optimiser: str = _setting(
        "adam",
        "The rule that turns gradients into steps. Muon, for the large layers beside AdamW, goes farther in an epoch, "
        "but its steps take longer, much longer where the hardware has no bf16.",
        choices=OPTIMISERS,
    )
    learning_rate: float = _setting(
        1e-3, "How long the steps are; with the one-cycle schedule, at its peak.", least=1e-8, most=10.0
    )
    schedule: str = _setting(
        "plateau",
        "How the learning rate changes: not at all, ten times smaller when the training loss has stalled for 10 "
        "epochs, or up and down once over the whole run.",
        choices=SCHEDULES,
    )
    weight_decay: float = _setting(1e-5, "How strongly weights are pulled to zero.", least=0.0, most=1.0)
    augmentation: float = _setting(
        0.0,
        "How far half of the training images, drawn anew each epoch, are changed at random: with 1, turned by up to 10 "
        "degrees, moved by up to a pixel each way, bent by about one more, and scaled by up to a tenth.",
        least=0.0,
        most=5.0,
    )
    loss: str = _setting(
        "mse",
        "How a drawing is compared with its image: squared error, or binary cross-entropy, which takes each pixel for "
        "the probability that it is white.",
        choices=ERRORS,
    )
    noise: float = _setting(
        0.0,
        "Gaussian noise added to the input in training: its standard deviation, where black is 0 and white is 1; "
        "the noisy image is clipped to [0, 1].",
        least=0.0,
        most=2.0,
    )
    noise_levels: str = _setting(
        "fixed",
        "Whether each image gets all of that noise, or its own amount, drawn evenly from none to all of it.",
        choices=NOISE_LEVELS,
    )
    beta: float = _setting(
        0.0,
        "Weight of the KL term of a VAE, per image, beside the error summed over pixels.",
        least=0.0,
        most=1000.0,
    )
    seed: int = _setting(
        0, "The start of everything random: the same seed gives the same run.", least=0, most=2**31 - 1
    )
    precision: str = _setting(
        "auto", "bf16 is faster where the hardware has it; auto takes it there.", choices=PRECISIONS
    )
    device: str = _setting("auto", "Where to train; auto takes a GPU if there is one.", choices=DEVICES)

    def __post_init__(self) -> None:
        """Check every value, and bring numbers to their type."""
        for setting in fields(self):
            object.__setattr__(self, setting.name, checked(setting.name, getattr(self, setting.name)))
        images = SOURCES[self.dataset].training_images
        if self.validation_images >= images:
            raise ValueError(
                f"validation_images {self.validation_images} leaves nothing to train on: {self.dataset} has {images} "
                "training images"
            )
        network = MODELS[self.model]
        if self.beta and not network.variational:
            raise ValueError(f"beta {self.beta:g} weighs the KL term of a vae; {self.model} has none, so it must be 0")
        if network.variational and self.code_activation != "none":
            raise ValueError(
                f"code_activation {self.code_activation!r}: the code of a {self.model} has none, use 'none'"
            )

    @property
    def training_label(self) -> str:
        """What the training loss is called on figures, with a mark where the images were changed for training."""
        changes = [word for word, amount in (("noisy", self.noise), ("augmented", self.augmentation)) if amount]
        return f"Training ({', '.join(changes)} images)" if changes else "Training"

    @property
    def monitored_label(self) -> str:
        """What the loss on images that are not trained on is called on figures."""
        return "Validation" if self.validation_images else "Test (no validation split)"

    @property
    def validation_words(self) -> str:
        """What the held-out loss is measured on, for people."""
        return f"{self.validation_images:,} images kept aside" if self.validation_images else "the test images"

    @classmethod
    def from_dict(cls, settings: dict[str, Any]) -> "Recipe":
        """Make a recipe of what ``to_dict`` returned, in this version or an earlier one.

        Raises:
            ValueError: a value is not allowed.
            TypeError: a setting is unknown.
        """
        return cls(**{EARLIER_NAMES.get(name, name): value for name, value in settings.items()})

    def to_dict(self) -> dict[str, Any]:
        """Give all fields as plain values, for JSON."""
        return asdict(self)


def checked(name: str, value: Any) -> Any:  # noqa: ANN401
    """Give ``value`` in the type of the recipe's field ``name``.

    Raises:
        ValueError: it is not allowed there. The sentence quotes it and says what is.
    """
    setting = next(f for f in fields(Recipe) if f.name == name)
    about = setting.metadata
    if choices := about["choices"]:
        if value not in choices:
            raise ValueError(f"unknown {name} {value!r}: choose from {', '.join(choices)}")
        return value
    least, most = about["least"], about["most"]
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
