"""Kill a sweep: its command, its trainers, or both; then the same command is to end with the same runs."""

import shutil
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random

from ae.runs import filenames, folders, queue
from ae.runs.folders import Run
from ae.runs.sweeping import LocalEngine
from torture import kills, laboratory
from torture.campaign import Campaign
from torture.laboratory import Laboratory, tiny

SEEDS = 3
WORKERS = 2
COMMAND = (
    "sweep --preset lab --dataset digits -z 4 -e 3 -b 32 --noise 0.1 --validation-images 16 --device cpu "
    f"--precision fp32 --seeds 0-{SEEDS - 1} --name torture --workers {WORKERS} --yes"
).split()
"""The recipe of ``laboratory.tiny``, with several seeds."""


def kill_sweep(random: Random) -> Iterator[str]:
    """Kill the command, a trainer or everything, once or twice at random moments; then run it again."""
    with laboratory.laboratory() as lab:
        begin = time.monotonic()
        straight = _undisturbed(lab)
        seconds = time.monotonic() - begin
        while True:
            wrong = ""
            for _ in range(random.randint(1, 2)):
                wrong = wrong or _disturbed(lab, random, seconds)
            yield wrong or _ended(lab, straight) or kills.cleared(lab, straight[0])


def _undisturbed(lab: Laboratory) -> list[Run]:
    """Train the sweep's runs one by one, in another folder than the sweep's."""
    threads = {filenames.THREADS: f"{LocalEngine(WORKERS).threads}\n".encode()}
    runs = [folders.create(tiny(seed=seed), made=threads) for seed in range(SEEDS)]
    for run in runs:
        if wrong := lab.finish(run):
            raise RuntimeError(wrong)
    place = lab.folder.with_name("undisturbed")
    place.mkdir()
    return [replace(run, path=Path(shutil.move(run.path, place))) for run in runs]


def _disturbed(lab: Laboratory, random: Random, seconds: float) -> str:
    """Begin the sweep, and kill some of its processes."""
    command = lab.command(*COMMAND)
    time.sleep(random.uniform(0, seconds))
    others = [process for process in lab.started if process != command]
    what = random.choice(("command", "trainer", "all"))
    if what != "command":
        for process in others if what == "all" else others[-1:]:
            lab.kill(process)
    if what != "trainer":
        lab.kill(command)
    return laboratory.unreadable()


def _ended(lab: Laboratory, straight: list[Run]) -> str:
    """Run the command again; return what is missing, doubled or different, empty if nothing is."""
    command = lab.command(*COMMAND)
    if code := lab.reap(command):
        return f"the sweep ends with exit code {code}: {lab.said(command).strip()[-200:]}"
    found = sorted((run for run in folders.list_runs() if isinstance(run, Run)), key=lambda run: run.recipe.seed)
    if [run.recipe.seed for run in found] != list(range(SEEDS)):
        return f"there are {len(found)} runs instead of {SEEDS}"
    states = {queue.state(run) for run in found}
    if states != {"finished"}:
        return f"runs are {', '.join(sorted(states))}"
    return next(filter(None, map(laboratory.difference, found, straight)), "")


CAMPAIGNS = (
    Campaign(
        "kill-sweep",
        "a sweep whose command or trainers are killed ends with the same runs, none twice, when it is given again",
        100,
        kill_sweep,
        minutes=3,
    ),
)
