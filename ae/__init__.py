"""Train image autoencoders, watch them learn, compare them across bottleneck sizes, and look inside.

>>> from ae.presets import preset
>>> from ae.train import train
>>> for epoch in train(preset("fast", dataset="digits")):
...     print(epoch.number, epoch.validation_loss)
"""

from pathlib import Path

__version__ = "0.1.0"

_PACKAGE = Path(__file__).resolve().parent
_INSTALLED = (_PACKAGE / "project").is_dir()

PROJECT = _PACKAGE / "project" if _INSTALLED else _PACKAGE.parent
"""The folder with the dashboard's pages and the shipped runs: the checkout, or its copy in an installed package."""

HOME = Path.home() / "autoencoder-lab" if _INSTALLED else PROJECT
"""The folder of downloads and runs, unless ``AE_DATA`` and ``AE_CHECKPOINTS`` name others."""
