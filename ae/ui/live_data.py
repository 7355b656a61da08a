"""What the live view is sent: of a run's history and replay, only what the page does not have yet.

A message is the length of its header (4 bytes), the header (JSON), and arrays of bytes in the order of the header.
"""

import json
import math
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from ae.analysis import latent, motion
from ae.analysis.latent import Bounds
from ae.plots import animations
from ae.plots.loss_curve import batches, parts
from ae.plots.style import POINTS, thinned
from ae.recipe import Recipe
from ae.runs import reading
from ae.runs.folders import Run
from ae.runs.following import Follower
from ae.runs.reading import Line
from ae.runs.replay import Replay

STEPS = 2**16 - 1
"""Steps of a point's coordinate, across its epoch's range."""

NOTHING = -1


@dataclass(frozen=True)
class Have:
    """What a page has of a run.

    Attributes:
        run: the id of the run; empty if it has nothing.
        line: its last epoch of the history; -1 if it has none.
        frame: its last epoch of the replay; -1 if it has none.
        plane: the name of the plane that its points lie on.
    """

    run: str = ""
    line: int = NOTHING
    frame: int = NOTHING
    plane: str = ""


def checked(sent: object) -> Have:
    """Return a browser's message; what it has is nothing if the message is malformed."""
    if not isinstance(sent, Mapping):
        return Have()
    run, plane = sent.get("run"), sent.get("plane")
    numbers = [sent.get(name) for name in ("line", "frame")]
    right = all(type(number) is int and NOTHING <= number < 2**31 for number in numbers)
    if not (right and isinstance(run, str) and isinstance(plane, str)):
        return Have()
    line, frame = numbers
    return Have(run, line, frame, plane)  # type: ignore[arg-type]  # checked above


@dataclass(frozen=True)
class _Points:
    """An epoch's points, packed: uint16 coordinates within ``box``, first all x, then all y."""

    box: tuple[float, float, float, float]
    area: Bounds
    content: bytes


class LiveData:
    """A run's records in the form in which pages get them; shared by all that watch it."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._lock = threading.Lock()
        self._follower = Follower(run)
        self._moving: list[_Points] = []
        self._before: np.ndarray | None = None
        self._still: tuple[str, list[_Points]] = ("", [])
        self._axes: tuple[str, str] | None = None

    def look(self) -> list[Line]:
        """Read what is new, and return the history."""
        with self._lock:
            self._follower.look()
            return self._follower.lines

    def message(self, run: Run, have: Have, head: Mapping[str, Any], *, ended: bool) -> bytes:
        """Return what a page needs to know of the run as of the last ``look``.

        Args:
            run: as it is now: its recipe may have become longer.
            have: what the page has.
            head: what else the header says.
            ended: whether the run is no longer training, so that all points lie on the plane of the last epoch.
        """
        with self._lock:
            follower = self._follower
            same = have if have.run == run.id else Have()
            lines = [line for line in follower.lines if line.epoch > same.line]
            plane, points = self._fixed() if ended else ("moving", self._follow())
            frames = follower.frames
            new = [i for i, frame in enumerate(frames) if frame.epoch > same.frame]
            placed = range(len(frames)) if plane != same.plane else new
            header: dict[str, Any] = {
                **head,
                "run": run.id,
                "after": [same.line, same.frame],
                "lines": _curves(lines, run.recipe),
                "shape": list(run.recipe.image_shape),
                "plane": plane,
                "axes": self._axes if ended else None,  # while it trains, the plane turns
                "frames": [frames[i].epoch for i in new],
                "placed": [{"epoch": frames[i].epoch, "box": points[i].box, "area": points[i].area} for i in placed],
                "points": 0 if follower.labels is None or not frames else len(follower.labels),
            }
            blocks: list[bytes] = []
            if follower.images is not None and follower.labels is not None and same.frame == NOTHING:
                header["images"] = len(follower.images)
                blocks += [follower.images.tobytes(), follower.labels.tobytes()]
            blocks += [frames[i].reconstructed.tobytes() for i in new]
            blocks += [points[i].content for i in placed]
            if not frames and (preview := reading.read_preview(run)):  # of an earlier version, or not begun yet
                header |= {"images": len(preview[0]), "preview": len(self._follower.lines)}
                blocks = [images.tobytes() for images in preview]
        return packed(header, blocks)

    def _follow(self) -> list[_Points]:
        """Pack the frames that are new, each turned towards the one before."""
        frames = self._follower.frames
        if len(frames) < len(self._moving):
            self._moving, self._before = [], None
        for frame in frames[len(self._moving) :]:
            self._before = motion.steady(frame.codes, self._before)
            self._moving.append(_pack(self._before, _tight(self._before)))
        return self._moving

    def _fixed(self) -> tuple[str, list[_Points]]:
        """Pack all frames on the plane of the last."""
        frames, images, labels = self._follower.frames, self._follower.images, self._follower.labels
        if not frames or images is None or labels is None:
            return "", []
        name = f"epoch {frames[-1].epoch} of {len(frames)}"
        if self._still[0] != name:
            codes = np.stack([frame.codes for frame in frames])
            epochs = np.array([frame.epoch for frame in frames])
            where, _ = animations.view(Replay(images, labels, epochs, np.empty(0, np.uint8), codes))
            placed = [where.to_plane(torch.from_numpy(each.astype(np.float32))).numpy() for each in codes]
            last, self._axes = _tight(placed[-1]), where.names
            self._still = name, [_pack(points, _around(last, _tight(points))) for points in placed]
        return self._still


def packed(header: Mapping[str, Any], blocks: Iterable[bytes]) -> bytes:
    """Put a message together."""
    text = json.dumps(header, separators=(",", ":")).encode()
    return len(text).to_bytes(4, "little") + text + b"".join(blocks)


def _tight(points: np.ndarray) -> Bounds:
    """Return the area that shows points, but not their few outliers."""
    return latent.bounds(torch.from_numpy(points), outside=0.002, margin=0.02)


def _around(first: Bounds, second: Bounds) -> Bounds:
    """Return the area of both: as tight as that of the last epoch, unless the points of another lie further out."""
    left, bottom = min(first.left, second.left), min(first.bottom, second.bottom)
    return Bounds(left, max(first.right, second.right), bottom, max(first.top, second.top))


def _pack(points: np.ndarray, area: Bounds) -> _Points:
    low, high = points.min(0), points.max(0)
    share = (points - low) / np.maximum(high - low, 1e-9)
    steps = np.round(share * STEPS).astype("<u2")
    box = (float(low[0]), float(high[0]), float(low[1]), float(high[1]))
    return _Points(box, area, steps.T.tobytes())


def _curves(lines: Sequence[Line], recipe: Recipe) -> dict[str, Any]:
    """Return the losses of new epochs, their terms, and the losses of their batches, thinned as for a chart."""
    shown, epochs = thinned(lines), recipe.epochs
    most = max(1, 2 * POINTS // max(1, epochs if len(shown) == len(lines) else len(shown)))
    x, y = batches(shown, most)
    return {
        "epoch": [line.epoch for line in shown],
        "training": [_short(line.training_loss) for line in shown],
        "monitored": [_short(line.monitored_loss) for line in shown],
        **{part.id: [_short(value) for value in part.values] for part in parts(shown, recipe)},
        "batch": [round(value, 4) for value in x],
        "loss": [_short(value) for value in y],
    }


def _short(value: float) -> float | None:
    return float(f"{value:.6g}") if math.isfinite(value) else None
