"""Store results: new ones in ``results/`` (ignored by git), those that the documents quote in ``kept/``."""

import json
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ae.runs import files, machine

Result = dict[str, Any]
"""The result of a benchmark, with its date and machine."""

RESULTS = Path(__file__).resolve().parent / "results"
KEPT = Path(__file__).resolve().parent / "kept"


def save(name: str, result: Result) -> Result:
    """Write a new result to ``results/``, which git ignores, and print it as one line of JSON."""
    result = {"benchmark": name, **machine.about(), **result}
    RESULTS.mkdir(exist_ok=True)
    files.replace(RESULTS / f"{name}.json", (json.dumps(result, indent=1) + "\n").encode())
    print(json.dumps(result))
    return result


def keep(names: Iterable[str]) -> None:
    """Copy new results to ``kept/``, from which the documents are written.

    Raises:
        ValueError: there is no new result of that name.
    """
    names = [name.replace("-", "_") for name in names]
    for name in names:
        if not (RESULTS / f"{name}.json").is_file():
            here = ", ".join(sorted(path.stem for path in RESULTS.glob("*.json"))) or "none"
            raise ValueError(f"no new result {name!r} in {RESULTS}: choose from {here}")
    KEPT.mkdir(exist_ok=True)
    for name in names:
        shutil.copyfile(RESULTS / f"{name}.json", KEPT / f"{name}.json")


def kept() -> dict[str, Result]:
    """Return the kept results by name."""
    return {path.stem: json.loads(path.read_text()) for path in sorted(KEPT.glob("*.json"))}


def newest() -> dict[str, Result]:
    """Return the newest result of each benchmark: the new one, or else the kept one."""
    return kept() | {path.stem: json.loads(path.read_text()) for path in sorted(RESULTS.glob("*.json"))}
