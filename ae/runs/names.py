"""Names of runs: short and distinct, with what differs first."""

import re
from collections.abc import Collection, Iterator
from itertools import count

from ae.data.sources import SOURCES, find
from ae.models.registry import MODELS
from ae.presets import PRESETS, changed
from ae.recipe import Recipe

LONGEST = 200
USUAL = SOURCES["mnist"].title
"""The dataset that names leave out."""

RESERVED = {"CON", "PRN", "AUX", "NUL", *(f"{port}{n}" for port in ("COM", "LPT") for n in range(10))}
"""Names that Windows reserves for devices, with any extension."""

_ID = re.compile(r"[A-Za-z0-9]([A-Za-z0-9_.-]{0,253}[A-Za-z0-9_-])?")

_DOT = " · "
_SHOWN = 2
"""The number of changed settings in a name."""

_NUMBERS = {
    "validation_images": "{:,} for validation",
    "epochs": "{:,} epochs",
    "batch_size": "batch {:,}",
    "learning_rate": "rate {:g}",
    "weight_decay": "decay {:g}",
    "augmentation": "augmentation {:g}",
    "noise": "noise {:g}",
    "beta": "beta {:g}",
    "top_k": "top {}",
    "codebook_size": "codebook {:,}",
    "penalty_weight": "weight {:g}",
    "target_activity": "activity {:g}",
}
_ABBREVIATIONS = {
    "relu": "ReLU",
    "gelu": "GELU",
    "sgd": "SGD",
    "mse": "MSE",
    "bce": "BCE",
    "adam": "Adam",
    "adamw": "AdamW",
    "muon": "Muon",
    "xavier": "Xavier",
    "pytorch": "PyTorch init",
    "l1": "L1",
    "mmd": "MMD",
}


def new(given: str, recipe: Recipe, preset: str, *, taken: Collection[str]) -> str:
    """Return the name of a new run: the one given, made distinct, or the default if it is empty."""
    return distinct(given, recipe.code_size, taken) if given else default(recipe, preset, taken=taken)


def default(recipe: Recipe, preset: str, *, taken: Collection[str] = ()) -> str:
    """Return a run's default name, such as "8 units · Fast" or "8 units · 20 epochs · Fast 2 · Fashion-MNIST".

    The bottleneck size comes first, then the first settings that differ from the preset, the seed unless 0, the preset
    or network, and the dataset unless it is MNIST.

    Args:
        recipe: of the run.
        preset: the preset it came from; empty if none.
        taken: the names of other runs; a number makes the new one distinct.
    """
    title, own = MODELS[recipe.model].title, {}
    if preset in PRESETS:
        title, own = PRESETS[preset].title, changed(recipe, preset)
    changes = [_change(name, value) for name, value in own.items() if name != "restarts"]
    if len(changes) > _SHOWN:
        changes[_SHOWN:] = [f"{len(changes) - _SHOWN} more"]
    seed = [f"seed {recipe.seed}"] if recipe.seed else []
    stem = _DOT.join([units(recipe.code_size), *([", ".join(changes + seed)] if changes + seed else []), title])
    dataset = find(recipe.dataset).title
    ending = "" if dataset == USUAL else _DOT + dataset
    return next(name for name in (f"{stem}{number}{ending}" for number in _numbers()) if name not in taken)


def distinct(name: str, size: int, taken: Collection[str]) -> str:
    """Return a name that a person chose, with its bottleneck size in front and a number if others have it already."""
    if name not in taken:
        return name
    longer = size_first(name, size)
    cut = (longer[: LONGEST - len(number)] + number for number in _numbers())
    return next(each for each in cut if each not in taken)


def size_first(name: str, size: int) -> str:
    """Return a run's name with its bottleneck size in front.

    Default names of earlier versions, such as "Fast · bottleneck 8 · MNIST" or "8 · Fast", become "8 units · Fast".
    """
    parts = name.split(_DOT)
    if parts[0] in (units(size), str(size)) and len(parts) > 1:
        return _DOT.join([units(size), *parts[1:]])
    earlier = [part for part in parts if part in (f"bottleneck {size}", f"z {size}")]
    if len(parts) > 1 and earlier:
        parts.remove(earlier[0])
        if parts[-1] == USUAL and len(parts) > 1:
            parts.pop()
    return _DOT.join([units(size), *parts])


def units(size: int) -> str:
    """Return a bottleneck size in words."""
    return f"{size} units" if size != 1 else "1 unit"


def without_dataset(name: str, dataset: str) -> str:
    """Return a name without the dataset at its end, if it is there."""
    return name.removesuffix(_DOT + find(dataset).title)


def possible_id(id: str) -> bool:
    """Whether a run can have that id on every system."""
    allowed = _ID.fullmatch(id)
    return bool(allowed) and id.partition(".")[0].upper() not in RESERVED


def _change(name: str, value: object) -> str:
    if name in _NUMBERS:
        return _NUMBERS[name].format(value) if (name, value) != ("epochs", 1) else "1 epoch"
    if name == "model":
        return MODELS[str(value)].title
    word = _ABBREVIATIONS.get(str(value), str(value))
    if name == "penalty":
        return "no penalty" if word == "none" else word
    return f"{word} code" if name == "code_activation" else f"{word} noise" if name == "noise_levels" else word


def _numbers() -> Iterator[str]:
    """Yield nothing, then " 2", " 3" and so on."""
    return (f" {n}" if n > 1 else "" for n in count(1))
