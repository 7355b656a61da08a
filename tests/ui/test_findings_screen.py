"""Findings shows every question with its answer and figures, or how to measure it."""

import json
import shutil

import pytest
from screens import charts, screen, words

from ae.runs.findings import keeping
from ae.runs.findings.questions import QUESTIONS

pytestmark = pytest.mark.usefixtures("screens_alone")
FINDINGS = "pages/findings.py"


def test_without_results_it_says_how_to_measure_each_question(tmp_path, monkeypatch):
    monkeypatch.setattr(keeping, "KEPT", tmp_path)
    app = screen(FINDINGS)
    assert [each.value for each in app.subheader] == ["Not answered yet"]
    assert all(question.sentence in words(app) for question in QUESTIONS.values())
    assert [each.value for each in app.code] == [f"python -m ae study {name}" for name in QUESTIONS]
    assert not charts(app)


def test_a_result_is_shown_with_its_answer_its_figures_and_how_it_was_measured(runs, tmp_path, monkeypatch):
    question = QUESTIONS["epochs"]
    rows = [[epoch, seed, of, 1 / epoch + seed / 9] for epoch in (1, 50, 100) for seed in (0, 1) for of in (0, 1)]
    made = {
        "question": "epochs", "dataset": "mnist", "seeds": [0, 1], "runs": 2, "training_seconds": 90,
        "measuring_seconds": 3, "date": "2026-01-02", "machine": "2 cores", "torch": "2.0",
        "columns": ["epoch", "seed", "of", "loss"], "texts": {"of": ["Training", "Validation"]}, "rows": rows,
    }  # fmt: skip
    monkeypatch.setattr(keeping, "KEPT", tmp_path)
    (tmp_path / "epochs.json").write_text(json.dumps(made))
    app = screen(FINDINGS, epochs="true")
    said = words(app)
    short, _, why = question.answer(keeping.kept(question).rows).partition(": ")
    (folded,) = app.expander
    assert folded.label == f"**{question.sentence}** {short}."
    assert f"{why[0].upper()}{why[1:]}" in said
    assert question.method in said and "Measured 2026-01-02 on 2 cores, PyTorch 2.0: 2 runs, n = 2 seeds" in said
    assert [each.value for each in app.subheader] == ["Not answered yet"]
    assert len(app.code) == len(QUESTIONS)
    first, _ = charts(app)
    assert first["data"][1]["y"] == pytest.approx([1 + 1 / 18, 0.02 + 1 / 18, 0.01 + 1 / 18])
    assert first["data"][1]["error_y"]["array"] == pytest.approx([1 / 18] * 3)
    for chart in app.get("plotly_chart"):
        assert len(chart.proto.alt) > 10
    runs.mkdir()
    shutil.copy(tmp_path / "epochs.json", keeping.own_file(question))
    (tmp_path / "epochs.json").unlink()
    assert len(charts(screen(FINDINGS, epochs="true"))) == len(charts(app))


def test_answers_are_folded_and_a_link_unfolds_one():
    answered = [name for name, question in QUESTIONS.items() if keeping.newest(question)]
    app = screen(FINDINGS)
    assert [folded.label.split("**")[1] for folded in app.expander] == [QUESTIONS[name].sentence for name in answered]
    panels = {name: len(QUESTIONS[name].panels(keeping.newest(QUESTIONS[name]).rows)) for name in answered}
    assert not charts(app)
    app = screen(FINDINGS, interpolation="true")
    assert len(charts(app)) == panels["interpolation"]
