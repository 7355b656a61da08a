"""Findings shows every question with its answer and figures, or how to measure it."""

import base64
import io
import json
import re
import shutil

import numpy as np
import pytest
from PIL import Image
from screens import charts, screen, words

from ae.plots.findings_rows import long_names
from ae.plots.findings_shape import is_numeric, line_colours, x_values
from ae.plots.sketch import stressed
from ae.runs.findings import family, keeping
from ae.runs.findings.questions import GROUPED, QUESTIONS
from ae.ui import findings_try
from ae.ui.findings_sketch import digits, thumbnail
from ae.ui.recipe_form import ADVANCED

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
        last, keys = name == answered[-1], [button.key for button in app.button]
        trains = "train_found" in keys
        assert keys[:3] == ["all", "back", "train_found" if last and trains else "next"]  # in the same place on each
        assert keys.count("train_found") == trains and app.button(key="back").disabled == (name == answered[0])
        assert not any(app.button(key=key).disabled for key in keys[2:3] if not last or trains)
        assert (app.button(key="all").proto.type == "primary") == (last and not trains)  # one main button
        if not last:
            app.button(key="next").click().run()
    app.button(key="back").click().run()
    assert [each.value for each in app.title] == [QUESTIONS[answered[-2]].sentence]
    app.button(key="all").click().run()
    assert [each.value for each in app.title] == ["Findings"] and not charts(app)


def test_a_question_has_the_link_to_try_it_only_where_its_runs_are_here(monkeypatch):
    name = [*QUESTIONS][-1]
    for query, links in (("", 1), ("run=not-here", 0)):
        monkeypatch.setitem(findings_try.TO_TRY, name, ("compare", "Compare", query))
        app = screen(FINDINGS, question=name)
        assert len(app.get("page_link")) - len(screen(FINDINGS).get("page_link")) == links


def digit(app):
    """Return the rows of images on a page, and the captions on a test digit."""
    rows = [each.proto.body for each in app.get("html") if 'class="ae-cells' in each.proto.body]
    return rows, [each.value for each in app.caption if each.value.startswith("One test digit")]


def test_the_question_on_dimensions_shows_a_digit_at_each_size_of_its_charts():
    (shown,), (said, _) = digit(screen(FINDINGS, question="dimensions"))
    question = QUESTIONS["dimensions"]
    sizes = x_values(question.panels(keeping.newest(question).rows)[0])
    heads = re.findall("<span>([^<]+)</span>", shown)
    assert heads == ["Original", *(f"{size} units" for size in sizes)]
    assert re.findall('class="ae-label">([^<]+)<', shown) == ["Autoencoder", "PCA"]
    assert "one run each" in said


def test_the_question_on_settings_shows_a_digit_from_the_worst_to_the_best_row():
    (shown,), (said, again) = digit(screen(FINDINGS, question="ingredients"))
    assert again == said  # on a phone, where it is below the charts
    question = QUESTIONS["ingredients"]
    (panel,) = question.panels(keeping.newest(question).rows)
    first, *made = re.findall("<span>([^<]+)</span>", shown)
    rows = [panel.brief_rows[x_values(panel)[at]] for at in (-1, 0)]
    assert first == "Original" and [made[0].lower(), made[2].lower()] == [row.lower() for row in rows]
    assert made[1] == panel.baseline.name and "one run each" in said


def test_a_question_that_keeps_no_digit_shows_none():
    assert digit(screen(FINDINGS, question="width")) == ([], [])


def test_the_digits_of_a_card_are_those_that_were_measured():
    question = QUESTIONS["dimensions"]
    on_card = question.card(keeping.newest(question).rows)
    sketch = digits(on_card)
    drawn = [Image.open(io.BytesIO(base64.b64decode(each))) for each in re.findall('base64,([^"]+)"', sketch)]
    assert all(np.array_equal(image, each) for image, each in zip(drawn, on_card.values(), strict=True))
    assert sketch in [each.proto.body for each in screen(FINDINGS).get("html")]


