"""A run's replay: 16 reconstructions and the latent codes of up to 1,000 images after each epoch.

Records of equal size are appended to the file, so that a torn last one can be noticed and dropped.
"""

from dataclasses import dataclass
from math import prod
from typing import NamedTuple

import numpy as np

from ae.data.sources import DIGIT, LARGEST, Shape

SHOWN = 16
POINTS = 1000

FRAMES = 60
"""About the number of epochs kept of a long run, the early ones more densely, because most happens there."""

FRAME_BYTES = 2**17
"""The most bytes for the codes of an epoch; with a very large bottleneck, fewer images are kept."""

MAGIC = b"AEREPLAY"
"""The first bytes if the images are 28 x 28 and grey, as in all replays of earlier versions."""

SHAPED = b"AEREPLA2"
"""The first bytes if the images have another shape, which then follows."""

_SIZES = [("magic", "S8"), ("shown", "<u4"), ("points", "<u4"), ("code_size", "<u4")]
_PRELUDES = {MAGIC: np.dtype(_SIZES), SHAPED: np.dtype([*_SIZES, ("shape", "<u4", 3)])}


@dataclass(frozen=True)
class Replay:
    """The replay of a training run.

    Attributes:
        images: the first test images, uint8 with shape (S, C, H, W).
        labels: of the first test images, uint8 with shape (P,), P at least S.
        epochs: the epochs that were kept, increasing, with shape (F,).
        reconstructed: the S images after each epoch, uint8 with shape (F, S, C, H, W).
        codes: of the first P test images, float16 with shape (F, P, bottleneck size).
    """

    images: np.ndarray
    labels: np.ndarray
    epochs: np.ndarray
    reconstructed: np.ndarray
    codes: np.ndarray


def kept(epochs: int) -> set[int]:
    """Return the epochs of a run to keep: all of a short run; of a long one ever fewer, from the first to the last."""
    if epochs <= FRAMES:
        return set(range(epochs + 1))
    return set(np.round(epochs * np.linspace(0, 1, FRAMES + 1) ** 2).astype(int).tolist())


def points(code_size: int, images: int) -> int:
    """Return the number of test images whose codes are kept."""
    return min(POINTS, images, FRAME_BYTES // (2 * code_size))


def begin(images: np.ndarray, labels: np.ndarray, code_size: int) -> bytes:
    """Return the beginning of a replay's file; ``images`` and ``labels`` as in ``Replay``."""
    shape, sizes = images.shape[1:], (len(images), len(labels), code_size)
    values = (MAGIC, *sizes) if shape == DIGIT else (SHAPED, *sizes, shape)
    prelude = np.array([values], _PRELUDES[values[0]])
    return prelude.tobytes() + labels.astype(np.uint8).tobytes() + images.tobytes()


def frame(epoch: int, reconstructed: np.ndarray, codes: np.ndarray) -> bytes:
    """Return an epoch's record of ``reconstructed``, uint8 (S, C, H, W), and ``codes``, float (P, bottleneck size)."""
    half: np.ndarray = np.clip(np.nan_to_num(codes), -65504, 65504).astype("<f2")
    return np.array(epoch, "<u4").tobytes() + reconstructed.tobytes() + half.tobytes()


def read(content: bytes) -> Replay | None:
    """Parse a replay's file, without a torn last record; None if it is not a replay or has no epoch."""
    start = _frames_start(content)
    if start is None:
        return None
    images, labels = beginning(content)
    records, frame = np.frombuffer(content[start:], np.uint8), _frame(_sizes(content))
    frames = records[: len(records) // frame.itemsize * frame.itemsize].view(frame)
    rising = np.flatnonzero(np.diff(frames["epoch"].astype(np.int64)) <= 0)
    frames = frames[: rising[0] + 1] if len(rising) else frames
    if not 0 < len(frames) <= FRAMES + 1:
        return None
    return Replay(images, labels, frames["epoch"], frames["reconstructed"], np.nan_to_num(frames["codes"]))


def lengths(content: bytes) -> tuple[int, int] | None:
    """Return the bytes of a replay's beginning, and those of a record; None if it is not a whole beginning."""
    start = _frames_start(content)
    return None if start is None else (start, _frame(_sizes(content)).itemsize)


def beginning(content: bytes) -> tuple[np.ndarray, np.ndarray]:
    """Return the images and the labels of a replay with a whole beginning, as in ``Replay``."""
    sizes = _sizes(content)
    start = _PRELUDES[content[:8]].itemsize
    labels = np.frombuffer(content, np.uint8, sizes.points, start)
    images = np.frombuffer(content, np.uint8, sizes.shown * prod(sizes.shape), start + sizes.points)
    return images.reshape(sizes.shown, *sizes.shape), labels


def until(content: bytes, epoch: int) -> bytes:
    """Return a replay's file up to the record of ``epoch``; empty if it is not a replay."""
    found = read(content)
    if found is None:
        start = _frames_start(content)
        return content[:start] if start is not None else b""
    count = int((found.epochs <= epoch).sum())
    return content[: (_frames_start(content) or 0) + count * _frame(_sizes(content)).itemsize]


def thinned(content: bytes, frames: int) -> bytes:
    """Return a replay's file with ``frames`` of its epochs, evenly spaced, including the first and the last."""
    found, start = read(content), _frames_start(content)
    if found is None or start is None:
        return content
    size = _frame(_sizes(content)).itemsize
    chosen = np.unique(np.linspace(0, len(found.epochs) - 1, frames).round().astype(int))
    return content[:start] + b"".join(content[start + i * size : start + (i + 1) * size] for i in chosen.tolist())


class _Sizes(NamedTuple):
    shown: int
    points: int
    code_size: int
    shape: Shape


def _sizes(content: bytes) -> _Sizes:
    prelude = np.frombuffer(content, _PRELUDES[content[:8]], 1)[0]
    channels, height, width = prelude["shape"].tolist() if content[:8] == SHAPED else DIGIT
    return _Sizes(int(prelude["shown"]), int(prelude["points"]), int(prelude["code_size"]), (channels, height, width))


def _frames_start(content: bytes) -> int | None:
    """Return where the records begin; None if the content is not a replay."""
    prelude = _PRELUDES.get(content[:8])
    if prelude is None or len(content) < prelude.itemsize:
        return None
    shown, points, code_size, (channels, height, width) = _sizes(content)
    values = channels * height * width
    sane = 0 < shown <= SHOWN and shown <= points <= POINTS and 0 < code_size <= values
    sane = sane and channels in (1, 3) and 0 < height <= LARGEST and 0 < width <= LARGEST
    start = prelude.itemsize + points + shown * values
    return start if sane and len(content) >= start else None


def _frame(sizes: _Sizes) -> np.dtype:
    return np.dtype(
        [
            ("epoch", "<u4"),
            ("reconstructed", "u1", (sizes.shown, *sizes.shape)),
            ("codes", "<f2", (sizes.points, sizes.code_size)),
        ]
    )
