"""Turn a finished run into one that is included with the project: small and protected."""

import dataclasses
import shutil
import tempfile
from pathlib import Path

from ae.data import datasets
from ae.runs import editing, filenames, files, folders, model_file, reading, recording, replay
from ae.runs.folders import Run, RunError
from ae.runs.tending import queue_locked

FRAMES = 10
"""The number of epochs kept of a replay."""

PREFIX = "shipped-"
"""The beginning of every shipped run's id; git ignores all other runs."""


def ship(run: Run, name: str) -> Run:
    """Turn a finished run into a shipped one, in the same folder of runs.

    Its weights are rounded to half precision and measured again, so that its figures are those of the shipped weights.
    Its replay is thinned, its history is kept, and its resume state is deleted. Its id becomes ``shipped-NAME``; an
    earlier run of that id is replaced. A shipped run can't be changed, deleted or trained longer.

    It is prepared beside the runs and then moved in, so a process that is killed meanwhile leaves the run as it was.

    Raises:
        RunError: the run is shipped already, or has not finished.
    """
    if run.shipped:
        raise RunError(f"{run.id} is shipped already")
    if not reading.read_metrics(run) or reading.saved_epoch(run) != run.recipe.epochs:
        raise RunError(f"{run.id} has not finished, so it can't be shipped")
    folder, final = run.path.parent, run.path.with_name(PREFIX + name)
    of_machine = (filenames.STATE, filenames.LOCK, filenames.LOG, filenames.PINNED, filenames.THREADS)
    left_behind = shutil.ignore_patterns(*of_machine, ".*")
    with tempfile.TemporaryDirectory(prefix=".new-", dir=folder) as place:
        copy = dataclasses.replace(run, path=Path(place) / final.name, shipped=True)
        shutil.copytree(run.path, copy.path, ignore=left_behind)
        half = {key: value.half() for key, value in model_file.load(run).state_dict().items()}
        model_file.write_weights(copy, half, run.recipe.epochs)
        files.replace(copy.path / filenames.REPLAY, replay.thinned(reading.replay_bytes(run), FRAMES))
        files.replace(copy.path / filenames.ABOUT, files.to_json(folders.read_about(run) | {"shipped": True}))
        recording.measure(copy, datasets.load(run.recipe.dataset))
        with queue_locked(folder):
            shutil.rmtree(final, ignore_errors=True)
            copy.path.rename(final)
    editing.delete(run)
    return folders.open_run(final.name)
