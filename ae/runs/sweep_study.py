"""What a sweep found: mean and spread over seeds for each combination of settings, and which setting matters most."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from ae.analysis import variance
from ae.recipe import SETTINGS
from ae.runs import reading
from ae.runs.folders import Run

MEASURED = {
    "Test MSE": "test_mse",
    "PSNR (dB)": "psnr",
    "SSIM": "ssim",
    "kNN accuracy": "knn_accuracy",
    "Active units": "active_units",
    "Seconds": "seconds",
}
"""Columns of the table of runs, and the measurement that each is."""

METHOD = (
    "Analysis of variance of the logarithm of the test MSE: the share of all squared differences from the mean that is "
    "between the means of a setting's values."
)


class Study(NamedTuple):
    """A sweep's finished runs."""

    settings: list[str]
    """Those that are varied, without the seed."""
    runs: pd.DataFrame
    """A row for each finished run: the varied settings, ``seed``, the columns of ``MEASURED``, ``Run`` and ``Id``."""
    total: int
    """The number of all runs, finished or not."""


def study(runs: Sequence[Run]) -> Study:
    """Return what was measured of a sweep's runs, sorted by its settings and then by seed."""
    varied = [name for name in SETTINGS if len({getattr(run.recipe, name) for run in runs}) > 1]
    settings = [name for name in varied if name not in ("seed", "device")]
    rows = []
    for run in runs:
        measured = reading.read_metrics(run)
        if not measured or reading.saved_epoch(run) != run.recipe.epochs:
            continue
        row = {name: getattr(run.recipe, name) for name in (*settings, "seed")}
        row |= {column: measured.get(key, np.nan) for column, key in MEASURED.items()}
        rows.append({**row, "Run": run.name, "Id": run.id})
    columns = [*settings, "seed", *MEASURED, "Run", "Id"]
    found = pd.DataFrame(rows, columns=columns).sort_values([*settings, "seed"], ignore_index=True)
    return Study(settings, found.dropna(axis="columns", how="all") if len(found) else found, len(runs))


def groups(found: Study, by: Sequence[str], column: str = "Test MSE") -> pd.DataFrame:
    """Return mean and spread of a column over the runs with the same values of the settings ``by``; see ``spread``."""
    return spread(found.runs, by, column)


def spread(rows: pd.DataFrame, by: Sequence[str], column: str) -> pd.DataFrame:
    """Return mean and spread of a column over the rows that have the same values of the columns ``by``.

    Returns:
        a row for each combination, sorted: the columns ``by``, ``mean``, ``sd`` (NaN for one row), ``least``, ``most``
        and ``runs``.
    """
    measures = {"mean": "mean", "sd": "std", "least": "min", "most": "max", "runs": "count"}
    if not by:
        return pd.DataFrame([{name: rows[column].agg(measure) for name, measure in measures.items()}])
    return rows.groupby(list(by), sort=True)[column].agg(**measures).reset_index()


def shares(found: Study) -> variance.Explained | None:
    """Return which share of the differences in test MSE each setting explains; see ``METHOD``.

    Only seeds with which every combination is finished count, so that all combinations have as many runs.

    Returns:
        the shares; None if there are no such seeds, no two combinations, or no differences.
    """
    if not found.settings or not len(found.runs):
        return None
    runs = found.runs
    combinations = int(np.prod([runs[name].nunique() for name in found.settings]))
    whole = runs.drop_duplicates([*found.settings, "seed"])
    whole = whole[whole.groupby("seed")["seed"].transform("size") == combinations]
    values = np.log(whole["Test MSE"].to_numpy(float)) if len(whole) else np.empty(0)
    return variance.explained(values.tolist(), {name: whole[name].tolist() for name in found.settings})


def finding(found: Study, names: Mapping[str, str] | None = None, words: Callable[[object], str] | None = None) -> str:
    """Return in a sentence or two what the sweep says, from what is finished of it.

    Args:
        found: the sweep.
        names: what to call the settings, if not by their names in a recipe.
        words: returns what to call a setting's value.
    """
    called = {name: (names or {}).get(name, name) for name in found.settings}
    done = len(found.runs)
    if not done:
        return f"None of the {found.total} runs is finished yet."
    table = groups(found, found.settings)
    best = table.loc[table["mean"].idxmin()]
    count = int(best["runs"])
    spread = f" ± {best['sd']:.1g} (mean and standard deviation of {count} seeds)" if count > 1 else ""
    where = " and ".join(f"{called[name]} {(words or shown)(best[name])}" for name in found.settings)
    where = f", with {where}" if where else ""
    sentences = [f"The lowest test MSE is {best['mean']:#.3g}{spread}{where}."]
    explained = shares(found)
    if explained:
        most = max(explained.factors, key=lambda name: explained.factors[name])
        also = [f"{called[name]} {_percent(share)}" for name, share in explained.factors.items() if name != most]
        also += [f"their interactions {_percent(explained.together)}"] if len(explained.factors) > 1 else []
        also += [f"the seeds {_percent(explained.within)}"] if explained.within > 0 else []
        rest = f" ({', '.join(also)})" if also else ""
        first = called[most][0].upper() + called[most][1:] if names else most
        sentences.append(f"{first} explains {_percent(explained.factors[most])} of the differences{rest}.")
    if done < found.total:
        sentences.append(f"{found.total - done} of {found.total} runs are not finished.")
    return " ".join(sentences)


def shown(value: object) -> str:
    """Return a setting's value as text, numbers without needless digits."""
    return f"{value:g}" if isinstance(value, float | np.floating) else str(value)


def _percent(share: float) -> str:
    return f"{share:.0%}" if share >= 0.005 or share == 0 else "less than 1%"
