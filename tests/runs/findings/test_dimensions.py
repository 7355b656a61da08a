"""The question on dimensions keeps one digit as its own runs reconstruct it."""

import itertools

import numpy as np
import pandas as pd
import pytest
from few_runs import scope, small

from ae.analysis import digit_classifier, pca, reconstruct
from ae.data import datasets
from ae.runs import model_file, names
from ae.runs.findings import dimensions, keeping, measuring, pictures
from ae.runs.recording import record


def test_a_digit_is_kept_as_the_measured_runs_of_one_seed_reconstruct_it(runs, few, tmp_path, monkeypatch):
    monkeypatch.setattr(datasets, "load", lambda *_, **__: few)
    question = small(dimensions.QUESTION)
    for run in measuring.create(question, scope(question)):
        list(record(run))
    made = measuring.finished(question, scope(question))
    finding = measuring.measure(question, scope(question), made)
    shown = dimensions.QUESTION.pictures(finding.rows)["Autoencoder"]
    index = dimensions.DIGIT % len(few.test_images)
    image = few.test_images[index : index + 1]
    by_size = {run.recipe.code_size: model_file.load(run) for run in made if run.recipe.model == "mlp4"}
    expected = {size: reconstruct.round_trip(model, image)[1] for size, model in sorted(by_size.items())}
    assert [*shown] == ["Original", *(names.units(size) for size in expected)] and len(expected) == 2
    assert np.array_equal(shown["Original"], image[0, 0])
    made_of = {size: shown[names.units(size)] for size in expected}
    assert all(np.array_equal(made_of[size], (each[0, 0] * 255).round()) for size, each in expected.items())
    keeping.write(finding, tmp_path / "kept.json")
    again = dimensions.QUESTION.pictures(keeping.read(tmp_path / "kept.json").rows)["Autoencoder"]
    assert [*again] == [*shown] and all(np.array_equal(again[head], shown[head]) for head in shown)


def test_figures_of_an_earlier_version_have_no_digit():
    rows = keeping.kept(dimensions.QUESTION).rows
    assert dimensions.QUESTION.pictures(rows)
    earlier = rows.drop(columns=[*pictures.NONE])
    assert not dimensions.QUESTION.pictures(earlier) and not dimensions.QUESTION.card(earlier)


def test_a_card_has_the_digit_and_its_copies_by_the_smallest_bottleneck_and_the_one_that_is_enough():
    rows = keeping.kept(dimensions.QUESTION).rows
    shown, card = dimensions.QUESTION.pictures(rows)["Autoencoder"], dimensions.QUESTION.card(rows)
    assert [*card] == ["Original", names.units(min(dimensions.SIZES)), "32 units"]
    assert all(np.array_equal(card[name], shown[name]) for name in card)


def test_the_same_classifier_sees_the_copies_of_pca_and_the_originals(few):
    found = {(row["kind"], row["code_size"]): row for row in dimensions.QUESTION.baseline(few)}
    assert len(found) == len(dimensions.SIZES) + 1
    images, labels = datasets.to_float(few.test_images), few.test_labels
    fitted = pca.fit_images(few)
    for (kind, size), row in found.items():
        seen = images if kind == dimensions.ORIGINAL else fitted.project(images, size).clamp(0, 1)
        assert row["recognition_rate"] == digit_classifier.recognition_rate(seen, labels)
        assert (kind == dimensions.ORIGINAL) == (size == images[0].numel())


def test_copies_are_recognised_as_on_all_other_screens():
    finding = keeping.kept(dimensions.QUESTION)
    panel = dimensions.QUESTION.panels(finding.rows)[0]
    assert set(panel.parts) == {"PCA", "autoencoder", "originals"}
    original = finding.rows.loc[finding.rows["kind"] == dimensions.ORIGINAL, "recognition_rate"].item()
    assert original == pytest.approx(digit_classifier.accuracy("mnist"), abs=1e-4)
    assert all(part["mean"].max() <= original for part in panel.parts.values())
    rates = finding.rows.groupby(["kind", "code_size"])["recognition_rate"].mean()
    assert panel.parts["originals"]["mean"].tolist() == pytest.approx([original] * len(dimensions.SIZES))
    for kind in ("autoencoder", "PCA"):
        shown = panel.parts[kind].set_index("code_size")["mean"]
        assert all(share == pytest.approx(rates[kind.replace("auto", "Auto"), size]) for size, share in shown.items())
    others = dimensions.QUESTION.panels(finding.rows)[1:]
    assert [part.keys() for part in (others[0].parts, others[1].parts)] == [{"PCA", "autoencoder"}] * 2
    assert "nearest codes" in others[1].y_label  # folded


