"""Export a run for other tools, and report on runs as one HTML file."""

import argparse
from pathlib import Path

from ae.cli import writing
from ae.cli.command import OK, RUN, Command, add_run
from ae.runs import folders
from ae.runs.exports import formats
from ae.runs.exports.formats import FORMATS


def _export(options: argparse.Namespace) -> int:
    chosen = options.format or formats.of_ending(options.out.name)
    if not chosen:
        raise ValueError(f"{options.out}: its name does not tell the format: add --format {'|'.join(FORMATS)}")
    if chosen not in FORMATS:
        raise ValueError(f"unknown format {chosen!r}: choose from {', '.join(FORMATS)}")
    ending = FORMATS[chosen].ending
    run = folders.find(options.run)
    if ending:
        writing.check(options.out, ending)
        (content,) = formats.files(run, chosen).values()
        writing.write(options.out, content)
    else:
        writing.check_folder(options.out)
        writing.write_folder(options.out, formats.files(run, chosen))
    print(f"{FORMATS[chosen].title} written to {options.out}")
    return OK


def _export_arguments(parser: argparse.ArgumentParser) -> None:
    add_run(parser)
    kinds = "; ".join(f"{name}: {each.sentence[0].lower()}{each.sentence[1:-1]}" for name, each in FORMATS.items())
    parser.add_argument(
        "--format", metavar="|".join(FORMATS), help=f"{kinds} (default: what the ending of the file's name tells)"
    )
    folder = " and ".join(name for name, each in FORMATS.items() if not each.ending)
    parser.add_argument(
        "-o", dest="out", type=Path, required=True, metavar="PATH", help=f"the file to write; a new folder for {folder}"
    )


def _report(options: argparse.Namespace) -> int:
    writing.check(options.out, ".html")
    from ae.cli import choosing
    from ae.plots.report import page

    content = page.report(choosing.runs(options.runs), options.template)
    writing.write(options.out, content)
    print(f"Report written to {options.out}")
    return OK


def _report_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("runs", nargs="+", metavar="RUN", help=f"{RUN}; several are compared")
    parser.add_argument(
        "--template",
        default="standard",
        metavar="standard|coursework",
        help="coursework has the sections of the lab's report, with places for your own words (standard)",
    )
    parser.add_argument("-o", dest="out", type=Path, required=True, metavar="FILE.html", help="the report to write")


COMMANDS = {
    "export": Command(_export, _export_arguments),
    "report": Command(_report, _report_arguments),
}
