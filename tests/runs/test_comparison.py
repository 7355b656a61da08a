"""Comparisons of runs: measurements, differences to a baseline, and warnings if runs are hard to compare."""

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny import tiny

from ae.models.registry import MODELS
from ae.runs import comparison, filenames, files, reading
from ae.runs.folders import Run, create
from ae.runs.reading import Line, read_history, read_metrics

MEASURED = {"test_mse": 0.05, "psnr": 13.5, "ssim": 0.4, "recognition_rate": 0.5, "knn_accuracy": 0.9}
MEASURED |= {"active_units": 3, "parameters": 1000}


def a_run(name="A run", *, preset="", tags=(), **recipe):
    return Run(Path(name.lower().replace(" ", "-")), tiny(**recipe), name, preset, "", False, tags)


def row(name="A run", *, measured=MEASURED, history=(), preset="", **recipe):
    return comparison.row(a_run(name, preset=preset, **recipe), history, measured)


def line(epoch, *, seconds=1.0, active=4):
    return Line(epoch, 0.1, 0.1, None, 0.001, seconds, active, ())


# ---------------------------------------------------------------------------------------------------------- the table


def test_the_table_has_the_measurements_in_the_order_of_the_runs(finished):
    waiting = create(tiny(code_size=7), name="Not begun")
    found = comparison.table([waiting, finished])
    assert found["Id"].tolist() == [waiting.id, finished.id]
    first, second = found.to_dict("records")
    measured = read_metrics(finished)
    expected = {"Test MSE": "test_mse", "PSNR (dB)": "psnr", "SSIM": "ssim", "Recognition rate": "recognition_rate"}
    expected |= {"kNN accuracy": "knn_accuracy", "Active units": "active_units", "Parameters": "parameters"}
    for column, key in expected.items():
        assert second[column] == measured[key]
        assert math.isnan(first[column])
    assert second["Seconds"] == pytest.approx(sum(each.seconds for each in read_history(finished)))
    assert (second["Run"], second["Bottleneck"], second["Epochs"]) == ("A tiny run", 4, 2)
    assert (second["Dataset"], second["Recipe"], second["Seed"]) == ("digits", comparison.recipe_label(finished), 0)
    assert second["Network"] == MODELS["mlp4"].title
    assert (first["Run"], first["Bottleneck"], first["Epochs"], first["Recipe"][:5]) == ("Not begun", 7, 0, "Fully")
    assert math.isnan(first["Seconds"])


def test_missing_measurements_are_nan():
    for rows in ([row(measured={})], [row(measured={}), row("Another", measured={"test_mse": 0.5})]):
        found = comparison.frame(rows)
        for name in set(comparison.COMPARED) - {"ELBO"}:
            assert found[name].dtype == float
            assert math.isnan(found[name][0])


def test_the_elbo_is_a_column_if_a_run_has_one():
    assert "ELBO" not in comparison.frame([row(measured={"test_mse": 0.5})])
    found = comparison.frame([row(measured={"elbo": -99.5}), row("Another", measured={"test_mse": 0.5})])
    assert found["ELBO"][0] == -99.5
    assert math.isnan(found["ELBO"][1])


def test_a_run_in_training_has_the_active_units_of_its_last_epoch():
    history = [line(0, active=1), line(1, active=2, seconds=0.25)]
    assert row(measured={}, history=history)["Active units"] == 2
    assert row(history=history)["Active units"] == 3
    assert row(history=history)["Seconds"] == 1.25
    assert row(history=history)["Epochs"] == 1


def test_the_validation_loss_is_that_of_the_last_epoch_and_only_of_runs_with_a_validation_split():
    history = [line(0), line(1)._replace(validation_loss=0.07)]
    assert row(history=history)["Validation loss"] == 0.07
    tested = [each._replace(validation_loss=None, test_loss=0.07) for each in history]
    assert row(history=tested, validation_images=0)["Validation loss"] is None
    assert row()["Validation loss"] is None


