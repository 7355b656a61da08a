"""The command line: all that the screens do. The only module that prints."""

import argparse
import json
import os
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any, NoReturn

from tqdm import tqdm

from ae import __version__
from ae.analysis import evaluation
from ae.cli import look, server, tables
from ae.data import datasets, download, sources
from ae.data.sources import DataError
from ae.models.registry import MODELS
from ae.plots.loss_file import FORMATS, save_curve
from ae.presets import PRESETS, preset
from ae.recipe import Recipe
from ae.runs import editing, filenames, folders, model_file, queue, reading
from ae.runs.folders import Run, RunError
from ae.train.loop import Epoch

OK, FAILED, USAGE, INTERRUPTED = 0, 1, 2, 130


LAB_FLAGS = {"code_size": "-z", "epochs": "-e", "batch_size": "-b"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; give its exit code: 0, 1 for a failed run, 2 for bad usage, 130 after Ctrl-C."""
    options = _parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # keep the run, as with Ctrl-C
    try:
        code = options.command(options)
        sys.stdout.flush()  # here, so that a reader who left is noticed here
        return code
    except ValueError as error:  # a recipe's own sentence
        return _complain(str(error), USAGE)
    except RunError as error:
        return _complain(str(error), USAGE)
    except (DataError, FloatingPointError, RuntimeError, OSError, MemoryError) as error:
        if isinstance(error, BrokenPipeError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # so that the exit does not fail too
            return OK
        return _complain(queue.sentence(error), FAILED)
    except KeyboardInterrupt:
        return INTERRUPTED


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Say in one sentence what is wrong, and leave."""
        self.exit(USAGE, f"{self.prog}: {' '.join(message.split())}; see {self.prog} --help\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m ae", description="Train image autoencoders, compare them, look inside.")
    parser.add_argument("--version", action="version", version=f"autoencoder-lab {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, function: Any, help: str) -> argparse.ArgumentParser:  # noqa: ANN401
        sub = commands.add_parser(name, help=help, description=help)
        sub.set_defaults(command=function)
        return sub

    sub = command("train", _train, "Train a model, or one for each of several bottleneck sizes.")
    sub.add_argument("--preset", default="lab", metavar="NAME", help=f"start from: {', '.join(PRESETS)} (lab)")
    sub.add_argument("--name", default="", help="what to call the run")
    sub.add_argument(
        "-s", dest="save", type=Path, metavar="FILE", help="write a plain state_dict; {z} stands for the code size"
    )
    sub.add_argument(
        "-p", dest="plot", type=Path, metavar="FILE", help="write the loss curve as .png, .svg or .pdf; {z} likewise"
    )
    for setting in fields(Recipe):
        about = setting.metadata
        names = [LAB_FLAGS[setting.name]] if setting.name in LAB_FLAGS else []
        sub.add_argument(
            *names,
            "--" + setting.name.replace("_", "-"),
            type=str if about["choices"] else _number,
            nargs="+" if setting.name == "code_size" else None,
            metavar="|".join(about["choices"]) or "N",
            help=about["help"],
        )

    sub = command("resume", _resume, "Go on with a run that was stopped, interrupted or failed.")
    sub.add_argument("run", help="its id, the beginning of it, or 'last'")
    sub.add_argument("--queued", action="store_true", help=argparse.SUPPRESS)
    sub = command("stop", _stop, "Stop a run after the epoch it is in; the model is kept.")
    sub.add_argument("run", help="its id, the beginning of it, or 'last'")
    sub = command("list", _list, "List the runs, newest first.")
    sub.add_argument("--json", action="store_true", help="as JSON, for programs")
    sub = command("show", _show, "Show a run: its recipe, its layers, its history.")
    sub.add_argument("run", help="its id, the beginning of it, or 'last'")
    sub = command("evaluate", _evaluate, "Measure runs on the test images.")
    sub.add_argument("runs", nargs="+", metavar="RUN", help="an id, the beginning of one, or 'last'")
    sub.add_argument("--json", action="store_true", help="as JSON, for programs")
    sub = command("delete", _delete, "Delete runs.")
    sub.add_argument("runs", nargs="+", metavar="RUN", help="a whole id, or a name that no other run has")
    sub.add_argument("--yes", action="store_true", help="do not ask")
    look.add_commands(lambda name, function, help: command(name, _printing(function), help))
    command("presets", _presets, "List the presets, with what each is.")
    sub = command("download", _download, "Download a dataset.")
    sub.add_argument("dataset", metavar="|".join(name for name, s in sources.SOURCES.items() if s.folder))
    sub = command("app", _app, "Start the dashboard.")
    sub.add_argument("--port", type=int, default=8501, help="the port to answer on (8501)")
    return parser


def _printing(look: look.Command) -> Callable[[argparse.Namespace], int]:
    """Make a command of a function that gives the words to print."""

    def command(options: argparse.Namespace) -> int:
        print(look(options))
        return OK

    return command


def _number(text: str) -> float | int | str:
    """Read a number as people write it; what is none goes on to the recipe, which says what is allowed."""
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def _train(options: argparse.Namespace) -> int:
    changes = {f.name: getattr(options, f.name) for f in fields(Recipe) if getattr(options, f.name) is not None}
    sizes = changes.pop("code_size", [preset(options.preset).code_size])
    recipes = [preset(options.preset, **changes, code_size=size) for size in sizes]
    for path in (options.save, options.plot):
        _check_target(path, recipes)
    if options.plot and options.plot.suffix.lower() not in FORMATS:
        raise ValueError(f"-p {options.plot}: the picture's name must end in {', '.join(FORMATS)}")
    try:
        if not sources.is_here(recipes[0].dataset):
            download.download(recipes[0].dataset, say=_note)
    except DataError as error:
        if options.dataset:
            raise
        _note(f"{error}. Training on the built-in digits instead.")
        changes["dataset"] = "digits"
        recipes = [preset(options.preset, **changes, code_size=size) for size in sizes]
    for recipe in recipes:
        run = folders.create(recipe, name=options.name, preset=options.preset)
        queue.prepare(run)
        _note(f"{run.name} ({run.id})")
        code = _work(run, say=_note)
        if code != OK or queue.state(run) != "finished":
            if code == OK and (options.save or options.plot):
                _note("Nothing was written for -s and -p, for the run is not finished")
            return code
        if options.save:
            _save(run, Path(str(options.save).format(z=recipe.code_size)))
        if options.plot:
            target = Path(str(options.plot).format(z=recipe.code_size))
            save_curve(reading.read_history(run), target, title=run.name, validation_images=recipe.validation_words)
            print(f"Curve written to {target}")
    return OK


def _resume(options: argparse.Namespace) -> int:
    run = folders.find(options.run)
    waits = (run.path / filenames.TICKET).exists()
    if options.queued and not waits:  # taken out of the queue before this process appeared
        return OK
    if not options.queued:
        queue.prepare(run)
        _note(f"{run.name} ({run.id})")
    return _work(run, say=_nothing if options.queued else _note)


def _nothing(words: str) -> None:
    """Say nothing: what a process in the background has to say is in the run's log already."""


def _work(run: Run, *, say: Callable[[str], None]) -> int:
    """Train a run here, and tell how it goes."""
    epochs = run.recipe.epochs
    done = max((line.epoch for line in reading.read_history(run)), default=0)
    try:
        if sys.stderr.isatty():
            bar = tqdm(total=epochs, initial=done, unit="epoch", dynamic_ncols=True, file=sys.stderr)
            with bar:
                for epoch in queue.work(run, say=bar.write):
                    bar.set_postfix_str(
                        f"loss {epoch.training_loss:.4f}, held out {epoch.validation_loss:.4f}, {_live(epoch, run)}"
                    )
                    bar.update(epoch.number - bar.n)
        else:
            for epoch in queue.work(run, say=say):
                print(
                    f"epoch {epoch.number}/{epochs}  training loss {epoch.training_loss:.5f}  held-out loss "
                    f"{epoch.validation_loss:.5f}  {_live(epoch, run)}  {epoch.seconds:.2f} s",
                    flush=True,
                )
    except KeyboardInterrupt:
        (run.path / filenames.STOP).touch()
        kept = reading.saved_epoch(run)
        _note(f"Stopped; the model of epoch {kept or 0} of {epochs} is kept. Go on with: python -m ae resume {run.id}")
        return INTERRUPTED
    if queue.state(run) == "stopped":
        _note(f"Stopped; the model is kept. Go on with: python -m ae resume {run.id}")
        return OK
    measured = reading.read_metrics(run)
    print(
        f"Test MSE {measured['test_mse']:.5f} per pixel, PSNR {measured['psnr']:.2f} dB, SSIM {measured['ssim']:.3f}, "
        f"{measured['active_units']} of {run.recipe.code_size} code units live, {measured['seconds']:.1f} s"
    )
    print(f"Kept as {run.id}")
    return OK


def _live(epoch: Epoch, run: Run) -> str:
    return f"live {epoch.active_units}/{run.recipe.code_size}"


def _save(run: Run, target: Path) -> None:
    model_file.write_state_dict(run, target)
    print(f"Weights written to {target}")
    recipe, lab = run.recipe, Recipe()
    kind = MODELS[recipe.model].class_name
    if recipe.model == lab.model and (recipe.activation, recipe.code_activation) != ("relu", "relu"):
        _note(
            f"The lab's own class loads them, but computes with ReLU where these weights need {recipe.activation} and "
            f"{recipe.code_activation} on the code: use {kind}(activation={recipe.activation!r}, "
            f"code_activation={recipe.code_activation!r})"
        )


def _check_target(path: Path | None, recipes: list[Recipe]) -> None:
    """Refuse a file that can't be written before hours of training, not after.

    Raises:
        ValueError: its folder is not there or can't be written, or several runs would share it.
    """
    if path is None:
        return
    if len(recipes) > 1 and "{z}" not in str(path):
        raise ValueError(f"{path} would be written {len(recipes)} times: put {{z}} into its name, for the code size")
    try:
        folder = Path(str(path).format(z=0)).parent
    except (KeyError, IndexError, ValueError, AttributeError, TypeError):
        raise ValueError(f"{path}: the only thing in braces may be {{z}}") from None
    if not folder.is_dir() or not os.access(folder, os.W_OK) or len(path.name) > 200 or path.is_dir():
        raise ValueError(f"{path} can't be written: {folder} must be a folder that you may write to")


def _stop(options: argparse.Namespace) -> int:
    run = folders.find(options.run)
    waited = queue.state(run) == "queued"
    queue.stop(run)
    print(f"{run.id} {'leaves the queue' if waited else 'stops after the epoch it is in'}")
    return OK


def _list(options: argparse.Namespace) -> int:
    found = folders.list_runs()
    print(json.dumps([tables.row(run) for run in found], indent=2) if options.json else tables.runs(found))
    return OK


def _show(options: argparse.Namespace) -> int:
    print(tables.page(folders.find(options.run)))
    return OK


def _evaluate(options: argparse.Namespace) -> int:
    results = []
    for name in options.runs:
        run = folders.find(name)
        model = model_file.load(run)
        dataset = datasets.load(run.recipe.dataset, say=_note)
        measured = {"id": run.id, "epoch": reading.saved_epoch(run), **evaluation.evaluate(model, dataset)}
        results.append(measured)
        if not options.json:
            print(f"{run.name} ({run.id}), after epoch {measured['epoch']}, on the test images:")
            print(tables.measurements(measured))
    if options.json:
        print(json.dumps(results, indent=2))
    return OK


def _delete(options: argparse.Namespace) -> int:
    chosen = [folders.find(name, exact=True, unreadable=True) for name in options.runs]
    if not options.yes:
        if not sys.stdin.isatty():
            raise ValueError(f"deleting {', '.join(run.id for run in chosen)} needs a yes: add --yes")
        for run in chosen:
            print(f"{run.id}  {getattr(run, 'name', 'unreadable')}")
        try:
            answer = input("Delete these for good? [y/N] ")
        except EOFError:
            answer = ""
        if answer.strip().lower() not in ("y", "yes"):
            print("Nothing was deleted")
            return OK
    for run in chosen:
        editing.delete(run)
        print(f"Deleted {run.id}")
    return OK


def _presets(options: argparse.Namespace) -> int:
    print(tables.presets())
    return OK


def _download(options: argparse.Namespace) -> int:
    if options.dataset not in sources.SOURCES or not sources.SOURCES[options.dataset].folder:
        known = ", ".join(name for name, source in sources.SOURCES.items() if source.folder)
        raise ValueError(f"nothing to download for {options.dataset!r}: choose from {known}")
    if sources.is_here(options.dataset):
        print(f"{sources.SOURCES[options.dataset].title} is here already")
    else:
        download.download(options.dataset, say=_note)
    return OK


def _app(options: argparse.Namespace) -> int:
    taken = server.who_answers(options.port)
    if taken == "dashboard":
        print(
            f"A dashboard is running already: open {server.address(options.port)}, or choose another port, "
            "as in make app PORT=8600"
        )
        return OK
    if taken:
        return _complain(
            f"port {options.port} is taken by another program: choose one, as in --port 8600, or make app PORT=8600",
            FAILED,
        )
    try:
        return server.serve(options.port)
    except KeyboardInterrupt:
        return OK


def _note(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


def _complain(words: str, code: int) -> int:
    _note(f"python -m ae: {' '.join(words.split())}")
    return code
