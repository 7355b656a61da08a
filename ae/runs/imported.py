"""An imported run in words: its source, its network, and how it compares. Nothing here imports torch."""

from collections.abc import Mapping, Sequence
from typing import Any

from ae.data.texts import printable
from ae.models.options import ACTIVATIONS, CODE_ACTIVATIONS
from ae.models.registry import MODELS
from ae.recipe import Recipe
from ae.runs import folders, names, queue, reading
from ae.runs.folders import Run

NO_HISTORY = "imported: no training history"
"""What stands where a run's training would be shown."""

LISTED = 10
"""The most inactive units that a sentence names."""


def source(run: Run) -> str:
    """Return the name of the file that a run was imported from; empty if that is not known."""
    found = folders.read_about(run).get("imported")
    return printable(found.get("file", "")) if isinstance(found, dict) else ""


def network(recipe: Recipe) -> str:
    """Describe a network: "Fully connected, 8 units, ReLU, ReLU on the code"."""
    on_code = "a linear code" if _linear(recipe) else f"{_word(recipe.code_activation)} on the code"
    sizes = [f"{name} {size}" for name, size in recipe.sizes]
    units = names.units(recipe.code_size)
    return ", ".join([MODELS[recipe.model].title, units, _word(recipe.activation), on_code, *sizes])


def counterpart(run: Run, runs: Sequence[Run]) -> Run | None:
    """Return the run to compare an imported one with; None if there is none.

    It is of the same network with a linear code, if the imported run's code has an activation and there is one; else
    the best of its bottleneck size.

    Args:
        run: an imported run.
        runs: to choose from.
    """
    alike = [each for each in runs if _comparable(each.recipe, run.recipe) and queue.state(each) == "finished"]
    linear = [each for each in alike if _same_layers(each.recipe, run.recipe) and _linear(each.recipe)]
    chosen = alike if _linear(run.recipe) or not linear else linear

    def rank(each: Run) -> tuple[bool, float]:
        other_activation = chosen is linear and each.recipe.activation != run.recipe.activation
        return other_activation, _test_mse(each)

    return min(chosen, key=rank, default=None)


def verdict(run: Run, runs: Sequence[Run]) -> str:
    """Compare an imported run with its ``counterpart`` among ``runs``, in a sentence."""
    measured, recipe = reading.read_metrics(run), run.recipe
    own = f"your network: test MSE {measured['test_mse']:.4f}, {_activity(measured, recipe.code_size)}"
    other = counterpart(run, runs)
    if other is None:
        return f"{own}."
    what = f"the best here of {names.units(recipe.code_size)}"
    if not _linear(recipe) and _same_layers(other.recipe, recipe) and _linear(other.recipe):
        same = other.recipe.activation == recipe.activation
        what = f"the same network with {'' if same else f'{_word(other.recipe.activation)} and '}a linear code"
    return f"{own}; {what}: {_test_mse(other):.4f} ({other.name})."


def _test_mse(run: Run) -> float:
    found: float = reading.read_metrics(run)["test_mse"]
    return found


def inactive(measured: Mapping[str, Any]) -> str:
    """List the inactive units: "1, 4 and 6"; empty if there are none, or too many to name."""
    units = [str(unit) for unit in measured["inactive_units"]]
    if not 0 < len(units) <= LISTED:
        return ""
    return " and ".join(filter(None, (", ".join(units[:-1]), units[-1])))


def _activity(measured: Mapping[str, Any], size: int) -> str:
    count = len(measured["inactive_units"])
    if not count:
        return f"all {size} units active" if size > 1 else "its unit active"
    named = inactive(measured)
    return f"{count} of {size} units inactive" + (f" ({named})" if named else "")


def _word(activation: str) -> str:
    return {**ACTIVATIONS, **CODE_ACTIVATIONS}[activation]


def _linear(recipe: Recipe) -> bool:
    return recipe.code_activation == "none"


def _comparable(other: Recipe, recipe: Recipe) -> bool:
    """Whether a run trained here has the bottleneck size and the dataset of an imported one."""
    return not other.imported and (other.code_size, other.dataset) == (recipe.code_size, recipe.dataset)


def _same_layers(other: Recipe, recipe: Recipe) -> bool:
    return (other.model, other.sizes) == (recipe.model, recipe.sizes)
