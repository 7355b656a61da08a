"""Stop hopeless runs of a sweep early, by asynchronous successive halving (ASHA: Li et al. 2020), Ray Tune's own.

Tune itself would be a second writer with folders of its own, so only its scheduler is used: it is told the losses that
arrive, and says which runs to stop.
"""

import os
from collections.abc import Sequence
from importlib.util import find_spec
from types import SimpleNamespace
from typing import Any

from ae.recipe import Recipe
from ae.runs import reading
from ae.runs.cluster.streams import INSTALL, QUIET
from ae.runs.folders import Run
from ae.runs.reading import Line

FACTOR = 3
"""At each rung, about one run of so many goes on; each rung has so many times the epochs of the one before it."""

RUNGS = 3
"""The number of rungs of a long run: after a ninth of its epochs, after a third, and at its end."""

COMPARED = (
    *("dataset", "validation_images", "code_size", "epochs", "loss", "beta", "penalty", "penalty_weight"),
    *("target_activity", "noise", "noise_levels"),
)
"""Only runs that are equal in these settings are compared: the losses of others mean something else, or come from
another bottleneck size, and a sweep over sizes must not end with the largest one alone."""


class Halving:
    """Compares runs by their validation losses, or their test losses where there are no validation images.

    Args:
        runs: of the sweep; the epochs that they have already are taken into account.

    Raises:
        ValueError: Ray Tune is not installed.
    """

    def __init__(self, runs: Sequence[Run]) -> None:
        if any(find_spec(module) is None for module in ("ray", "pydantic")):
            raise ValueError(f"--asha needs Ray Tune, which is not installed: run {INSTALL}")
        self._schedulers: dict[tuple[Any, ...], Any] = {}
        self._known: set[str] = set()
        for run in runs:
            for line in reading.read_history(run):
                self._hopeless(run, line)

    def reason_to_stop(self, run: Run, lines: Sequence[Line]) -> str:
        """Return why a run should stop after these epochs, in a few words; empty if it should not."""
        for line in lines:
            if self._hopeless(run, line):
                kind = "validation" if run.recipe.validation_images else "test"
                return (
                    f"after epoch {line.epoch} of {run.recipe.epochs} its {kind} loss, {line.monitored_loss:.5f}, was "
                    "not among the best third of comparable runs"
                )
        return ""

    def _hopeless(self, run: Run, line: Line) -> bool:
        from ray.tune.schedulers import TrialScheduler

        scheduler, trial = self._scheduler(run.recipe), SimpleNamespace(trial_id=run.id)
        if run.id not in self._known:
            self._known.add(run.id)
            scheduler.on_trial_add(None, trial)
        if not line.epoch:
            return False
        result = {"epoch": line.epoch, "loss": line.monitored_loss}
        return bool(scheduler.on_trial_result(None, trial, result) == TrialScheduler.STOP)

    def _scheduler(self, recipe: Recipe) -> Any:  # noqa: ANN401
        """Return what compares the runs that can be compared with a recipe's."""
        key = tuple(getattr(recipe, name) for name in COMPARED)
        if key not in self._schedulers:
            for name, value in QUIET.items():
                os.environ.setdefault(name, value)  # before Ray is imported
            from ray.tune.schedulers import ASHAScheduler

            self._schedulers[key] = ASHAScheduler(
                time_attr="epoch",
                metric="loss",
                mode="min",
                max_t=recipe.epochs,
                grace_period=max(1, recipe.epochs // FACTOR ** (RUNGS - 1)),
                reduction_factor=FACTOR,
                stop_last_trials=False,
            )
        return self._schedulers[key]
