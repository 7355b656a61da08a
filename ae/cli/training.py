"""Train and resume runs."""

import argparse
import os
from dataclasses import Field
from pathlib import Path
from typing import Any

from ae.cli import data
from ae.cli.command import OK, Command, add_run, note
from ae.data.sources import DataError
from ae.models.registry import MODELS
from ae.presets import PRESETS, preset
from ae.recipe import SETTINGS, Recipe
from ae.runs import filenames, folders, grid, queue, reading, standby
from ae.runs.folders import Run
from ae.runs.longer import schedule_when_longer

DEFAULT = "fast"

LAB_FLAGS = {"code_size": "-z", "epochs": "-e", "batch_size": "-b"}
"""Short flags of the lab's own script that are settings of a recipe; it also has ``-s`` and ``-p``."""


def _train(options: argparse.Namespace) -> int:
    chosen = options.preset or ("lab" if options.lab_flags else DEFAULT)
    changes = given(options)
    sizes = changes.pop("code_size", None)
    recipes = _recipes(chosen, changes, sizes)
    queue.check_room(len(recipes))
    _check_targets(options, recipes)
    try:
        data.download_if_missing(recipes[0].dataset)
    except DataError as error:
        if options.dataset:
            raise
        note(f"{error}. Training on the built-in digits instead.")
        recipes = _recipes(chosen, {**changes, "dataset": "digits"}, sizes)
    if not options.preset:
        note(_which_preset(options.lab_flags))
    for recipe in recipes:
        run = folders.create(recipe, name=options.name, preset=chosen)
        code = _train_here(run)
        if code != OK or queue.state(run) != "finished":
            if code == OK and (options.save or options.plot):
                note("-s and -p wrote nothing, as the run is not finished")
            return code
        _write(run, options.save, options.plot)
    return OK


class _Remembered(argparse.Action):
    """Store a value, and add the flag to ``lab_flags`` if it is a short one."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: Any,  # noqa: ANN401
        option: str | None = None,
    ) -> None:
        setattr(namespace, self.dest, values)
        if option and not option.startswith("--"):
            namespace.lab_flags = [*namespace.lab_flags, option]


def _train_arguments(parser: argparse.ArgumentParser) -> None:
    add_recipe(parser, default="fast, or lab if -z, -e, -b, -s or -p is used")
    parser.add_argument("--name", default="", help="the run's name")
    parser.add_argument(
        "-s",
        dest="save",
        type=Path,
        action=_Remembered,
        metavar="FILE",
        help="write the weights as a plain state_dict; {z} stands for the bottleneck size",
    )
    parser.add_argument(
        "-p",
        dest="plot",
        type=Path,
        action=_Remembered,
        metavar="FILE",
        help="write the loss curve as .png, .svg or .pdf; {z} as for -s",
    )


def add_recipe(parser: argparse.ArgumentParser, *, default: str = DEFAULT) -> None:
    """Declare the arguments for a recipe: its preset, and each of its settings."""
    parser.set_defaults(lab_flags=[])
    parser.add_argument(
        "--preset", metavar="NAME", help=f"the recipe to start from: {', '.join(PRESETS)} (default: {default})"
    )
    for setting in SETTINGS.values():
        about = setting.metadata
        parser.add_argument(
            *([LAB_FLAGS[setting.name]] if setting.name in LAB_FLAGS else []),
            "--" + setting.name.replace("_", "-"),
            action=_Remembered,
            type=str if about["choices"] else grid.number,
            nargs="+" if setting.name == "code_size" else None,
            metavar="|".join((*about["choices"], *["PATH"] * (setting.name == "dataset"))) or "N",
            help=_help(setting).replace("%", "%%"),
        )
    data.add_own_flags(parser)


def given(options: argparse.Namespace) -> dict[str, Any]:
    """Return the settings that the arguments of ``add_recipe`` name; images of one's own are prepared first.

    Raises:
        ValueError: there is no such dataset.
    """
    found = {name: getattr(options, name) for name in SETTINGS if getattr(options, name) is not None}
    if "dataset" in found:
        found["dataset"] = data.chosen(found["dataset"], options)
    return found


def _help(setting: Field[Any]) -> str:
    """Return a setting's help, with its range and its default."""
    about = setting.metadata
    limits = "" if about["choices"] else f"{about['least']:,} to {about['most']:,}; "
    limits += f"{data.ALSO}; " * (setting.name == "dataset")
    return f"{about['help']} ({limits}default of {DEFAULT}: {setting.default})"


