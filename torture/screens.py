"""Hostile run folders and addresses, through the pages of the dashboard without a browser."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from random import Random

from ae.ui import PAGES
from torture import copies, hostile, markup, mutants, runs
from torture.campaign import Campaign
from torture.watched import Watched

SECONDS = 10.0
"""The most processor time for a page, run twice without a cache."""

NAMES = (
    *("run", "runs", "tag", "baseline", "differ", "errors", "of", "against", "log", "by", "indices", "count", "class"),
    *("seed", "bars", "code_of", "own", "noise", "clip", "noise_seed", "pca", "strength", "whose", "a", "b", "c", "d"),
    *("n", "way", "corners", "view", "map", "spot", "image", "code", "start", "sample_seed", "epoch", "projector"),
    *("denoising", "dimensions"),
)
"""Every name that an address may have."""

USUAL = {
    "by": ("By number", "One class", "At random", "Worst first", "Best first", "My own"),
    "view": ("Map", "Units", "Samples", "Health", "Replay", "Draw"),
    "corners": ("true", "false"),
    "run": ("whole", "a-run"),
    "runs": ("whole,a-run", "a-run", "whole,whole,,"),
    "projector": ("1",),
}


def address(chance: Random) -> dict[str, str]:
    """Return an address with one to six values, some of them as they should be."""
    query = {}
    for name in chance.sample(NAMES, chance.choice((1, 2, 4, 6))):
        usual = USUAL.get(name, ("3", "0.5", "true", "1,2", "0-7"))
        kind = chance.randrange(5)
        value = (
            chance.choice(usual)
            if kind == 0
            else str(chance.choice(hostile.NUMBERS))
            if kind < 3
            else hostile.text(chance)[:4000]
        )
        if kind == 4 and chance.random() < 0.3:
            value = ",".join([value[:50]] * chance.choice((2, 4, 1000)))
        query[name] = value.encode("utf-8", errors="replace").decode()  # no address can hold half a character
    return query


def of_mutants(chance: Random) -> Iterator[str]:
    """Show a damaged run, with a hostile name and tags as often as not, on one page after another."""
    for number, (place, child) in enumerate(_folder(chance)):
        canary, mark = place / "canary", place / "mark"
        run = place / "runs" / "a-run"
        done = mutants.mutate(chance, run, canary, mark) if number % 2 else "only its name"
        if (run / "about.json").is_file() and not run.is_symlink() and chance.random() < 0.7:
            copies.rename(run, markup.HOSTILE, "<a href='https://example.org'>tag</a>")
        wrong = child.do({"page": number, "query": {"run": "a-run", "runs": "whole,a-run"} if number % 3 else {}})
        yield wrong and f"{wrong} (page {number % len(PAGES)}, {done})"


def of_addresses(chance: Random) -> Iterator[str]:
    """Open one page after another at a hostile address."""
    for number, (_, child) in enumerate(_folder(chance)):
        query = address(chance)
        wrong = child.do({"page": number, "query": query})
        yield wrong and f"{wrong} (page {number % len(PAGES)}, {query!a})"


def _folder(chance: Random) -> Iterator[tuple[Path, Watched]]:
    """Yield, again and again, a place with a fresh folder of runs in it, and the child that shows it."""
    with tempfile.TemporaryDirectory() as made, runs.made(Path(made) / "made") as whole:
        place = Path(made)
        (place / "canary").touch()
        folder = place / "runs"
        environment = {"AE_CHECKPOINTS": str(folder), "AE_DATA": str(place / "data")}
        with Watched("torture.pages:show", environment=environment, seconds=SECONDS) as child:
            while True:
                folder.mkdir()
                copies.copy(whole[-1].path, folder / "whole")
                copies.copy(chance.choice(whole).path, folder / "a-run")
                try:
                    yield place, child
                finally:
                    shutil.rmtree(os.fsencode(folder))


CAMPAIGNS = (
    Campaign(
        "screens",
        "a page shows a damaged or hostile run, or says what is wrong with it, with no exception and nothing rendered "
        "that a file says",
        420,
        of_mutants,
        minutes=6,
    ),
    Campaign(
        "addresses",
        "a page opens at any address with no exception and nothing rendered that the address says",
        1_000,
        of_addresses,
        minutes=8,
    ),
)
