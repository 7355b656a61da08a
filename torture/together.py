"""Let two processes do something at the same time, or work where files can't be locked."""

import errno
import fcntl
import time
from collections.abc import Callable, Iterator
from random import Random

from ae.runs import editing, folders, log, queue
from ae.runs.folders import Run, RunError
from torture import laboratory
from torture.campaign import Campaign
from torture.kills import cleared, undisturbed
from torture.laboratory import Laboratory, tiny


def at_once(random: Random) -> Iterator[str]:
    """Start two or more commands on one run, or with one name, within a moment."""
    pairs = (_two_trains, _two_resumes, _delete, _change, _stop, _many_screens, _two_deletes)
    with laboratory.laboratory() as lab:
        straight, seconds = undisturbed(lab)
        while True:
            for pair in random.sample(pairs, len(pairs)):
                wrong = laboratory.unreadable() or pair(lab, straight, random.uniform(0, seconds))
                wrong = wrong or laboratory.unreadable() or cleared(lab, straight)
                yield f"{pair.__name__.strip('_').replace('_', ' ')}: {wrong}" if wrong else ""


def _two_trains(lab: Laboratory, straight: Run, moment: float) -> str:
    settings = {name.replace("_", "-"): value for name, value in tiny().to_dict().items() if name != "restarts"}
    words = [word for name, value in settings.items() for word in (f"--{name}", str(value))]
    both = [lab.command("train", "--preset", "lab", "--name", "same", *words) for _ in range(2)]
    if any([lab.reap(process) for process in both]):
        return f"a command failed: {lab.said(both[0])} {lab.said(both[1])}"
    made = [run for run in folders.list_runs() if run.id != straight.id]
    if len({run.name for run in made}) != 2:
        return f"the names are {[run.name for run in made]}"
    return next(filter(None, (laboratory.difference(run, straight) for run in made)), "")


def _two_resumes(lab: Laboratory, straight: Run, moment: float) -> str:
    run = folders.create(tiny())
    both = [lab.command("resume", run.id) for _ in range(2)]
    codes = sorted(lab.reap(process) for process in both)
    if codes != [0, 2]:
        return f"the exit codes are {codes}"
    return _trained_once(run, straight)


def _delete(lab: Laboratory, straight: Run, moment: float) -> str:
    run = folders.create(tiny())
    queue.start(run)
    time.sleep(moment)
    try:
        editing.delete(run)
    except RunError as refused:
        return "" if "is being trained" in str(refused) and not lab.ending(run) else f"refused: {refused}"
    return "its folder is back" if laboratory.wait_for(lab.idle) and run.path.exists() else ""


def _change(lab: Laboratory, straight: Run, moment: float) -> str:
    run = folders.create(tiny())
    queue.start(run)
    time.sleep(moment)
    both = [lab.command("rename", run.id, "Another"), lab.command("tag", run.id, "one", "two")]
    if any([lab.reap(process) for process in both]):
        return "a command failed"
    changed = folders.open_run(run.id)
    if (changed.name, changed.tags) != ("Another", ("one", "two")):
        return f"it is called {changed.name}, with the tags {changed.tags}"
    return lab.ending(run) or laboratory.difference(run, straight)


def _stop(lab: Laboratory, straight: Run, moment: float) -> str:
    run = folders.create(tiny())
    queue.start(run)
    time.sleep(moment)
    if lab.reap(lab.command("stop", run.id)) and queue.state(run) != "finished":
        return "it can't be stopped"
    if not laboratory.wait_for(lambda: queue.state(run) not in queue.ACTIVE):
        return "it does not stop"
    if (state := queue.state(run)) not in ("stopped", "finished"):
        return f"stopped, it is {state}"
    return lab.finish(run) or laboratory.difference(run, straight)


def _many_screens(lab: Laboratory, straight: Run, moment: float) -> str:
    """Let four servers or commands tend the queue all the time while two runs are trained."""
    runs = [folders.create(tiny()) for _ in range(2)]

    def tend() -> int:
        while any(queue.state(run) in queue.ACTIVE for run in runs):
            queue.tend()
        return 0

    for run in runs:
        queue.start(run)
    screens = [lab.fork(tend) for _ in range(4)]
    wrong = next(filter(None, map(lab.ending, runs)), "")
    for process in screens:
        lab.reap(process)
    return wrong or next(filter(None, (_trained_once(run, straight) for run in runs)), "")


def _two_deletes(lab: Laboratory, straight: Run, moment: float) -> str:
    runs = [folders.create(tiny()) for _ in range(3)]
    both = [lab.command("delete", "--yes", *(run.id for run in runs)) for _ in range(2)]
    if not any([lab.reap(process) == 0 for process in both]) and any(run.path.exists() for run in runs):
        return f"neither deletes all of them: {lab.said(both[0])} {lab.said(both[1])}"
    return ""


def _trained_once(run: Run, straight: Run) -> str:
    begun = (run.path / "log.txt").read_text().count("Epoch 0 of")
    return f"it was trained {begun} times" if begun != 1 else laboratory.difference(run, straight)


def without_locks(random: Random) -> Iterator[str]:
    """Work in a folder on a drive that refuses to lock files, or pretends to."""
    with laboratory.laboratory() as lab:
        straight, _ = undisturbed(lab)
        run = folders.create(tiny())
        while True:
            lab.hook = _locks_that(random.choice((errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, None)))
            wrong = ""
            for words in random.sample((("resume", run.id), ("list",), ("resume", straight.id, "--epochs", "9")), 3):
                process = lab.command(*words)
                refused, said = lab.reap(process), lab.said(process)
                if words[0] == "resume" and (not refused or "can't lock files" not in said):
                    wrong = wrong or f"{' '.join(words)}: {said}"
                if words[0] == "list" and refused:
                    wrong = wrong or f"list: {said}"
            lab.hook = lambda: None
            if queue.state(run) != "interrupted":
                wrong = wrong or f"it is {queue.state(run)}: {log.last_line(run.path)}"
            yield wrong or lab.tracebacks()


def _locks_that(fail: int | None) -> Callable[[], None]:
    """Return a hook that lets every lock fail with an error number, or succeed without locking anything if None."""

    def flock(descriptor: int, operation: int) -> None:
        if fail:
            raise OSError(fail, "No locks available")

    def install() -> None:
        fcntl.flock = flock

    return install


CAMPAIGNS = (
    Campaign(
        "together",
        "what two processes do to one run at the same moment is done once, one after the other, or refused",
        140,
        at_once,
        minutes=3,
    ),
    Campaign(
        "no-locks",
        "where files can't be locked, as on some network drives, nothing is trained, and a sentence says why",
        20,
        without_locks,
        minutes=0.5,
    ),
)