def _recipes(chosen: str, changes: dict[str, Any], sizes: list[Any] | None) -> list[Recipe]:
    """Return a recipe for each bottleneck size, or one with the preset's.

    Raises:
        ValueError: a setting is not allowed.
    """
    if sizes is None:
        return [preset(chosen, **changes)]
    return [preset(chosen, **changes, code_size=size) for size in sizes]


def _which_preset(lab_flags: list[str]) -> str:
    """Explain which preset is used if none is named, and why."""
    if not lab_flags:
        return f"Preset {DEFAULT}; --preset chooses another: {', '.join(PRESETS)}"
    flags = " ".join(dict.fromkeys(lab_flags))
    return f"Preset lab, as {flags} without --preset means the lab's recipe; add --preset {DEFAULT} for the default"


def _train_here(run: Run, *, epochs: int | None = None) -> int:
    """Train a run in this process, or a finished one longer, to ``epochs`` in all; return the exit code."""
    from ae.cli import progress

    on_schedule = schedule_when_longer(run.recipe, epochs) if epochs else ""
    if epochs is None:
        queue.prepare(run)
    else:
        run = queue.prepare_longer(run, epochs)
    note(f"{run.name} ({run.id})")
    if on_schedule:
        note(on_schedule)
    return progress.work(run)


def _check_targets(options: argparse.Namespace, recipes: list[Recipe]) -> None:
    """Reject a file that can't be written before hours of training, not after.

    Raises:
        ValueError: its folder is missing or read-only, its extension is unknown, or several runs would share it.
    """
    for path in filter(None, (options.save, options.plot)):
        if len(recipes) > 1 and "{z}" not in str(path):
            raise ValueError(
                f"{path} would be written {len(recipes)} times: put {{z}}, the bottleneck size, in its name"
            )
        try:
            folder = Path(str(path).format(z=0)).parent
        except (KeyError, IndexError, ValueError, AttributeError, TypeError):
            raise ValueError(f"{path}: {{z}} is the only placeholder allowed in a file name") from None
        if not folder.is_dir() or not os.access(folder, os.W_OK) or len(path.name) > 200 or path.is_dir():
            raise ValueError(f"{path} can't be written: {folder} must be a folder that you may write to")
    if options.plot:  # the module imports Plotly, which takes a while
        from ae.plots.loss_file import FORMATS

        if options.plot.suffix.lower() not in FORMATS:
            raise ValueError(f"-p {options.plot}: the picture's name must end in {', '.join(FORMATS)}")


def _write(run: Run, weights: Path | None, curve: Path | None) -> None:
    """Write a finished run's weights and its loss curve to the files given."""
    recipe = run.recipe
    if weights:
        from ae.runs import model_file

        target = Path(str(weights).format(z=recipe.code_size))
        model_file.write_state_dict(run, target)
        print(f"Weights written to {target}")
        if recipe.model == "mlp4" and (recipe.activation, recipe.code_activation) != ("relu", "relu"):
            note(
                f"The lab's own class can load these weights, but it applies ReLU, while they need "
                f"{recipe.activation}, and {recipe.code_activation} on the code: use {MODELS[recipe.model].class_name}"
                f"(activation={recipe.activation!r}, code_activation={recipe.code_activation!r})"
            )
    if curve:
        from ae.plots.loss_file import save_curve

        target = Path(str(curve).format(z=recipe.code_size))
        save_curve(reading.read_history(run), target, title=run.name, recipe=recipe)
        print(f"Curve written to {target}")


def _resume(options: argparse.Namespace) -> int:
    if options.queued and options.run == "-":  # a warm trainer, which gets its run later
        options.run = standby.wait()
        if options.run is None:
            return OK
    if not options.queued:
        return _train_here(folders.find(options.run), epochs=options.epochs)
    code = OK
    for id in standby.serve(options.run):
        run = folders.find(id, exact=True)
        if (run.path / filenames.TICKET).exists():  # otherwise it was removed from the queue meanwhile
            from ae.cli import progress

            code = progress.work(run, say=lambda message: None)  # the log has the messages already
    return code


def _resume_arguments(parser: argparse.ArgumentParser) -> None:
    add_run(parser)
    parser.add_argument("--epochs", type=int, metavar="N", help="train a finished run longer, to N epochs in all")
    parser.add_argument("--queued", action="store_true", help=argparse.SUPPRESS)


COMMANDS = {
    "train": Command(_train, _train_arguments),
    "resume": Command(_resume, _resume_arguments),
}