def test_a_card_has_its_answer_and_its_thumbnail_names_its_axes_or_its_bars_with_their_values():
    app = screen(FINDINGS)
    sketches = [each.proto.body for each in app.get("html") if 'class="sketch"' in each.proto.body]
    for question, sketch in zip(QUESTIONS.values(), sketches, strict=True):
        rows = keeping.newest(question).rows
        assert f"**{question.answer(rows).partition(': ')[0]}.**" in words(app)
        if on_card := question.card(rows):
            assert re.findall(r'base64,[^"]+">([^<]+)</span>', sketch) == [*on_card] and len(on_card) == 3
            assert (
                on_card.keys() <= next(iter(question.pictures(rows).values())).keys() | {"Fast"}
                and "polyline" not in sketch
            )
            continue
        panel = question.panels(rows)[0]
        divs = re.findall("<div>(.*?)</div>", sketch)
        names = re.findall('<b style="--c:#[0-9a-fA-F]+">([^<]+)</b>', sketch)
        values = re.findall("<em[^>]*>([^<]+)</em>", sketch)
        if is_numeric(panel):
            across = re.findall("<span>([^<]+)</span>", re.search('class="across">(.*?)</div>', sketch)[1])
            ends = [f"{x_values(panel)[at]:,g}" for at in (0, -1)]
            said, better = re.fullmatch('([^<]+)<span class="better">(.*)</span>', divs[0]).groups()
            assert (said, better) == (panel.brief, f", {panel.better} is better") and across == [
                ends[0],
                panel.brief_x,
                ends[1],
            ]
            assert max(len(said), sum(map(len, across)) + 2) <= 18  # the sketch is 104 pixels wide on a phone
            lines = stressed(panel)
            assert [name.rpartition(" ")[0] for name in names] == (lines if len(lines) > 1 else [])
            assert (
                len(values) == (2 + (question.name == "epochs") if len(lines) == 1 else 0)
                and max(map(len, names), default=0) <= 16
            )
        else:
            every = [panel.brief_rows.get(row, row) for row in x_values(panel)]
            bars = re.findall("<span>([^<]+)</span>", sketch)
            assert divs == [f'{panel.brief}<span class="better">, {panel.better} is better</span>']
            assert bars == [every[0], panel.baseline.name, every[-1]] and len(values) == 3
            assert max(map(len, [*bars, panel.brief])) <= 16


def test_the_bars_of_a_thumbnail_are_as_long_as_their_values():
    question = QUESTIONS["ingredients"]
    panels = question.panels(keeping.newest(question).rows)
    sketch = thumbnail(panels[0], line_colours(panels))  # shown where no digit is kept
    assert "Preset Fast" in sketch
    values = [float(value) for value in re.findall("<em>([^<]+)</em>", sketch)]
    widths = [float(width) for width in re.findall("--w:([0-9.]+)", sketch)]
    assert widths == pytest.approx([value / max(values) for value in values], abs=3e-3)
    assert values[0] < values[1] < values[2]  # the best, the preset, the worst


@pytest.mark.parametrize("name", QUESTIONS)
def test_the_first_words_of_an_answer_have_a_number_unless_the_thumbnail_compares_two_lines(name):
    question = QUESTIONS[name]
    rows = keeping.kept(question).rows
    short = question.answer(rows).partition(": ")[0]
    assert re.search("[0-9]", short) or len(stressed(question.panels(rows)[0])) > 1


def test_in_each_group_charts_of_one_number_come_before_those_of_many_kinds_or_settings():
    for group in GROUPED.values():
        first = [is_numeric(question.panels(keeping.kept(question).rows)[0]) for question in group]
        assert first == sorted(first, reverse=True)
    assert next(iter(QUESTIONS)) == "dimensions" and [*QUESTIONS][-1] == "ingredients"


def test_the_cards_are_in_two_groups_of_the_same_number_with_headings():
    app = screen(FINDINGS)
    assert [each.value for each in app.subheader] == [*GROUPED]
    opening = [button.key.removeprefix("open_") for button in app.button if button.key.startswith("open_")]
    assert opening == [question.name for group in GROUPED.values() for question in group] == [*QUESTIONS]
    assert len({len(group) for group in GROUPED.values()}) == 1


def test_terms_are_explained_or_avoided_on_the_cards():
    app = screen(FINDINGS)
    said = " ".join(
        [words(app), *(button.label for button in app.button), *(each.proto.body for each in app.get("html"))]
    )
    assert "better optimiser (Muon)" in said and "curved (spherical)" in said and "along the path" in said
    kinds = [*family.KINDS]
    bars = re.findall('<div class="bar"><span>([^<]+)</span>', said)
    assert len(bars) == 3 and set(bars) <= set(kinds)  # their own names


def test_train_opens_with_the_settings_of_the_best_measured_runs():
    question = QUESTIONS["ingredients"]
    wanted = question.winner(keeping.newest(question).rows, "mnist")
    app = screen(FINDINGS, question="ingredients")
    (main,) = [each for each in app.button if each.proto.type == "primary"]
    assert main.label == "Train the best settings"
    main.click().run()
    assert [each.value for each in app.title] == ["Train"] and not app.exception
    state = app.session_state
    assert state["form_preset"] == "fast" and state["form_sizes"] == [str(wanted.code_size)]
    assert all(state[f"form_{name}"] == getattr(wanted, name) for name in ("dataset", "epochs", *ADVANCED))
    assert wanted.optimiser == "muon" and app.selectbox(key="form_optimiser").value == "muon"
    assert app.selectbox(key="form_model").value == wanted.model


def test_what_else_is_to_be_seen_in_a_chart_is_right_below_it():
    app = screen(FINDINGS, question="dimensions")
    question = QUESTIONS["dimensions"]
    first, second, *folded = (panel.note for panel in question.panels(keeping.newest(question).rows))
    assert first.startswith("PCA, the best linear autoencoder, does ") and not any(folded)
    columns = [column for column in app.columns if column.get("plotly_chart")]
    shown = [[each.value for each in column.markdown] for column in columns[:2]]
    assert shown == [[note] if note else [] for note in (first, second)]
    assert [each.type for each in columns[0]][-1] == "markdown"


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
