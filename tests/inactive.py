"""A run with an inactive latent unit, and the codes of a run's test images."""

import torch
from tiny import tiny

from ae.analysis import reconstruct
from ae.data import datasets
from ae.runs import folders, model_file
from ae.runs.model_file import write_weights
from ae.runs.recording import record


def codes_of(run):
    return reconstruct.codes_of(model_file.load(run), datasets.load("digits").test_images)


def with_an_inactive_unit():
    """Train a run, and set a bias so that its unit 1 is 0 for every image; return it with its model."""
    run = folders.create(tiny(code_size=4, code_activation="relu"))
    list(record(run))
    weights = model_file.load(run)
    with torch.no_grad():
        weights.fc2.bias[1] = -1e6
    write_weights(run, weights.state_dict(), run.recipe.epochs)
    return run, weights
