"""Follow a run while it is being trained: each look reads only what was appended to its records since the last."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ae.runs import files, reading
from ae.runs.filenames import HISTORY, REPLAY
from ae.runs.folders import Run
from ae.runs.reading import LARGEST_REPLAY, Line

if TYPE_CHECKING:
    import numpy as np

LARGEST_HISTORY = 2**25


class Frame(NamedTuple):
    """An epoch of a replay."""

    epoch: int
    reconstructed: "np.ndarray"
    """The shown images, uint8 with shape (S, C, H, W)."""
    codes: "np.ndarray"
    """The codes of the first test images, float16 with shape (P, bottleneck size)."""


class Follower:
    """The records of a run as of the last ``look``.

    Attributes:
        lines: the history.
        images: the first test images, uint8 with shape (S, C, H, W); None before the replay was begun.
        labels: of the first test images, uint8 with shape (P,); None before the replay was begun.
        frames: the epochs of the replay.
    """

    def __init__(self, run: Run) -> None:
        self._run = run
        self._history = _Tail(run.path / HISTORY, LARGEST_HISTORY)
        self._replay = _Tail(run.path / REPLAY, LARGEST_REPLAY)
        self.lines: list[Line] = []
        self.frames: list[Frame] = []
        self.images: np.ndarray | None = None
        self.labels: np.ndarray | None = None
        self._beginning = b""

    def look(self) -> None:
        """Read what is new. A file that was replaced or cut is read from its beginning."""
        self._look_at_history()
        self._look_at_replay()

    def _look_at_history(self) -> None:
        content, anew = self._history.read()
        if anew:
            self.lines = []
        end = content.rfind(b"\n") + 1
        self._history.give_back(len(content) - end)
        if end:
            text = content[:end].decode("utf-8", "replace")
            last = self.lines[-1].epoch if self.lines else None
            self.lines += reading.parse_history(text, self._run.recipe, after=last)

    def _look_at_replay(self) -> None:
        from ae.runs import replay

        content, anew = self._replay.read()
        if anew:
            self._forget_replay()
        if not content:
            return
        lengths = replay.lengths(self._beginning or content)
        if lengths is None:  # not a replay, or too little of one
            self._replay.give_back(len(content))
            return
        start, record = lengths
        if not self._beginning:
            self._beginning, content = content[:start], content[start:]
        whole = len(content) // record * record
        self._replay.give_back(len(content) - whole)
        self.images, self.labels = replay.beginning(self._beginning)
        found = replay.read(self._beginning + content[:whole])
        recipe = self._run.recipe
        if found is None or (found.codes.shape[2], found.images.shape[1:]) != (recipe.code_size, recipe.image_shape):
            return
        for epoch, images, codes in zip(found.epochs.tolist(), found.reconstructed, found.codes, strict=True):
            if not self.frames or epoch > self.frames[-1].epoch:
                self.frames.append(Frame(epoch, images, codes))

    def _forget_replay(self) -> None:
        self.frames = []
        self.images = self.labels = None
        self._beginning = b""


class _Tail:
    """A file to which others append."""

    def __init__(self, path: Path, largest: int) -> None:
        self._path = path
        self._largest = largest
        self._inode = self._read = self._size = 0

    def read(self) -> tuple[bytes, bool]:
        """Return the bytes that were appended since the last call, and whether they are the file's beginning."""
        try:
            status = self._path.stat()
            if (status.st_ino, status.st_size) == (self._inode, self._size):
                return b"", False
            files.check(self._path)
            with self._path.open("rb") as file:
                status = os.fstat(file.fileno())
                anew = status.st_ino != self._inode or status.st_size < self._read
                start = 0 if anew else self._read
                file.seek(start)
                content = file.read(max(0, min(status.st_size, self._largest) - start))
        except (OSError, ValueError):
            gone = self._inode != 0
            self._inode = self._read = self._size = 0
            return b"", gone
        self._inode, self._size, self._read = status.st_ino, status.st_size, start + len(content)
        return content, anew

    def give_back(self, count: int) -> None:
        """Return the last ``count`` bytes again with the next that are appended: they are the start of a record."""
        self._read -= count
