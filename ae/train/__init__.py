"""Training: the loop, a generator of epochs, with its optimisers, schedules, device and precision.

Imports ``models``, ``data`` and ``recipe``; reads and writes no files of runs.
"""

from ae.train.loop import Epoch, train

__all__ = ["Epoch", "train"]
