"""Train image autoencoders, watch them learn, compare them across bottleneck sizes, and look inside.

>>> from ae.presets import preset
>>> from ae.train import train
>>> for epoch in train(preset("fast", dataset="digits")):
...     print(epoch.number, epoch.validation_loss)
"""

from pathlib import Path

__version__ = "0.1.0"

PROJECT = Path(__file__).resolve().parent.parent
"""The folder that the package, the dashboard and the shipped runs lie in."""
