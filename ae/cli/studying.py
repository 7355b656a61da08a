"""Answer questions by training the runs that are missing, and measuring all."""

import argparse
import math

from ae.cli import data, sweeping
from ae.cli.command import OK, Command, note
from ae.data import sources
from ae.data.texts import duration
from ae.runs import grid, queue
from ae.runs.findings import keeping, measuring, questions
from ae.runs.findings.question import Question, Scope
from ae.runs.sweeping import LocalEngine, usual_workers


def _study(options: argparse.Namespace) -> int:
    asked = [questions.find(name) for name in options.questions]
    if options.all:
        asked = list(questions.QUESTIONS.values())
    if not asked and not options.write:
        print("\n\n".join(map(_known, questions.QUESTIONS.values())))
        return OK
    for question in asked:
        code = _measured(question, options)
        if code != OK:
            return code
    if options.write:
        from ae.plots import findings_file

        for path in findings_file.write():
            print(f"Written: {path}")
    return OK


def _study_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "questions",
        nargs="*",
        metavar="QUESTION",
        help="; ".join(questions.QUESTIONS) + ": what to measure; without "
        "one, all questions are listed with their answers",
    )
    parser.add_argument("--all", action="store_true", help="measure every question")
    parser.add_argument("--seeds", nargs="+", metavar="SEEDS", help="other seeds than the question's, as 0-9 or 0 3 7")
    parser.add_argument("--dataset", default="", metavar="NAME", help="another dataset than MNIST, such as digits")
    parser.add_argument(
        "--workers",
        type=int,
        default=usual_workers(),
        metavar="N",
        help=f"processes that train at the same time, each with its share of the cores (default: {usual_workers()})",
    )
    parser.add_argument(
        "--write",
        action="store_true",
        help="keep new results in the project, and write docs/FINDINGS.md from those kept",
    )


def _known(question: Question) -> str:
    """Return a question and its answer, or how it is measured, as lines for the terminal."""
    found = keeping.newest(question)
    answer = question.answer(found.rows) if found else questions.not_measured(question)
    return f"{question.name}: {question.sentence}\n{answer}"


def _measured(question: Question, options: argparse.Namespace) -> int:
    """Train what is missing for a question, measure it, and print its answer; return the exit code."""
    usual = question.scope
    scope = Scope(options.dataset or usual.dataset, grid.seeds(options.seeds) if options.seeds else usual.seeds)
    if question.digits and not sources.find(scope.dataset).digits:
        raise ValueError(f"{question.name} can only be asked of digits: {scope.dataset} shows something else")
    engine = LocalEngine(options.workers)
    made = measuring.plan(question, scope)
    queue.check_room(len(made.to_train))
    data.download_if_missing(scope.dataset)
    total = len(made.finished) + len(made.to_train)
    print(f"{question.sentence}\n{made}")
    if made.to_train:
        seconds = sweeping.seconds_of(made, engine) / options.workers
        time = "" if math.isnan(seconds) else f", in about {duration(seconds)}"
        print(f"{len(made.to_train)} to train{time} with {options.workers} worker{'s' * (options.workers > 1)}")
        code = sweeping.train(engine, measuring.create(question, scope, threads=engine.threads), total, options.workers)
        if code != OK:
            return code
    runs = measuring.finished(question, scope)
    finding = measuring.measure(question, scope, runs, say=note)
    print(f"{question.answer(finding.rows)}\n{finding.measured_on}")
    if scope == usual:
        keeping.write(finding, keeping.own_file(question))
        print("The screen Findings shows it.")
    else:
        print("This is not kept, because the question is asked of other runs.")
    return OK


COMMANDS = {"study": Command(_study, _study_arguments)}
