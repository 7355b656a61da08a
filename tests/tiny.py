"""Recipes so small that a run takes a moment, and what it takes to compare runs."""

import dataclasses

import torch

from ae import checkpoints
from ae.recipe import Recipe


def tiny(**changes):
    """Two epochs of the lab's network on the digits, on the processor, in full precision."""
    fixed = {"dataset": "digits", "code_size": 4, "epochs": 2, "batch_size": 256, "held_out": 16}
    return Recipe(**{**fixed, "device": "cpu", "precision": "fp32", **changes})


# With a decay of 1 and a rate of 10, each step multiplies the weights by -9, whatever the images.
DIVERGING = {"optimiser": "sgd", "learning_rate": 10.0, "weight_decay": 1.0, "schedule": "constant"}


def same(one, other):
    """Whether two state_dicts hold the same names and the same numbers, to the bit."""
    return list(one) == list(other) and all(torch.equal(one[name], other[name]) for name in one)


def timeless(run):
    """The run's history without the seconds, which no two runs share."""
    return [line._replace(seconds=0.0) for line in checkpoints.read_history(run)]


def copied(state_dict):
    return {name: value.clone() for name, value in state_dict.items()}


def with_images(dataset, n):
    return dataclasses.replace(dataset, images=dataset.images[:n], labels=dataset.labels[:n])
