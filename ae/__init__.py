"""Train image autoencoders, watch them learn, compare them across bottleneck sizes, and look inside.

>>> from ae.recipe import preset
>>> from ae.train import train
>>> for epoch in train(preset("fast", dataset="digits")):
...     print(epoch.number, epoch.held_out_loss)
"""

__version__ = "0.1.0"
__all__ = ["checkpoints", "cli", "data", "explore", "figures", "jobs", "metrics", "models", "recipe", "train"]
