"""Small runs to do harm to."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from ae.data.datasets import Dataset, load
from ae.runs import filenames, files, folders
from ae.runs.folders import Run
from ae.runs.recording import record
from torture.laboratory import laboratory, tiny


def few(tested: int = 20) -> Dataset:
    """Return a hundred digits to train on and a few to test with, under their dataset's name."""
    found = load("digits")
    return Dataset(
        "digits",
        found.images[:96],
        found.labels[:96],
        found.test_images[:tested],
        found.test_labels[:tested],
        found.class_names,
    )


@contextmanager
def made(folder: Path) -> Iterator[list[Run]]:
    """Train runs of several kinds, move them into a folder, and yield them; the last one has finished."""
    folder.mkdir()
    found = []
    with laboratory():
        for name, changes in KINDS.items():
            run = folders.create(tiny(**changes), name=name)
            for epoch in record(run):
                if name == "stopped" and epoch.number == 1:
                    files.replace(run.path / filenames.STOP, b"")
            found.append(replace(run, path=Path(shutil.move(run.path, folder))))
    yield found


KINDS: dict[str, dict[str, object]] = {
    "stopped": {"model": "conv", "code_activation": "none"},
    "variational": {"model": "vae", "code_activation": "none", "code_size": 2, "beta": 1.0},
    "convolutional": {"model": "conv", "code_activation": "none", "code_size": 2},
}
