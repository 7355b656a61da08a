"""List, show, stop, rename, tag, pin and delete runs; list the presets. Nothing here imports torch."""

import argparse
import json
import sys

from ae.cli import tables
from ae.cli.command import OK, RUN, Command, add_json, add_run
from ae.runs import editing, folders, queue
from ae.runs.folders import Run


def _list(options: argparse.Namespace) -> int:
    queue.tend()
    found = sorted(folders.list_runs(), key=lambda run: not (isinstance(run, Run) and run.pinned))
    print(json.dumps([tables.row(run) for run in found], indent=2) if options.json else tables.runs(found))
    return OK


def _show(options: argparse.Namespace) -> int:
    queue.tend()
    run = folders.find(options.run)
    print(tables.page(run))
    if options.layers:
        from ae.models.layer_table import summary
        from ae.runs import model_file

        print(f"\n{summary(model_file.load(run))}")
    return OK


def _show_arguments(parser: argparse.ArgumentParser) -> None:
    add_run(parser)
    parser.add_argument("--layers", action="store_true", help="also list its layers, with their outputs and parameters")


def _stop(options: argparse.Namespace) -> int:
    run = folders.find(options.run)
    queued = queue.state(run) == "queued"
    queue.stop(run)
    ending = "is removed from the queue" if queued else "stops; the model of its last whole epoch is kept"
    print(f"{run.id} {ending}")
    return OK


def _rename(options: argparse.Namespace) -> int:
    run = editing.change(folders.find(options.run), name=options.name)
    print(f"{run.id} is now called {run.name}")
    return OK


def _rename_arguments(parser: argparse.ArgumentParser) -> None:
    add_run(parser)
    parser.add_argument("name", help="its new name")


def _tag(options: argparse.Namespace) -> int:
    run = editing.change(folders.find(options.run), tags=options.tags)
    print(f"{run.id} has the tags {', '.join(run.tags)}" if run.tags else f"{run.id} has no tags")
    return OK


def _tag_arguments(parser: argparse.ArgumentParser) -> None:
    add_run(parser)
    parser.add_argument("tags", nargs="*", metavar="TAG", help="its new tags; without any, all are removed")


def _pin(options: argparse.Namespace) -> int:
    for run in [folders.find(name) for name in options.runs]:
        editing.pin(run)
        print(f"{run.id} is pinned")
    return OK


def _unpin(options: argparse.Namespace) -> int:
    for run in [folders.find(name) for name in options.runs]:
        editing.pin(run, False)
        print(f"{run.id} is no longer pinned")
    return OK


def _pin_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("runs", nargs="+", metavar="RUN", help=RUN)


def _delete(options: argparse.Namespace) -> int:
    chosen = list(dict.fromkeys(folders.find(name, exact=True, unreadable=True) for name in options.runs))
    if not options.yes:
        if not sys.stdin.isatty():
            raise ValueError(f"deleting {', '.join(run.id for run in chosen)} needs a confirmation: add --yes")
        for run in chosen:
            print(f"{run.id}  {run.name}" if isinstance(run, Run) else f"{run.label}  unreadable")
        try:
            answer = input("Delete for good? [y/N] ")
        except EOFError:
            answer = ""
        if answer.strip().lower() not in ("y", "yes"):
            print("Nothing was deleted")
            return OK
    for run in chosen:
        editing.delete(run)
        print(f"Deleted {run.id if isinstance(run, Run) else run.label}")
    queue.tend()
    return OK


def _delete_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("runs", nargs="+", metavar="RUN", help="a run's full id, or its name if no other run has it")
    parser.add_argument("--yes", action="store_true", help="do not ask")


def _presets(options: argparse.Namespace) -> int:
    print(tables.presets())
    return OK


COMMANDS = {
    "list": Command(_list, add_json),
    "show": Command(_show, _show_arguments),
    "stop": Command(_stop, add_run),
    "rename": Command(_rename, _rename_arguments),
    "tag": Command(_tag, _tag_arguments),
    "pin": Command(_pin, _pin_arguments),
    "unpin": Command(_unpin, _pin_arguments),
    "delete": Command(_delete, _delete_arguments),
    "presets": Command(_presets),
}
