"""Train a sweep: every combination of some values of some settings."""

import argparse
import math
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from types import FrameType
from typing import Any

from ae.cli import data, training
from ae.cli.command import FAILED, INTERRUPTED, OK, Command, complain, note
from ae.data.texts import duration
from ae.presets import fitted, preset
from ae.runs import estimate, folders, grid, queue, reading, sweeping
from ae.runs.folders import Run
from ae.runs.grid import Grid
from ae.runs.sweeping import Engine, LocalEngine


def _sweep(options: argparse.Namespace) -> int:
    chosen = options.preset or training.DEFAULT
    wanted = _grid(options, chosen)
    name = grid.checked_name(options.name or wanted.default_name(chosen))
    engine = _engine(options)
    made = sweeping.plan(wanted)
    queue.check_room(len(made.to_train))
    if not options.on:  # the machines of a cluster load it themselves
        data.download_if_missing(wanted.base.dataset)
    workers = max(options.workers, 1)
    print(_described(wanted, name, made, engine, workers, options.on))
    if made.to_train and not options.yes and not _agreed():
        return OK
    runs = sweeping.create(wanted, name, chosen, threads=engine.threads)
    if not runs:
        print(f"Nothing is left to train. Compare it with: python -m ae compare --sweep {_quoted(name)}")
        return OK
    then = f" Compare them with: python -m ae compare --sweep {_quoted(name)}"
    return train(engine, runs, len(wanted.recipes()), workers, then=then)


def _sweep_arguments(parser: argparse.ArgumentParser) -> None:
    usual = sweeping.usual_workers()
    training.add_recipe(parser)
    parser.add_argument("--seeds", nargs="+", metavar="SEEDS", help="seeds to train each with, as 0-9 or 0 3 7")
    parser.add_argument(
        "--vary",
        nargs="+",
        default=[],
        metavar="SETTING=A,B",
        help="settings to vary and their values, as learning_rate=1e-3,4e-3 code_activation=relu,none",
    )
    parser.add_argument("--name", default="", help="the sweep's name, by which Compare finds it")
    parser.add_argument(
        "--workers",
        type=int,
        metavar="N",
        help=f"processes that train at the same time, each with its share of the cores (default: {usual}); with --on "
        "ray, each has one core (default: as many as there are cores)",
    )
    parser.add_argument(
        "--on",
        default="",
        metavar="ray|ray://HOST:10001",
        help="train on a Ray cluster: one that is started on this machine, or a running one; see docs/CLUSTER.md",
    )
    parser.add_argument("--gpus", type=float, default=0, metavar="N", help="with --on: GPUs of each run, such as 0.25")
    parser.add_argument("--asha", action="store_true", help="with --on: stop hopeless runs early")
    parser.add_argument("--yes", action="store_true", help="begin without asking")


def _grid(options: argparse.Namespace, chosen: str) -> Grid:
    """Return the grid that the arguments describe.

    Raises:
        ValueError: a value is not allowed, or a setting is given twice.
    """
    changes = training.given(options)
    varied: dict[str, tuple[Any, ...]] = {}
    if "code_size" in changes:
        varied["code_size"] = tuple(changes.pop("code_size"))
    if options.seeds:
        varied["seed"] = grid.seeds(options.seeds)
    for text in options.vary:
        name, sign, values = text.partition("=")
        name = name.strip().replace("-", "_")
        if not sign:
            raise ValueError(f"--vary {text[:40]!r}: write a setting and its values, as learning_rate=1e-3,4e-3")
        if name in varied:
            raise ValueError(f"{name} is given twice")
        varied[name] = grid.values(name, values)
    if twice := sorted(set(varied) & set(changes)):
        raise ValueError(f"{twice[0]} is given twice")
    base = preset(chosen, **changes)
    if "noise" in varied and "learning_rate" not in {*changes, *varied}:
        rate = fitted(base, base.dataset, max(varied["noise"])).learning_rate
        base = replace(base, learning_rate=rate)  # of all runs, so that only the noise differs
    return Grid(base, varied)


