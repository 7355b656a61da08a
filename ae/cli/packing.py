"""Pack a run into one zip file, and unpack it again."""

import argparse
from pathlib import Path

from ae.cli import writing
from ae.cli.command import FAILED, OK, Command, add_run, complain
from ae.runs import folders, packing
from ae.runs.folders import RunError


def _pack(options: argparse.Namespace) -> int:
    run = folders.find(options.run)
    target = options.out or Path(f"{run.id}.zip")
    writing.check(target, ".zip")
    content = packing.pack(run)
    writing.write(target, content)
    print(f"{run.name} packed into {target} ({len(content) / 1e6:.1f} MB)")
    print(f"Unpack it elsewhere with: python -m ae unpack {target.name}")
    return OK


def _pack_arguments(parser: argparse.ArgumentParser) -> None:
    add_run(parser)
    parser.add_argument("-o", dest="out", type=Path, metavar="FILE.zip", help="the file to write (the run's id)")


def _unpack(options: argparse.Namespace) -> int:
    failed = False
    for path in dict.fromkeys(options.files):
        try:
            run = packing.unpack(path)
            print(f"{path}: {run.name}, saved as {run.id}")
        except RunError as error:
            complain(str(error), FAILED)
            failed = True
    return FAILED if failed else OK


def _unpack_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE.zip", help="packed runs")


COMMANDS = {"pack": Command(_pack, _pack_arguments), "unpack": Command(_unpack, _unpack_arguments)}
