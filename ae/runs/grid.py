"""A grid: every combination of some values of some settings, and one recipe for each."""

import math
import re
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import product
from typing import Any

from ae.data.sources import Shape
from ae.data.texts import printable
from ae.models.earlier import LATER
from ae.models.rules import applies, without_idle
from ae.recipe import DEFAULTS, SETTINGS, Recipe, checked
from ae.runs import folders

MOST = 400
"""The most runs of a grid."""

TAG = "sweep:"
"""What the tag of a sweep's runs begins with; the sweep's name follows."""

LONGEST_NAME = folders.LONGEST_TAG - len(TAG)

FIXED = ("dataset", "device")
"""Settings that can't be varied: runs on other images can't be compared, and the device is to change nothing."""

_RANGE = re.compile(r"(\d{1,10})(?:-(\d{1,10}))?")


@dataclass(frozen=True)
class Grid:
    """A base recipe, and the values of the settings that are varied.

    Raises:
        ValueError: a setting is unknown or can't be varied, has no value or one that is not allowed, or a combination
            is not allowed, or there are too many of them.
    """

    base: Recipe
    varied: Mapping[str, tuple[Any, ...]]
    """The values of each varied setting, at least one, each once."""

    def __post_init__(self) -> None:
        """Check every setting and value, and every combination."""
        for name in self.varied:
            if name not in SETTINGS or name in FIXED:
                possible = ", ".join(known for known in SETTINGS if known not in FIXED)
                raise ValueError(f"{name!r} can't be varied: choose from {possible}")
            if not self.varied[name]:
                raise ValueError(f"{name} has no value")
        shape = self.base.image_shape
        values = {name: _each_once(name, self.varied[name], shape) for name in SETTINGS if name in self.varied}
        object.__setattr__(self, "varied", values)
        if (count := math.prod(map(len, values.values()))) > MOST:
            raise ValueError(f"{count:,} runs are too many: a sweep has at most {MOST}")
        object.__setattr__(self, "_recipes", self._combined())

    def _combined(self) -> list[Recipe]:
        names = sorted(self.varied, key=lambda name: name != "seed")
        combined = product(*(self.varied[name] for name in names))
        base = asdict(self.base)
        each = (without_idle(base | dict(zip(names, values, strict=True)), DEFAULTS) for values in combined)
        recipes = list(dict.fromkeys(Recipe(**settings) for settings in each))
        for name in names:
            if not any(applies(name, recipe) for recipe in recipes):
                raise ValueError(f"{name} has no effect in any of these runs")
        return recipes

    @property
    def count(self) -> int:
        """The number of combinations."""
        return len(self.recipes())

    def recipes(self) -> list[Recipe]:
        """Return a recipe for each combination, all of the first seed first, so that an unfinished sweep shows most.

        A setting that has no effect in a combination, such as the weight of no penalty, is at its default there, and
        combinations that are the same then count once.
        """
        return list(self._recipes)  # type: ignore[attr-defined]

    def several(self) -> list[str]:
        """Return the settings that have more than one value, in the order of the recipe's."""
        return [name for name, values in self.varied.items() if len(values) > 1]

    def default_name(self, preset: str) -> str:
        """Return a name for the sweep that is the same for the same settings, whatever the values of those varied.

        So a grid that gets more values goes on in the same sweep.
        """
        idle = {name for name in LATER if name not in self.base.shown}
        free = {"code_size", "seed", *self.varied, *idle}
        fixed = {name: value for name, value in asdict(self.base).items() if name not in free}
        digest = zlib.crc32(repr(sorted(fixed.items())).encode())
        return f"{preset or self.base.model}-{self.base.dataset}-{digest:08x}"[:LONGEST_NAME]


def checked_name(name: str) -> str:
    """Return a sweep's name without space around it.

    Raises:
        ValueError: it is empty or too long, or has a comma.
    """
    name = printable(name).strip()
    if not name or len(name) > LONGEST_NAME or "," in name:
        raise ValueError(f"{name[:40]!r} can't be a sweep's name: use 1 to {LONGEST_NAME} characters and no comma")
    return name


def seeds(texts: Iterable[str]) -> tuple[int, ...]:
    """Return seeds from texts such as "0-9" or "3", or "0-4,7".

    Raises:
        ValueError: one is neither a seed nor a range of seeds, or there are too many.
    """
    found: dict[int, None] = {}
    for part in (part.strip() for text in texts for part in text.split(",") if part.strip()):
        match = _RANGE.fullmatch(part)
        if not match:
            raise ValueError(f"{part[:40]!r} is not a seed or a range of seeds: write for example 0-9 or 0,3,7")
        first, last = int(match[1]), int(match[2] or match[1])
        if last < first:
            raise ValueError(f"the seeds {part} are no range: the first is larger than the last")
        if last - first >= MOST:
            raise ValueError(f"{last - first + 1:,} seeds are too many: a sweep has at most {MOST} runs")
        found |= dict.fromkeys(range(first, last + 1))
    return tuple(checked("seed", seed) for seed in found)


def values(name: str, text: str) -> tuple[Any, ...]:
    """Return the values of a setting from a text such as "1e-3,4e-3" or "relu,none".

    Raises:
        ValueError: a value is not allowed.
    """
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if name not in SETTINGS or SETTINGS[name].metadata["choices"]:
        return tuple(parts)
    return seeds([text]) if name == "seed" else tuple(number(part) for part in parts)


def number(text: str) -> float | int | str:
    """Parse a number; return anything else as it is, for the recipe to reject with the allowed values."""
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def _each_once(name: str, values: Sequence[Any], shape: Shape) -> tuple[Any, ...]:
    return tuple(dict.fromkeys(checked(name, value, shape) for value in values))