def test_pca_reconstructs_the_same_digit(few):
    rows = pd.DataFrame(dimensions.QUESTION.baseline(few))
    shown = dimensions.QUESTION.pictures(rows)["PCA"]
    image = pictures.one(few.test_images, dimensions.DIGIT)
    projected = pca.fit_images(few)
    assert [*shown] == ["Original", *map(names.units, dimensions.SIZES)]
    assert np.array_equal(shown.pop("Original"), image[0, 0])
    for size, made in zip(dimensions.SIZES, shown.values(), strict=True):
        expected = projected.project(datasets.to_float(image), size).clamp(0, 1)[0, 0] * 255
        assert np.abs(made - expected.numpy()).max() <= 0.51  # rounded to whole steps


def test_the_digit_differs_visibly_at_each_size_and_pca_has_the_same_sizes():
    rows = dimensions.QUESTION.pictures(keeping.kept(dimensions.QUESTION).rows)
    assert [*rows] == ["Autoencoder", "PCA"] and [*rows["PCA"]] == [*rows["Autoencoder"]]
    original, *made = [image.astype(float) / 255 for image in rows["Autoencoder"].values()]
    errors = [float(((image - original) ** 2).mean()) for image in made]
    assert all(larger < 0.8 * smaller for smaller, larger in itertools.pairwise(errors))


def sizes(share):
    """Return figures of each kind, where a bottleneck's share of recognised digits is a function of its size."""
    found = [
        {
            "kind": kind, "code_size": size, "seed": seed, "recognition_rate": share(size) + seed / 1e4,
            "test_mse": error / size, "active_units": 6, "knn_accuracy": 0.9,
        }
        for kind, error in (("Autoencoder", 0.1), ("VAE", 0.1), ("PCA", 0.4))
        for size in (2, 8, 64)
        for seed in range(3)
    ]  # fmt: skip
    return pd.DataFrame([*found, {"kind": dimensions.ORIGINAL, "code_size": 784, "recognition_rate": 0.99}])


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (
            lambda size: size / 100,
            "At least 64 units after 3 epochs, as with 8 fewer digits are recognised: 8.0% of copies are recognised "
            "with 8 units, and 64.0% with 64 (originals: 99.0%). ",
        ),
        (
            lambda size: 0.8 + (size > 2) / 10 + (size > 8) / 50,
            "At least 64 units after 3 epochs, as with 8 fewer digits ",
        ),
        (lambda size: 0.8 + (size > 2) / 10 + (size > 8) / 200, "About 8 units after 3 epochs; "),
        (lambda size: 0.9 - (size == 2) / 2, "About 8 units after 3 epochs; sharper copies need more: "),
    ],
)
def test_the_answer_is_the_smallest_bottleneck_after_which_hardly_any_more_are_recognised(share, words):
    assert dimensions.QUESTION.answer(sizes(share)).startswith(words)


def test_sharper_copies_need_more_units_only_if_the_error_falls_further():
    measured = sizes(lambda size: 0.9 - (size == 2) / 2)
    falls = "Reconstruction error keeps falling: 88% lower with 64 units than with 8."
    share = "90.0% of copies are recognised with 8 units, and 90.0% with 64 (originals: 99.0%)."
    assert f"{share} {falls} " in dimensions.QUESTION.answer(measured)
    assert [panel.note == falls for panel in dimensions.QUESTION.panels(measured)] == [False, True, False, False]
    alike = dimensions.QUESTION.answer(measured.assign(test_mse=0.02))
    assert (
        alike.startswith("About 8 units after 3 epochs, as more hardly help to recognise the digits: ")
        and "falling" not in alike
    )


@pytest.mark.parametrize(
    ("shares", "words"),
    [
        ((0.2, 0.7, 0.7), "does worse, with 64 units 70.0%."),
        ((0.2, 0.9, 0.95), "does even better from 8 units on (90.0% with 8); the network's copies have a lower error."),
        (
            (0.2, 0.8001, 0.8001),
            "does as well from 8 units on (80.0% with 8); the network's copies have a lower error.",
        ),
    ],
)
def test_of_pca_it_is_said_from_which_size_on_it_is_as_good(shares, words):
    measured = sizes(lambda size: 0.8 - (size == 2) / 2)
    given = dict(zip((2, 8, 64), shares, strict=True))
    measured.loc[measured["kind"] == "PCA", "recognition_rate"] = measured["code_size"].map(given)
    note = dimensions.QUESTION.panels(measured)[0].note
    assert note == f"PCA, the best linear autoencoder, {words}"
