"""Findings shows every question with its answer and figures, or how to measure it."""

import json
import re
import shutil

import pytest
from screens import charts, screen, words

from ae import PROJECT
from ae.plots.findings_rows import long_names
from ae.plots.findings_shape import is_numeric
from ae.plots.sketch import stressed
from ae.runs import reading
from ae.runs.findings import keeping
from ae.runs.findings.questions import QUESTIONS
from ae.ui import findings

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
    (button,) = [each for each in screen(FINDINGS).button if each.key.startswith("open_")]
    assert button.label == question.sentence
    app = screen(FINDINGS, question="epochs")
    said = words(app)
    short, _, why = question.answer(keeping.kept(question).rows).partition(": ")
    assert [each.value for each in app.title] == [question.sentence] and not app.header  # one heading, not two
    assert question.context and question.context in said
    alone, reason = f"**{short}.**", f"{why[0].upper()}{why[1:].partition('. ')[0]}."
    assert {alone, reason} <= {each.value for each in app.markdown}  # the answer has a paragraph of its own
    assert why.partition(". ")[2] in said
    assert question.method in said and "Measured 2026-01-02 on 2 cores, PyTorch 2.0: 2 runs, n = 2 seeds" in said
    assert [each.value for each in app.code] == ["python -m ae study epochs"]
    first, _ = charts(app)
    assert first["data"][1]["y"] == pytest.approx([1 + 1 / 18, 0.02 + 1 / 18, 0.01 + 1 / 18])
    assert first["data"][1]["error_y"]["array"] == pytest.approx([1 / 18] * 3)
    for chart in app.get("plotly_chart"):
        assert len(chart.proto.alt) > 10
    runs.mkdir()
    shutil.copy(tmp_path / "epochs.json", keeping.own_file(question))
    (tmp_path / "epochs.json").unlink()
    assert len(charts(screen(FINDINGS, question="epochs"))) == len(charts(app))


def test_every_answered_question_opens_from_its_card_and_leads_to_the_next():
    answered = [name for name, question in QUESTIONS.items() if keeping.newest(question)]
    app = screen(FINDINGS)
    assert [button.key for button in app.button if button.key.startswith("open_")] == [
        f"open_{name}" for name in answered
    ]
    assert not charts(app)
    app.button(key=f"open_{answered[0]}").click().run()
    for name in answered:
        assert [each.value for each in app.title] == [QUESTIONS[name].sentence]
        assert f"{answered.index(name) + 1} of {len(answered)}" in words(app)
        panels = QUESTIONS[name].panels(keeping.newest(QUESTIONS[name]).rows)
        two = [panel for panel in panels if not is_numeric(panel) and long_names(panel)]  # one for a phone as well
        assert len(charts(app)) == len(panels) + len(two)
        last = name == answered[-1]
        assert [button.key for button in app.button][:3] == ["all", "back", "next"]  # in the same place on each
        assert app.button(key="next").disabled == last and app.button(key="back").disabled == (name == answered[0])
        assert (app.button(key="all").proto.type == "primary") == last  # what comes after the last is the way back
        if not last:
            app.button(key="next").click().run()
    app.button(key="back").click().run()
    assert [each.value for each in app.title] == [QUESTIONS[answered[-2]].sentence]
    app.button(key="all").click().run()
    assert [each.value for each in app.title] == ["Findings"] and not charts(app)


def test_a_question_has_the_link_to_try_it_only_where_its_runs_are_here(monkeypatch):
    name = [*QUESTIONS][-1]
    for query, links in (("", 1), ("run=not-here", 0)):
        monkeypatch.setitem(findings.TO_TRY, name, ("compare", "Compare", query))
        app = screen(FINDINGS, question=name)
        assert len(app.get("page_link")) - len(screen(FINDINGS).get("page_link")) == links


def test_the_question_on_dimensions_shows_a_digit_at_each_size_and_how_it_was_trained(runs, monkeypatch):
    monkeypatch.setattr(findings, "finished_here", list)  # the images need no dataset
    for name in ("shipped-best-z2", "shipped-best-z8", "shipped-best-z16"):
        shutil.copytree(PROJECT / "checkpoints" / name, runs / name)
    app = screen(FINDINGS, question="dimensions")
    (shown,) = [each.proto.body for each in app.get("html") if "ae-cells" in each.proto.body]
    sizes = {run.recipe.code_size: run for run in findings.runs_to_try("dimensions")}
    assert len(sizes) == 3
    for size, run in sizes.items():
        assert f"<span>{size} units</span>" in shown
        assert f"{1 - reading.read_metrics(run)['knn_accuracy']:.1%} confused" in shown
    (said,) = [each.value for each in app.caption if each.value.startswith("One test digit")]
    assert "preset Best" in said and f"{run.recipe.epochs} epochs, confuses fewer digits" in said


