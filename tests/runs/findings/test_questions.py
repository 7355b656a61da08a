"""Each question is measured on its runs, and its answer follows from the figures."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from few_runs import scope, small

from ae.data import datasets
from ae.data.texts import listed
from ae.plots import findings_plots, findings_svg
from ae.plots.findings_shape import line_colours
from ae.runs import folders, model_file
from ae.runs.findings import (
    denoising,
    epochs,
    family,
    inactive_units,
    ingredients,
    interpolation,
    keeping,
    measuring,
    width,
)
from ae.runs.findings.questions import QUESTIONS, find
from ae.runs.findings.words import change, mean, order
from ae.runs.recording import record

SEEDS = range(3)


@pytest.fixture(scope="module")
def found(tmp_path_factory, few):
    """The small version of each question, measured on runs of its own or of another question."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AE_CHECKPOINTS", str(tmp_path_factory.mktemp("findings")))
        patch.setattr(datasets, "load", lambda *_, **__: few)
        findings = {}
        for name, question in QUESTIONS.items():
            asked = small(question)
            for run in measuring.create(asked, scope(asked)):
                list(record(run))
            findings[name] = measuring.measure(asked, scope(asked), measuring.finished(asked, scope(asked)))
        findings["runs"] = folders.list_runs()
    return findings


@pytest.mark.parametrize("name", QUESTIONS)
def test_every_run_of_a_question_is_measured_and_drawn_with_its_spread(found, name):
    finding, question = found[name], QUESTIONS[name]
    assert finding.runs == sum(part.grid.count for part in small(question).parts(scope(question)))
    assert set(scope(question).seeds) <= set(finding.rows["seed"])
    panels = question.panels(finding.rows)
    assert 1 <= len(panels) <= 4
    colours, drawn = line_colours(panels), {}
    for panel in panels:
        figure = findings_plots.chart(panel, colours)
        for trace in figure.data:  # a line has one colour in all charts
            if trace.name:
                assert drawn.setdefault(trace.name, trace.marker.color) == trace.marker.color
        assert {trace.name for trace in figure.data if trace.name} == {name for name in panel.parts if name}
        for part in panel.parts.values():
            assert np.isfinite(part[["mean", "least", "most"]].to_numpy(float)).all()
            assert (part["least"] <= part["mean"] + 1e-12).all() and (part["mean"] <= part["most"] + 1e-12).all()


def test_one_seed_has_no_spread_to_speak_of(found):
    rows = found["epochs"].rows
    assert "nan" not in epochs.QUESTION.answer(rows[rows["seed"] == rows["seed"].min()])
    assert "1 run, n = 1 seed, " in replace(found["epochs"], runs=1, seeds=(0,)).measured_on


@pytest.mark.parametrize("name", QUESTIONS)
def test_the_answer_says_how_many_seeds_it_comes_from_and_has_no_missing_figure(found, name):
    answer = QUESTIONS[name].answer(found[name].rows)
    count = len(scope(QUESTIONS[name]).seeds)
    assert f"{count} seed{'s' if count > 1 else ''}" in answer
    assert "nan" not in answer and "inf" not in answer.replace("infe", "") and len(answer) < 700
    assert answer.endswith(".") and ": " in answer.partition(".")[0]


@pytest.mark.parametrize("name", QUESTIONS)
def test_an_answer_survives_being_kept(found, tmp_path, name):
    keeping.write(found[name], tmp_path / "kept.json")
    assert (tmp_path / "kept.json").stat().st_size < 20_000
    again = keeping.read(tmp_path / "kept.json")
    assert (again.date, again.machine, again.runs) == (found[name].date, found[name].machine, found[name].runs)
    assert QUESTIONS[name].answer(again.rows) == QUESTIONS[name].answer(found[name].rows)


def test_a_picture_has_all_charts_and_is_the_same_each_time(found):
    panels = QUESTIONS["denoising"].panels(found["denoising"].rows)
    picture = findings_svg.svg(panels)
    assert picture == findings_svg.svg(panels)
    assert all(panel.title in picture.decode() for panel in panels)


def test_questions_share_runs(found):
    needed = sum(found[name].runs for name in QUESTIONS)
    assert len(found["runs"]) < needed


def test_denoising_is_measured_on_noisy_images(found, few):
    rows = found["denoising"].rows
    assert set(rows["noise"]) == {f"{kind} {strength:g}" for kind, strength in denoising.NOISES}
    assert rows.groupby(["trained", "code_size", "seed"])["psnr"].nunique().eq(len(denoising.NOISES)).all()


def test_each_kind_is_recognised_by_its_recipe():
    for kind, name in family.KINDS.items():
        assert family._kind(family._recipe(name, "digits")) == kind


