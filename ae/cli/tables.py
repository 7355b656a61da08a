"""Runs, recipes and measurements as text, for the command line."""

from collections.abc import Iterable, Sequence
from typing import Any

from ae.models.layer_table import summary
from ae.presets import PRESETS
from ae.recipe import Recipe
from ae.runs import folders, model_file, queue, reading
from ae.runs.folders import Run, Unreadable


def row(run: Run | Unreadable) -> dict[str, Any]:
    """Say in a few values what a run is and how far it has come."""
    if isinstance(run, Unreadable):
        return {"id": run.id, "state": "unreadable", "reason": run.reason}
    history = reading.read_history(run)
    last = history[-1] if history else None
    return {
        "id": run.id,
        "name": run.name,
        "state": queue.state(run),
        "epoch": last.epoch if last else 0,
        "epochs": run.recipe.epochs,
        "code_size": run.recipe.code_size,
        "training_loss": last.training_loss if last else None,
        "validation_loss": last.validation_loss if last else None,
        "active_units": last.active_units if last else None,
        "test_mse": reading.read_metrics(run).get("test_mse"),
        "seconds": sum(line.seconds for line in history),
    }


def runs(found: Sequence[Run | Unreadable]) -> str:
    """List runs, a line each, and then the folders that are none."""
    if not found:
        return f"No runs in {folders.runs_folder()} yet: python -m ae train --preset fast"
    rows = [row(run) for run in found if isinstance(run, Run)]
    lines = [
        (
            each["id"],
            each["state"],
            f"{each['epoch']}/{each['epochs']}",
            _digits(each["validation_loss"]),
            _digits(each["test_mse"]),
            f"{each['active_units']}/{each['code_size']}" if each["active_units"] is not None else "",
            each["name"],
        )
        for each in rows
    ]
    header = ("id", "state", "epoch", "held-out loss", "test MSE", "live", "name")
    unreadable = [f"{run.id}: unreadable, {run.reason}" for run in found if isinstance(run, Unreadable)]
    return "\n".join(([columns([header, *lines])] if lines else []) + unreadable)


def page(run: Run) -> str:
    """Show a run: its recipe, some of its history, its layers, what was measured."""
    now = queue.state(run)
    reason = f": {reading.read_error(run)}" if now == "failed" else ""
    parts = [f"{run.name}\n{run.path}\n{now}{reason}"]
    parts.append(columns((key, str(value)) for key, value in run.recipe.to_dict().items()))
    if history := reading.read_history(run):
        header = (
            "epoch",
            "training loss",
            f"held-out loss ({run.recipe.validation_words})",
            "learning rate",
            "live",
            "seconds",
        )
        every = max(1, len(history) // 10)
        lines = [
            (
                str(line.epoch),
                _digits(line.training_loss),
                _digits(line.validation_loss),
                f"{line.learning_rate:.3g}",
                str(line.active_units),
                f"{line.seconds:.2f}",
            )
            for line in history
            if line.epoch < 3 or line.epoch % every == 0 or line is history[-1]
        ]
        parts.append(columns([header, *lines]))
    if reading.saved_epoch(run) is not None:
        parts.append(summary(model_file.load(run)))
    if measured := reading.read_metrics(run):
        parts.append(f"After epoch {measured['epoch']}, on the test images:\n{measurements(measured)}")
    return "\n\n".join(parts)


MORE = (
    ("recognition_rate", "recognition_rate", "{:.1%}"),
    ("knn_accuracy", "kNN accuracy", "{:.3f}"),
    ("elbo", "ELBO", "{:.1f} nats an image"),
)
"""What not every run has: its key, what it is called, how it is written."""


def measurements(measured: dict[str, Any]) -> str:
    """Show what ``ae.analysis.evaluation.evaluate`` gave."""
    inactive = ", ".join(map(str, measured["inactive_units"])) or "none"
    return columns(
        [
            ("test MSE per pixel", _digits(measured["test_mse"])),
            ("PSNR", f"{measured['psnr']:.2f} dB"),
            ("SSIM", f"{measured['ssim']:.3f}"),
            *((words, form.format(measured[key])) for key, words, form in MORE if key in measured),
            ("live code units", f"{measured['active_units']} (dead: {inactive})"),
            ("parameters", f"{measured['parameters']:,}"),
            *((f"MSE of {name}", _digits(value)) for name, value in measured["mse_by_class"].items()),
        ]
    )


def presets() -> str:
    """Describe every preset: what it is, where it comes from, and what sets it apart from the lab's recipe."""
    paragraphs = []
    defaults = Recipe().to_dict()
    for preset in PRESETS.values():
        recipe = preset.recipe.to_dict()
        always = ("epochs", "batch_size", "learning_rate", "schedule")
        shown = {key: value for key, value in recipe.items() if value != defaults[key] or key in always}
        paragraphs.append(
            f"{preset.name}  ({preset.source})\n"
            f"  {preset.sentence}\n"
            f"  code size {' '.join(map(str, preset.code_sizes))}; {recipe['code_size']} unless -z says otherwise\n"
            f"  {', '.join(f'{key} {value}' for key, value in sorted(shown.items()))}"
        )
    return "\n\n".join(paragraphs)


def _digits(value: float | None) -> str:
    return "" if value is None else f"{value:.5f}"


def columns(lines: Iterable[tuple[str, ...]]) -> str:
    """Set cells in columns, each as wide as its widest."""
    cells = list(lines)
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in cells
    )
