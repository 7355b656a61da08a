"""Write docs/FINDINGS.md from the results that are kept, so that no figure is typed by hand."""

import shutil
from pathlib import Path

from ae import PROJECT
from ae.plots import findings_svg
from ae.plots.findings_shape import alt, row_text
from ae.runs import files
from ae.runs.findings import keeping
from ae.runs.findings.keeping import Finding
from ae.runs.findings.question import Panel, Question
from ae.runs.findings.questions import QUESTIONS, command, not_measured
from ae.runs.sweep_study import shown

DOCS = PROJECT / "docs"
PICTURES = "findings"
"""The folder of the figures, in ``DOCS``."""

HEAD = """# Findings

Questions that the course's reports leave open, each answered by training the runs of a grid with several seeds.
`python -m ae study --write` draws every figure and computes every answer here from the results in
[ae/runs/findings/kept](../ae/runs/findings/kept); the screen Findings shows the same. In the figures, points are means
over *n* seeds, and bars reach from the least to the greatest value. In the text, ± is their standard deviation, and two
kinds of runs differ clearly, or beyond the spread between seeds, if all runs of one are above all of the other.
"""


def write() -> list[Path]:
    """Keep the results that were measured on this machine in the package, and write the document; return the files.

    Raises:
        ValueError: this is an installed package, which has no documents.
        OSError: a file can't be written.
    """
    if not (DOCS / "FINDINGS.md").is_file():
        raise ValueError(f"there is no {DOCS / 'FINDINGS.md'} to write: --write works in a checkout of the project")
    written = []
    for question in QUESTIONS.values():
        own = keeping.own_file(question)
        if keeping.read(own):
            keeping.KEPT.mkdir(exist_ok=True)
            shutil.copyfile(own, keeping.kept_file(question))
        if finding := keeping.kept(question):
            (DOCS / PICTURES).mkdir(exist_ok=True)
            picture = DOCS / PICTURES / f"{question.name}.svg"
            files.replace(picture, findings_svg.svg(question.panels(finding.rows)), sync=False)
            written.append(picture)
    files.replace(DOCS / "FINDINGS.md", text().encode(), sync=False)
    return [*written, DOCS / "FINDINGS.md"]


def text() -> str:
    """Return the document, in Markdown."""
    found = [(question, keeping.kept(question)) for question in QUESTIONS.values()]
    answered_first = sorted(found, key=lambda each: each[1] is None)
    return "\n".join([HEAD, *(_section(question, finding) for question, finding in answered_first)])


def _section(question: Question, finding: Finding | None) -> str:
    short, _, why = (question.answer(finding.rows) if finding else not_measured(question)).partition(": ")
    parts = [f"## {question.sentence}", *[question.context] * bool(question.context)]
    parts.append(f"**{short}:** {why}" if finding else f"{short}: `{why}`")
    if finding:
        panels = question.panels(finding.rows)
        parts += [panel.note for panel in panels if panel.note]
        parts.append(f"![{'; '.join(map(alt, panels))}]({PICTURES}/{question.name}.svg)")
        parts += map(_table, panels)
    parts.append(f"*How it is measured:* {question.method}{f' {finding.measured_on}' if finding else ''}")
    if finding:
        parts.append(f"`{command(question)}` repeats it.")
    return "\n\n".join(parts) + "\n"


def _table(panel: Panel) -> str:
    """Return the means of a chart, with the least and the greatest value where they differ, as a Markdown table.

    Relative changes are shown as what they are changes of.
    """
    what, usual = panel.of or (panel.measures, 0.0)
    form = ".4f" if panel.of else panel.form
    heads = [name or f"{what[0].upper()}{what[1:]}" for name in panel.parts]
    values: dict[str, dict[str, str]] = {}
    if panel.baseline:
        values[panel.baseline.name] = dict.fromkeys(heads, f"{usual or panel.baseline.value:{form}}")
    for head, part in zip(heads, panel.parts.values(), strict=True):
        for row in part.to_dict("records"):
            figures = [row[name] for name in ("mean", "least", "most")]
            mean, least, most = (f"{usual * (1 + each) if panel.of else each:{form}}" for each in figures)
            spread = f" ({least} to {most})" if least != most else ""
            share = f", {row_text(panel, row[panel.x], row['mean'])[0]}" if panel.of else ""
            values.setdefault(shown(row[panel.x]), {})[head] = f"{mean}{spread}{share}"
    lines = [[x, *(found.get(head, "") for head in heads)] for x, found in values.items()]
    table = [[panel.x_label, *heads], ["---"] * (len(heads) + 1), *lines]
    about = f" ({panel.measures})" if any(panel.parts) else ""
    return "\n".join([f"{panel.title}{about}:\n", *("| " + " | ".join(line) + " |" for line in table)])
