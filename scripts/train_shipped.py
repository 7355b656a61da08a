"""Train the runs that come with the project again, by the project's own command, and put them into checkpoints/.

    python -m scripts.train_shipped                  all of them: about half an hour on two quiet cores
    python -m scripts.train_shipped best-z2 vae-z20  these alone
    python -m scripts.train_shipped --from FOLDER    take finished runs of the same recipes from there, where there are

Needs MNIST (AE_DATA). A run takes the place of the one before only when it has been trained and measured.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from ae import checkpoints, jobs
from ae.checkpoints import Run
from ae.recipe import Recipe, preset
from ae.shipping import ship

ROOT = Path(__file__).resolve().parent.parent
SHIPPED: dict[str, tuple[str, dict[str, object]]] = {
    "digits-z2": ("fast", {"code_size": 2, "dataset": "digits", "epochs": 60}),
    "homework-vae-z2": ("homework-vae", {}),
    "homework-conv-z2": ("homework-conv", {}),
    "lab-z8": ("lab", {"code_size": 8}),
    "lab-xavier-z4": ("lab-xavier", {"code_size": 4}),
    "lab-xavier-z8": ("lab-xavier", {"code_size": 8}),
    "lab-xavier-z16": ("lab-xavier", {"code_size": 16}),
    "fast-z8": ("fast", {"code_size": 8}),
    "vae-z2": ("vae", {"code_size": 2}),
    "denoiser-z64": ("denoiser", {}),
    "best-z16": ("best", {"code_size": 16}),
    "best-z8": ("best", {"code_size": 8}),
    "best-z2": ("best", {"code_size": 2}),
}
"""By id: a preset, and what is changed in it."""


def main() -> None:
    """Train what was asked for, one after the other."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(SHIPPED))
    parser.add_argument("--from", dest="source", type=Path, help="a folder of runs")
    options = parser.parse_args()
    for name in options.names:
        if name not in SHIPPED:
            parser.error(f"unknown run {name!r}: choose from {', '.join(SHIPPED)}")
    target = checkpoints.runs_folder()
    with tempfile.TemporaryDirectory(prefix=".shipping-", dir=target) as place:
        os.environ["AE_CHECKPOINTS"] = place
        for name in [name for name in SHIPPED if name in (options.names or SHIPPED)]:
            from_preset, changes = SHIPPED[name]
            recipe = preset(from_preset, **changes)
            if not (options.source and take(recipe, options.source, Path(place))):
                train(from_preset, changes)
            run = ship(checkpoints.find("last"), name)
            measured = checkpoints.read_metrics(run)
            shutil.rmtree(target / run.id, ignore_errors=True)
            run.path.rename(target / run.id)
            print(f"{run.id}: test MSE {measured['test_mse']:.4f}", flush=True)


def train(name: str, changes: dict[str, object]) -> None:
    """Train by the command that everyone uses."""
    flags = [word for key, value in changes.items() for word in ("--" + key.replace("_", "-"), str(value))]
    subprocess.run([sys.executable, "-m", "ae", "train", "--preset", name, *flags], cwd=ROOT, check=True)


def take(recipe: Recipe, source: Path, place: Path) -> bool:
    """Copy a finished run of that recipe, if there is one."""
    os.environ["AE_CHECKPOINTS"] = str(source)
    try:
        runs = [run for run in checkpoints.list_runs() if isinstance(run, Run) and run.recipe == recipe]
        finished = [run for run in runs if jobs.state(run) == "finished" and not run.shipped]
    finally:
        os.environ["AE_CHECKPOINTS"] = str(place)
    for run in finished[:1]:
        shutil.copytree(run.path, place / run.id)
    return bool(finished)


if __name__ == "__main__":
    main()
