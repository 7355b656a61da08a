"""The judge: a small classifier that says which digit a drawing still reads as.

Its weights come with the package; ``scripts/train_judge.py`` made them from MNIST's training images.
"""

import functools
from pathlib import Path

import numpy as np
import safetensors.torch
import torch
import torch.nn.functional as F
from safetensors import safe_open
from torch import Tensor, nn

WEIGHTS = Path(__file__).with_name("digit_classifier.safetensors")


KNOWS = ("mnist", "digits")
"""The datasets whose classes are the ten numerals that it was trained on."""


CHUNK = 1000


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
        """Give the logits, with shape (B, 10), of images with shape (B, 1, 28, 28), values in [0, 1]."""
        return self.classes(self.features(images))


def _layer(channels_in: int, channels_out: int, *, stride: int) -> tuple[nn.Module, ...]:
    convolution = nn.Conv2d(channels_in, channels_out, 3, stride=stride, padding=1, bias=False)
    return convolution, nn.BatchNorm2d(channels_out), nn.ReLU()


@functools.cache
def load() -> DigitClassifier:
    """Give the judge with the weights that come along, in eval mode, on the CPU."""
    classifier = DigitClassifier()
    classifier.load_state_dict(safetensors.torch.load_file(WEIGHTS))
    return classifier.eval()


def about() -> dict[str, str]:
    """Tell how the weights were made: ``test_accuracy`` (a share), ``seed``, ``epochs``, ``dataset``."""
    with safe_open(WEIGHTS, "pt") as file:
        return dict(file.metadata())


def why_not(dataset: str) -> str:
    """Say in a sentence why the judge can't read images of a dataset; empty where it can."""
    if dataset in KNOWS:
        return ""
    return f"There is no judge for {dataset}: the one that comes along reads the digits 0 to 9."


@torch.no_grad()
def classify(images: Tensor) -> tuple[Tensor, Tensor]:
    """Read digits.

    Args:
        images: float, with shape (N, 1, 28, 28), values in [0, 1].

    Returns:
        the digit that each image reads as, int64 with shape (N,), and how sure the judge is, a share, with shape (N,).
    """
    classifier = load()
    shares = [F.softmax(classifier(chunk), 1) for chunk in images.split(CHUNK)]
    sure, digit = torch.cat(shares).max(1)
    return digit, sure


def labels_with_confidence(images: Tensor) -> list[str]:
    """Say what the judge reads in each image, with shape (N, 1, 28, 28), and how sure it is: "7 · 98%"."""
    digit, sure = classify(torch.nan_to_num(images))
    return [f"{d} · {s:.0%}" for d, s in zip(digit.tolist(), sure.tolist(), strict=True)]


def turned_into(truth: Tensor, read: Tensor, classes: int = 10) -> np.ndarray:
    """Count what digits were read as: row the true one, column what it was read as, with shape (classes, classes)."""
    return torch.bincount(truth * classes + read, minlength=classes**2).reshape(classes, classes).numpy()


def recognition_rate(images: Tensor, labels: Tensor) -> float:
    """Share of images, with shape (N, 1, 28, 28), that the judge reads as the true digits, ``labels`` (N,)."""
    return float((classify(images)[0] == labels).float().mean())
