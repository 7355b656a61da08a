"""A run as one zip file, to hand to somebody, and back into a run.

The zip holds the run's folder with its files, so that it can be looked into with any tool. Nothing is written under a
name from inside a zip, and nothing is read that is larger than a run's files can be.
"""

import io
import stat
import tempfile
import zipfile
from contextlib import suppress
from pathlib import Path, PurePosixPath

from ae.runs import card, checkpoint_file, filenames, files, folders, model_file, queue, reading
from ae.runs.checkpoint_file import CheckpointError
from ae.runs.folders import Run, RunError

LARGEST = {
    filenames.RECIPE: files.LARGEST_RECORD,
    filenames.ABOUT: files.LARGEST_RECORD,
    filenames.CARD: files.LARGEST_RECORD,
    filenames.METRICS: files.LARGEST_RECORD,
    filenames.LOG: files.LARGEST_TEXT,
    filenames.HISTORY: files.LARGEST_TEXT,
    filenames.THREADS: 2**10,
    filenames.PREVIEW: reading.LARGEST_PREVIEW,
    filenames.REPLAY: reading.LARGEST_REPLAY,
    filenames.WEIGHTS: checkpoint_file.LARGEST_FILE,
    filenames.STATE: 2 * checkpoint_file.LARGEST_FILE,
}
"""The files of a run that are packed, and the most bytes of each."""

NEEDED = (filenames.RECIPE, filenames.ABOUT, filenames.WEIGHTS)

LARGEST_ZIP = 2**30
"""In bytes, inside and outside: more than the largest files of ``LARGEST`` together."""

MOST_ENTRIES = 100

BESIDE = ("__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini")
"""What file managers add to a zip; left out."""


def pack(run: Run) -> bytes:
    """Return a run as a zip file.

    Raises:
        RunError: it is being trained, has no weights yet, or can't be read; one of its files is too large to be
            unpacked again; or one is a link, which may lead to a file that is none of the run's.
    """
    if queue.state(run) in queue.ACTIVE:
        raise RunError(f"{run.id} is being trained: stop it first")
    if reading.saved_epoch(run) is None:
        raise RunError(f"{run.id} has no weights yet: train it first")
    content = io.BytesIO()
    try:
        with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in LARGEST:
                with suppress(FileNotFoundError):  # not every run has all of them
                    files.check(run.path / name)
                    if (run.path / name).stat().st_size > LARGEST[name]:
                        raise ValueError(f"its file {name} is larger than {LARGEST[name] >> 20:,} MB")
                    archive.write(run.path / name, f"{run.id}/{name}")
    except OSError as error:
        raise RunError(f"{run.id} can't be packed: {error.strerror or error}") from error
    except ValueError as error:
        raise RunError(f"{run.id} can't be packed: {error}") from error
    return content.getvalue()


def is_packed(file: Path) -> bool:
    """Whether a file is a zip with a run's recipe in it, and so one for ``unpack``."""
    try:
        with zipfile.ZipFile(file) as archive:
            return any(name.rpartition("/")[2] == filenames.RECIPE for name in archive.namelist())
    except Exception:  # zipfile can raise almost anything
        return False


def unpack(file: Path) -> Run:
    """Make a run of a zip file that ``pack`` returned, beside those that are here; it gets an id and a name of its own.

    Raises:
        RunError: the file is none, damaged or malicious, or of another version; or no run can be written.
    """
    contents = _read(file)
    if filenames.STATE in contents:
        state = contents[filenames.STATE]
        try:
            checkpoint_file.check_archive(io.BytesIO(state), filenames.STATE, len(state))
        except CheckpointError as error:
            raise RunError(f"the {filenames.STATE} in {file.name} {error}") from error
    with tempfile.TemporaryDirectory(prefix="ae-unpack-") as place:
        path = Path(place) / "run"
        path.mkdir()
        for name, content in contents.items():
            (path / name).write_bytes(content)
        try:
            run = folders.read_run(path)
            model_file.load(run)
        except RunError as error:
            raise RunError(f"{file.name} holds no usable run: {str(error).replace('of run', 'in it')}") from error
        about = {key: value for key, value in folders.read_about(run).items() if key != "shipped"}
    about |= {"created": run.created, "tags": list(run.tags), "preset": run.preset}
    made = {**contents, filenames.ABOUT: files.to_json(about)}
    new = folders.create(run.recipe, name=run.name, preset=run.preset, made=made)
    card.write_card(new)
    return new


