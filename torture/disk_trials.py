"""The trials of the campaign on disks, in its child process."""

import contextlib
import errno
import functools
import io
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, BinaryIO

import pytest

from ae.cli.main import main
from ae.data import datasets
from ae.data.datasets import Dataset
from ae.runs import filenames, files, folders, model_file, queue, reading, standby
from ae.runs.folders import Run
from torture import laboratory, runs
from torture.texts import unfit

RECIPE = laboratory.tiny(model="conv", code_activation="none")
"""The smallest network: its weights have 200 KB, its resume state 600."""

WRITES = 30
"""About how often a run of three epochs writes."""


def trial(task: dict[str, Any]) -> str:
    """Make one trial in an empty folder; return what went wrong."""
    place, chance = Path(task["place"]), Random(task["seed"])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AE_CHECKPOINTS", str(place / "runs"))
        patch.setattr(standby, "prepare", lambda: None)
        patch.setattr(datasets, "load", lambda *_, **__: few())
        return str(KINDS[task["kind"]](chance, place, patch))


def listed(task: dict[str, Any]) -> str:
    """List all runs with their states; return what went wrong."""
    begin = time.process_time()
    found = [run for run in folders.list_runs() if isinstance(run, Run)]
    states = {queue.state(run) for run in found}
    seconds = time.process_time() - begin
    if states != {"finished"}:
        return f"their states are {states}"
    if task["first"]:
        return ""  # they are read for the first time
    if not any(run.name == f"Another {task['run']}" for run in found):
        return "the renamed run has its old name"
    return f"{seconds:.2f} s of processor time" if seconds > task["most"] else ""


@functools.cache
def few() -> Dataset:
    """Return the digits that every trial trains on."""
    return runs.few()


