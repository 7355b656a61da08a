"""Curves as a picture file, for ``-p`` on the command line; the screens draw theirs in the browser."""

from collections.abc import Sequence
from pathlib import Path

from ae.runs.reading import Line

FORMATS = (".png", ".svg", ".pdf")


def save_curve(history: Sequence[Line], path: Path, *, title: str, validation_images: str) -> None:
    """Draw training and held-out loss against epochs, and write them as a PNG, SVG or PDF.

    Args:
        history: the epochs; the first is before any training and is left out of the scale.
        path: where to write, by its ending.
        title: what stands above.
        validation_images: what the held-out loss was measured on.

    Raises:
        OSError: the file can't be written.
    """
    from matplotlib.figure import Figure  # slow to import, and only this needs it

    figure = Figure(figsize=(7, 4.2), dpi=150, layout="constrained")
    axes = figure.add_subplot()
    trained = [line for line in history if line.epoch > 0] or history
    epochs = [line.epoch for line in trained]
    marker = "o" if len(trained) < 20 else None
    axes.plot(epochs, [line.training_loss for line in trained], color="#0072b2", marker=marker, ms=4, label="training")
    axes.plot(
        epochs,
        [line.monitored_loss for line in trained],
        color="#d55e00",
        marker=marker,
        ms=4,
        label=f"held out ({validation_images})",
    )
    axes.set_title(title, loc="left", fontsize=11)
    axes.set_xlabel("epoch")
    axes.set_ylabel("loss, mean over pixels and images")
    axes.grid(alpha=0.25)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    figure.savefig(path)