def test_validation_losses_of_two_kinds_are_not_subtracted():
    rows = [row("Base", history=[line(0)]), row("Entropy", history=[line(0)], loss="bce")]
    assert [each["Loss"] for each in rows] == ["squared error", "cross-entropy"]
    assert row(model="vae", code_activation="none", beta=0.5)["Loss"] == "squared error + 0.5 KL"
    assert row(model="vae", code_activation="none", loss="bce", beta=1.0)["Loss"] == "cross-entropy + KL"
    different = comparison.differences(comparison.frame(rows), "base")
    assert different["Validation loss difference"][0] == 0
    assert math.isnan(different["Validation loss difference"][1])
    assert different["Test MSE difference"][1] == 0


def test_metrics_of_an_earlier_version_are_complete_but_for_those_it_did_not_measure(finished):
    measured = read_metrics(finished)
    old = {key: value for key, value in measured.items() if key not in reading.MAY_BE_MEASURED}
    files.replace(finished.path / filenames.METRICS, files.to_json(old))
    (found,) = comparison.table([finished]).to_dict("records")
    assert found["Test MSE"] == measured["test_mse"]
    assert math.isnan(found["kNN accuracy"])
    assert math.isnan(found["Recognition rate"])


# ------------------------------------------------------------------------------------------------------- differences

number = st.floats(-1e6, 1e6) | st.none()


@given(st.lists(st.tuples(number, number), min_size=1, max_size=5), st.data())
def test_differences_are_zero_for_the_baseline_and_missing_values_stay_missing(values, data):
    rows = [row(f"Run {i}", measured={"test_mse": mse, "psnr": psnr}) for i, (mse, psnr) in enumerate(values)]
    at = data.draw(st.integers(0, len(values) - 1))
    found = comparison.frame(rows)
    before = found.copy()
    different = comparison.differences(found, f"run-{at}")
    assert list(different) == [f"{name} difference" for name in comparison.COMPARED if name != "ELBO"]
    assert found.equals(before)
    for i, pair in enumerate(values):
        for name, value, base in zip(("Test MSE", "PSNR (dB)"), pair, values[at], strict=True):
            if value is None or base is None:
                assert math.isnan(different[f"{name} difference"][i])
            else:
                assert different[f"{name} difference"][i] == value - base
    assert all(value == 0 or math.isnan(value) for value in different.iloc[at])


def test_a_baseline_that_is_not_one_of_the_runs_is_refused():
    with pytest.raises(ValueError, match="the baseline 'none' is not one of the compared runs"):
        comparison.differences(comparison.frame([row()]), "none")


def test_measurements_on_other_images_are_not_compared():
    rows = [row("Base", history=[line(0)]), row("Clothes", dataset="fashion-mnist", history=[line(0, seconds=3.0)])]
    different = comparison.differences(comparison.frame(rows), "base").iloc[1]
    assert (different["Parameters difference"], different["Seconds difference"]) == (0, 2)
    assert all(
        math.isnan(different[name]) for name in different.index if name.split()[0] not in ("Parameters", "Seconds")
    )


# ---------------------------------------------------------------------------------------------------------- warnings


def test_warnings_name_runs_of_other_datasets_and_of_other_bottleneck_sizes():
    base, like = a_run("Base"), a_run("Like it", seed=3)
    other, small, large = (
        a_run("Clothes", dataset="fashion-mnist"),
        a_run("Small", code_size=2, epochs=5),
        a_run("L", code_size=9, epochs=5),
    )
    assert comparison.warnings([base, like, a_run("One of a study", code_size=9)], base) == []
    (words,) = comparison.warnings([base, other], base)
    assert words.startswith("Clothes was trained on a different dataset from the baseline (Built-in digits)")
    (words,) = comparison.warnings([base, small], base)
    assert words.startswith("Small has a different bottleneck size from the baseline (4)")
    datasets, sizes = comparison.warnings([base, small, other, large, like], base)
    assert datasets.startswith("Clothes was trained")
    assert sizes.startswith("Small, L have a different bottleneck size")