def test_a_cross_fade_begins_and_ends_at_the_digits_themselves(found):
    rows = found["interpolation"].rows
    fade = rows[rows["way"] == interpolation.FADE].set_index("position")["recognised"]
    assert fade[0.0] > 0.9 and fade[1.0] > 0.9 and fade[0.5] < fade[0.0]


def test_both_ways_begin_and_end_at_the_same_images(found):
    rows = found["interpolation"].rows
    ends = rows[rows["position"].isin([0.0, 1.0])].pivot_table(
        index=["position", "seed"], columns="way", values="distance"
    )
    assert np.allclose(ends["VAE, linear"], ends["VAE, spherical"], rtol=1e-4)


def rows(**values):
    """Return rows with every combination of a seed and the values of a column, which map to a figure for each seed."""
    ((column, table),) = values.items()
    return pd.DataFrame(
        [{column: key, "seed": seed, **figures(seed)} for key, figures in table.items() for seed in SEEDS]
    )


def ways(linear, spherical):
    table = {interpolation.FADE: lambda seed: {"recognised": 0.6, "distance": 0.2}}
    for kind in interpolation.KINDS.values():
        for way, share in (("linear", linear), ("spherical", spherical)):
            table[f"{kind}, {way}"] = lambda seed, share=share: {"recognised": share + seed / 100, "distance": 0.1}
    return rows(way=table).assign(position=0.5)


def losses(at):
    curve = {epoch: lambda seed, epoch=epoch: {"loss": at(epoch) + seed * 1e-4} for epoch in (1, 10, 30, 50, 100)}
    validation = rows(epoch=curve).assign(of="Validation")
    return pd.concat([validation, validation.assign(of="Training", loss=0.02)])


def denoised(rate):
    table = {size: lambda seed, size=size: {"recognised": rate(size) + seed / 1e3} for size in (2, 8, 64)}
    found = [
        rows(code_size=table).assign(trained=trained, noise="gaussian 0.4", psnr=15.0)
        for trained in denoising.TRAINED.values()
    ]
    return pd.concat(found)


def widths(loss):
    table = {w: lambda seed, w=w: {"validation": loss(w) + seed * 1e-5, "training": 0.01} for w in (16, 64, 1024)}
    return pd.concat([rows(width=table).assign(code_size=size, parameters=99) for size in (2, 8)])


def changes(error):
    table = {
        name: lambda seed, place=place: {"test_mse": error(place) + seed * 1e-5}
        for place, name in enumerate(ingredients.CHANGES)
    }
    return rows(change=table)


def kinds(better, column, value):
    """Return figures that are the same for all kinds but for one column of one of them."""
    alike = {"test_mse": 0.01, "knn_accuracy": 0.9, "sure": 0.7, "active_units": 16}
    table = {kind: lambda seed, kind=kind: alike | ({column: value} if kind == better else {}) for kind in family.KINDS}
    return rows(kind=table)


def units(explained):
    table = {
        "ReLU on the code": lambda seed: {"active_units": 6 + seed, "test_mse": 0.02 + (explained and seed) * 1e-3},
        "linear code": lambda seed: {"active_units": 8, "test_mse": 0.019},
    }
    found = pd.concat([rows(code=table).assign(start=start) for start in inactive_units.INITS.values()])
    start = 0 if explained else found["start"].map({"PyTorch's default": 1e-3, "Xavier": -1e-3})
    return found.assign(test_mse=found["test_mse"] + start)


