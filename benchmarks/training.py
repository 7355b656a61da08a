"""A run by a recipe: taken if it is there, gone on with if it was interrupted, trained if there is none."""

import subprocess
import sys
from pathlib import Path
from typing import Any

from ae.presets import preset
from ae.recipe import Recipe
from ae.runs import folders, queue
from ae.runs.folders import Run

ROOT = Path(__file__).resolve().parent.parent


def finished(recipe: Recipe) -> Run | None:
    """Give a finished run by exactly that recipe, if the folder of runs has one that did not come with the project."""
    return next((run for run in _by(recipe) if queue.state(run) == "finished"), None)


def trained(name: str, **changes: Any) -> Run:
    """Give a finished run by a preset with some settings changed; killed on the way, the next call goes on with it.

    Raises:
        subprocess.CalledProcessError: the training failed; it said why.
    """
    recipe = preset(name, **changes)
    if run := finished(recipe):
        return run
    flags = [word for key, value in changes.items() for word in ("--" + key.replace("_", "-"), str(value))]
    begun = next(iter(_by(recipe)), None)
    command = ["resume", begun.id] if begun else ["train", "--preset", name, *flags]
    subprocess.run([sys.executable, "-m", "ae", *command], cwd=ROOT, check=True)
    return trained(name, **changes)


def _by(recipe: Recipe) -> list[Run]:
    runs = [run for run in folders.list_runs() if isinstance(run, Run) and not run.shipped]
    return [run for run in runs if run.recipe == recipe]
