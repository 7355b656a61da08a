"""The command ``study`` answers a question, goes on after an interruption, and writes the document."""

from dataclasses import replace

import pytest
from few_runs import SEEDS, small

from ae.plots import findings_file
from ae.runs import estimate, queue
from ae.runs.findings import keeping, questions
from ae.runs.findings.question import Scope
from ae.runs.folders import list_runs
from ae.runs.recording import record
from ae.runs.sweeping import LocalEngine

pytestmark = pytest.mark.usefixtures("on_few")


@pytest.fixture(autouse=True)
def on_digits(monkeypatch, tmp_path):
    """One small question, asked of the digits, whose result is the only one."""
    question = small(questions.QUESTIONS["epochs"])
    monkeypatch.setattr(type(question), "scope", Scope("digits", SEEDS))
    monkeypatch.setattr(questions, "QUESTIONS", {"epochs": question})
    monkeypatch.setattr(findings_file, "QUESTIONS", {"epochs": question})
    monkeypatch.setattr(keeping, "KEPT", tmp_path / "kept")
    monkeypatch.setattr(findings_file, "DOCS", tmp_path / "docs")
    monkeypatch.setattr(estimate, "timed", lambda recipe, threads: 2.0)
    return question


@pytest.fixture
def trained(monkeypatch):
    """Train in this process; return the runs that were trained, by seed, and how many may be before Ctrl-C."""
    done, most = [], [9]

    def train(self, runs, *, report, stopped):
        for run in runs[: most[0]]:
            done.append(run.recipe.seed)
            queue.prepare(run)
            list(record(run))
            report(run, queue.state(run))

    monkeypatch.setattr(LocalEngine, "train", train)
    return done, most


def test_a_question_that_is_not_there_is_refused_with_those_that_are(call):
    code, _, complaint = call("study", "why")
    assert code == 2
    assert complaint == "python -m ae: there is no question 'why': choose from epochs\n"
    assert list_runs() == []


def test_a_question_about_digits_is_not_asked_of_other_images(call, monkeypatch, on_digits):
    monkeypatch.setattr(questions, "QUESTIONS", {"epochs": replace(on_digits, digits=True)})
    code, _, complaint = call("study", "epochs", "--dataset", "fashion-mnist")
    assert code == 2 and "epochs can only be asked of digits: fashion-mnist shows something else" in complaint


def test_without_a_question_all_are_listed_with_how_to_measure_them(call):
    code, printed, _ = call("study")
    assert code == 0
    assert "epochs: Is 50 epochs too long?\nNot answered yet." in printed and "python -m ae study epochs" in printed


def test_a_question_is_answered_and_goes_on_where_it_was_stopped(call, trained, on_digits):
    done, most = trained
    most[0] = 1
    code, printed, complaint = call("study", "epochs", "--workers", "1")
    assert code == 1 and "2 to train, in about " in printed and "1 of 2 runs are finished" in complaint
    assert keeping.newest(on_digits) is None
    code, printed, _ = call("study", "epochs", "--workers", "1")
    assert code == 0 and "2 runs: 1 finished already" in printed and done == [0, 1]
    answer = on_digits.answer(keeping.newest(on_digits).rows)
    assert answer in printed and f"{answer}\n" in call("study")[1]
    assert {run.tags for run in list_runs()} == {("sweep:study: epochs",)}


def test_an_answer_about_other_seeds_is_shown_but_not_kept(call, trained, on_digits):
    code, printed, _ = call("study", "epochs", "--seeds", "4")
    assert code == 0 and trained[0] == [4] and "This is not kept" in printed
    assert keeping.newest(on_digits) is None


def test_write_keeps_the_result_and_writes_the_document(call, trained, on_digits):
    code, _, complaint = call("study", "--write")
    assert code == 2 and "--write works in a checkout" in complaint
    findings_file.DOCS.mkdir()
    (findings_file.DOCS / "FINDINGS.md").touch()
    assert call("study", "--write")[0] == 0
    assert "Not answered yet." in (findings_file.DOCS / "FINDINGS.md").read_text()
    assert call("study", "epochs", "--write")[0] == 0
    kept = keeping.kept(on_digits)
    document = (findings_file.DOCS / "FINDINGS.md").read_text()
    assert on_digits.answer(kept.rows).partition(": ")[2] in document and kept.measured_on in document
    assert "(findings/epochs.svg)" in document
    picture = (findings_file.DOCS / "findings" / "epochs.svg").read_bytes()
    keeping.write(replace(kept, rows=kept.rows.assign(loss=2 * kept.rows["loss"])), keeping.own_file(on_digits))
    assert call("study", "--write")[0] == 0
    assert (findings_file.DOCS / "findings" / "epochs.svg").read_bytes() != picture
    assert (findings_file.DOCS / "FINDINGS.md").read_text() != document
