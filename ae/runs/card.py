"""A run's README.md."""

from ae.data import sources
from ae.presets import PRESETS, changed
from ae.runs import filenames, files, reading
from ae.runs.folders import Run


def write_card(run: Run) -> None:
    """Write the run's README.md: what it is, what was measured, how to use it."""
    measured = reading.read_metrics(run)
    lines = [f"# {run.name}", ""]
    lines += [_about(run), ""]
    if measured:
        inactive = ", ".join(map(str, measured["inactive_units"])) or "none"
        lines += [
            f"After epoch {measured['epoch']} of {run.recipe.epochs}, on the {measured['test_images']:,} test images "
            f"of {sources.SOURCES[run.recipe.dataset].title}:",
            "",
            "| measured | |",
            "|---|---|",
            f"| mean squared error per pixel | {measured['test_mse']:.5f} |",
            f"| PSNR, mean over images | {measured['psnr']:.2f} dB |",
            f"| SSIM, mean over images | {measured['ssim']:.3f} |",
            *([f"| ELBO, mean over images | {measured['elbo']:.1f} nats |"] if "elbo" in measured else []),
            f"| live units of the code | {measured['active_units']} of {run.recipe.code_size} (dead: {inactive}) |",
            f"| parameters | {measured['parameters']:,} |",
            f"| training time | {measured['seconds']:.1f} s |",
            "",
        ]
    lines += ["| recipe | |", "|---|---|", *(f"| {k} | {v} |" for k, v in run.recipe.to_dict().items()), ""]
    lines += ["```python", "from ae.checkpoints import load", "", f'model = load("{run.id}")', "```", ""]
    files.replace(run.path / filenames.CARD, "\n".join(lines).encode())


def _about(run: Run) -> str:
    """Say what a run's recipe is: its preset, or what was changed in it."""
    if run.preset not in PRESETS:
        return "A recipe of its own."
    preset, own = PRESETS[run.preset], changed(run.recipe, run.preset)
    if not own:
        return preset.sentence
    return f"The preset {preset.name} with {', '.join(f'{key} {value}' for key, value in own.items())}."
