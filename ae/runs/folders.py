"""Runs are folders: create, open, list and find them.

A folder stays readable when a process is killed at any moment: files are replaced atomically, and the history grows by
one line per epoch, of which the reader drops a torn last one.
"""

import contextlib
import functools
import json
import os
import platform
import re
import shutil
import tempfile
import zlib
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ae import HOME, PROJECT, __version__
from ae.data.texts import printable
from ae.models.earlier import EARLIER_NAMES
from ae.presets import PRESETS
from ae.recipe import Recipe
from ae.runs import files, locks, names
from ae.runs.errors import RunError as RunError
from ae.runs.filenames import ABOUT, EDITS, FORMAT, PINNED, RECIPE

COLOURS = 14
"""The number of colours that runs have in figures, see ``ae.plots.colours.RUNS``."""

_SETTINGS = {field.name for field in fields(Recipe)} | set(EARLIER_NAMES)

LONGEST_NAME, LONGEST_TAG, MOST_TAGS = names.LONGEST, 40, 10

KEPT = 2**14
"""The most runs that are kept in memory, so that they are not read again each time that all are listed."""


@dataclass(frozen=True)
class Run:
    """A readable run: its folder, its recipe, its name and its tags."""

    path: Path
    recipe: Recipe
    name: str
    preset: str
    """The preset that the recipe came from; empty if none."""
    created: str
    """ISO 8601, UTC."""
    shipped: bool = False
    """Part of the project, and protected from change and deletion."""
    tags: tuple[str, ...] = ()
    """Labels to filter runs by."""
    colour: int = 0
    """The number of its colour in figures, less than ``COLOURS``; chosen when it is created, it never changes."""
    pinned: bool = False
    """Shown first in tables."""

    @property
    def id(self) -> str:
        """The folder's name, which is unique among the runs."""
        return self.path.name


@dataclass(frozen=True)
class Unreadable:
    """A folder among the runs that can't be read as a run, and why."""

    path: Path
    reason: str

    @property
    def id(self) -> str:
        """The folder's name."""
        return self.path.name

    @property
    def label(self) -> str:
        """The folder's name as it can be shown, since it may be no text."""
        return printable(self.id, 255)


def runs_folder() -> Path:
    """Return the folder of runs: the one that ``AE_CHECKPOINTS`` names, or ``checkpoints`` in ``ae.HOME``.

    In an installed package, the shipped runs are copied to the latter when it is first needed.
    """
    if given := os.environ.get("AE_CHECKPOINTS"):
        return Path(given)
    folder = HOME / "checkpoints"
    if HOME != PROJECT and not folder.exists():
        HOME.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".new-", dir=HOME) as place:
            shutil.copytree(PROJECT / "checkpoints", Path(place) / "checkpoints")
            with contextlib.suppress(OSError):  # another process was faster
                (Path(place) / "checkpoints").rename(folder)
    return folder


