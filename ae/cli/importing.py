"""Import checkpoints from elsewhere."""

import argparse
import glob
from pathlib import Path
from typing import Any

from ae.cli import data, tables, writing
from ae.cli.command import FAILED, OK, Command, complain, note
from ae.data import datasets
from ae.data.sources import SOURCES
from ae.models.registry import MODELS
from ae.recipe import SETTINGS
from ae.runs import editing, folders, imported
from ae.runs.checkpoint_file import CheckpointError, Reader
from ae.runs.folders import Run, RunError
from ae.runs.importing import Imported, import_file

COLUMNS = (
    "file", "run", "network", "code_size", "activation", "code_activation", "test_mse", "psnr", "ssim",
    "recognition_rate", "knn_accuracy", "elbo", "active_units", "inactive_units", "parameters", "note",
)  # fmt: skip
"""Of the CSV file."""


def _import(options: argparse.Namespace) -> int:
    writing.check(options.csv, ".csv")
    options.dataset = data.chosen(options.dataset, options)
    tags = editing.checked_tags(options.tag)
    paths = _paths(options.files)
    dataset = datasets.load(options.dataset, say=note)
    done: dict[Path, Imported | str] = {}
    with Reader() as reader:
        for number, path in enumerate(paths, start=1):
            if len(paths) > 1:
                note(f"{number}/{len(paths)}  {path}")
            try:
                done[path] = import_file(reader, path, dataset, name=options.name, tags=tags)
            except (CheckpointError, RunError, OSError) as error:
                done[path] = f"{path} {error}" if isinstance(error, CheckpointError) else f"{path}: {error}"
    _report(done)
    if options.csv:
        writing.write(options.csv, writing.to_csv([COLUMNS, *(_row(path, each) for path, each in done.items())]))
        print(f"Table written to {options.csv}")
    failed = [each for each in done.values() if isinstance(each, str)]
    for sentence in failed:
        complain(sentence, FAILED)
    return FAILED if failed else OK


def _import_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", metavar="FILE", help="a state_dict (.pth, .pt) or a safetensors file")
    parser.add_argument(
        "--dataset",
        default="mnist",
        metavar="|".join((*SOURCES, "PATH")),
        help=f"the dataset that they were trained on, {data.ALSO} (mnist); they are measured on its test images",
    )
    data.add_own_flags(parser)
    parser.add_argument("--name", default="", help="the run's name (the file's)")
    parser.add_argument("--tag", action="append", default=[], metavar="TAG", help="a tag for the runs")
    parser.add_argument("--csv", type=Path, metavar="FILE", help="write a row for each file, as CSV")


def _paths(files: list[str]) -> list[Path]:
    """Return the files of those names, each once; a shell that has not resolved a * leaves that to us."""
    found = [path for name in files for path in _matching(name) or [name]]
    return list(dict.fromkeys(map(Path, found)))


def _matching(name: str) -> list[str]:
    return [] if Path(name).exists() else sorted(glob.glob(name))  # noqa: PTH207 - a pattern may be an absolute path


def _report(done: dict[Path, Imported | str]) -> None:
    """Print a table of the imported files, or a few lines about a single one."""
    good = [(path, each) for path, each in done.items() if isinstance(each, Imported)]
    if len(done) > 1 and good:
        header = ("file", "network", "size", "code", "test MSE", "PSNR", "SSIM", "active", "inactive", "run")
        print(tables.columns([header, *(_line(path, each) for path, each in good)]))
        for path, each in good:
            if each.warning:
                print(f"{path}: {each.warning}")
        return
    for path, each in good:
        runs = [run for run in folders.list_runs() if isinstance(run, Run)]
        print(f"{path}: {imported.network(each.run.recipe)}")
        print(imported.verdict(each.run, runs))
        if each.warning:
            print(each.warning)
        print(f"{'Imported before' if each.before else 'Saved'} as {each.run.id}")


def _line(path: Path, each: Imported) -> tuple[str, ...]:
    recipe, measured = each.run.recipe, each.measured
    return (
        path.name,
        MODELS[recipe.model].title,
        str(recipe.code_size),
        recipe.code_activation,
        f"{measured['test_mse']:.5f}",
        f"{measured['psnr']:.2f}",
        f"{measured['ssim']:.3f}",
        f"{measured['active_units']}/{recipe.code_size}",
        imported.inactive(measured),
        each.run.id,
    )


def _row(path: Path, each: Imported | str) -> tuple[Any, ...]:
    """Return a file's row of the CSV file; a file that failed has only a note."""
    if isinstance(each, str):
        return (path, *[""] * (len(COLUMNS) - 2), each)
    recipe, measured = each.run.recipe, each.measured
    about = {
        "file": path,
        "run": each.run.id,
        "network": recipe.model,
        **{name: getattr(recipe, name) for name in SETTINGS if name in COLUMNS},
        **measured,
        "inactive_units": " ".join(map(str, measured["inactive_units"])),
        "note": each.warning,
    }
    return tuple(about.get(name, "") for name in COLUMNS)


COMMANDS = {"import": Command(_import, _import_arguments)}
