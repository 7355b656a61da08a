"""Rename, tag and delete runs."""

import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

from ae.runs import filenames, files, folders
from ae.runs.card import write_card
from ae.runs.filenames import LOCK
from ae.runs.folders import Run, RunError, Unreadable


def delete(run: Run | Unreadable) -> None:
    """Remove a run's folder, all at once.

    Raises:
        RunError: it is shipped with the project, or a process is training it, or it can't be removed.
    """
    if isinstance(run, Run) and run.shipped:
        raise RunError(f"{run.id} is shipped with the project and protected")
    if files.locked(run.path / LOCK):
        raise RunError(f"{run.id} is being trained: stop it first")
    try:
        if run.path.is_symlink():
            run.path.unlink()
        else:
            run.path.rename(Path(tempfile.mkdtemp(prefix=".trash-", dir=run.path.parent)) / run.id)
    except OSError as error:
        raise RunError(f"{run.id} can't be deleted: {error.strerror}") from error
    for trash in run.path.parent.glob(".trash-*"):  # ours, and any that a killed process left
        shutil.rmtree(trash, ignore_errors=True)


def change(run: Run, *, name: str | None = None, tags: Iterable[str] | None = None) -> Run:
    """Call a run otherwise, or give it other tags; gives the run as it is now.

    Raises:
        RunError: it is shipped with the project, or a name or tag is empty or too long, or it can't be written.
    """
    if run.shipped:
        raise RunError(f"{run.id} is shipped with the project and protected")
    about = folders.read_about(run)
    if name is not None:
        if len(name.strip()) > folders.LONGEST_NAME or not folders.printable(name).strip():
            raise RunError(
                f"the name {name.strip()[:40]!r} has {len(name.strip())} letters: use 1 to {folders.LONGEST_NAME} "
                "that can be seen"
            )
        about["name"] = folders.printable(name).strip()
    if tags is not None:
        kept = list(dict.fromkeys(folders.printable(tag).strip() for tag in tags))
        if len(kept) > folders.MOST_TAGS:
            raise RunError(f"{len(kept)} tags are too many: use at most {folders.MOST_TAGS}")
        for tag in kept:
            if not tag or len(tag) > folders.LONGEST_TAG or "," in tag:
                raise RunError(
                    f"the tag {tag[:40]!r} is not allowed: use 1 to {folders.LONGEST_TAG} letters and no comma"
                )
        about["tags"] = kept
    try:
        files.replace(run.path / filenames.ABOUT, files.to_json(about))
        changed_run = folders.open_run(run.id)
        if (run.path / filenames.CARD).exists():
            write_card(changed_run)
    except OSError as error:
        raise RunError(f"{run.id} can't be changed: {error.strerror}") from error
    return changed_run
