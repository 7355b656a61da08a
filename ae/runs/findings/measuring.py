"""Measure the finished runs of a question. What was measured of each run is kept until all are measured."""

import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from ae.runs import files, folders, machine, reading, sweeping
from ae.runs.findings.keeping import Finding
from ae.runs.findings.question import Question, Row, Scope
from ae.runs.folders import Run, RunError
from ae.runs.sweeping import Plan

PROGRESS = ".finding-{}.json"
"""What was measured of a question so far, by run, in the folder of runs."""

SWEEP = "study: {}"
"""The name of the sweep of a question's runs."""


def plan(question: Question, scope: Scope) -> Plan:
    """Return which runs of a question there are, and what is to be trained."""
    runs = [run for run in folders.list_runs() if isinstance(run, Run)]
    made = Plan()
    for part in question.parts(scope):
        each = sweeping.plan(part.grid, runs)
        made.finished.extend(each.finished)
        made.begun.extend(each.begun)
        made.missing.extend(each.missing)
    return made


def create(question: Question, scope: Scope, *, threads: int = 0) -> list[Run]:
    """Create the runs of a question that are not there yet, and tag all; return those that are not finished.

    Args:
        question: the question.
        scope: what it is asked of.
        threads: as in ``ae.runs.sweeping.create``.

    Raises:
        RunError: as in ``ae.runs.sweeping.create``.
    """
    made: list[Run] = []
    for part in question.parts(scope):
        made += sweeping.create(part.grid, SWEEP.format(question.name), part.preset, threads=threads)
    return made


def measure(
    question: Question, scope: Scope, runs: Sequence[Run], *, say: Callable[[str], None] = lambda message: None
) -> Finding:
    """Measure the runs of a question; if that is interrupted, the next call goes on.

    Args:
        question: the question.
        scope: what it is asked of.
        runs: all its runs, finished, in the order of the question's.
        say: called with a message before each run is measured.

    Raises:
        ae.data.sources.DataError: the dataset can't be loaded.
        RunError: a model can't be read.
    """
    from ae.data import datasets
    from ae.runs import model_file

    dataset = datasets.load(scope.dataset)
    place = folders.runs_folder() / PROGRESS.format(question.name)
    done = _read(place)
    rows: list[Row] = list(question.baseline(dataset))
    for number, run in enumerate(runs, start=1):
        if run.id not in done:
            say(f"Measuring run {number} of {len(runs)}")
            begun = time.perf_counter()
            found = [dict(row) for row in question.measure(run, model_file.load(run), dataset)]
            done[run.id] = {"rows": found, "seconds": time.perf_counter() - begun}
            files.replace(place, json.dumps(done).encode(), sync=False)
        rows += done[run.id]["rows"]
    files.remove(place)
    about = machine.about()
    return Finding(
        question.name,
        scope.dataset,
        scope.seeds,
        len(runs),
        sum(reading.read_metrics(run)["seconds"] for run in runs),
        sum(done[run.id]["seconds"] for run in runs),
        about["date"],
        about["machine"],
        about["versions"]["torch"],
        pd.DataFrame(rows),
    )


def finished(question: Question, scope: Scope) -> list[Run]:
    """Return the runs of a question, all of which are finished.

    Raises:
        RunError: some are not.
    """
    made = plan(question, scope)
    if left := len(made.to_train):
        raise RunError(f"{left} runs of {question.name} are not finished: the same command goes on with them")
    return made.finished


def _read(place: Path) -> dict[str, Any]:
    """Return what was measured before an interruption, by the id of the run."""
    try:
        found = json.loads(files.read_text(place))
        return {id: each for id, each in found.items() if {"rows", "seconds"} <= set(each)}
    except (OSError, ValueError, AttributeError, TypeError):
        return {}