def _read(file: Path) -> dict[str, bytes]:
    """Return the files of the run in a zip, by name.

    Raises:
        RunError: the zip is damaged, malicious, or holds something else.
    """
    try:
        if file.stat().st_size > LARGEST_ZIP:
            raise RunError(f"{file.name} is larger than {LARGEST_ZIP >> 20} MB, which no packed run is")
        with zipfile.ZipFile(file) as archive:
            return {name: _content(archive, entry, name) for name, entry in _entries(archive, file.name).items()}
    except FileNotFoundError:
        raise RunError(f"there is no file {file}") from None
    except OSError as error:
        raise RunError(f"{file.name} can't be read: {error.strerror or error}") from error
    except RunError:
        raise
    except Exception as error:  # zipfile can raise almost anything
        raise RunError(f"{file.name} is damaged, or not a zip file") from error


def _entries(archive: zipfile.ZipFile, title: str) -> dict[str, zipfile.ZipInfo]:
    """Return the entries of a run's files, by name, if nothing else is in the zip.

    Raises:
        RunError: something else is.
    """
    found: dict[str, zipfile.ZipInfo] = {}
    entries = [entry for entry in archive.infolist() if not _beside(entry)]
    if len(entries) > MOST_ENTRIES:
        raise RunError(f"{title} has {len(entries):,} entries, and a packed run has at most {len(LARGEST)} files")
    roots = set()
    for entry in entries:
        path = PurePosixPath(entry.filename)
        shown = repr(entry.filename[:60])
        if path.is_absolute() or ".." in path.parts or "\\" in entry.filename or ":" in entry.filename:
            raise RunError(f"{title} has an entry {shown} that leads out of the run's folder")
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise RunError(f"{title} has a link {shown}, and a run has none")
        if entry.filename.endswith("/") and len(path.parts) <= 1:
            continue
        if path.name not in LARGEST or len(path.parts) > 2:
            raise RunError(f"{title} has an entry {shown} that is no file of a run")
        if path.name in found:
            raise RunError(f"{title} has two entries {path.name}")
        if entry.flag_bits & 1 or entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise RunError(f"{title} is encrypted, or compressed in a way that zip files of runs are not")
        if entry.file_size > LARGEST[path.name]:
            raise RunError(f"the {path.name} in {title} is too large: {entry.file_size:,} bytes")
        roots.add(path.parts[:-1])
        found[path.name] = entry
    if missing := [name for name in NEEDED if name not in found]:
        raise RunError(f"{title} is not a packed run: it has no {missing[0]}")
    if len(roots) > 1:
        raise RunError(f"{title} has more than one folder")
    if sum(entry.file_size for entry in found.values()) > LARGEST_ZIP:
        raise RunError(f"the files in {title} are larger than {LARGEST_ZIP >> 20} MB together")
    return found


def _beside(entry: zipfile.ZipInfo) -> bool:
    parts = PurePosixPath(entry.filename).parts
    return bool(parts) and (parts[0] in BESIDE or parts[-1] in BESIDE)


def _content(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str) -> bytes:
    """Return the content of an entry, which may be larger than it says."""
    with archive.open(entry) as file:
        content = file.read(entry.file_size + 1)
    if len(content) != entry.file_size:
        raise RunError(f"the {name} in the zip is not as large as it says")
    return content
