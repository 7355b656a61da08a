"""Copies of a run's folder that can be damaged."""

import json
import os
import shutil
from pathlib import Path

from ae.runs import filenames


def copy(run: Path, to: Path) -> None:
    """Copy a run's folder quickly: files are shared until ``write`` replaces one."""
    to.mkdir()
    for path in run.iterdir():
        os.link(path, to / path.name)


def write(path: Path, content: bytes) -> None:
    """Write a file that may be shared with the folder it was copied from."""
    clear(path)
    path.write_bytes(content)


def rename(run: Path, name: str, *tags: str) -> None:
    """Rename and tag a run, whatever the name and tags."""
    try:
        about = json.loads(read(run / filenames.ABOUT))
    except (ValueError, RecursionError):
        return
    if isinstance(about, dict):
        content = json.dumps({**about, "name": name, "tags": tags})
        write(run / filenames.ABOUT, content.encode("utf-8", errors="surrogatepass"))


def clear(path: Path) -> None:
    """Remove whatever is at a path."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def read(path: Path) -> bytes:
    return path.read_bytes()[: 2**23] if path.is_file() and path.stat().st_size < 2**23 else b""
