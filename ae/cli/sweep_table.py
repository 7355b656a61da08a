"""Compare the runs of a sweep: mean and spread over seeds, and what each setting explains."""

import argparse
import json
from typing import TYPE_CHECKING

from ae.cli import tables, writing
from ae.cli.command import OK
from ae.runs import folders, sweep_study, sweeping
from ae.runs.folders import Run, RunError

if TYPE_CHECKING:
    from ae.analysis.variance import Explained

HEADS = {"mean": "Test MSE", "sd": "Std. dev.", "least": "Min", "most": "Max", "runs": "Runs"}


def compare(options: argparse.Namespace) -> int:
    """Print the table of a sweep, write it as CSV, and say what was found; return the exit code.

    Raises:
        RunError: there is no such sweep.
        ValueError: the arguments do not fit, or the file can't be written.
    """
    if options.runs or options.baseline or options.plot:
        raise ValueError("--sweep compares all runs of a sweep, without other runs, --baseline or --plot")
    writing.check(options.csv, ".csv")
    found = sweep_study.study(find(options.sweep))
    table = sweep_study.groups(found, found.settings)
    explained = sweep_study.shares(found)
    if options.csv:
        writing.write(options.csv, table.to_csv(index=False).encode())
    if options.json:
        runs = json.loads(found.runs.to_json(orient="records"))
        groups = json.loads(table.to_json(orient="records"))
        print(json.dumps({"groups": groups, "runs": runs, "explained": _shares(explained)}, indent=2))
        return OK
    if len(found.runs):
        print(tables.columns([(*found.settings, *HEADS.values()), *(_row(each) for each in table.to_dict("records"))]))
        print()
    print(sweep_study.finding(found))
    if explained:
        print(sweep_study.METHOD)
    if options.csv:
        print(f"Table written to {options.csv}")
    return OK


def find(name: str) -> list[Run]:
    """Return the runs of a sweep.

    Raises:
        RunError: there is none of that name.
    """
    sweeps = sweeping.sweeps(run for run in folders.list_runs() if isinstance(run, Run))
    if name not in sweeps:
        known = f": there are {', '.join(list(sweeps)[:10])}" if sweeps else ": start one with python -m ae sweep"
        raise RunError(f"there is no sweep {name[:60]!r}{known}")
    return sweeps[name]


def _row(values: dict[str, object]) -> tuple[str, ...]:
    settings = [sweep_study.shown(value) for key, value in values.items() if key not in HEADS]
    mse = [f"{value:.5f}" if (value := values[key]) == value else "" for key in ("mean", "sd", "least", "most")]
    return (*settings, *mse, str(values["runs"]))


def _shares(explained: "Explained | None") -> dict[str, float] | None:
    if explained is None:
        return None
    return {**explained.factors, "interactions": explained.together, "seeds": explained.within}
