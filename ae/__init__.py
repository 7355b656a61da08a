"""Train image autoencoders, watch them learn, compare them across bottleneck sizes, and look inside.

>>> from ae.presets import preset
>>> from ae.train import train
>>> for epoch in train(preset("fast", dataset="digits")):
...     print(epoch.number, epoch.validation_loss)

The public interface is ``ae.recipe.Recipe``, ``ae.presets.preset``, ``ae.train.train``, ``ae.train.Epoch``,
``ae.models.registry.build``, ``ae.data.datasets.load``, ``ae.runs.folders.find``, ``ae.runs.folders.list_runs``,
``ae.runs.model_file.load`` and ``ae.analysis.evaluation.evaluate``. Everything else may change between versions.
"""

from pathlib import Path

__version__ = "0.1.0"
__all__ = ["HOME", "PROJECT", "__version__"]

_PACKAGE = Path(__file__).resolve().parent
_INSTALLED = (_PACKAGE / "project").is_dir()

PROJECT = _PACKAGE / "project" if _INSTALLED else _PACKAGE.parent
"""The folder with the dashboard's pages and the shipped runs: the checkout, or its copy in an installed package."""

HOME = Path.home() / "autoencoder-lab" if _INSTALLED else PROJECT
"""The folder of downloads and runs, unless ``AE_DATA`` and ``AE_CHECKPOINTS`` name others."""
