"""Training: the generator that yields an epoch at a time, the optimisers, device and precision.

Imports ``models``, ``data`` and ``recipe``; knows no files.
"""

from ae.train.loop import Epoch, train

__all__ = ["Epoch", "train"]
