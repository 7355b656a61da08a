"""Hostile values on the command line, in place of any argument of any command."""

import contextlib
import io
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any, NoReturn

import pytest

from ae.cli import dashboard
from ae.cli.main import main
from ae.data import datasets, download
from ae.data.sources import DataError
from torture import copies, hostile, runs
from torture.campaign import Campaign
from torture.texts import unfit
from torture.watched import Watched

SECONDS = 10.0
"""The most processor time for a command: some train, measure or write a picture."""

USUAL = {
    "train": "--dataset digits --epochs 1 --batch-size 64 --validation-images 16 --code-size 2 --name N",
    "resume": "a-run --epochs 3",
    "stop": "a-run",
    "list": "--json",
    "show": "a-run",
    "evaluate": "a-run --json",
    "compare": "a-run whole --baseline whole --csv OUT.csv",
    "reconstruct": "a-run -i 0-3 -o OUT.png",
    "interpolate": "a-run --from 0 --to 3 -n 3 --way linear -o OUT.png",
    "denoise": "a-run --noise gaussian --strength 0.3 --seed 1 --sample 5 -i 0-3 -o OUT.png",
    "latent": "a-run --csv OUT.csv -o OUT.png",
    "decode": "a-run --code=0.5,-1.2 --seed 0 -o OUT.png",
    "replay": "a-run -o OUT.gif",
    "rename": "a-run Another",
    "tag": "a-run one two",
    "delete": "a-run --yes",
    "presets": "",
    "download": "mnist",
    "app": "--port 8501",
}
"""Every command with arguments that are right; OUT stands for a folder to write into."""

FLAGS = (
    *("--preset", "--name", "-s", "-p", "--model", "-z", "-e", "-b", "--activation", "--code-activation", "--init"),
    *("--dataset", "--validation-images", "--optimiser", "--learning-rate", "--schedule", "--weight-decay", "--loss"),
    *(
        "--augmentation",
        "--noise",
        "--noise-levels",
        "--beta",
        "--penalty",
        "--top-k",
        "--seed",
        "--precision",
        "--device",
        "--epochs",
    ),
    *("--worst", "--best", "--class", "--random", "--own", "--corners", "--sample", "--layers", "--tsne", "--codes"),
    *("--no-clip", "--json", "--queued", "--baseline", "-i", "-o", "--strength", "--way", "-n", "--help", "--port"),
)


def trials(chance: Random) -> Iterator[str]:
    """Run one command after another in a fresh folder of two runs."""
    with tempfile.TemporaryDirectory() as made, runs.made(Path(made) / "made") as whole:
        folder, out = Path(made) / "runs", Path(made) / "out"
        environment = {"AE_CHECKPOINTS": str(folder), "AE_DATA": str(Path(made) / "data")}
        with Watched("torture.values:call", environment=environment, seconds=SECONDS) as child:
            while True:
                for each in (folder, out):
                    each.mkdir()
                copies.copy(whole[-1].path, folder / "whole")
                copies.copy(chance.choice(whole).path, folder / "a-run")
                words = arguments(chance, out)
                try:
                    yield (wrong := child.do({"arguments": words})) and f"{wrong} ({words!a})"[:600]
                finally:
                    for each in (folder, out):
                        shutil.rmtree(os.fsencode(each), ignore_errors=True)


def arguments(chance: Random, out: Path) -> list[str]:
    """Return a command line with one or two hostile arguments."""
    name = chance.choice(list(USUAL))
    words = [word.replace("OUT", str(out / "made")) for word in USUAL[name].split()]
    for _ in range(chance.choice((1, 1, 2))):
        value = str(chance.choice(hostile.NUMBERS)) if chance.random() < 0.5 else hostile.text(chance)
        value = value.replace("\0", "").encode("utf-8", errors="replace").decode()  # no system passes these
        kind = chance.randrange(4)
        if kind == 0 or not words:
            words += [chance.choice(FLAGS), value][: chance.choice((1, 2, 2))]
        elif kind == 1 and any(str(out) in word for word in words):
            at = next(i for i, word in enumerate(words) if str(out) in word)
            words[at] = str(out / value) + chance.choice(("", Path(words[at]).suffix))
        else:
            words[chance.randrange(len(words))] = value
    if chance.random() < 0.03:
        name = hostile.text(chance).replace("\0", "").encode("utf-8", errors="replace").decode()
    return [name, *words]


def call(task: dict[str, Any]) -> str:
    """Run a command in this process, without a network and without a server; return what went wrong."""
    said, complained = io.StringIO(), io.StringIO()
    with (
        pytest.MonkeyPatch.context() as patch,
        contextlib.redirect_stdout(said),
        contextlib.redirect_stderr(complained),
    ):
        patch.setattr(dashboard, "serve", lambda *_: 0)
        patch.setattr(download, "download", _no_network)
        patch.setattr(datasets, "load", lambda name, *_, **__: runs.few() if name == "digits" else _no_network())
        try:
            code = main(task["arguments"])
        except SystemExit as leaving:
            code = leaving.code
    text = complained.getvalue().strip()
    if code not in (0, 1, 2):
        return f"exit code {code}"
    if "Traceback" in text:
        return f"a traceback: {text[-300:]}"
    if code == 0:
        return ""
    return unfit(text.split("\n")[-1]) if text else "no sentence"


def _no_network(*_: object, **__: object) -> NoReturn:
    raise DataError("this machine has no network")


CAMPAIGNS = (
    Campaign(
        "values",
        "a command with hostile arguments succeeds, or ends with exit code 1 or 2 and one sentence, never a traceback",
        1_000,
        trials,
        minutes=5,
    ),
)