def create(recipe: Recipe, *, name: str = "", preset: str = "", made: Mapping[str, bytes] | None = None) -> Run:
    """Create the folder of a run; it appears complete or not at all.

    Args:
        recipe: its recipe.
        name: its name, which is made distinct from those of other runs; derived from the recipe if empty.
        preset: the preset that the recipe came from, if any.
        made: files that it has already, by name, such as all of a run that was made elsewhere, or its about.json.

    Raises:
        RunError: the folder of runs can't be written.
    """
    folder, made, now = runs_folder(), made or {}, datetime.now(UTC)
    about = {
        "format": FORMAT,
        "preset": preset,
        "created": now.isoformat(timespec="milliseconds"),
        "made_by": _versions(),
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for abandoned in (".new-", ".trash-"):
            files.sweep_folders(folder, abandoned)
        place = Path(tempfile.mkdtemp(prefix=".new-", dir=folder))
        place.chmod(0o755)
        for file, content in {**made, RECIPE: files.to_json(recipe.to_dict())}.items():
            files.replace(place / file, content)
        about |= json.loads(made.get(ABOUT, b"{}"))
        kind = re.sub(r"[^A-Za-z0-9-]", "-", preset or recipe.model)
        with about_locked(folder):  # from looking at the other names until this one is seen
            runs = [run for run in list_runs() if isinstance(run, Run)]
            others = {run.name for run in runs} | {names.size_first(run.name, run.recipe.code_size) for run in runs}
            own = names.new(printable(name).strip(), recipe, preset, taken=others)
            files.replace(place / ABOUT, files.to_json({**about, "name": own, "colour": _next_colour(runs)}))
            return open_run(files.move_in(place, folder, f"{now:%Y%m%d-%H%M%S}-{kind}-z{recipe.code_size}"))
    except OSError as error:
        raise RunError(f"no run can be created in {folder}: {files.reason(error)}") from error


@functools.cache
def _versions() -> dict[str, str]:
    from importlib.metadata import version

    return {"ae": __version__, "torch": version("torch"), "python": platform.python_version()}


def _next_colour(runs: Sequence[Run]) -> int:
    """Return the colour that was used longest ago, so that a run differs from those created shortly before it."""
    # Of the ids of one millisecond, "-10" comes after "-9".
    used = [run.colour for run in sorted(runs, key=lambda run: (run.created, len(run.id), run.id))]
    return max(range(COLOURS), key=lambda colour: used[::-1].index(colour) if colour in used else len(used))


def open_run(id: str) -> Run:
    """Read the run with that id.

    Raises:
        RunError: there is no such run, or its folder is incomplete, damaged or malicious; the message says which.
    """
    folder = runs_folder()
    if not names.possible_id(id) or not (folder / id).is_dir():
        raise _no_run(id, folder)
    return read_run(folder / id)


def _no_run(id: str, folder: Path) -> RunError:
    return RunError(f"there is no run {id!r} in {folder}")


def read_run(path: Path) -> Run:
    """Read the run in that folder.

    Raises:
        RunError: the folder is incomplete, damaged or malicious; the message says which.
    """
    if path.is_symlink():
        raise RunError("it is a link to another folder")
    folder = str(path)  # strings, because ten thousand runs are listed, and paths take longer to make than to look up
    pinned = os.path.lexists(f"{folder}/{PINNED}")
    return _read_run(folder, pinned, files.stamp(f"{folder}/{RECIPE}"), files.stamp(f"{folder}/{ABOUT}"))


@functools.lru_cache(maxsize=KEPT)
def _read_run(folder: str, pinned: bool, recipe_stamp: files.Stamp | None, about_stamp: files.Stamp | None) -> Run:
    """Read a run, again only when its recipe or its about.json has changed; errors are not kept."""
    path = Path(folder)
    recipe, about = read_json(path / RECIPE), read_json(path / ABOUT)
    if (made := about.get("format")) != FORMAT:
        newer = "it is of a newer version: " if type(made) is int and made > FORMAT else ""
        raise RunError(f"{newer}its format is {printable(made, 40)}, this version reads {FORMAT}")
    if unknown := sorted(recipe.keys() - _SETTINGS):
        raise RunError(f"{RECIPE} has unknown settings: {printable(', '.join(unknown))}")
    try:
        read = Recipe.from_dict(recipe)
    except (ValueError, TypeError) as error:
        raise RunError(f"{RECIPE}: {printable(error)}") from error
    name, preset, created = (printable(about.get(key, "")) for key in ("name", "preset", "created"))
    tags = about.get("tags", [])
    tags = tuple(printable(tag)[:LONGEST_TAG] for tag in tags[:MOST_TAGS]) if isinstance(tags, list) else ()
    colour = about.get("colour")
    if type(colour) is not int or not 0 <= colour < COLOURS:  # a run of an earlier version
        colour = zlib.crc32(path.name.encode()) % COLOURS
    return Run(path, read, name or path.name, preset, created, about.get("shipped") is True, tags, colour, pinned)


def about_locked(folder: Path) -> AbstractContextManager[None]:
    """Lock the about.json files of a folder of runs, so that two changes at the same time are both kept.

    Raises:
        RunError: another process has locked them for too long, or the drive can't lock files.
        OSError: the folder can't be written.
    """
    return locks.held(folder / EDITS, busy=f"another process is changing runs in {folder}: try again")


def read_about(run: Run) -> dict[str, Any]:
    """Return the content of a run's about.json.

    Raises:
        RunError: it can't be read.
    """
    return read_json(run.path / ABOUT)


def list_runs() -> list[Run | Unreadable]:
    """Return all runs and unreadable folders, newest first, then the shipped runs.

    Shipped runs are in the order of the presets, those trained on the built-in digits last. Only runs that have changed
    are read again.
    """
    folder = runs_folder()
    found: list[Run | Unreadable] = []
    for name in files.folders_in(folder):
        try:
            if not names.possible_id(name):
                raise _no_run(name, folder)
            found.append(read_run(folder / name))
        except RunError as error:
            found.append(Unreadable(folder / name, str(error)))
    shipped = [run for run in found if isinstance(run, Run) and run.shipped]
    own = [run for run in found if not (isinstance(run, Run) and run.shipped)]
    own.sort(key=lambda run: (run.id[:15], run.created if isinstance(run, Run) else ""), reverse=True)  # by the second
    order = {name: place for place, name in enumerate(PRESETS)}

    def place(run: Run) -> tuple[bool, int, int]:
        return run.recipe.dataset == "digits", order.get(run.preset, len(order)), run.recipe.code_size

    return own + sorted(shipped, key=place)


def find(name: str, *, exact: bool = False, unreadable: bool = False) -> Any:  # noqa: ANN401
    """Return the run with that id or name, the only run whose id begins with it, or the newest run for "last".

    Args:
        name: an id, the beginning of an id, a name, or "last".
        exact: accept only a full id or a full name, for actions that can't be undone.
        unreadable: also accept a folder that is not a readable run.

    Raises:
        RunError: there is no such run, there are several, or it can't be read.
    """
    if not name.strip():
        raise RunError("no run was named: use an id or a name from python -m ae list")
    found = list_runs()
    named: list[Run | Unreadable] = [run for run in found if isinstance(run, Run) and run.name == name.strip()]
    with_id: list[Run | Unreadable] = [run for run in found if run.id == name]
    newest: list[Run | Unreadable] = [*[run for run in found if isinstance(run, Run)][:1]]
    matching = newest if name == "last" and not exact else with_id or named
    if not matching and not exact:
        matching = [run for run in found if run.id.startswith(name)]
    if not matching:
        hint = " (its full id or name is needed here)" if exact else ""
        raise RunError(f"there is no run {name!r} in {runs_folder()}{hint}: python -m ae list shows them")
    if len(matching) > 1:
        ids = ", ".join(run.id for run in matching[:5])
        raise RunError(f"{name!r} is the {'name' if named else 'beginning'} of {len(matching)} runs: {ids}")
    if isinstance(matching[0], Unreadable) and not unreadable:
        raise RunError(f"{matching[0].id} is unreadable: {matching[0].reason}")
    return matching[0]


def read_json(path: Path) -> dict[str, Any]:
    """Read a JSON object.

    Raises:
        RunError: the file is missing, damaged, or not a JSON object.
    """
    try:
        content = json.loads(files.read_text(path, files.LARGEST_RECORD))
    except FileNotFoundError as error:
        raise RunError(f"it has no {path.name}") from error
    except (OSError, ValueError, RecursionError) as error:
        raise RunError(f"its {path.name} can't be read") from error
    if not isinstance(content, dict):
        raise RunError(f"its {path.name} is not a JSON object")
    return content
