"""Kill trainers with ``kill -9``, and see whether anything of their runs is lost."""

import os
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

from ae.runs import files, folders, queue, shipping
from ae.runs.folders import Run
from torture import laboratory
from torture.campaign import Campaign
from torture.laboratory import Laboratory, tiny

WRITES = 32
"""About as many writes as a tiny run makes; later ones are not reached, and the run ends undisturbed."""


def die_at(n: int, *, torn: bool) -> Callable[[], None]:
    """Return a hook that makes a process kill itself at its n-th write, in the middle of it if torn, or before it."""

    def install() -> None:
        replace, append, count = files.replace, files.append, iter(range(1, 10**6))

        def dying_replace(path: Any, content: bytes, **options: Any) -> None:
            if next(count) == n:
                if torn:  # the temporary file stays
                    (path.parent / f".{path.name}-torn").write_bytes(content[: len(content) // 2])
                os.kill(os.getpid(), signal.SIGKILL)
            replace(path, content, **options)

        def dying_append(path: Any, content: Any, **options: Any) -> None:
            if next(count) == n:
                if torn:
                    append(path, content[: len(content) // 2], **options)
                os.kill(os.getpid(), signal.SIGKILL)
            append(path, content, **options)

        files.replace, files.append = dying_replace, dying_append

    return install


def kill_trainer(random: Random) -> Iterator[str]:
    """Kill a trainer at a random moment, up to three times, and resume its run."""
    with laboratory.laboratory() as lab:
        straight, seconds = undisturbed(lab)

        def kill() -> None:
            time.sleep(random.uniform(0, seconds))
            lab.kill(lab.started[-1])

        while True:
            yield _trial(lab, straight, [kill] * random.randint(1, 3))


def kill_in_a_write(random: Random) -> Iterator[str]:
    """Let a trainer kill itself at a random write, in the middle of it or just before it, and resume its run."""
    with laboratory.laboratory() as lab:
        straight, _ = undisturbed(lab)
        while True:
            lab.hook = die_at(random.randint(1, WRITES), torn=random.random() < 0.7)
            yield _trial(lab, straight, [lambda: lab.reap(lab.started[-1])])


def kill_while_others_wait(random: Random) -> Iterator[str]:
    """Kill the trainer of the first of three runs, look at the list once, and see whether the other two are trained."""
    with laboratory.laboratory() as lab:
        straight, seconds = undisturbed(lab)
        while True:
            runs = [folders.create(tiny()) for _ in range(3)]
            for run in runs:
                queue.start(run)
            time.sleep(random.uniform(0, seconds))
            lab.kill(lab.started[-1])
            lab.reap(lab.command("list"))
            others = [run for run in runs if queue.state(run) != "interrupted"]
            wrong = ""
            if len(others) < 2:
                wrong = "a run that waited is interrupted"
            for run in others:
                wrong = wrong or lab.ending(run) or laboratory.difference(run, straight)
            for run in runs:
                wrong = wrong or lab.finish(run) or laboratory.difference(run, straight)
            yield wrong or cleared(lab, straight)


def kill_while_changing(random: Random) -> Iterator[str]:
    """Kill a command that renames, tags, deletes or ships a finished run, at a random write or moment."""
    with laboratory.laboratory() as lab:
        straight, seconds = undisturbed(lab)
        while True:
            run = _copied(straight)
            what = random.choice(("rename", "tag", "delete", "ship"))
            lab.hook = die_at(random.randint(1, 4), torn=True) if random.random() < 0.5 else lambda: None
            process = lab.fork(lambda run=run: _ship(run)) if what == "ship" else lab.command(*_words(what, run))
            time.sleep(random.uniform(0, seconds / 2))
            lab.kill(process)
            lab.hook = lambda: None
            yield laboratory.unreadable() or _repeated(lab, what, run, straight) or cleared(lab, straight)


def undisturbed(lab: Laboratory) -> tuple[Run, float]:
    """Train a run that nothing disturbs; return it, and how many seconds that took."""
    straight, begin = folders.create(tiny(), name="undisturbed"), time.monotonic()
    if wrong := lab.finish(straight):
        raise RuntimeError(wrong)
    return straight, time.monotonic() - begin


def cleared(lab: Laboratory, straight: Run) -> str:
    """Delete all runs but one; return what processes left that no other will ever delete, or said, empty if nothing."""
    if wrong := lab.tracebacks():
        return wrong
    if not laboratory.wait_for(lab.idle):
        return "a process does not end"
    left = lab.leftovers()
    for path in lab.folder.iterdir():
        if path != straight.path and path.name not in laboratory.LOCKS:
            shutil.rmtree(path)
    return f"left over: {', '.join(left)}" if left else ""


def _trial(lab: Laboratory, straight: Run, kills: list[Callable[[], object]]) -> str:
    """Train a run, and kill its trainer in these ways one after the other; return what was lost, empty if nothing."""
    run = folders.create(tiny())
    for kill in kills:
        if queue.state(run) == "finished":
            break
        if queue.state(run) not in queue.ACTIVE:
            queue.start(run)
        kill()
        if wrong := laboratory.unreadable() or laboratory.torn(run, straight):
            return wrong
        lab.hook = lambda: None
        queue.tend()
    return lab.finish(run) or laboratory.difference(run, straight) or cleared(lab, straight)


def _copied(run: Run) -> Run:
    """Return a copy of a finished run under another id."""
    copy = run.path.with_name("20260101-000000-copy")
    shutil.copytree(run.path, copy)
    return folders.open_run(copy.name)


def _words(what: str, run: Run) -> tuple[str, ...]:
    return (what, run.id, *{"rename": ("Another name",), "tag": ("a", "b"), "delete": ("--yes",)}[what])


def _ship(run: Run) -> int:
    shipping.ship(run, "copy")
    return 0


def _repeated(lab: Laboratory, what: str, run: Run, straight: Run) -> str:
    """See that a killed change was made whole or not at all, and that it can be made again."""
    if what == "ship":
        if run.path.exists():
            if wrong := laboratory.difference(run, straight):
                return wrong
            if lab.reap(lab.fork(lambda: _ship(run))):
                return "it can't be shipped again"
        if not folders.open_run("shipped-copy").shipped:
            return "it is not shipped"
        return laboratory.unreadable()
    if what == "delete":
        if not run.path.exists():
            lab.reap(lab.command("delete", _copied(straight).id, "--yes"))
            return ""
    elif wrong := laboratory.difference(run, straight):
        return wrong
    if lab.reap(lab.command(*_words(what, run))):
        return f"{what} can't be repeated"
    return laboratory.unreadable()


CAMPAIGNS = (
    Campaign(
        "kill-trainer",
        "a run whose trainer is killed at any moment, up to three times, is readable and ends as if it had not been",
        100,
        kill_trainer,
        minutes=2.5,
    ),
    Campaign("kill-write", "the same if it is killed in the middle of a write", 100, kill_in_a_write, minutes=2.5),
    Campaign(
        "kill-queue",
        "the runs that wait are trained as soon as anything looks at the list; the killed one is resumed on request",
        50,
        kill_while_others_wait,
        minutes=3,
    ),
    Campaign(
        "kill-change",
        "a rename, new tags, a deletion or shipping that is killed has happened or has not, and can be repeated",
        100,
        kill_while_changing,
        minutes=2,
    ),
)
