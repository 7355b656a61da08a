"""Damaged and hostile run folders, through everything that reads them."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from random import Random

from torture import copies, mutants, runs
from torture.campaign import Campaign
from torture.watched import Watched

DEEPER, DEEPEST = 5, 50
"""After how many mutants one is also compared and plotted, and one evaluated and animated, which take longer."""


def trials(chance: Random) -> Iterator[str]:
    """Damage a copy of a run, and read it, beside one that is whole."""
    with tempfile.TemporaryDirectory() as place, runs.made(Path(place) / "whole") as whole:
        canary = Path(place) / "outside" / "canary"
        canary.parent.mkdir()
        canary.write_text("unchanged")
        mark, folder = Path(place) / "mark", Path(place) / "runs"
        with Watched("torture.readers:read", environment={"AE_CHECKPOINTS": str(folder)}) as child:
            number = 0
            while True:
                number += 1
                folder.mkdir()
                copies.copy(whole[-1].path, folder / "whole")
                copies.copy(chance.choice(whole).path, folder / "a-run")
                try:
                    done = mutants.mutate(chance, folder / "a-run", canary, mark)
                    wrong = child.do({"depth": (number % DEEPER == 0) + (number % DEEPEST == 0)})
                    if mark.exists():
                        wrong = "a pickle ran"
                    elif canary.read_text() != "unchanged" or len(list(canary.parent.iterdir())) != 1:
                        wrong = "a file outside the folder of runs was changed"
                finally:
                    shutil.rmtree(os.fsencode(folder))
                mark.unlink(missing_ok=True)
                yield wrong and f"{wrong} ({done})"


CAMPAIGNS = (
    Campaign(
        "files",
        "a damaged or hostile run folder is listed, read or refused with a sentence, within 2 s and 200 MB; no code in "
        "it runs, and no file outside the folder of runs is changed",
        10_000,
        trials,
    ),
)
