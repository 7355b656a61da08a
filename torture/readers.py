"""Everything that reads run folders: what the child process of the campaign ``files`` does."""

import io
import json
import warnings
from collections.abc import Callable
from typing import Any

from ae.analysis import evaluation
from ae.cli import comparing, tables
from ae.data.sources import DataError
from ae.plots import animations, bottleneck_curve, loss_curve, loss_file
from ae.runs import card, comparison, folders, following, kept_images, log, model_file, queue, reading, study, tickets
from ae.runs.folders import Run, RunError, Unreadable
from ae.ui import live_data, run_labels, run_table, sweep_data, trained_before
from torture import runs
from torture.imports import import_all
from torture.texts import unfit

import_all()


def read(task: dict[str, Any]) -> str:
    """Read every run there is in every way; return what went wrong."""
    said: list[object] = []
    found = folders.list_runs()
    said += [run.reason for run in found if isinstance(run, Unreadable)]
    readable = [run for run in found if isinstance(run, Run)]
    said += [text for run in readable for text in (run.name, run.preset, run.created, *run.tags)]
    damaged = [run for run in readable if run.id != "whole"]
    if len(damaged) == len(readable):
        return "the whole run is not listed"
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)  # numpy, when it computes with what is no number
        for depth, steps in enumerate(STEPS[: task["depth"] + 1]):
            for step in steps:
                try:
                    said.append(step(readable if depth < DEEPEST else damaged))
                except (RunError, DataError) as error:
                    said.append(str(error))
    return next(filter(None, map(unfit, said)), "")


def _records(found: list[Run]) -> str:
    said = []
    for run in found:
        said += [reading.read_error(run), log.last_line(run.path)]
        queue.state(run)
        reading.read_preview(run)
        reading.saved_epoch(run)
        reading.stop_asked(run)
        log.size(run.path)
        card.text(run)
        follower = following.Follower(run)
        follower.look()
        follower.look()
    tickets.queue(folders.runs_folder())
    return next(filter(unfit, said), "")


def _resuming(found: list[Run]) -> str:
    return _of_each(found, model_file.read_state)


def _loading(found: list[Run]) -> str:
    return _of_each(found, model_file.load)


def _of_each(found: list[Run], read: Callable[[Run], object]) -> str:
    """Read every run, and return what it said of those that it refused."""
    refused = []
    for run in found:
        try:
            read(run)
        except RunError as error:
            refused.append(str(error))
    return " ".join(refused)


def _lists(found: list[Run]) -> None:
    everything = folders.list_runs()
    tables.runs(everything).encode()
    json.dumps([tables.row(run) for run in everything]).encode()
    for run in found:
        tables.page(run).encode()


def _screens(found: list[Run]) -> None:
    run_labels.labels(found)
    names = run_labels.short_names(found)
    run_labels.with_progress(names)
    states = {run: queue.state(run) for run in found}
    histories = {run: reading.read_history(run) for run in found}
    sweep_data.message(found, sweep_data.Have(), {}, states=states, histories=histories)
    sweep_data.progress(found, states, histories, 0.0)
    sweep_data.unit(found)
    for run in found:
        data = live_data.LiveData(run)
        for ended in (False, True):
            data.look()
            data.message(run, live_data.Have(), {}, ended=ended)
        trained_before.twin(run.recipe, found)
    kept_images.kept_images("digits")
    errors = {run: reading.read_metrics(run).get("test_mse", 1.0) for run in found}
    study.bottleneck_study(found)
    study.to_compare(found, found[0])
    study.finding(names, errors, [0.1] * 785)


def _comparing(found: list[Run]) -> None:
    frame = comparison.table(found)
    comparing._text(frame)
    differences = comparison.differences(frame, found[0].id)
    comparing._side_by_side(frame, differences).to_csv()
    frame.to_json(orient="records")
    comparison.warnings(found, found[0])
    comparison.by_size(found, frame)
    run_table.differences(run_table.of(found), found[0].id)
    labels = run_labels.labels(found)
    colours = dict.fromkeys(labels.values(), "#123456")
    curves = {labels[run.id]: (run.recipe, reading.read_history(run)) for run in found}
    loss_curve.curves(curves, colours=colours, of=["validation", "training"], against="seconds", log=True)


def _evaluating(found: list[Run]) -> str:
    few = runs.few()
    refused = []
    for run in found:
        try:
            tables.measurements(evaluation.evaluate(model_file.load(run), few))
        except RunError as error:
            refused.append(str(error))
    return " ".join(refused)


def _drawing(found: list[Run]) -> None:
    for run in found:
        losses = {run.name: reading.read_metrics(run).get("mse_by_class", {})}
        bottleneck_curve.class_dots(losses, {run.name: "#123456"}, tuple("0123456789"))
        loss_file.save_curve(reading.read_history(run), io.BytesIO(), title=run.name, recipe=run.recipe)
        if replay := reading.read_replay(run):
            where, area = animations.view(replay)
            animations.cloud(replay, 0, where, area)


STEPS: tuple[tuple[Callable[[list[Run]], object], ...], ...] = (
    (_records, _resuming, _loading, _lists, _screens),
    (_comparing,),
    (_evaluating, _drawing),
)
"""What reads runs: all of it, what takes longer, what takes much longer."""

DEEPEST = len(STEPS) - 1
"""At this depth only the damaged run is read: to measure and to draw the whole one as well takes half of the time."""
