"""Bring a finished run into the form in which it comes with the project: small, and protected."""

import dataclasses
import shutil

from ae import checkpoints, data, files, record, replay
from ae.checkpoints import Run, RunError

FRAMES = 10
"""So many epochs of a replay are kept."""
PREFIX = "shipped-"
"""How the ids of runs that come with the project begin; git keeps these alone."""


def ship(run: Run, name: str) -> Run:
    """Make a finished run one that comes with the project, in the same folder of runs.

    Its weights are rounded to half precision and measured again, so that its figures are of what is shipped; its replay
    is thinned, its history stays; its id becomes ``shipped-`` and ``name``, in place of an earlier one. From then on it
    can be neither changed nor deleted.

    Raises:
        RunError: it has not finished.
    """
    if not checkpoints.read_metrics(run) or checkpoints.saved_epoch(run) != run.recipe.epochs:
        raise RunError(f"{run.id} has not finished, so it can't be shipped")
    half = {key: value.half() for key, value in checkpoints.load(run).state_dict().items()}
    record.write_weights(run, half, run.recipe.epochs)
    files.replace(run.path / checkpoints.REPLAY, replay.thinned(checkpoints.replay_bytes(run), FRAMES))
    about = checkpoints.read_about(run) | {"shipped": True}
    files.replace(run.path / checkpoints.ABOUT, files.to_json(about))
    for passing in (checkpoints.LOCK, checkpoints.LOG):
        (run.path / passing).unlink(missing_ok=True)
    final = run.path.with_name(PREFIX + name)
    shutil.rmtree(final, ignore_errors=True)
    run.path.rename(final)
    shipped = dataclasses.replace(run, path=final, shipped=True)
    record.measure(shipped, data.load(run.recipe.dataset))
    return checkpoints.open_run(final.name)
