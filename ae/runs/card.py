"""A run's README.md: a summary for people."""

from contextlib import suppress
from typing import Any

from ae.data import sources
from ae.presets import PRESETS, changed
from ae.runs import files, folders, reading
from ae.runs.filenames import ABOUT, CARD
from ae.runs.folders import Run, RunError


def write_card(run: Run, measured: dict[str, Any] | None = None) -> None:
    """Write the run's README.md with its current name, and with ``measured`` or the figures in its metrics.json."""
    with suppress(RunError), folders.about_locked(run.path.parent):  # a later call writes it if this one can't
        files.sweep(run.path, [ABOUT, CARD], older_than=0)
        files.replace(run.path / CARD, text(folders.read_run(run.path), measured).encode())


def text(run: Run, measured: dict[str, Any] | None = None) -> str:
    """Return a run's README.md: its recipe, its measurements, and how to load its model."""
    measured = reading.read_metrics(run) if measured is None else measured
    lines = [f"# {run.name}", ""]
    lines += [_about(run), ""]
    if measured:
        inactive = ", ".join(map(str, measured["inactive_units"])) or "none"
        lines += [
            f"{_when(run, measured)} the {measured['test_images']:,} test images "
            f"of {sources.find(run.recipe.dataset).title}:",
            "",
            "| measured | |",
            "|---|---|",
            f"| mean squared error per pixel | {measured['test_mse']:.5f} |",
            f"| PSNR, mean over images | {measured['psnr']:.2f} dB |",
            f"| SSIM, mean over images | {measured['ssim']:.3f} |",
            *_optional(measured),
            f"| active latent units | {measured['active_units']} of {run.recipe.code_size} (inactive: {inactive}) |",
            f"| parameters | {measured['parameters']:,} |",
            *([] if run.recipe.imported else [f"| training time | {measured['seconds']:.1f} s |"]),
            "",
        ]
    lines += ["| recipe | |", "|---|---|", *(f"| {k} | {_setting(v)} |" for k, v in run.recipe.to_dict().items()), ""]
    lines += ["```python", "from ae.runs.model_file import load", "", f'model = load("{run.id}")', "```", ""]
    return "\n".join(lines)


def _when(run: Run, measured: dict[str, Any]) -> str:
    return "Measured on" if run.recipe.imported else f"After epoch {measured['epoch']} of {run.recipe.epochs}, on"


def _setting(value: object) -> str:
    return ", ".join(map(str, value)) or "none" if isinstance(value, tuple | list) else str(value)


def _optional(measured: dict[str, Any]) -> list[str]:
    """Return the rows of the figures that only some runs have."""
    rows = {
        "recognition_rate": "| recognition rate of the reconstructions | {:.1%} |",
        "knn_accuracy": "| kNN accuracy of the latent codes | {:.1%} |",
        "elbo": "| ELBO, mean over images | {:.1f} nats |",
    }
    return [row.format(measured[key]) for key, row in rows.items() if key in measured]


def _about(run: Run) -> str:
    """Describe a run's recipe: its preset, and the settings that were changed."""
    if run.recipe.imported:
        return "A model that was trained elsewhere and imported: how it was trained is not known."
    if run.preset not in PRESETS:
        return "A custom recipe."
    preset, own = PRESETS[run.preset], changed(run.recipe, run.preset)
    if not own:
        return preset.sentence
    return f"The preset {preset.name} with {', '.join(f'{key} {value}' for key, value in own.items())}."
