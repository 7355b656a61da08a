"""Disks that are full, read-only or gone, folders that are none, clocks that go back: nothing that was kept is lost."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from random import Random

from torture import copies, runs
from torture.campaign import Campaign
from torture.watched import Watched

SECONDS = 30.0
"""The most processor time for a trial, which trains a tiny run twice."""

MANY = 10_000
READING_SECONDS = 10.0
"""The most processor time to read so many runs for the first time."""

LISTING_SECONDS = 2.0
"""The most processor time to list so many runs with their states, once they have been read."""

APART = ("unshare", "--map-root-user", "--mount")
"""Begins a command in a namespace where anybody may mount a disk in memory, which goes when the command ends."""

SIMULATED = ("full", "full", "quota", "gone", "no_folder", "clock", "long_name")
MOUNTED = ("really_full", "really_full", "read_only")
"""Trials, as functions of ``torture.disk_trials``; those with a disk of their own need Linux."""


def trials(chance: Random) -> Iterator[str]:
    """Make one kind of trial after another, each in an empty folder."""
    can_mount = _can_mount()
    kinds = (*SIMULATED, *(MOUNTED if can_mount else ()))
    with Watched("torture.disk_trials:trial", prefix=APART if can_mount else (), seconds=SECONDS) as child:
        number = 0
        while True:
            kind = kinds[number % len(kinds)]
            number += 1
            with tempfile.TemporaryDirectory() as place:
                wrong = child.do({"kind": kind, "place": place, "seed": chance.randrange(2**32)})
            yield wrong and f"{wrong} ({kind})"


def _can_mount() -> bool:
    if not shutil.which(APART[0]):
        return False
    mount = "mount -t tmpfs -o size=1m tmpfs /mnt"
    return subprocess.run([*APART, "sh", "-c", mount], capture_output=True, check=False).returncode == 0


def many(chance: Random) -> Iterator[str]:
    """List ten thousand runs, change one, and list them again."""
    with tempfile.TemporaryDirectory() as place, runs.made(Path(place) / "made") as whole:
        folder = Path(place) / "runs"
        folder.mkdir()
        for n in range(MANY):
            run = folder / f"20260101-000000-lab-z2-{n}"
            copies.copy(whole[-1].path, run)
            copies.rename(run, f"Run {n}")
        environment = {"AE_CHECKPOINTS": str(folder)}
        with Watched("torture.disk_trials:listed", environment=environment, seconds=READING_SECONDS) as child:
            wrong = child.do({"first": True})
            while True:
                yield wrong
                renamed = f"20260101-000000-lab-z2-{chance.randrange(MANY)}"
                copies.rename(folder / renamed, f"Another {renamed}")
                wrong = child.do({"first": False, "run": renamed, "most": LISTING_SECONDS})


CAMPAIGNS = (
    Campaign(
        "disks",
        "a disk that is full, read-only or gone, a folder that is none, a clock set back and a name of 255 bytes lose "
        "nothing: the sentence names the disk, and once it is well again the run resumes to the same weights",
        300,
        trials,
        minutes=5,
    ),
    Campaign(
        "many runs",
        f"{MANY:,} runs are read within {READING_SECONDS:g} s of processor time, and then listed with their states "
        f"within {LISTING_SECONDS:g} s each time",
        20,
        many,
        minutes=1,
        alone=True,
    ),
)
