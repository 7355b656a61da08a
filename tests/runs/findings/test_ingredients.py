"""The question on settings says what each change alone gains."""

from dataclasses import replace

import pandas as pd

from ae.presets import PRESETS
from ae.runs.findings import ingredients, keeping
from ae.runs.findings.words import shared


def test_two_changes_are_not_credited_to_one_of_them():
    errors = {ingredients.FAST: 0.02, ingredients.NETWORK: 0.017, ingredients.MUON: 0.018, ingredients.BOTH: 0.014}
    rows = pd.DataFrame(
        [{"change": name, "seed": seed, "test_mse": error} for name, error in errors.items() for seed in (0, 1)]
    )
    short, _, why = ingredients.QUESTION.answer(rows).partition(": ")
    assert short == "30% less error with a residual network and a better optimiser (Muon)"
    assert why.startswith(
        "the network alone gains 15%, and Muon alone 10%. Together they gain more than these added up. "
    )
    (panel,) = ingredients.QUESTION.panels(rows)
    assert [row for row in panel.parts[""]["change"] if "two changes" in row] == [ingredients.ROWS[ingredients.BOTH]]


def test_of_all_changes_one_is_two_and_muon_has_the_learning_rate_that_the_question_says():
    fast, best = PRESETS["fast"].recipe, PRESETS["best"].recipe
    both = ingredients.CHANGES[ingredients.BOTH]
    assert both == ingredients.CHANGES[ingredients.NETWORK] | ingredients.CHANGES[ingredients.MUON]
    assert fast.learning_rate == best.learning_rate
    assert f"its learning rate, {best.learning_rate:g}, which is that of Fast too" in ingredients.QUESTION.method


def test_larger_batches_say_how_many_fewer_steps_they_are():
    fast, lab = (PRESETS[name].recipe.batch_size for name in ("fast", "lab"))
    (row,) = [row for row in ingredients.ROWS.values() if row.startswith("Batches")]
    assert row.endswith(f"instead of {fast}, so {lab // fast} times fewer steps") and lab % fast == 0


def test_what_muon_does_is_said_once_below_the_chart():
    rows = keeping.kept(ingredients.QUESTION).rows
    (panel,) = ingredients.QUESTION.panels(rows)
    assert panel.note == ingredients.MUON_DOES
    said = [ingredients.QUESTION.answer(rows), ingredients.QUESTION.method, *panel.parts[""]["change"]]
    assert not any(word in text for text in [*said, panel.note] for word in ("orthogonal", "evens out"))


def test_a_digit_is_shown_of_the_worst_change_the_preset_and_the_best():
    rows = keeping.kept(ingredients.QUESTION).rows
    shown = ingredients.QUESTION.pictures(rows)[""]
    assert [*shown] == ["Original", "Batches of 2,048", "Preset Fast", "Residual + Muon"]
    original, *made = [image.astype(float) / 255 for image in shown.values()]
    errors = [float(((image - original) ** 2).mean()) for image in made]
    assert errors[0] > 1.3 * errors[1] > 1.3 * 1.3 * errors[2]  # so that it can be seen
    card = ingredients.QUESTION.card(rows)
    assert [*card] == ["Original", "Fast", "Residual + Muon"]
    assert all((one == shown[name]).all() for one, name in zip(card.values(), [*shown][:1] + [*shown][2:], strict=True))
    earlier = rows.drop(columns=["original", "reconstruction"])
    assert not ingredients.QUESTION.pictures(earlier) and not ingredients.QUESTION.card(earlier)


def test_the_settings_found_best_are_those_of_the_measured_runs_and_only_if_they_are_better():
    rows = keeping.kept(ingredients.QUESTION).rows
    best = ingredients.QUESTION.winner(rows, "mnist")
    assert best == replace(shared("mnist"), **ingredients.CHANGES[ingredients.BOTH])
    alike = rows.assign(test_mse=0.02 + rows["seed"] / 100)
    assert ingredients.QUESTION.winner(alike, "mnist") is None
