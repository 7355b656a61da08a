"""Compose a report: everything is in one HTML file, which loads nothing from anywhere."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ae import __version__
from ae.analysis import latent
from ae.data.sources import find
from ae.models.base import Autoencoder
from ae.models.layer_table import summary
from ae.models.registry import MODELS
from ae.plots import line_chart, loss_lines
from ae.plots.report import pictures
from ae.runs import comparison, imported, names, reading, reproduce, together
from ae.runs.folders import Run

TEMPLATES = ("standard", "coursework")
MOST = 8
"""Runs in one report: more would not fit a page's width or height."""

COLUMNS = (
    "Run", "Bottleneck", "Validation loss", "Test MSE", "PSNR (dB)", "SSIM", "Recognition rate", "kNN accuracy", "ELBO",
    "Active units", "Parameters", "Epochs", "Seconds",
)  # fmt: skip
"""Columns of the table of results, left out where no run has a value."""

_HERE = Path(__file__).parent


def report(runs: Sequence[Run], template: str = "standard") -> bytes:
    """Return a report on runs as an HTML file: of one, or a comparison of several.

    Args:
        runs: one to ``MOST``, trained on one dataset, with weights.
        template: one of ``TEMPLATES``; "coursework" has the sections of the lab's report, and places for own words.

    Raises:
        ValueError: the template is unknown, there are too many runs, or they were trained on different datasets.
        RunError: a run has no weights yet.
        ae.data.sources.DataError: the dataset can't be loaded.
    """
    if template not in TEMPLATES:
        raise ValueError(f"unknown template {template!r}: choose from {', '.join(TEMPLATES)}")
    if not 1 <= len(runs) <= MOST:
        raise ValueError(f"{len(runs)} runs do not fit in a report: use 1 to {MOST}")
    loaded = together.load(runs)
    labels = pictures.short([_label(run) for run in runs])
    models = dict(zip(labels, loaded.models.values(), strict=True))
    denoised, quality, noise = pictures.denoised(models, loaded.dataset)
    source = find(loaded.dataset.name)
    environment = Environment(
        loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    page = environment.get_template(f"{template}.html").render(
        title=runs[0].name if len(runs) == 1 else f"{len(runs)} runs compared",
        dataset=source,
        version=__version__,
        style=(_HERE / "report.css").read_text(encoding="utf-8"),
        script=(_HERE / "report.js").read_text(encoding="utf-8"),
        results=_results(runs, labels),
        recipes=_recipes(runs),
        warnings=comparison.warnings(runs, runs[0]) if len(runs) > 1 else [],
        no_history=imported.NO_HISTORY,
        chart=_chart(runs, labels),
        reconstructions=pictures.reconstructions(models, loaded.dataset),
        denoised=denoised,
        quality=quality,
        noise=noise,
        interpolation=pictures.interpolation(models, loaded.dataset),
        runs=[_facts(run, name, models[name], loaded) for run, name in zip(runs, models, strict=True)],
    )
    return page.encode()


def _facts(run: Run, name: str, model: Autoencoder, loaded: together.Chosen) -> dict[str, Any]:
    network, unused = MODELS[run.recipe.model], pictures.inactive(model, loaded.dataset)
    return {
        "name": name,
        "id": run.id,
        "created": run.created[:10],
        "recipe": run.recipe,
        "network": network,
        "layers": summary(model),
        "commands": reproduce.commands(run.recipe, run.preset),
        "map": pictures.latent_map(name, model, loaded.dataset),
        "inactive": ", ".join(map(str, unused)),
        "inactive_count": len(unused),
        "cause": latent.cause(run.recipe) if unused else "",
    }


def _label(run: Run) -> str:
    """Return a run's name with its bottleneck size in front, without the dataset, which the title names."""
    return names.without_dataset(names.size_first(run.name, run.recipe.code_size), run.recipe.dataset)


def _results(runs: Sequence[Run], labels: Sequence[str]) -> tuple[list[str], list[list[str]]]:
    """Return the head and the rows of the table of results."""
    rows = [
        {**comparison.row(run, reading.read_history(run), reading.read_metrics(run)), "Run": label}
        for run, label in zip(runs, labels, strict=True)
    ]
    head = [name for name in COLUMNS if any(row[name] is not None for row in rows)]
    return head, [[comparison.cell(row[name], comparison.FORMATS.get(name, "")) for name in head] for row in rows]


def _recipes(runs: Sequence[Run]) -> list[tuple[str, list[str], bool]]:
    """Return every setting, its value in each run, and whether the runs differ in it."""
    settings = [dict(run.recipe.rows()) for run in runs]
    names = dict.fromkeys(name for each in settings for name in each)
    rows = [(name, [each.get(name, "") for each in settings]) for name in names]
    return [(name, values, len(set(values)) > 1) for name, values in rows]


def _chart(runs: Sequence[Run], labels: Sequence[str]) -> dict[str, Any]:
    """Return the chart of losses as SVG, the same numbers for the script, and a caption; empty without a history."""
    drawn = loss_lines.draw(runs, labels)
    if drawn is None:
        return {}
    across, up = line_chart.scales(drawn.curves)
    return {
        "svg": drawn.svg,
        "data": {
            "x": across._asdict(),
            "y": up._asdict(),
            "top": line_chart.TOP,
            "curves": [{"name": each.name, "colour": each.colour, "points": each.points} for each in drawn.curves],
        },
        "caption": f"{drawn.unit}, mean over images, after each epoch, on a logarithmic scale. "
        + ("" if len(runs) == 1 else "Solid: validation loss; dashed: test loss of a run without a validation split. "),
    }
