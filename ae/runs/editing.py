"""Rename, tag, pin and delete runs."""

import dataclasses
import secrets
from collections.abc import Iterable

from ae.data.texts import printable
from ae.runs import card, files, folders
from ae.runs.filenames import ABOUT, CARD, LOCK, PINNED
from ae.runs.folders import Run, RunError, Unreadable
from ae.runs.tending import queue_locked


def delete(run: Run | Unreadable) -> None:
    """Delete a run's folder, all at once.

    Raises:
        RunError: the run is included with the project, is being trained, or can't be deleted.
    """
    if isinstance(run, Run) and run.shipped:
        raise RunError(f"{run.id} is included with the project and protected")
    folder = run.path.parent
    try:
        with queue_locked(folder):  # so that no trainer takes it meanwhile, and nobody else deletes
            if files.locked(run.path / LOCK):
                raise RunError(f"{run.id} is being trained: stop it first")
            try:
                if run.path.is_symlink():
                    run.path.unlink()
                else:
                    run.path.rename(folder / f".trash-{secrets.token_hex(8)}")  # needs no room on a full disk
            finally:
                files.sweep_folders(folder, ".trash-", older_than=0)  # including those that killed processes left
    except OSError as error:
        raise RunError(f"{run.id} can't be deleted: {files.reason(error)}") from error
    finally:
        files.sweep_folders(folder, ".new-")


def change(run: Run, *, name: str | None = None, tags: Iterable[str] | None = None) -> Run:
    """Rename or retag a run; None keeps the name or the tags as they are on disk. Return the changed run.

    Raises:
        RunError: the run is included with the project or can't be written, or a name or tag is empty or too long.
    """
    if run.shipped:
        raise RunError(f"{run.id} is included with the project and protected")
    new: dict[str, object] = {}
    if name is not None:
        new["name"] = _checked_name(name)
    if tags is not None:
        new["tags"] = checked_tags(tags)
    try:
        with folders.about_locked(run.path.parent):  # another window may be changing the name or the tags
            files.sweep(run.path, [ABOUT, CARD], older_than=0)
            files.replace(run.path / ABOUT, files.to_json(folders.read_about(run) | new))
            changed = folders.read_run(run.path)
            if (run.path / CARD).exists():
                files.replace(run.path / CARD, card.text(changed).encode())
    except OSError as error:
        raise RunError(f"{run.id} can't be changed: {files.reason(error)}") from error
    return changed


def pin(run: Run, pinned: bool = True) -> Run:
    """Pin a run to the top of tables, or unpin it; return the changed run. Shipped runs can be pinned, too.

    Raises:
        RunError: the run was deleted, or its folder can't be written.
    """
    try:
        if pinned:
            files.replace(run.path / PINNED, b"", sync=False)
        else:
            (run.path / PINNED).unlink(missing_ok=True)
    except OSError as error:
        raise RunError(f"{run.id} can't be {'pinned' if pinned else 'unpinned'}: {files.reason(error)}") from error
    return dataclasses.replace(run, pinned=pinned)


def _checked_name(name: str) -> str:
    if len(name.strip()) > folders.LONGEST_NAME or not printable(name).strip():
        raise RunError(
            f"the name {name.strip()[:40]!r} has {len(name.strip())} characters: use 1 to {folders.LONGEST_NAME} "
            "visible ones"
        )
    return printable(name).strip()


def checked_tags(tags: Iterable[str]) -> list[str]:
    """Return tags, each once.

    Raises:
        RunError: there are too many, or one is empty, too long or has a comma.
    """
    kept = list(dict.fromkeys(printable(tag).strip() for tag in tags))
    if len(kept) > folders.MOST_TAGS:
        raise RunError(f"{len(kept)} tags are too many: use at most {folders.MOST_TAGS}")
    for tag in kept:
        if not tag or len(tag) > folders.LONGEST_TAG or "," in tag:
            raise RunError(
                f"the tag {tag[:40]!r} is not allowed: use 1 to {folders.LONGEST_TAG} characters and no comma"
            )
    return kept
