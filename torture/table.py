"""Keep what campaigns counted, and write it as a table into docs/RELIABILITY.md, so that no figure is typed by hand."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ae.runs import files, machine
from torture.campaign import Campaign, Tally

KEPT = Path(__file__).resolve().parent / "kept.json"
DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "RELIABILITY.md"
BEGIN, END = "<!-- written by: make torture ARGS=--write -->", "<!-- end of the generated table -->"

Row = dict[str, Any]
"""A tally, with its date and machine."""


def keep(tallies: Iterable[Tally]) -> None:
    """Add the tallies to those kept, each in place of the last one of its campaign."""
    about = machine.about()
    new = {tally.name: {**asdict(tally), "date": about["date"], "machine": about["machine"]} for tally in tallies}
    files.replace(KEPT, files.to_json(kept() | new))


def kept() -> dict[str, Row]:
    """Return the kept tallies by the names of their campaigns."""
    return dict(json.loads(KEPT.read_text(encoding="utf-8"))) if KEPT.exists() else {}


def table(campaigns: Iterable[Campaign], rows: dict[str, Row]) -> str:
    """Return the table of the campaigns that were run, and what was lost, if anything."""
    counted = [(campaign, rows[campaign.name]) for campaign in campaigns if campaign.name in rows]
    lines = [
        "| campaign | what holds after every trial | tried | survived | lost | seed |",
        "|---|---|--:|--:|--:|--:|",
    ]
    for campaign, row in counted:
        tried, lost = row["tried"], len(row["lost"])
        lines.append(
            f"| {campaign.name} | {campaign.promise} | {tried:,} | {tried - lost:,} | {lost:,} | {row['seed']} |"
        )
    tried, lost = sum(row["tried"] for _, row in counted), sum(len(row["lost"]) for _, row in counted)
    lines.append(f"| **all** | | **{tried:,}** | **{tried - lost:,}** | **{lost:,}** | |")
    lines += ["", *(f"- {campaign.name}, {wrong}" for campaign, row in counted for wrong in row["lost"])]
    places = dict.fromkeys(f"{row['date']}, on {row['machine']}" for _, row in counted)
    return "\n".join([*lines, f"Counted on {'; '.join(places)}."])


def write(campaigns: Iterable[Campaign]) -> None:
    """Write the kept tallies into the document, between its marks."""
    before, rest = DOCUMENT.read_text(encoding="utf-8").split(BEGIN)
    text = f"{before}{BEGIN}\n\n{table(campaigns, kept())}\n\n{END}{rest.split(END)[1]}"
    DOCUMENT.write_text(text, encoding="utf-8")
