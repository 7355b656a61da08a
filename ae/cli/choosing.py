"""Find the runs, models and test images that the arguments name."""

import argparse
from collections.abc import Iterable

from ae.analysis import reconstruct
from ae.data import selection
from ae.data.datasets import Dataset
from ae.models.base import Autoencoder
from ae.runs import folders, together
from ae.runs.folders import Run
from ae.runs.together import Chosen as Chosen


def runs(names: Iterable[str]) -> list[Run]:
    """Find runs by name, each once, in the order given."""
    return list({run.id: run for run in map(folders.find, names)}.values())


def models(names: Iterable[str]) -> Chosen:
    """Load the models of runs, named as in ``runs``, and their dataset; see ``ae.runs.together.load``.

    Raises:
        ValueError: they were not trained on the same dataset.
    """
    return together.load(runs(names))


def seed(text: str) -> int:
    """Parse a seed.

    Raises:
        argparse.ArgumentTypeError: it is not a whole number from 0 to 2**31 - 1.
    """
    if not text.isdecimal() or len(text) > 10 or int(text) >= 2**31:
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is not a seed: use a whole number from 0 to {2**31 - 1:,}")
    return int(text)


def add_indices(parser: argparse.ArgumentParser) -> None:
    """Declare the flag that chooses test images by index."""
    parser.add_argument("-i", dest="images", metavar="INDICES", help="test images, as in 3,14,0-7 (the first eight)")


def by_index(options: argparse.Namespace, dataset: Dataset) -> list[int]:
    """Return the indices of the test images that ``add_indices`` chooses.

    Raises:
        ValueError: there are no such images, or too many.
    """
    size = len(dataset.test_images)
    return list(range(min(8, size))) if options.images is None else selection.parse_indices(options.images, size)


def indices(options: argparse.Namespace, model: Autoencoder, dataset: Dataset) -> list[int]:
    """Return the indices of the test images that the options choose: by error, class, at random, or index.

    Raises:
        ValueError: there are no such images, or too many.
    """
    size = len(dataset.test_images)
    count = options.worst if options.worst is not None else options.best
    if count is not None:
        if not 1 <= count <= 16:
            raise ValueError(f"{count} images do not fit in a row: use 1 to 16")
        return selection.ranks(reconstruct.errors(model, dataset.test_images), count, best=options.best is not None)
    if options.of_class is not None:
        if not dataset.labelled:
            raise ValueError(f"the images of {dataset.name} have no classes: choose by index, error or at random")
        if options.of_class not in dataset.class_names:
            raise ValueError(f"unknown class {options.of_class!r}: choose from {', '.join(dataset.class_names)}")
        return selection.of_class(dataset.test_labels, dataset.class_names.index(options.of_class), 8)
    if options.random is not None:
        return selection.at_random(size, 8, options.random)
    return by_index(options, dataset)


def class_names(dataset: Dataset, chosen: Iterable[int]) -> list[str]:
    """Return the class of each chosen test image."""
    return [dataset.class_names[dataset.test_labels[index]] for index in chosen]
