"""A small digit classifier, to measure whether a reconstruction is still recognisable.

Its weights are included; ``scripts/train_digit_classifier.py`` trained them on MNIST's training images.
"""

import functools
from pathlib import Path

import numpy as np
import safetensors.torch
import torch
import torch.nn.functional as F
from safetensors import safe_open
from torch import Tensor, nn

from ae.data.sources import find

WEIGHTS = Path(__file__).with_name("digit_classifier.safetensors")

MEASURED = ("mnist", "digits")
"""Datasets that its accuracy was measured on after training."""

CHUNK = 50

RECOGNISED = 0.5
"""The least probability of a digit at which an image counts as one."""

SURE = 0.9
"""The least probability of a digit at which the screens call the classifier sure of it."""


class DigitClassifier(nn.Module):
    """Four convolutions and a linear layer, 784 pixels to ten classes: 32,154 parameters."""

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(  # (B, 1, 28, 28)
            *_layer(1, 16, stride=1),  # (B, 16, 28, 28)
            *_layer(16, 16, stride=2),  # (B, 16, 14, 14)
            *_layer(16, 32, stride=1),  # (B, 32, 14, 14)
            *_layer(32, 32, stride=2),  # (B, 32, 7, 7)
            nn.Flatten(),
        )
        self.classes = nn.Linear(32 * 7 * 7, 10)

    def forward(self, images: Tensor) -> Tensor:
        """Return the logits, with shape (B, 10), of images with shape (B, 1, 28, 28), values in [0, 1]."""
        logits: Tensor = self.classes(self.features(images))
        return logits


def _layer(channels_in: int, channels_out: int, *, stride: int) -> tuple[nn.Module, ...]:
    convolution = nn.Conv2d(channels_in, channels_out, 3, stride=stride, padding=1, bias=False)
    return convolution, nn.BatchNorm2d(channels_out), nn.ReLU()


@functools.cache
def load() -> DigitClassifier:
    """Load the classifier with its included weights, in eval mode, on the CPU."""
    classifier = DigitClassifier()
    classifier.load_state_dict(safetensors.torch.load_file(WEIGHTS))
    return classifier.eval()


@functools.cache
def about() -> dict[str, str]:
    """Return how the weights were trained: ``dataset``, ``epochs``, ``seed``, and ``accuracy_NAME`` of ``MEASURED``."""
    with safe_open(WEIGHTS, "pt") as file:
        return dict(file.metadata())


def accuracy(dataset: str) -> float | None:
    """Return the share of a dataset's clean test images that is classified correctly, as measured after training.

    None for other digits than those it was measured on.

    Raises:
        ValueError: the dataset shows no digits.
    """
    if reason := why_not(dataset):
        raise ValueError(reason)
    return float(about()[f"accuracy_{dataset}"]) if dataset in MEASURED else None


def why_not(dataset: str) -> str:
    """Explain in a sentence why images of a dataset can't be classified; empty if they can."""
    source = find(dataset)
    if source.digits:
        return ""
    return (
        f"There is no digit classifier for {source.title}: the included one classifies handwritten digits as in MNIST."
    )


@torch.no_grad()
def classify(images: Tensor) -> tuple[Tensor, Tensor]:
    """Classify images as digits.

    Args:
        images: float, with shape (N, 1, 28, 28), values in [0, 1].

    Returns:
        the most probable digit of each image, int64 with shape (N,), and its probability, with shape (N,).
    """
    classifier = load()
    probabilities = [F.softmax(classifier(chunk), 1) for chunk in images.split(CHUNK)]
    probability, digit = torch.cat(probabilities).max(1)
    return digit, probability


def labels_with_confidence(images: Tensor) -> list[str]:
    """Return the class and confidence for each image, with shape (N, 1, 28, 28), as in "7 (98%)"."""
    digit, probability = classify(torch.nan_to_num(images))
    return [f"{d} ({p:.0%})" for d, p in zip(digit.tolist(), probability.tolist(), strict=True)]


def confusion_matrix(labels: Tensor, classified: Tensor, classes: int = 10) -> np.ndarray:
    """Count images by true class (row) and by the class they were classified as (column), with shape (C, C)."""
    counts = torch.bincount(labels * classes + classified, minlength=classes**2)
    return counts.reshape(classes, classes).numpy()


def recognition_rate(images: Tensor, labels: Tensor) -> float:
    """Return the share of images, with shape (N, 1, 28, 28), classified as the true digits, ``labels`` (N,)."""
    return float((classify(images)[0] == labels).float().mean())
