"""Measure runs, and compare them in a table."""

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from ae.cli import tables
from ae.cli.command import OK, RUN, Command, add_json, note
from ae.runs import folders
from ae.runs.folders import Run, RunError

if TYPE_CHECKING:
    from pandas import DataFrame

LEFT_OUT = ("Loss", "Dataset", "Network", "Tags", "Epochs")
"""Columns of the comparison that CSV and JSON have, but for which a terminal has no room."""


def _evaluate(options: argparse.Namespace) -> int:
    from ae.analysis import evaluation
    from ae.data import datasets
    from ae.runs import model_file, reading

    results = []
    for name in options.runs:
        run = folders.find(name)
        model = model_file.load(run)
        dataset = datasets.load(run.recipe.dataset, say=note)
        measured = {"id": run.id, "epoch": reading.saved_epoch(run), **evaluation.evaluate(model, dataset)}
        results.append(measured)
        if not options.json:
            when = "" if run.recipe.imported else f" after epoch {measured['epoch']},"
            print(f"{run.name} ({run.id}),{when} on the test images:")
            print(tables.measurements(measured))
    if options.json:
        print(json.dumps(results, indent=2))
    return OK


def _evaluate_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("runs", nargs="+", metavar="RUN", help=RUN)
    add_json(parser)


def _compare(options: argparse.Namespace) -> int:
    if options.sweep is not None:
        from ae.cli import sweep_table

        return sweep_table.compare(options)
    from ae.cli import writing
    from ae.runs import comparison

    writing.check(options.csv, ".csv")
    writing.check(options.plot, ".svg")
    runs = _runs(options.runs)
    baseline = folders.find(options.baseline) if options.baseline else None
    if baseline:
        runs = [baseline, *(run for run in runs if run.id != baseline.id)]
    found = comparison.table(runs)
    differences = comparison.differences(found, baseline.id) if baseline else None
    joined = found if differences is None else _side_by_side(found, differences)
    if options.csv:
        writing.write(options.csv, joined.to_csv(index=False).encode())
    plotted = _plot(runs, options.plot) if options.plot else ""
    if options.json:
        print(joined.to_json(orient="records", indent=2))
        return OK
    print(_text(found.drop(columns=list(LEFT_OUT))))
    if baseline and differences is not None:
        print(f"\nDifference from {baseline.name} ({baseline.id}):")
        named = differences.rename(columns={comparison.difference(column): column for column in found})
        print(_text(found[["Run"]].join(named).iloc[1:], sign="+"))
        for sentence in comparison.warnings(runs, baseline):
            print(sentence)
    if options.csv:
        print(f"Table written to {options.csv}")
    if plotted:
        print(plotted)
    return OK


def _compare_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("runs", nargs="*", metavar="RUN", help=f"{RUN}; all runs, if none is named")
    parser.add_argument("--baseline", metavar="RUN", help="add the differences from this run")
    parser.add_argument("--sweep", metavar="NAME", help="compare the runs of a sweep by its settings")
    parser.add_argument("--csv", type=Path, metavar="FILE", help="write the table as CSV")
    parser.add_argument("--plot", type=Path, metavar="FILE.svg", help="write the loss curves")
    add_json(parser)


def _plot(runs: list[Run], path: Path) -> str:
    """Write the loss curves of runs; return the message for the terminal.

    Raises:
        ValueError: none of them has been trained yet, or the file can't be written.
    """
    from ae.cli import writing
    from ae.plots import loss_lines

    drawn = loss_lines.draw(runs, [run.name for run in runs])
    if drawn is None:
        raise ValueError(f"{path} was not written: no run has a training history")
    writing.write(path, drawn.svg.encode())
    return f"Loss curves written to {path}"


def _runs(names: list[str]) -> list[Run]:
    """Find the runs of those names, each once; all runs, if there are no names.

    Raises:
        RunError: there are none.
    """
    runs: list[Run] = [folders.find(name) for name in names]
    if not names:
        runs = [run for run in folders.list_runs() if isinstance(run, Run)]
    if not runs:
        raise RunError(f"there are no runs in {folders.runs_folder()} yet: start with python -m ae train")
    return list({run.id: run for run in runs}.values())


def _side_by_side(found: "DataFrame", differences: "DataFrame") -> "DataFrame":
    """Put each column of differences after the column that it compares."""
    from ae.runs import comparison

    order = [name for column in found for name in (column, comparison.difference(column))]
    joined = found.join(differences)
    return joined[[name for name in order if name in joined]]


def _text(found: "DataFrame", *, sign: str = "") -> str:
    """Return a table as aligned text; with "+" every number has a sign."""
    from ae.runs import comparison

    formats = comparison.FORMATS
    columns = [[comparison.cell(value, formats.get(name, ""), sign) for value in found[name]] for name in found]
    return tables.columns([tuple(map(str, found)), *zip(*columns, strict=True)])


COMMANDS = {
    "evaluate": Command(_evaluate, _evaluate_arguments),
    "compare": Command(_compare, _compare_arguments),
}
