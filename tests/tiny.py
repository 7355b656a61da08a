"""Recipes that train in a moment, and comparisons of runs."""

import dataclasses

import torch

from ae.presets import preset
from ae.runs import filenames, model_file, queue, reading
from ae.train.loop import train


def tiny(**changes):
    """Two epochs of the preset lab's network on the digits, on the CPU, in fp32."""
    small = {"dataset": "digits", "code_size": 4, "epochs": 2, "batch_size": 256, "validation_images": 16}
    return preset("lab", **{**small, "device": "cpu", "precision": "fp32", **changes})


def quick(**changes):
    """The same for a hundred images, without the ReLU on the code."""
    return tiny(**{"batch_size": 32, "code_activation": "none", **changes})


def run_through(recipe, dataset, **state):
    """Return all epochs, and the weights after the last one."""
    epochs = list(train(recipe, dataset, **state))
    return epochs, epochs[-1].model.state_dict()


# Three epochs with everything random turned on, for runs that are stopped and killed.
KILLABLE = tiny(epochs=3, batch_size=32, noise=0.1)

# With a decay of 1 and a rate of 10, each step multiplies the weights by -9, whatever the images.
DIVERGING = {"optimiser": "sgd", "learning_rate": 10.0, "weight_decay": 1.0, "schedule": "constant"}

# A rate so low that the training loss does not fall, so the plateau schedule has to cut it.
STALLED = {"schedule": "plateau", "optimiser": "sgd", "learning_rate": 1e-7, "epochs": 26}


def same(one, other):
    """Whether two state_dicts have the same names and the same numbers, bit for bit."""
    return list(one) == list(other) and all(torch.equal(one[name], other[name]) for name in one)


def timeless(run):
    """Return the run's history without the seconds, which differ between runs."""
    return [line._replace(seconds=0.0) for line in reading.read_history(run)]


def contents(run):
    """Return all files of a run with their modification times."""
    return {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in run.path.iterdir()}


def copied(state_dict):
    return {name: value.clone() for name, value in state_dict.items()}


def with_images(dataset, n):
    return dataclasses.replace(dataset, images=dataset.images[:n], labels=dataset.labels[:n])


def figures(run):
    """Return the measurements, without the seconds."""
    return {key: value for key, value in reading.read_metrics(run).items() if key != "seconds"}


def assert_equal_runs(run, other):
    """Assert that both are finished, with the same weights, epochs and figures, bit for bit."""
    assert same(model_file.load(run).state_dict(), model_file.load(other).state_dict())
    assert timeless(run) == timeless(other)
    assert figures(run) == figures(other)
    for each in (run, other):
        assert queue.state(each) == "finished"
        assert (each.path / filenames.STATE).exists()  # so that it can be trained longer


LOG_VARIANCE = {"vae": "fc32", "residual-vae": "log_variance"}
"""By network, the layer that ``encode`` leaves out."""
