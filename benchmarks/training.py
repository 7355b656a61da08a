"""Find the finished run of a recipe, or resume an interrupted one, or train it."""

import subprocess
import sys
from pathlib import Path
from typing import Any

from ae.presets import preset
from ae.recipe import Recipe
from ae.runs import folders, queue
from ae.runs.folders import Run

ROOT = Path(__file__).resolve().parent.parent


def finished(recipe: Recipe, *, shipped: bool = False) -> Run | None:
    """Return a finished run of exactly that recipe in the folder of runs; None if there is none.

    Args:
        recipe: the recipe of the run.
        shipped: whether to accept a shipped run if there is no other.
    """
    found = _by(recipe) + (_by(recipe, shipped=True) if shipped else [])
    return next((run for run in found if queue.state(run) == "finished"), None)


def trained(name: str, **changes: Any) -> Run:
    """Return a finished run of a preset with some settings changed, and train it first if there is none.

    If this is killed, the next call resumes.

    Raises:
        subprocess.CalledProcessError: the training failed; its message is on stderr.
    """
    recipe = preset(name, **changes)
    if run := finished(recipe):
        return run
    flags = [word for key, value in changes.items() for word in ("--" + key.replace("_", "-"), str(value))]
    begun = next(iter(_by(recipe)), None)
    command = ["resume", begun.id] if begun else ["train", "--preset", name, *flags]
    subprocess.run([sys.executable, "-m", "ae", *command], cwd=ROOT, check=True)
    return trained(name, **changes)


def _by(recipe: Recipe, *, shipped: bool = False) -> list[Run]:
    runs = [run for run in folders.list_runs() if isinstance(run, Run)]
    return [run for run in runs if run.recipe == recipe and run.shipped == shipped]
