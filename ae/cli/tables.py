"""Runs, recipes and measurements as text."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from ae.presets import PRESETS, Preset
from ae.recipe import Recipe
from ae.runs import folders, imported, queue, reading
from ae.runs.folders import Run, Unreadable
from ae.runs.reading import Line

NOT_VALIDATION = "*"
"""Marks a loss on the test images in a column of validation losses."""

NUMBER = re.compile(r"[-+]?[\d.,/]*(e[-+]\d+)?[*%]?")
"""A number, a fraction such as 8/16, a marked number, or an empty cell."""

OPTIONAL = (
    ("recognition_rate", "recognition rate", "{:.1%}"),
    ("knn_accuracy", "kNN accuracy", "{:.3f}"),
    ("elbo", "ELBO", "{:.1f} nats per image"),
)
"""Measurements that only some runs have: their keys, names and formats."""


def row(run: Run | Unreadable) -> dict[str, Any]:
    """Summarise a run and its progress, for JSON."""
    if isinstance(run, Unreadable):
        return {"id": run.label, "state": "unreadable", "reason": run.reason}
    history = reading.read_history(run)
    last = history[-1] if history else None
    measured = reading.read_metrics(run)
    return {
        "id": run.id,
        "name": run.name,
        "pinned": run.pinned,
        "state": queue.state(run),
        "epoch": last.epoch if last else 0,
        "epochs": run.recipe.epochs,
        "imported": run.recipe.imported,
        "code_size": run.recipe.code_size,
        "training_loss": last.training_loss if last else None,
        "validation_loss": last.validation_loss if last else None,
        "test_loss": last.test_loss if last else None,
        "active_units": last.active_units if last else measured.get("active_units"),
        "test_mse": measured.get("test_mse"),
        "seconds": sum(line.seconds for line in history),
    }


def runs(found: Sequence[Run | Unreadable]) -> str:
    """Return a line for each run, then for each unreadable folder."""
    if not found:
        return f"No runs in {folders.runs_folder()} yet: start with python -m ae train"
    rows = [row(run) for run in found if isinstance(run, Run)]
    lines = [
        (
            each["id"],
            each["state"],
            "imported" if each["imported"] else f"{each['epoch']}/{each['epochs']}",
            _digits(each["validation_loss"]) or _digits(each["test_loss"], mark=NOT_VALIDATION),
            _digits(each["test_mse"]),
            f"{each['active_units']}/{each['code_size']}" if each["active_units"] is not None else "",
            each["name"] + (" (pinned)" if each["pinned"] else ""),
        )
        for each in rows
    ]
    header = ("id", "state", "epoch", "validation loss", "test MSE", "active", "name")
    parts = [columns([header, *lines])] if lines else []
    parts += [f"{run.label}: unreadable, {run.reason}" for run in found if isinstance(run, Unreadable)]
    if any(each["test_loss"] is not None for each in rows):
        parts.append(f"{NOT_VALIDATION} test loss: the recipe has no validation split")
    return "\n".join(parts)


def page(run: Run) -> str:
    """Describe a run: its recipe, about ten of its epochs, and its measurements."""
    state = queue.state(run)
    why = reading.read_error(run) if state == "failed" else reading.stopped_because(run) if state == "stopped" else ""
    parts = [f"{run.name}\n{run.path}\n{state}{f': {why}' if why else ''}"]
    parts.append(columns(run.recipe.rows()))
    if run.recipe.imported:
        parts.append(f"{imported.source(run)} {imported.NO_HISTORY}".strip())
    if history := reading.read_history(run):
        monitored = "validation loss" if run.recipe.validation_images else "test loss (no validation split)"
        terms = ("of it error", f"of it {run.recipe.term}") if run.recipe.term else ()
        header = ("epoch", "training loss", monitored, *terms, "learning rate", "active units", "seconds")
        every = max(1, len(history) // 10)
        lines = [
            (
                str(line.epoch),
                _digits(line.training_loss),
                _digits(line.monitored_loss),
                *([_digits(value) for value in _terms(line)] if terms else []),
                f"{line.learning_rate:.3g}",
                str(line.active_units),
                f"{line.seconds:.2f}",
            )
            for line in history
            if line.epoch < 3 or line.epoch % every == 0 or line is history[-1]
        ]
        parts.append(columns([header, *lines]))
    if measured := reading.read_metrics(run):
        when = "On" if run.recipe.imported else f"After epoch {measured['epoch']}, on"
        parts.append(f"{when} the test images:\n{measurements(measured)}")
    return "\n\n".join(parts)


def _terms(line: Line) -> tuple[float | None, float | None]:
    """Return the reconstruction error in a validation (or test) loss, and what was added to it."""
    error = line.monitored_error
    return error, None if error is None else line.monitored_loss - error


def measurements(measured: dict[str, Any]) -> str:
    """Return a line for each result of ``ae.analysis.evaluation.evaluate``."""
    inactive = ", ".join(map(str, measured["inactive_units"])) or "none"
    return columns(
        [
            ("test MSE per pixel", _digits(measured["test_mse"])),
            ("PSNR", f"{measured['psnr']:.2f} dB"),
            ("SSIM", f"{measured['ssim']:.3f}"),
            *((name, form.format(measured[key])) for key, name, form in OPTIONAL if key in measured),
            ("active units", f"{measured['active_units']} (inactive: {inactive})"),
            ("parameters", f"{measured['parameters']:,}"),
            *((f"MSE of class {name}", _digits(value)) for name, value in measured["mse_by_class"].items()),
        ]
    )


def presets() -> str:
    """Describe every preset: its source, a sentence about it, and its main settings."""
    paragraphs = []
    defaults = Recipe().to_dict()
    for preset in PRESETS.values():
        recipe = preset.recipe.to_dict()
        always = ("model", "epochs", "batch_size", "learning_rate", "schedule")
        shown = {key: value for key, value in recipe.items() if value != defaults.get(key) or key in always}
        paragraphs.append(
            f"{preset.name}  ({preset.source})\n"
            f"  {preset.sentence}\n"
            f"  bottleneck size {recipe['code_size']}{_also(preset)}\n"
            f"  {', '.join(f'{key} {value}' for key, value in sorted(shown.items()))}"
        )
    return "\n\n".join(paragraphs)


def columns(lines: Iterable[tuple[str, ...]]) -> str:
    """Return lines with their cells aligned in columns: numbers below a heading to the right, text to the left."""
    cells = list(lines)
    aligned = []
    for column in zip(*cells, strict=True):
        width = max(map(len, column))
        numbers = len(column) > 1 and all(NUMBER.fullmatch(cell) for cell in column[1:])
        aligned.append([cell.rjust(width) if numbers else cell.ljust(width) for cell in column])
    return "\n".join("  ".join(line).rstrip() for line in zip(*aligned, strict=True))


def _also(preset: Preset) -> str:
    others = [str(size) for size in preset.code_sizes if size != preset.recipe.code_size]
    return f"; also studied: {', '.join(others)}" if others else ""


def _digits(value: float | None, *, mark: str = "") -> str:
    return "" if value is None else f"{value:.5f}{mark}"
