"""Which values the settings of a recipe may have, alone and together. Importing this does not import torch."""

import operator
from collections.abc import Callable, Mapping
from itertools import pairwise
from types import SimpleNamespace
from typing import Any, NamedTuple, Protocol

from ae.models.penalties import NONE, PENALTIES, Penalised
from ae.models.registry import MODELS, Architecture


class Together(Architecture, Penalised, Protocol):
    """The settings of a recipe that depend on each other."""

    @property
    def beta(self) -> float:
        """The weight of the KL term."""


class Condition(NamedTuple):
    """When a setting has an effect; otherwise it must be left at its default."""

    holds: Callable[[Together], bool]
    otherwise: str
    """Why it has none, with the settings in braces."""


CONDITIONS = {
    "beta": Condition(lambda recipe: MODELS[recipe.model].variational, "weighs the KL term of a vae; {model} has none"),
    "top_k": Condition(
        lambda recipe: recipe.code_activation == "top-k",
        "is for the code_activation top-k; the code_activation is {code_activation}",
    ),
    "codebook_size": Condition(lambda recipe: MODELS[recipe.model].quantised, "is for a vq; {model} has no codebook"),
    "penalty": Condition(
        lambda recipe: not MODELS[recipe.model].term, "is one term too many: the loss of a {model} has one of its own"
    ),
    "penalty_weight": Condition(lambda recipe: recipe.penalty != NONE, "weighs a penalty, and there is none"),
    "target_activity": Condition(
        lambda recipe: recipe.penalty in PENALTIES and PENALTIES[recipe.penalty].target,
        "is for " + " or ".join(name for name, penalty in PENALTIES.items() if penalty.target) + "; the penalty is "
        "{penalty}",
    ),
}
"""The settings that only some recipes have, in the order in which the first to be refused is found."""


def applies(name: str, recipe: Together) -> bool:
    """Whether a setting has an effect in a recipe."""
    return name not in CONDITIONS or CONDITIONS[name].holds(recipe)


def without_idle(settings: Mapping[str, Any], defaults: Mapping[str, Any]) -> dict[str, Any]:
    """Return settings of a recipe, of which those that have no effect are at their default."""
    found = dict(settings)
    for name in CONDITIONS:
        if not applies(name, SimpleNamespace(**found)):
            found[name] = defaults[name]
    return found


def check_together(recipe: Together, defaults: Mapping[str, Any]) -> None:
    """Check the settings that depend on each other.

    Args:
        recipe: each of its settings is allowed alone.
        defaults: by the name of a setting.

    Raises:
        ValueError: they don't go together.
    """
    network, penalty = MODELS[recipe.model], PENALTIES.get(recipe.penalty)
    for name, condition in CONDITIONS.items():
        value = getattr(recipe, name)
        if value != defaults[name] and not condition.holds(recipe):
            why = condition.otherwise.format(
                model=recipe.model, penalty=recipe.penalty, code_activation=recipe.code_activation
            )
            raise ValueError(f"{name} {_text(value)} {why}, so it must be {_text(defaults[name])}")
    if network.term and recipe.code_activation != NONE:
        raise ValueError(
            f"code_activation {recipe.code_activation!r}: the code of a {recipe.model} has no activation, use 'none'"
        )
    if recipe.code_activation == "top-k" and not 1 <= recipe.top_k <= recipe.code_size:
        raise ValueError(f"top_k {recipe.top_k}: with the code_activation top-k, use 1 to {recipe.code_size}")
    if penalty is None:
        return
    if not recipe.penalty_weight:
        raise ValueError(
            f"penalty_weight 0 leaves the penalty {recipe.penalty} without effect: use a weight above 0, such as "
            f"{penalty.usual:g}, or the penalty {NONE}"
        )
    if penalty.code_activations and recipe.code_activation not in penalty.code_activations:
        raise ValueError(
            f"penalty {recipe.penalty} needs the code_activation {' or '.join(penalty.code_activations)}, not "
            f"{recipe.code_activation}: {penalty.because}"
        )


def _text(value: object) -> str:
    return value if isinstance(value, str) else f"{value:g}"


def allowed(name: str, value: Any, kind: object, about: Mapping[str, Any]) -> Any:  # noqa: ANN401
    """Return the value of a setting, converted to its type.

    Args:
        name: of the setting.
        value: of the setting.
        kind: its type: str, float or int.
        about: its ``choices``, or ``least`` and ``most``.

    Raises:
        ValueError: the value is not allowed. The message quotes it and lists what is allowed.
    """
    if choices := about["choices"]:
        if value not in choices:
            raise ValueError(f"unknown {name} {value!r}: choose from {', '.join(choices)}")
        return value
    least, most = about["least"], about["most"]
    try:
        number = float(value) if kind is float else operator.index(value)
        if isinstance(value, bool | str):
            raise TypeError
    except (TypeError, ValueError, OverflowError):
        called = "number" if kind is float else "whole number"
        raise ValueError(f"{name} {value!r} is not a {called}: use one from {least:,} to {most:,}") from None
    if not least <= number <= most:
        raise ValueError(f"{name} {value!r} is out of range: use {least:,} to {most:,}")
    return number


def checked_restarts(restarts: Any, schedule: str, epochs: int) -> tuple[int, ...]:  # noqa: ANN401
    """Return the epochs after which a schedule starts again.

    Raises:
        ValueError: they are something else, or the schedule has no restarts.
    """
    try:
        found = tuple(operator.index(epoch) for epoch in restarts)
    except TypeError:
        raise ValueError(f"restarts {restarts!r} are not whole numbers") from None
    if found and schedule != "one-cycle":
        raise ValueError(f"restarts {restarts!r} need the one-cycle schedule; the schedule is {schedule}")
    if any(start >= end for start, end in pairwise((0, *found, epochs))):
        raise ValueError(f"restarts {restarts!r}: use increasing epochs from 1 to {epochs - 1}")
    return found