@pytest.mark.parametrize(
    ("module", "measured", "words"),
    [
        (interpolation, ways(0.9, 0.7), "Straight: halfway, 91.0%"),
        (interpolation, ways(0.7, 0.9), "Curved: halfway, 71.0%"),
        (interpolation, ways(0.9, 0.9), "No clear difference: halfway, "),
        (epochs, losses(lambda epoch: 0.02 + 1 / epoch), "No, 100 epochs lower the loss by 25% more: "),
        (epochs, losses(lambda epoch: 0.02 + 1 / epoch), " the loss on new images falls by 24.9%, "),
        (epochs, losses(lambda epoch: 0.02 + 1e-3 * (epoch < 10)), "It does no harm, but it gains little"),
        (epochs, losses(lambda epoch: 0.02 + abs(epoch - 30) / 1e3), " ends above its lowest value in 3 of 3 runs"),
        (denoising, denoised(lambda size: 1 / size), "Yes (50% recognised, not 2%): "),
        (denoising, denoised(lambda size: size / 100), "No, larger ones do (64% recognised, not 2%): "),
        (denoising, denoised(lambda size: 0.9 if size == 8 else 0.5), "Only up to a point: "),
        (width, widths(lambda width: 1 / width), "No, even 99 (width 1,024) do no harm: "),
        (width, widths(lambda width: width), "Yes: "),
        (ingredients, changes(lambda place: 0.02 + place / 100), "No change lowers it; it rises most with a"),
        (ingredients, changes(lambda place: 0.5 - place / 100), "16% less error with augmented images: "),
        (ingredients, changes(lambda place: 0.02), "No change makes a difference: "),
        (family, kinds("Wasserstein", "sure", 0.9), 'Only 1 of 8 makes clearer new digits; none makes better copies: '),
        (family, kinds("Wasserstein", "sure", 0.9), 'new images is 70.0%, and higher with "Wasserstein" (90.0%).'),
        (family, kinds("Sparse (L1)", "knn_accuracy", 0.95), 'is 90.0%, and higher with "Sparse (L1)" (95.0%).'),
        (family, kinds("Beta-VAE", "test_mse", 0.005), 'Only 1 of 8 makes better copies: copies are '),
        (family, kinds("Beta-VAE", "test_mse", 0.005), "the beta-VAE one: the test MSE is 0.0050, not 0.01"),
        (family, kinds("Beta-VAE", "test_mse", 0.02), "Nothing that pays here: "),
        (inactive_units, units(True), "Because up to 2 of 8 latent units become inactive: "),
        (inactive_units, units(False), "Inactive units are only a part of it"),
    ],
)  # fmt: skip
def test_the_conclusion_follows_from_the_figures(module, measured, words):
    assert words in module.QUESTION.answer(measured)


def test_a_mean_has_its_spread_where_it_can_be_seen():
    assert mean(pd.Series([0.02, 0.03])) == "0.0250 ± 0.0071"
    assert mean(pd.Series([0.02, 0.02])) == "0.0200"
    assert mean(pd.Series([0.5]), ".1%") == "50.0%"
    assert mean(pd.Series([0.5, 0.6]), ".1%") == "55.0% ± 7.1%"
    assert (change(-0.036), change(0.98, ".0%"), change(-0.001, ".0%")) == ("−3.6%", "+98%", "0%")
    assert listed(["a"]) == "a" and listed(["a", "b", "c"]) == "a, b and c"


def test_two_groups_differ_only_if_they_do_not_overlap():
    low, high, wide = (pd.Series(values) for values in ([1, 2], [3, 4], [1.5, 3.5]))
    assert (order(low, high), order(high, low), order(low, wide), order(wide, high)) == (-1, 1, 0, 0)


def test_an_interrupted_measuring_goes_on(runs, few, monkeypatch):
    monkeypatch.setattr(datasets, "load", lambda *_, **__: few)
    question = small(find("epochs"))
    made = measuring.create(question, scope(question))
    for run in made:
        list(record(run))
    loaded = []

    def load(run):
        loaded.append(run.id)
        if len(loaded) == 2:
            raise KeyboardInterrupt
        return model_load(run)

    model_load = model_file.load
    monkeypatch.setattr(model_file, "load", load)
    with pytest.raises(KeyboardInterrupt):
        measuring.measure(question, scope(question), made)
    finding = measuring.measure(question, scope(question), made)
    assert loaded == [made[0].id, made[1].id, made[1].id]
    assert set(finding.rows["seed"]) == {0, 1}
    assert not list(runs.glob(".finding-*"))


def test_a_damaged_result_is_none_and_ones_own_comes_first(found, runs, tmp_path, monkeypatch):
    question = find("epochs")
    runs.mkdir()
    monkeypatch.setattr(keeping, "KEPT", tmp_path)
    assert keeping.newest(question) is None
    keeping.write(found["epochs"], tmp_path / "epochs.json")
    assert keeping.newest(question).dataset == "digits"
    whole = (tmp_path / "epochs.json").read_text()
    for content in ("{", "[]", "{}", '{"rows": 3, "columns": []}', whole.replace('"loss"', '"other"')):
        keeping.own_file(question).write_text(content)
        assert keeping.newest(question).dataset == "digits"
    keeping.write(replace(found["epochs"], dataset="mine"), keeping.own_file(question))
    assert keeping.newest(question).dataset == "mine"


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=list(QUESTIONS))
def test_what_comes_before_the_charts_is_one_short_line_and_an_answer_with_one_sentence(question):
    assert len(question.context) <= 90 and question.context.count(". ") == 0
    short, _, why = question.answer(keeping.kept(question).rows).partition(": ")
    assert len(short) <= 80 and len(why.partition(". ")[0]) <= 180
