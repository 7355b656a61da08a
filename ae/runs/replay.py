"""A run's replay: 16 reconstructions and the latent codes of up to 1,000 images after each epoch.

Records of equal size are appended to the file, so that a torn last one can be noticed and dropped.
"""

from dataclasses import dataclass

import numpy as np

from ae.data import sources

SHOWN = 16
POINTS = 1000

FRAMES = 60
"""About the number of epochs kept of a long run, the early ones more densely, because most happens there."""

FRAME_BYTES = 2**17
"""The most bytes for the codes of an epoch; with a very large bottleneck, fewer images are kept."""

MAGIC = b"AEREPLAY"

_PRELUDE = np.dtype([("magic", "S8"), ("shown", "<u4"), ("points", "<u4"), ("code_size", "<u4")])


@dataclass(frozen=True)
class Replay:
    """The replay of a training run.

    Attributes:
        images: the first test images, uint8 with shape (S, 28, 28).
        labels: of the first test images, uint8 with shape (P,), P at least S.
        epochs: the epochs that were kept, increasing, with shape (F,).
        reconstructed: the S images after each epoch, uint8 with shape (F, S, 28, 28).
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
    prelude = np.array([(MAGIC, len(images), len(labels), code_size)], _PRELUDE)
    return prelude.tobytes() + labels.astype(np.uint8).tobytes() + images.tobytes()


def frame(epoch: int, reconstructed: np.ndarray, codes: np.ndarray) -> bytes:
    """Return an epoch's record of ``reconstructed``, uint8 (S, 28, 28), and ``codes``, float (P, bottleneck size)."""
    half: np.ndarray = np.clip(np.nan_to_num(codes), -65504, 65504).astype("<f2")
    return np.array(epoch, "<u4").tobytes() + reconstructed.tobytes() + half.tobytes()


def read(content: bytes) -> Replay | None:
    """Parse a replay's file, without a torn last record; None if it is not a replay or has no epoch."""
    start = _frames_start(content)
    if start is None:
        return None
    shown, points, code_size = _sizes(content)
    images, labels = beginning(content)
    records = np.frombuffer(content[start:], np.uint8)
    size = _frame(shown, points, code_size).itemsize
    frames = records[: len(records) // size * size].view(_frame(shown, points, code_size))
    rising = np.flatnonzero(np.diff(frames["epoch"].astype(np.int64)) <= 0)
    frames = frames[: rising[0] + 1] if len(rising) else frames
    if not 0 < len(frames) <= FRAMES + 1:
        return None
    return Replay(images, labels, frames["epoch"], frames["reconstructed"], np.nan_to_num(frames["codes"]))


def lengths(content: bytes) -> tuple[int, int] | None:
    """Return the bytes of a replay's beginning, and those of a record; None if it is not a whole beginning."""
    start = _frames_start(content)
    return None if start is None else (start, _frame(*_sizes(content)).itemsize)


def beginning(content: bytes) -> tuple[np.ndarray, np.ndarray]:
    """Return the images and the labels of a replay with a whole beginning, as in ``Replay``."""
    shown, points, _ = _sizes(content)
    labels = np.frombuffer(content, np.uint8, points, _PRELUDE.itemsize)
    images = np.frombuffer(content, np.uint8, shown * sources.SIDE**2, _PRELUDE.itemsize + points)
    return images.reshape(shown, sources.SIDE, sources.SIDE), labels


def until(content: bytes, epoch: int) -> bytes:
    """Return a replay's file up to the record of ``epoch``; empty if it is not a replay."""
    found = read(content)
    if found is None:
        start = _frames_start(content)
        return content[:start] if start is not None else b""
    shown, points, code_size = _sizes(content)
    count = int((found.epochs <= epoch).sum())
    return content[: (_frames_start(content) or 0) + count * _frame(shown, points, code_size).itemsize]


def thinned(content: bytes, frames: int) -> bytes:
    """Return a replay's file with ``frames`` of its epochs, evenly spaced, including the first and the last."""
    found, start = read(content), _frames_start(content)
    if found is None or start is None:
        return content
    size = _frame(*_sizes(content)).itemsize
    chosen = np.unique(np.linspace(0, len(found.epochs) - 1, frames).round().astype(int))
    return content[:start] + b"".join(content[start + i * size : start + (i + 1) * size] for i in chosen.tolist())


def _sizes(content: bytes) -> tuple[int, int, int]:
    prelude = np.frombuffer(content, _PRELUDE, 1)[0]
    return int(prelude["shown"]), int(prelude["points"]), int(prelude["code_size"])


def _frames_start(content: bytes) -> int | None:
    """Return where the records begin; None if the content is not a replay."""
    if len(content) < _PRELUDE.itemsize or content[:8] != MAGIC:
        return None
    shown, points, code_size = _sizes(content)
    start = _PRELUDE.itemsize + points + shown * sources.SIDE**2
    sane = 0 < shown <= SHOWN and shown <= points <= POINTS and 0 < code_size <= sources.SIDE**2
    return start if sane and len(content) >= start else None


def _frame(shown: int, points: int, code_size: int) -> np.dtype:
    return np.dtype(
        [
            ("epoch", "<u4"),
            ("reconstructed", "u1", (shown, sources.SIDE, sources.SIDE)),
            ("codes", "<f2", (points, code_size)),
        ]
    )
