"""Train the included runs again, with the project's own command, and put them into checkpoints/.

    python -m scripts.train_shipped                  all of them: about half an hour on two quiet cores
    python -m scripts.train_shipped best-z2 vae-z2   only these
    python -m scripts.train_shipped --from FOLDER    use finished runs of the same recipes from that folder

Needs MNIST (AE_DATA). A run replaces the previous one only when it has been trained and measured. If this is stopped or
killed, the next call resumes.
"""

import argparse
import os
import shutil
from pathlib import Path

from ae.presets import preset
from ae.runs import filenames, files, folders, reading
from ae.runs.folders import Run
from ae.runs.shipping import ship
from benchmarks.training import finished, trained

PLACE = ".shipping"
"""The folder in which they are trained, inside the folder of runs; deleted when it is empty."""
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
    "denoiser-z16": ("denoiser", {"code_size": 16}),
    "best-z16": ("best", {"code_size": 16}),
    "best-z8": ("best", {"code_size": 8}),
    "best-z2": ("best", {"code_size": 2}),
}
"""By id: a preset, and the settings changed in it."""


def main() -> None:
    """Train the runs named, one after the other."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(SHIPPED))
    parser.add_argument("--from", dest="source", type=Path, help="a folder of runs")
    options = parser.parse_args()
    for name in options.names:
        if name not in SHIPPED:
            parser.error(f"unknown run {name!r}: choose from {', '.join(SHIPPED)}")
    target = folders.runs_folder()
    colours = {run.id: run.colour for run in folders.list_runs() if isinstance(run, Run) and run.shipped}
    place = target / PLACE
    place.mkdir(parents=True, exist_ok=True)
    for name in [name for name in SHIPPED if name in (options.names or SHIPPED)]:
        from_preset, changes = SHIPPED[name]
        if options.source:
            os.environ["AE_CHECKPOINTS"] = str(options.source)
            if taken := finished(preset(from_preset, **changes)):
                shutil.copytree(taken.path, place / taken.id, dirs_exist_ok=True)
        os.environ["AE_CHECKPOINTS"] = str(place)
        run = ship(trained(from_preset, **changes), name)
        measured = reading.read_metrics(run)
        free = (colour for colour in range(folders.COLOURS) if colour not in colours.values())
        colours.setdefault(run.id, next(free))  # a run that is replaced keeps its colour
        about = folders.read_about(run) | {"colour": colours[run.id]}
        files.replace(run.path / filenames.ABOUT, files.to_json(about))
        shutil.rmtree(target / run.id, ignore_errors=True)
        run.path.rename(target / run.id)
        print(f"{run.id}: test MSE {measured['test_mse']:.4f}", flush=True)
    if not folders.list_runs():  # an earlier call may have left unfinished runs
        shutil.rmtree(place)


if __name__ == "__main__":
    main()
