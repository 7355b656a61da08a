"""Training: the loop, a generator of epochs, with its optimisers, schedules, device and precision.

Imports ``models``, ``data`` and ``recipe``; does not read or write the files of runs.
"""

from ae.train.loop import Epoch, train

__all__ = ["Epoch", "train"]