@functools.cache
def undisturbed() -> Run:
    """Return a finished run that nothing disturbed, in a folder of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AE_CHECKPOINTS", tempfile.mkdtemp())
        run = folders.create(RECIPE)
        command("resume", run.id)
    return run


def command(*words: str) -> tuple[int, str]:
    """Run a command in this process; return its exit code and its last line on standard error."""
    said = io.StringIO()
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(said):
        try:
            code = main(words)
        except SystemExit as leaving:
            code = int(leaving.code or 0)
    return code, said.getvalue().strip().split("\n")[-1]


def refused(answer: tuple[int, str], *words: str) -> str:
    """Return what is wrong with how a command was refused: it needs a sentence in which all the words are."""
    code, said = answer
    if code not in (1, 2):
        return f"exit code {code} and {said!r}"
    missing = [word for word in words if word not in said]
    return unfit(said) or (f"{missing} is not said: {said!r}" if missing or not said else "")


def recovered(run: Run) -> str:
    """Resume a run; return how it differs from one that nothing disturbed."""
    if queue.state(run) != "finished":
        code, said = command("resume", run.id)
        if code:
            return f"resumed, it ends with {code}: {said}"
    return laboratory.difference(run, undisturbed()) or _left(run)


def _left(run: Run) -> str:
    hidden = [str(path.relative_to(run.path.parent)) for path in run.path.parent.rglob(".*")]
    left = [name for name in hidden if name not in laboratory.LOCKS]
    return f"left behind: {left}" if left else ""


def kept(run: Run, before: int | None) -> str:
    """Return what is wrong with a run whose training failed: whatever had been kept is still there."""
    if (state := queue.state(run)) in queue.ACTIVE:
        return f"it is {state}"
    epoch = reading.saved_epoch(run)
    if before is not None and (epoch is None or epoch < before):
        return f"its weights were of epoch {before} and are of {epoch}"
    if epoch is not None:
        model_file.load(run)
        if [line.epoch for line in reading.read_history(run)][: epoch + 1] != list(range(epoch + 1)):
            return "its history lacks epochs of its weights"
    code, said = command("list")
    return "" if code == 0 else f"list ends with {code}: {said}"


@contextmanager
def failing(patch: pytest.MonkeyPatch, chance: Random, fail: Callable[[], None]) -> Iterator[None]:
    """Let one of the next writes fail by ``fail`` after a part of its bytes, and then as good as every other one."""
    put, count, first = files._put, 0, chance.randrange(WRITES)

    def broken(file: BinaryIO, content: bytes, *, sync: bool) -> None:
        nonlocal count
        count += 1
        if count > first and (count == first + 1 or chance.random() < 0.7):
            file.write(content[: chance.randrange(len(content) + 1)])
            file.flush()
            fail()
        put(file, content, sync=sync)

    with patch.context() as broken_disk:
        broken_disk.setattr(files, "_put", broken)
        yield


def no_room(number: int = errno.ENOSPC) -> None:
    """Fail as a write to a full disk does."""
    raise OSError(number, os.strerror(number))


def full(chance: Random, place: Path, patch: pytest.MonkeyPatch, number: int = errno.ENOSPC) -> str:
    """Fill the disk at any write, twice at most, then make room."""
    run = folders.create(RECIPE)
    for _ in range(chance.choice((1, 2))):
        before = reading.saved_epoch(run)
        with failing(patch, chance, partial(no_room, number=number)):
            answer = command("resume", run.id)
        wrong = kept(run, before)
        if queue.state(run) == "finished":
            break
        wrong = wrong or refused(answer, "the disk at ", str(files.disk(place)))
        if wrong:
            return wrong
    return recovered(run)


def gone(chance: Random, place: Path, patch: pytest.MonkeyPatch) -> str:
    """Move the run, or the folder of runs, away at any write, and back after the training has failed."""
    run = folders.create(RECIPE)
    from_, to = chance.choice((run.path, run.path.parent)), place / "elsewhere"

    def fail() -> None:
        if not to.exists():
            from_.rename(to)

    with failing(patch, chance, fail):
        answer = command("resume", run.id)
    if not to.exists():
        return recovered(run)
    wrong = refused(answer, str(from_))
    code, _ = command("list")
    wrong = wrong or (f"list ends with {code}" if code else "")
    shutil.rmtree(from_, ignore_errors=True)
    to.rename(from_)
    for left in run.path.glob(".*-*"):  # what was being written when the folder went
        left.unlink()
    return wrong or kept(run, None) or recovered(run)


def no_folder(chance: Random, place: Path, patch: pytest.MonkeyPatch) -> str:
    """Put something else in the place of the folder of runs."""
    there = place / "runs"
    kind = chance.choice(("file", "circle", "dangling", "below a file", "link"))
    if kind == "link":
        (place / "real").mkdir()
        there.symlink_to(place / "real")
        run = folders.create(RECIPE)
        return recovered(run)
    if kind in ("file", "below a file"):
        there.write_text("x")
    else:
        there.symlink_to(there if kind == "circle" else place / "nowhere" / "at all")
    if kind == "below a file":
        patch.setenv("AE_CHECKPOINTS", str(there / "runs"))
    for words in (["list"], ["show", "last"], ["train", "--dataset", "digits", "--epochs", "1"], ["compare"]):
        answer = command(*words)
        wrong = f"list ends with {answer}" if words == ["list"] and answer[0] else ""
        wrong = wrong or (refused(answer, str(there)) if words != ["list"] else "")
        if wrong:
            return f"{kind}: {words[0]}: {wrong}"
    return ""


def clock(chance: Random, place: Path, patch: pytest.MonkeyPatch) -> str:
    """Set the clock back a day while a run is queued, training, or interrupted."""
    run = folders.create(RECIPE)
    with failing(patch, chance, no_room):
        command("resume", run.id)
    if chance.random() < 0.5 and queue.state(run) != "finished":
        queue.prepare(run)  # and the process that was to train it is lost
        ticket = run.path / filenames.TICKET
        ticket.write_text(ticket.read_text().replace(f'"process": {os.getpid()}', '"process": 999999999'))
    now, later = time.time, time.time() + 86_400
    for path in (run.path, *run.path.iterdir()):
        os.utime(path, (later, later))
    patch.setattr(time, "time", lambda: now() - chance.choice((0, 86_400)))
    code, said = command("list")
    return f"list ends with {code}: {said}" if code else recovered(run)


def long_name(chance: Random, place: Path, patch: pytest.MonkeyPatch) -> str:
    """Use names of 255 bytes for a run's folder, the run itself and the files of commands."""
    run = folders.create(RECIPE)
    run = Run(run.path.rename(run.path.with_name("x" * 255)), run.recipe, run.name, run.preset, run.created)
    name = "\N{LATIN SMALL LETTER A WITH DIAERESIS}" * 100
    out = place / f"{'y' * (255 - 4)}.png"
    for words in (["rename", run.id, name], ["resume", run.id], ["show", name], ["latent", run.id, "-o", str(out)]):
        code, said = command(*words)
        if code:
            return f"{words[0]} ends with {code}: {said}"
    if not out.exists():
        return "no picture was written"
    wrong = laboratory.difference(run, undisturbed())
    code, said = command("delete", run.id, "--yes")
    return wrong or (f"delete ends with {code}: {said}" if code or run.path.exists() else "")


