"""Kill trainers with ``kill -9``, and see whether anything of their runs is lost."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from random import Random

from ae.runs import files, folders, queue
from torture import laboratory
from torture.campaign import Campaign
from torture.laboratory import Laboratory, tiny

WRITES = 28
"""About as many writes as a tiny run makes; later ones are not reached, and the run ends undisturbed."""


def die_at(n: int, *, torn: bool) -> Callable[[], None]:
    """Return a hook that makes a process kill itself at its n-th write, torn in the middle or just before it."""

    def install() -> None:
        replace, append, count = files.replace, files.append, iter(range(1, 10**6))

        def dying_replace(path, content, **options) -> None:
            if next(count) == n:
                if torn:  # the temporary file stays
                    (path.parent / f".{path.name}-torn").write_bytes(content[: len(content) // 2])
                os.kill(os.getpid(), signal.SIGKILL)
            replace(path, content, **options)

        def dying_append(path, content, **options) -> None:
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
        straight, seconds = _undisturbed(lab)

        def kill() -> None:
            time.sleep(random.uniform(0, seconds))
            lab.kill(lab.started[-1])

        while True:
            yield _trial(lab, straight, [kill] * random.randint(1, 3))


def kill_in_a_write(random: Random) -> Iterator[str]:
    """Let a trainer kill itself at a random write, in the middle of it or just before it, and resume its run."""
    with laboratory.laboratory() as lab:
        straight, _ = _undisturbed(lab)
        while True:
            lab.hook = die_at(random.randint(1, WRITES), torn=random.random() < 0.7)
            yield _trial(lab, straight, [lambda: lab.reap(lab.started[-1])])


def _undisturbed(lab: Laboratory) -> tuple[folders.Run, float]:
    """Train a run that nothing disturbs; return it, and how many seconds that took."""
    straight, begin = folders.create(tiny(), name="undisturbed"), time.monotonic()
    if wrong := lab.finish(straight):
        raise RuntimeError(wrong)
    return straight, time.monotonic() - begin


def _trial(lab: Laboratory, straight: folders.Run, kills: list[Callable[[], object]]) -> str:
    """Train a run, and kill its trainer in these ways one after the other; return what was lost, empty if nothing."""
    run = folders.create(tiny())
    for kill in kills:
        if queue.state(run) == "finished":
            break
        queue.start(run)
        kill()
        if wrong := laboratory.broken(folders.list_runs()):
            return wrong
        if laboratory.history(run) != laboratory.history(straight)[: len(laboratory.history(run))]:
            return "its history has a gap or a double"
        if (state := queue.state(run)) in queue.ACTIVE:
            queue.tend()
            state = queue.state(run)
        if state in queue.ACTIVE:
            return f"its trainer is dead, and it is {state}"
    lab.hook = lambda: None
    wrong = lab.finish(run) or laboratory.difference(run, straight)
    if not wrong and (left := lab.leftovers()):
        wrong = f"left over: {', '.join(left)}"
    folders.shutil.rmtree(run.path)
    return wrong


CAMPAIGNS = (
    Campaign(
        "kill-trainer",
        "a trainer killed at a random moment leaves a readable run, which ends as if it had never been killed",
        100,
        kill_trainer,
        minutes=3,
    ),
    Campaign(
        "kill-write",
        "the same when it is killed in the middle of a write",
        100,
        kill_in_a_write,
        minutes=3,
    ),
)
