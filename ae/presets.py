"""The presets, as data."""

from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from ae.data.sources import SOURCES
from ae.recipe import Recipe, checked


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
    validation_images=12_000,
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
    validation_images=5000,
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
                validation_images=5000,
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
                validation_images=5000,
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
            replace(
                HOMEWORK, validation_images=5000, epochs=150, batch_size=128, learning_rate=5e-3, schedule="one-cycle"
            ),
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
    validation_images = recipe.validation_images * images // SOURCES[recipe.dataset].training_images
    batch_size = recipe.batch_size if images > 10_000 else min(recipe.batch_size, 32)
    return replace(recipe, dataset=dataset, validation_images=validation_images, batch_size=batch_size)


def changed(recipe: Recipe, preset: str) -> dict[str, Any]:
    """Give the settings of a recipe that are not its preset's; its code size, dataset, seed and device may differ."""
    free = ("code_size", "seed", "precision", "device")
    own = asdict(fitted(PRESETS[preset].recipe, recipe.dataset))
    return {key: value for key, value in asdict(recipe).items() if key not in free and value != own[key]}
