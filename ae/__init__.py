"""Train image autoencoders, watch them learn, compare them across bottleneck sizes, and look inside.

>>> import ae
>>> model = ae.load("shipped-digits-z2")
>>> model.reconstruct(model.dataset.test_images[:8]).shape
(8, 1, 28, 28)

The public interface is ``ae.load``, ``ae.list_runs``, ``ae.train_run``, ``ae.compare`` and ``ae.Model``; below them
``ae.recipe.Recipe``, ``ae.presets.preset``, ``ae.train.train``, ``ae.train.Epoch``, ``ae.models.registry.build``,
``ae.data.datasets.load`` and ``ae.analysis.evaluation.evaluate``. ``docs/API.md`` describes it. Everything else may
change between versions.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ae.runs.trained import Model, compare, list_runs, load, train_run

__version__ = "0.1.0"
__all__ = ["HOME", "PROJECT", "Model", "__version__", "compare", "list_runs", "load", "train_run"]

_PACKAGE = Path(__file__).resolve().parent
_INSTALLED = (_PACKAGE / "project").is_dir()

PROJECT = _PACKAGE / "project" if _INSTALLED else _PACKAGE.parent
"""The folder with the dashboard's pages and the shipped runs: the checkout, or its copy in an installed package."""

HOME = Path.home() / "autoencoder-lab" if _INSTALLED else PROJECT
"""The folder of downloads and runs, unless ``AE_DATA`` and ``AE_CHECKPOINTS`` name others."""


def __getattr__(name: str) -> Any:  # noqa: ANN401
    """Import the public interface, and with it PyTorch, when it is first used: importing ``ae`` alone is instant."""
    if name not in __all__:
        raise AttributeError(f"module 'ae' has no attribute {name!r}")
    from ae.runs import trained

    return getattr(trained, name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
