"""The few test images that replays hold, to show a run whose dataset is not on this machine."""

import torch

from ae.data.datasets import Dataset
from ae.data.sources import find
from ae.runs import folders, reading
from ae.runs.folders import Run


def kept_images(dataset: str) -> Dataset | None:
    """Return the test images that the replays of a dataset's runs hold, without training images; None if none do."""
    runs = (run for run in folders.list_runs() if isinstance(run, Run) and run.recipe.dataset == dataset)
    replays = filter(None, map(reading.read_replay, runs))
    found = max(replays, key=lambda replay: len(replay.images), default=None)
    if found is None:
        return None
    names = find(dataset).class_names
    images = torch.from_numpy(found.images.copy())
    labels = torch.from_numpy(found.labels[: len(images)].astype("int64")).clamp(max=len(names) - 1)
    return Dataset(dataset, images[:0], labels[:0], images, labels, names)
