"""A recipe: everything that a run is made from, one flat frozen dataclass. The presets are at the end."""

import operator
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from ae.autoencoder import ACTIVATIONS, CODE_ACTIVATIONS, ERRORS, PIXELS
from ae.data import SOURCES
from ae.models import INITIALISATIONS, MODELS

OPTIMISERS = ("adam", "adamw", "sgd", "muon")
NOISE_LEVELS = ("fixed", "varied")
SCHEDULES = ("constant", "plateau", "one-cycle")
PRECISIONS = ("auto", "bf16", "fp32")
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
    held_out: int = _setting(
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
        if self.held_out >= images:
            raise ValueError(
                f"held_out {self.held_out} leaves nothing to train on: {self.dataset} has {images} training images"
            )
        kind = MODELS[self.model]
        if self.beta and not kind.has_prior:
            raise ValueError(f"beta {self.beta:g} weighs the KL term of a vae; {self.model} has none, so it must be 0")
        if kind.has_prior and self.code_activation != "none":
            raise ValueError(
                f"code_activation {self.code_activation!r}: the code of a {self.model} has none, use 'none'"
            )

    @property
    def held_out_words(self) -> str:
        """What the held-out loss is measured on, for people."""
        return f"{self.held_out:,} images kept aside" if self.held_out else "the test images"

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


@dataclass(frozen=True)
class Preset:
    """A recipe with a name, a sentence on what it is, and where it comes from."""

    name: str
    title: str
    sentence: str
    source: str
    recipe: Recipe
    code_sizes: tuple[int, ...]
    """The bottleneck sizes that its source studies; the recipe's own is among them."""


LAB = Recipe()  # the defaults are the lab's
HOMEWORK = Recipe(
    model="conv",
    code_size=2,
    code_activation="none",
    held_out=12_000,
    epochs=10,
    batch_size=256,
    learning_rate=5e-4,
    schedule="constant",
    weight_decay=0.0,
)

BEST = Recipe(
    model="residual",
    activation="gelu",
    code_activation="none",
    held_out=5000,
    epochs=60,
    batch_size=384,
    optimiser="muon",
    learning_rate=8e-3,
    schedule="one-cycle",
    weight_decay=0.2,
    augmentation=0.5,
)

PRESETS: dict[str, Preset] = {
    preset.name: preset
    for preset in (
        Preset(
            "fast",
            "Fast",
            "The lab's 622,504 parameters with GELU and no ReLU on the code: better than the lab's 50 epochs in "
            "a few seconds.",
            "ours",
            Recipe(
                activation="gelu",
                code_activation="none",
                held_out=5000,
                epochs=10,
                batch_size=256,
                learning_rate=8e-3,
                schedule="one-cycle",
                weight_decay=0.0,
            ),
            (2, 4, 8, 16),
        ),
        Preset(
            "best",
            "Best",
            "The sharpest drawings at every bottleneck size, in minutes: residual blocks, Muon, and half of the "
            "training images changed a little each time.",
            "ours; Muon: Jordan et al. 2024",
            BEST,
            (2, 4, 8, 16, 30),
        ),
        Preset(
            "denoiser",
            "Denoiser",
            "Learns to draw the clean image from a noisy one, whatever the noise's strength up to 0.6.",
            "ours; denoising autoencoders: Vincent et al. 2008",
            replace(BEST, code_size=64, epochs=20, augmentation=0.0, noise=0.6, noise_levels="varied"),
            (64,),
        ),
        Preset(
            "vae",
            "Variational",
            "The homework's variational network with GELU and binary cross-entropy, as most published figures have it.",
            "ours; Kingma & Welling 2014",
            Recipe(
                model="vae",
                code_size=20,
                activation="gelu",
                code_activation="none",
                held_out=5000,
                epochs=30,
                batch_size=128,
                learning_rate=1e-3,
                schedule="one-cycle",
                weight_decay=0.0,
                loss="bce",
                beta=1.0,
            ),
            (2, 20),
        ),
        Preset(
            "conv",
            "Convolutional",
            "The homework's convolutional network, untouched, as far as a longer recipe takes it.",
            "ours; the network: SEEDS.md, B",
            replace(HOMEWORK, held_out=5000, epochs=150, batch_size=128, learning_rate=5e-3, schedule="one-cycle"),
            (2,),
        ),
        Preset(
            "lab",
            "Lab",
            "The lab's autoencoder and training loop to the letter; PyTorch's initialisation leaves about a third "
            "of its code units dead.",
            "SEEDS.md, A",
            LAB,
            (4, 8, 16),
        ),
        Preset(
            "lab-xavier",
            "Lab, Xavier",
            "The same with Xavier-uniform weights and biases of 0.01, as one of the lab's reports has it: few "
            "units die.",
            "SEEDS.md, A",
            replace(LAB, init="xavier"),
            (4, 8, 16),
        ),
        Preset(
            "homework-conv",
            "Homework, convolutional",
            "The homework's convolutional autoencoder with a code of 2 numbers, which can be drawn as a plane.",
            "SEEDS.md, B",
            HOMEWORK,
            (2,),
        ),
        Preset(
            "homework-vae",
            "Homework, variational",
            "The homework's variational autoencoder with a code of 2, trained like its convolutional sibling (the "
            "report names no other settings).",
            "SEEDS.md, C",
            replace(HOMEWORK, model="vae", beta=1.0),
            (2,),
        ),
    )
}


def preset(name: str, **changes: Any) -> Recipe:  # noqa: ANN401
    """Give a preset's recipe with some fields changed.

    On a smaller dataset than MNIST the preset's defaults follow its size: as large a share is held out, and 1,500
    images are learned in batches of at most 32. What ``changes`` names is taken as it is.

    Raises:
        ValueError: the preset or a field is unknown, or a value is not allowed.
    """
    if name not in PRESETS:
        raise ValueError(f"unknown preset {name!r}: choose from {', '.join(PRESETS)}")
    known = {f.name for f in fields(Recipe)}
    for key in changes:
        if key not in known:
            raise ValueError(f"unknown setting {key!r}: choose from {', '.join(sorted(known))}")
    recipe = PRESETS[name].recipe
    return Recipe(**{**asdict(fitted(recipe, changes.get("dataset", recipe.dataset))), **changes})


def fitted(recipe: Recipe, dataset: str) -> Recipe:
    """Give the recipe for another dataset: as large a share held out, and batches of at most 32 of few images.

    Raises:
        ValueError: the dataset is unknown.
    """
    images = SOURCES[checked("dataset", dataset)].training_images
    held_out = recipe.held_out * images // SOURCES[recipe.dataset].training_images
    batch_size = recipe.batch_size if images > 10_000 else min(recipe.batch_size, 32)
    return replace(recipe, dataset=dataset, held_out=held_out, batch_size=batch_size)


def changed(recipe: Recipe, preset: str) -> dict[str, Any]:
    """Give the settings of a recipe that are not its preset's; its code size, dataset, seed and device may differ."""
    free = ("code_size", "seed", "precision", "device")
    own = asdict(fitted(PRESETS[preset].recipe, recipe.dataset))
    return {key: value for key, value in asdict(recipe).items() if key not in free and value != own[key]}
