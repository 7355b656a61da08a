"""The commands that train a run again."""

from ae.presets import PRESETS, changed
from ae.recipe import Recipe


def commands(recipe: Recipe, preset: str) -> list[str]:
    """Return the commands that train a run of this recipe: one, and one more for each time that it was trained longer.

    Args:
        recipe: of the run.
        preset: the preset that it came from; if it is no preset's name, the recipe is written as changes of "lab".

    Returns:
        none for an imported run, whose training is not known.
    """
    if recipe.imported:
        return []
    start = preset if preset in PRESETS else "lab"
    original = PRESETS[start].recipe
    changes = changed(recipe, start)
    changes.pop("restarts", None)
    first, *later = (*recipe.restarts, recipe.epochs)
    if later or "epochs" in changes:
        changes["epochs"] = first
    for name in ("seed", "precision", "device"):
        if getattr(recipe, name) != getattr(original, name):
            changes[name] = getattr(recipe, name)
    settings = {"dataset": recipe.dataset, "code_size": recipe.code_size, **changes}
    flags = " ".join(f"--{name.replace('_', '-')} {value}" for name, value in settings.items())
    return [f"python -m ae train --preset {start} {flags}"] + [f"python -m ae resume last --epochs {n}" for n in later]
