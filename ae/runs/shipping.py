"""Turn a finished run into one that is included with the project: small and protected."""

import dataclasses
import shutil

from ae.data import datasets
from ae.runs import filenames, files, folders, model_file, reading, recording, replay
from ae.runs.folders import Run, RunError

FRAMES = 10
"""The number of epochs kept of a replay."""

PREFIX = "shipped-"
"""The beginning of every shipped run's id; git ignores all other runs."""


def ship(run: Run, name: str) -> Run:
    """Turn a finished run into a shipped one, in the same folder of runs.

    Its weights are rounded to half precision and measured again, so that its figures are those of the shipped weights.
    Its replay is thinned, its history is kept, and its resume state is deleted. Its id becomes ``shipped-NAME``; an
    earlier run of that id is replaced. A shipped run can't be changed, deleted or trained longer.

    Raises:
        RunError: the run has not finished.
    """
    if not reading.read_metrics(run) or reading.saved_epoch(run) != run.recipe.epochs:
        raise RunError(f"{run.id} has not finished, so it can't be shipped")
    half = {key: value.half() for key, value in model_file.load(run).state_dict().items()}
    model_file.write_weights(run, half, run.recipe.epochs)
    files.replace(run.path / filenames.REPLAY, replay.thinned(reading.replay_bytes(run), FRAMES))
    about = folders.read_about(run) | {"shipped": True}
    files.replace(run.path / filenames.ABOUT, files.to_json(about))
    for own in (filenames.STATE, filenames.LOCK, filenames.LOG, filenames.PINNED):
        files.remove(run.path / own)
    final = run.path.with_name(PREFIX + name)
    shutil.rmtree(final, ignore_errors=True)
    run.path.rename(final)
    shipped = dataclasses.replace(run, path=final, shipped=True)
    recording.measure(shipped, datasets.load(run.recipe.dataset))
    return folders.open_run(final.name)