def _engine(options: argparse.Namespace) -> Engine:
    """Return what trains the sweep.

    Raises:
        ValueError: a value is not allowed, or belongs to another engine.
    """
    if not options.on:
        if options.gpus or options.asha:
            raise ValueError(f"{'--gpus' if options.gpus else '--asha'} is for a sweep on a cluster: add --on ray")
        options.workers = sweeping.usual_workers() if options.workers is None else options.workers
        return LocalEngine(options.workers)
    from ae.runs.cluster.engine import RayEngine

    if options.workers is not None and options.on != "ray":
        raise ValueError("--workers is for a cluster that is started here: a running one trains as many as fit on it")
    engine = RayEngine(options.on, workers=options.workers, gpus=options.gpus, asha=options.asha)
    options.workers = engine.at_once
    return engine


def _described(wanted: Grid, name: str, made: sweeping.Plan, engine: Engine, workers: int, cluster: str) -> str:
    """Return the grid, what of it is there, and how long the rest takes, as lines for the terminal."""
    lines = [f"Sweep {name}"]
    lines += [f"  {setting}: {', '.join(map(str, values))}" for setting, values in wanted.varied.items()]
    lines.append(str(made))
    if made.to_train:
        seconds = seconds_of(made, engine, may_time=not cluster) / workers
        time = "" if math.isnan(seconds) else f", in about {duration(seconds)}"
        share = f" with {workers} workers" if workers > 1 else " if one trains at a time" if time and cluster else ""
        lines.append(f"{len(made.to_train)} to train{f' on {cluster}' if cluster else ''}{time}{share}")
    return "\n".join(lines)


def seconds_of(made: sweeping.Plan, engine: Engine, *, may_time: bool = True) -> float:
    """Return the seconds that the rest takes, one run after another, by earlier runs or a timed epoch, or NaN."""
    runs = [run for run in folders.list_runs() if isinstance(run, Run)]
    seconds = estimate.measured(made.to_train, runs, threads=engine.threads)
    if math.isnan(seconds) and may_time:
        note("Timing an epoch")
        middle = made.to_train[len(made.to_train) // 2]
        seconds = estimate.timed(middle, threads=engine.threads) * sum(recipe.epochs for recipe in made.to_train)
    return seconds


def _agreed() -> bool:
    """Ask whether to begin.

    Raises:
        ValueError: there is nobody to ask.
    """
    if not sys.stdin.isatty():
        raise ValueError("there is no terminal to ask in: add --yes to begin")
    print("Begin? [y/N] ", end="", flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def train(engine: Engine, runs: list[Run], total: int, workers: int, *, then: str = "") -> int:
    """Train runs to their end, and print how far they are; return the exit code.

    Args:
        engine: trains them.
        runs: those that are not finished.
        total: the number of all runs, with those that are.
        workers: how many are trained at the same time.
        then: what to do once all are finished, for the terminal.
    """
    from ae.cli.sweep_progress import Progress

    again = "Run the same command again to go on."
    with _noting_ctrl_c() as asked, Progress(runs, total, workers) as progress:
        engine.train(runs, report=progress.report, stopped=asked)
    states = [queue.state(run) for run in runs]
    left = len(runs) - states.count("finished")
    early = sum(bool(reading.stopped_because(run)) for run in runs)
    if early and early == left:
        print(f"{total - left} of {total} runs are finished, {early} were stopped early.{then}")
        return OK
    if not left:
        print(f"All {total} runs are finished.{then}")
        return OK
    if asked():
        note(f"Stopped; {total - left} of {total} runs are finished, and the others' models are kept. {again}")
        return INTERRUPTED
    failed = [run for run, state in zip(runs, states, strict=True) if state == "failed"]
    reason = f" {failed[0].name}: {reading.read_error(failed[0])}" if failed else f" {again}"
    return complain(f"{total - left} of {total} runs are finished, {len(failed)} failed.{reason}", FAILED)


@contextmanager
def _noting_ctrl_c() -> Iterator[Callable[[], bool]]:
    """Yield a function that tells whether Ctrl-C was pressed; pressed twice, it ends the command at once."""
    asked = False

    def handle(number: int, frame: FrameType | None) -> None:
        nonlocal asked
        if asked:
            raise KeyboardInterrupt
        asked = True
        note("Stopping; press Ctrl-C again to leave at once")

    handled = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {number: signal.signal(number, handle) for number in handled if signal.getsignal(number) != signal.SIG_IGN}
    try:
        yield lambda: asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _quoted(name: str) -> str:
    import shlex

    return shlex.quote(name)


COMMANDS = {"sweep": Command(_sweep, _sweep_arguments)}
