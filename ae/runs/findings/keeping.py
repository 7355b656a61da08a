"""The measured figures of questions: those that are part of the package, and those measured on this machine."""

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from ae.data.texts import duration
from ae.runs import files, folders
from ae.runs.findings.question import Question

KEPT = Path(__file__).resolve().parent / "kept"
"""The results that are shipped, one small file for each question."""

OWN = "finding-{}.json"
"""The result of a question in the folder of the runs that it was measured on."""

DIGITS = 5
"""Significant digits of the figures that are kept."""


@dataclass(frozen=True)
class Finding:
    """What was measured to answer a question."""

    question: str
    """Its name."""
    dataset: str
    seeds: tuple[int, ...]
    runs: int
    """The number of runs."""
    training_seconds: float
    """What training them took, added up."""
    measuring_seconds: float
    date: str
    machine: str
    torch: str
    """The version of PyTorch."""
    rows: pd.DataFrame
    """The measured figures."""

    @property
    def measured_on(self) -> str:
        """When and where it was measured, how many runs it took, and how long, in words."""
        counts = ((self.runs, "run"), (len(self.seeds), "seed"))
        runs, seeds = (f"{count} {what}{'s' * (count != 1)}" for count, what in counts)
        return (
            f"Measured {self.date} on {self.machine}, PyTorch {self.torch}: {runs}, n = {seeds}, "
            f"{duration(self.training_seconds + self.measuring_seconds)} of training and measuring, summed over them."
        )


def write(finding: Finding, path: Path) -> None:
    """Write a finding, with its figures rounded to ``DIGITS``, and each text once.

    Raises:
        OSError: the file can't be written.
    """
    content = {name: value for name, value in vars(finding).items() if name != "rows"}
    content |= {
        "training_seconds": round(finding.training_seconds),
        "measuring_seconds": round(finding.measuring_seconds),
    }
    rows, texts = finding.rows.copy(), {}
    for name in rows.select_dtypes(exclude="number"):
        codes, values = pd.factorize(rows[name])
        rows[name], texts[name] = codes, list(values)
    content |= {"columns": list(rows.columns), "texts": texts}
    head = json.dumps(content, indent=1).removesuffix("\n}")
    lines = [json.dumps([_short(value) for value in row], separators=(",", ":")) for row in rows.to_numpy(object)]
    table = ",\n  ".join(lines)
    files.replace(path, f'{head},\n "rows": [\n  {table}\n ]\n}}\n'.encode())


def read(path: Path) -> Finding | None:
    """Return a finding; None if there is none, or the file is damaged or of another version."""
    try:
        content: dict[str, Any] = json.loads(files.read_text(path))
        rows = pd.DataFrame(content.pop("rows"), columns=content.pop("columns"))
        for name, texts in content.pop("texts").items():
            rows[name] = [texts[code] for code in rows[name]]
        return Finding(**{**content, "seeds": tuple(content["seeds"])}, rows=rows)
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return None


def own_file(question: Question) -> Path:
    """Return where the result of a question is written when it is measured."""
    return folders.runs_folder() / OWN.format(question.name)


def kept_file(question: Question) -> Path:
    """Return where the shipped result of a question is, if it has one."""
    return KEPT / f"{question.name}.json"


def kept(question: Question) -> Finding | None:
    """Return the shipped result of a question; None if it has none."""
    return read(kept_file(question))


def newest(question: Question) -> Finding | None:
    """Return the result of a question that was measured on this machine, or else the shipped one; None if neither."""
    return next(filter(None, (_usable(question, found) for found in (read(own_file(question)), kept(question)))), None)


def _usable(question: Question, found: Finding | None) -> Finding | None:
    """Return a finding if its figures answer its question: those of another version may lack a column."""
    try:
        return found if found and question.answer(found.rows) and question.panels(found.rows) else None
    except Exception:  # pandas can raise almost anything
        return None


def _short(value: Any) -> Any:  # noqa: ANN401
    """Return a figure as JSON has it, rounded; None for NaN."""
    if hasattr(value, "item"):  # a number of NumPy
        value = value.item()
    if not isinstance(value, float):
        return value
    return float(f"{value:.{DIGITS}g}") if math.isfinite(value) else None
