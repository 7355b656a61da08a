"""How screens name test images and their classes, where the images have classes."""

from collections.abc import Sequence

from ae.data.datasets import Dataset


def heads(dataset: Dataset, indices: Sequence[int]) -> list[str]:
    """Return the class of each of some test images; nothing if the images have no classes."""
    if not dataset.labelled:
        return []
    return [dataset.class_names[label] for label in dataset.test_labels[list(indices)].tolist()]


def named(dataset: Dataset, index: int) -> str:
    """Return the name of a test image with its class, as in "image 3, a cat"; without classes, "image 3"."""
    return ", ".join([f"image {index}", *map(with_article, heads(dataset, [index]))])


def with_article(name: str) -> str:
    """Return the name of a class with its article: "a 7", "an 8", "an apple"."""
    return f"{'an' if name[:1].lower() in 'aeio8' or name in ('11', '18') else 'a'} {name}"
