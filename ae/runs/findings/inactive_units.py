"""Why do equal recipes end at different losses?"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from ae.data.texts import listed
from ae.presets import PRESETS, preset
from ae.runs import reading
from ae.runs.findings.question import Mark, Panel, Part, Question, Row, Scope, panel
from ae.runs.findings.words import count, mean, order, seeds
from ae.runs.folders import Run
from ae.runs.grid import Grid
from ae.runs.sweep_study import spread

if TYPE_CHECKING:
    from ae.data.datasets import Dataset
    from ae.models.base import Autoencoder

SIZE = 8
LINEAR = 3
"""The seeds of a linear code, which hardly differ; with all of them, the question would take more than 20 minutes."""
REPORTED = (0.0205, 0.0224, 0.0247)
"""Test losses in reports of the course lab."""
LOSSES = listed([f"{loss:.4f}" for loss in REPORTED])
CLOSE = 0.02
"""The largest relative difference between a reported loss and the mean here that counts as the same."""
INITS = {"pytorch": "PyTorch's default", "xavier": "Xavier"}
STARTS = {INITS["pytorch"]: "PyTorch's start", INITS["xavier"]: "Xavier's start"}
LINEAR_CODE = ", linear code"
CODES = {"relu": "ReLU on the code", "none": "linear code"}


def _parts(scope: Scope) -> Sequence[Part]:
    relu = preset("lab", dataset=scope.dataset, code_size=SIZE)
    linear = preset("lab-xavier", dataset=scope.dataset, code_size=SIZE, code_activation="none")
    return [
        Part("lab", Grid(relu, {"init": tuple(INITS), "seed": scope.seeds})),
        Part("lab-xavier", Grid(linear, {"seed": scope.seeds[:LINEAR]})),
    ]


def _measure(run: Run, model: "Autoencoder", dataset: "Dataset") -> Iterable[Row]:
    measured = reading.read_metrics(run)
    return [
        {
            "start": INITS[run.recipe.init],
            "code": CODES[run.recipe.code_activation],
            "seed": run.recipe.seed,
            "active_units": measured["active_units"],
            "test_mse": measured["test_mse"],
        }
    ]


def _panels(rows: pd.DataFrame) -> list[Panel]:
    by_count = _by_count(rows)
    reported = _reported(by_count)
    falls = bool(by_count.is_monotonic_increasing) and len(by_count) > 1  # it is sorted from most units to least
    starts = rows.assign(
        start=rows["start"].map(STARTS) + rows["code"].map({CODES["relu"]: "", CODES["none"]: LINEAR_CODE})
    )
    relu = rows[rows["code"] == CODES["relu"]]
    usual, other = (relu.loc[relu["start"] == start, "test_mse"] for start in INITS.values())
    differ = len(usual) and len(other) and order(other, usual)
    return [
        panel(
            rows.assign(code=rows["code"].map({CODES["relu"]: "ReLU code", CODES["none"]: "linear code"})),
            "test_mse",
            title="The fewer active units, the higher the error" if falls else "Error and active units",
            x=("active_units", "Active units"),
            y="Test MSE (written: the reports')" if reported else "Test MSE per pixel",
            better="lower",
            lines="code",
            marks=[Mark("ReLU code", units, f"{loss:.4f}") for loss, units in reported.items()],
            main="ReLU code",
            brief="test error",
            brief_x="active units",
        ),
        panel(
            starts.assign(mean=starts.groupby("start")["test_mse"].transform("mean")).sort_values(
                "mean", kind="stable"
            ),
            "test_mse",
            title=f"Xavier's start ends at a {'lower' if differ < 0 else 'higher'} error"
            if differ
            else "Both starts end alike",
            x=("start", "Initialisation"),
            y="Test MSE per pixel",
            better="lower",
        ),
    ]


def _by_count(rows: pd.DataFrame) -> pd.Series:
    """Return the mean test MSE of the runs with a ReLU on the code, by their number of active units, falling."""
    relu = rows[rows["code"] == CODES["relu"]]
    return relu.groupby("active_units")["test_mse"].mean().sort_index(ascending=False)


def _reported(by_count: pd.Series) -> dict[float, int]:
    """Return the number of active units that goes with each reported loss; nothing if one is far from all means."""
    apart = max(float((by_count - loss).abs().min() / loss) for loss in REPORTED)
    return {loss: int((by_count - loss).abs().idxmin()) for loss in REPORTED} if apart < CLOSE else {}


def _answer(rows: pd.DataFrame) -> str:
    relu, linear = (rows[rows["code"] == code] for code in CODES.values())
    active = [count(relu.loc[relu["start"] == start, "active_units"]) for start in INITS.values()]
    groups = spread(relu, ["active_units"], "test_mse")
    within = float((groups["sd"].fillna(0) ** 2 * (groups["runs"] - 1)).sum())
    total = float(((relu["test_mse"] - relu["test_mse"].mean()) ** 2).sum())
    share = 1 - within / total if total else 0.0
    by_count = _by_count(rows)
    most, least = by_count.index[0], by_count.index[-1]
    inactive = f"Because up to {SIZE - least:.0f} of {SIZE} latent units become inactive"
    cause = inactive if share > 0.5 else "Inactive units are only a part of it"
    ends = f"{by_count[most]:.4f} with {most:.0f} active units to {by_count[least]:.4f} with {least:.0f}"
    nearest = [f"{units}" for units in _reported(by_count).values()]
    match = f", and the losses in the reports are those of {listed(nearest)}" if nearest else ""
    return (
        f"{cause}: the test MSE goes from {ends}{match}. Xavier's initialisation keeps {active[1]} of {SIZE} active, "
        f"PyTorch's {active[0]}, and a linear code, which has no ReLU, {count(linear['active_units'])}. The number of "
        f"active units explains {share:.1%} of the variance of the test MSE between the runs with a ReLU on the code "
        f"(n = {seeds(relu)} for each initialisation). With a linear code, the test MSE is {mean(linear['test_mse'])}."
    )


QUESTION = Question(
    name="inactive-units",
    sentence="Why does the same training end at different losses?",
    context=f"Reports of the course lab give test losses of {LOSSES} for one recipe.",
    method="In the reports, only the initial weights differed. Here: the lab's recipe, unchanged "
    "(50 epochs on all 60,000 images, 8 latent units), with PyTorch's or Xavier "
    f"initialisation, and with Xavier's also without the ReLU on the code ({LINEAR} seeds). Reports of the lab give "
    f"{LOSSES} for it; the test MSE here is that after the last epoch.",
    trained=f"the preset {PRESETS['lab'].title}, trained for {PRESETS['lab'].recipe.epochs} epochs",
    seeds=(0, 1, 2, 3, 4),
    minutes=19,
    parts=_parts,
    measure=_measure,
    panels=_panels,
    answer=_answer,
)
