"""Write the output files of commands."""

import csv
import io
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from PIL import Image

from ae.plots import export
from ae.runs import files


def check(path: Path | None, *endings: str) -> None:
    """Reject an output file that can't be written, before any work is done or any file is written.

    Raises:
        ValueError: its name has another extension, or its folder does not exist.
    """
    if path is None:
        return
    if path.suffix.lower() not in endings:
        raise ValueError(f"{path}: the file's name must end in {' or '.join(endings)}")
    if not path.parent.is_dir():
        raise ValueError(f"{path} can't be written: {path.parent} is not a folder")


def write(path: Path, content: bytes) -> None:
    """Write a file atomically.

    Raises:
        ValueError: the file can't be written.
    """
    try:
        files.replace(path, content, sync=False)
    except OSError as error:
        raise ValueError(f"{path} can't be written: {files.reason(error)}") from error


def check_folder(path: Path) -> None:
    """Reject a folder that can't be written, or that has something in it, before any work is done.

    Raises:
        ValueError: it is a file or not empty, or the folder around it does not exist.
    """
    if path.is_dir() and any(path.iterdir()):
        raise ValueError(f"{path} is not empty: name a new folder")
    if path.exists() and not path.is_dir():
        raise ValueError(f"{path} is a file: name a new folder")
    if not path.parent.is_dir():
        raise ValueError(f"{path} can't be written: {path.parent} is not a folder")


def write_folder(folder: Path, contents: Mapping[str, bytes]) -> None:
    """Write files into a folder, by name; a name may contain slashes.

    Raises:
        ValueError: a file can't be written.
    """
    for name, content in contents.items():
        target = folder / name
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ValueError(f"{target.parent} can't be written: {files.reason(error)}") from error
        write(target, content)


def write_png(path: Path, picture: Image.Image) -> str:
    """Write a picture as a PNG; return the message for the terminal."""
    write(path, export.png(picture))
    return f"Picture written to {path}"


def to_csv(rows: Iterable[tuple[Any, ...]]) -> bytes:
    """Return rows as CSV."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()
