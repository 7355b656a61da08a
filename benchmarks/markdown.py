"""Helpers for the tables: Markdown, a mean with its range, the date and machine of a result."""

import statistics
from collections.abc import Iterable, Sequence
from typing import Any

from benchmarks.keeping import Result

NONE = "–"


def table(heads: Sequence[str], lines: Iterable[Sequence[object]]) -> str:
    """Return a Markdown table."""
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in (heads, ["---"] * len(heads), *lines))


def titled(title: str, heads: Sequence[str], lines: Sequence[Sequence[object]], result: Result, note: str = "") -> str:
    """Return a section: a heading, the date and machine of the measurement, and a table; empty without lines."""
    if not lines:
        return ""
    return f"## {title}\n\n{note + ' ' if note else ''}Measured {measured_on(result)}.\n\n{table(heads, lines)}"


def measured_on(result: Result) -> str:
    """Describe the date, the machine and the version of PyTorch of a result."""
    return f"{result['date']} on {result['machine']}, PyTorch {result['versions']['torch']}"


def spread(runs: Sequence[dict[str, Any]], key: str, form: str) -> str:
    """Return the mean over runs, and the range if the printed values differ; a dash if nothing was measured.

    If only some of the runs were measured, their number follows.
    """
    values = [run[key] for run in runs if key in run]
    if not values:
        return NONE
    mean, least, most = (form.format(value) for value in (statistics.mean(values), min(values), max(values)))
    text = mean if least == most else f"{mean} ({least} to {most})"
    return text if len(values) == len(runs) else f"{text} (n = {len(values)})"


def grouped(rows: Iterable[dict[str, Any]]) -> dict[tuple[str, int], list[dict[str, Any]]]:
    """Return the rows of each preset and bottleneck size."""
    groups: dict[tuple[str, int], list[dict[str, Any]]] = {}
    for row in rows:
        groups.setdefault((row["preset"], row["code_size"]), []).append(row)
    return groups
