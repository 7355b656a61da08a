"""Hostile pictures, through what reads an uploaded one."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from ae.data import drawing
from ae.data.drawing import DrawingError
from torture import hostile, pictures
from torture.campaign import Campaign
from torture.texts import unfit
from torture.watched import Watched


def trials(chance: Random) -> Iterator[str]:
    """Read one picture after another."""
    with tempfile.TemporaryDirectory() as place, Watched("torture.uploads:read") as child:
        path, mark = Path(place) / "picture", Path(place) / "mark"
        while True:
            what, content = pictures.picture(chance, mark)
            path.write_bytes(content)
            wrong = child.do({"path": str(path), "name": hostile.text(chance)})
            if mark.exists():
                wrong = "a pickle ran"
                mark.unlink()
            yield wrong and f"{wrong} ({what})"


def read(task: dict[str, Any]) -> str:
    """Read a picture as an upload; return what went wrong."""
    try:
        digit = drawing.from_file(Path(task["path"]).read_bytes(), task["name"])
    except DrawingError as error:
        return unfit(str(error))
    sound = digit.shape == (28, 28) and digit.dtype == np.uint8 and digit.any()
    return "" if sound else f"no digit: {digit.dtype} {digit.shape}"


CAMPAIGNS = (
    Campaign(
        "uploads",
        "a hostile picture becomes a digit or is refused with a sentence, within 2 s and 200 MB",
        2_000,
        trials,
    ),
)