@contextmanager
def disk(place: Path, megabytes: int = 4) -> Iterator[Path]:
    """Mount a small disk in memory at the folder of runs."""
    folder = place / "runs"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", folder], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


def really_full(chance: Random, place: Path, patch: pytest.MonkeyPatch) -> str:
    """Train on a disk of 4 MB with too little room, make room by deleting another run, and go on."""
    with disk(place) as folder:
        run, other = folders.create(RECIPE), folders.create(RECIPE)
        ballast = folder / ".ballast"
        room = chance.randrange(4, 1_800) * 1024
        ballast.write_bytes(bytes(max(0, os.statvfs(folder).f_bavail * os.statvfs(folder).f_frsize - room)))
        answer = command("resume", run.id)
        wrong = kept(run, None)
        if not wrong and queue.state(run) != "finished":
            wrong = refused(answer, f"the disk at {folder} is full")
        with (folder / ".rest").open("wb", 0) as rest, contextlib.suppress(OSError):
            while rest.write(bytes(512)):
                pass
        code, said = command("rename", other.id, "Another name")
        wrong = wrong or (refused((code, said), "the disk at ") if code else "")
        code, said = command("delete", other.id, "--yes")
        wrong = wrong or (f"delete ends with {code}: {said}" if code or other.path.exists() else "")
        ballast.unlink()
        (folder / ".rest").unlink()
        return wrong or recovered(run)


def read_only(chance: Random, place: Path, patch: pytest.MonkeyPatch) -> str:
    """Make a disk read-only with a run on it that was interrupted, try everything, and make it writable again."""
    with disk(place, 16) as folder:
        run = folders.create(RECIPE)
        with failing(patch, chance, no_room):
            command("resume", run.id)
        subprocess.run(["mount", "-o", "remount,ro", folder], check=True)
        wrong = kept(run, None)
        tried = [["rename", run.id, "N"], ["tag", run.id, "t"], ["delete", run.id, "--yes"], ["train", "--epochs", "1"]]
        if queue.state(run) != "finished":
            tried.append(["resume", run.id])
        for words in tried:
            wrong = wrong or (
                (said := refused(command(*words), f"the disk at {folder} is read-only")) and f"{words}: {said}"
            )
        subprocess.run(["mount", "-o", "remount,rw", folder], check=True)
        return wrong or recovered(run)


KINDS: dict[str, Callable[[Random, Path, pytest.MonkeyPatch], str]] = {
    "quota": partial(full, number=errno.EDQUOT),
    **{each.__name__: each for each in (full, gone, no_folder, clock, long_name, really_full, read_only)},
}