def test_a_run_of_another_dataset_causes_no_warning_about_its_bottleneck_size():
    (words,) = comparison.warnings([a_run("Clothes", dataset="kmnist", code_size=32)], a_run("Base"))
    assert "bottleneck size" not in words


def test_a_warning_names_a_loss_that_includes_a_kl_term():
    (words,) = comparison.warnings([a_run("V", model="vae", code_activation="none", beta=1.0)], a_run("Base"))
    assert words.startswith("The loss of V includes the KL term")


def test_of_many_runs_a_warning_names_three():
    runs = [a_run(f"Run {i}", code_size=5 + i, epochs=5) for i in range(5)]
    assert comparison.warnings(runs, a_run("Base"))[0].startswith("Run 0, Run 1, Run 2 and others have")
    assert comparison.warnings(runs[:3], a_run("Base"))[0].startswith("Run 0, Run 1, Run 2 have")


# ----------------------------------------------------------------------------------------------------- bottleneck sizes


def sizes(*runs):
    """Apply ``by_size`` to (run, test MSE, epochs done), or (run, test MSE) for finished runs."""
    rows = [comparison.row(run, [line(n) for n in range(done + 1)], {"test_mse": mse}) for run, mse, done in runs]
    return comparison.by_size([run for run, *_ in runs], comparison.frame(rows))


def test_by_size_gives_mean_least_and_most_of_each_recipe_and_bottleneck_size():
    lab = {"preset": "lab", "validation_images": 0, "epochs": 50, "batch_size": 32}
    found = sizes(
        *(
            (a_run(code_size=size, seed=i, **lab), mse, 50)
            for i, (size, mse) in enumerate([(8, 0.3), (2, 0.5), (8, 0.1)])
        ),
        (a_run(), 0.7, 2),
        (a_run(preset="fast"), None, 2),
    )
    assert set(found) == {"Plain MLP", comparison.recipe_label(a_run())}
    assert list(found["Plain MLP"]) == ["Bottleneck", "mean", "least", "most", "runs"]
    assert found["Plain MLP"].to_numpy().tolist() == [[2, 0.5, 0.5, 0.5, 1], [8, pytest.approx(0.2), 0.1, 0.3, 2]]
    assert found[comparison.recipe_label(a_run())].to_numpy().tolist() == [[4, 0.7, 0.7, 0.7, 1]]


def test_recipes_that_differ_in_more_than_bottleneck_size_and_seed_are_not_averaged():
    one, other = a_run(preset="lab"), a_run(preset="lab", code_activation="none")
    assert len(sizes((one, 0.1, 2), (other, 0.2, 2))) == 2
    assert "code_activation none" in comparison.recipe_label(other)
    assert len(sizes((a_run(), 0.1, 2), (a_run(learning_rate=0.5), 0.2, 2))) == 2


def test_a_run_that_is_not_finished_does_not_count_for_its_recipe():
    assert sizes((a_run(), 0.1, 1)) == {}


def test_a_loss_that_is_not_a_number_is_left_out():
    for bad in (None, np.nan, np.inf):
        assert sizes((a_run(), bad, 2)) == {}


@given(st.lists(st.tuples(st.sampled_from([2, 4, 8]), st.floats(0.001, 1)), min_size=1, max_size=12))
def test_every_measured_run_is_counted_once(runs):
    found = sizes(*((a_run(code_size=size), mse, 2) for size, mse in runs))
    (group,) = found.values()
    assert group["Bottleneck"].tolist() == sorted({size for size, _ in runs})
    for size, mean, least, most, count in group.itertuples(index=False):
        losses = [mse for other, mse in runs if other == size]
        assert (count, least, most) == (len(losses), min(losses), max(losses))
        assert mean == pytest.approx(sum(losses) / len(losses))