def test_a_question_whose_runs_are_not_here_shows_no_digit(monkeypatch):
    monkeypatch.setitem(findings.TO_TRY, "dimensions", ("compare", "Compare", "runs=not-here"))
    app = screen(FINDINGS, question="dimensions")
    assert not [each for each in app.get("html") if "ae-cells" in each.proto.body]
    assert not [each for each in app.caption if each.value.startswith("One test digit")]


def test_a_card_has_its_answer_and_names_both_axes_of_its_thumbnail():
    app = screen(FINDINGS)
    sketches = [
        each.proto.body for each in app.get("html") if "sketch" in each.proto.body and "<img" in each.proto.body
    ]
    for question, sketch in zip(QUESTIONS.values(), sketches, strict=True):
        rows = keeping.newest(question).rows
        panel = question.panels(rows)[0]
        above, below = re.findall("<div>([^<]+)<(?:/div|i)>", sketch)
        up, right = (panel.brief, panel.brief_x) if is_numeric(panel) else (panel.brief_x, panel.brief)
        assert up and right and above.removeprefix("↑ ") == up and below == f"{right} →"
        assert above.startswith("↑") == is_numeric(panel)
        assert max(len(above), len(below)) <= 14  # the sketch is 104 pixels wide on a phone
        usual = re.findall("<i>([^<]+)</i>", sketch)
        assert bool(usual) == bool(panel.baseline) and all(each in panel.baseline.name for each in usual)
        names = re.findall('<b style="--c:#[0-9a-fA-F]+">([^<]+)</b>', sketch)
        lines = stressed(panel) if is_numeric(panel) else ["better", "worse"]
        assert names == (lines if len(lines) > 1 else []) and sum(map(len, names)) <= 16
        assert f"**{question.answer(rows).partition(': ')[0]}.**" in words(app)


def test_charts_of_one_number_come_before_those_of_many_kinds_or_settings():
    first = [is_numeric(question.panels(keeping.kept(question).rows)[0]) for question in QUESTIONS.values()]
    assert first == sorted(first, reverse=True)
    assert next(iter(QUESTIONS)) == "dimensions" and [*QUESTIONS][-1] == "ingredients"


def test_the_remark_on_pca_is_below_the_answer_and_before_the_charts():
    app = screen(FINDINGS, question="dimensions")
    question = QUESTIONS["dimensions"]
    (note,) = [panel.note for panel in question.panels(keeping.newest(question).rows) if panel.note]
    said = [each.value for each in app.markdown]
    assert note.startswith("PCA, the best linear autoencoder, confuses fewer digits from 32 units on")
    assert said[said.index(note) - 2] == f"**{question.answer(keeping.newest(question).rows).partition(': ')[0]}.**"
    assert note not in [each.value for each in app.caption]


@pytest.mark.parametrize("name", QUESTIONS)
def test_the_note_below_the_charts_names_only_what_they_show_and_comes_after_them(name):
    app = screen(FINDINGS, question=name)
    panels = QUESTIONS[name].panels(keeping.newest(QUESTIONS[name]).rows)[:2]
    parts = [(len(part) > 1, is_numeric(panel)) for panel in panels for part in panel.parts.values()]
    (note,) = [each.value for each in app.caption if "least to the greatest" in each.value]
    assert ("bands" in note) == ((True, True) in parts)
    assert ("bars" in note) == any(not numeric or not several for several, numeric in parts)


def test_a_question_that_needs_no_reason_begins_with_its_answer():
    question = QUESTIONS["dimensions"]
    assert not question.context
    app = screen(FINDINGS, question="dimensions")
    answer = f"**{question.answer(keeping.newest(question).rows).partition(': ')[0]}.**"
    shown = [each for each in app.main if each.type in ("markdown", "caption")]
    assert answer in [each.value for each in app.markdown] and all(each.value for each in shown)


def test_an_unknown_question_is_said_and_all_are_shown():
    app = screen(FINDINGS, question="`nonsense`")
    assert "There is no question called \\`nonsense\\`. All questions are below." in app.warning[0].value
    assert [button for button in app.button if button.key.startswith("open_")]
