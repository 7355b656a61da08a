"""Measuring and comparing runs: values stay values, and differences have columns of their own."""

import csv
import json
import shutil
from xml.etree import ElementTree

import pytest
from tiny import tiny

from ae.runs import filenames, files, reading
from ae.runs.folders import create, open_run
from ae.runs.reading import read_metrics


@pytest.fixture
def twin(finished, runs):
    """A second run with the same name and weights, but another bottleneck size in its recipe and a better PSNR."""
    shutil.copytree(finished.path, runs / "twin")
    files.replace(runs / "twin" / filenames.METRICS, files.to_json(read_metrics(finished) | {"psnr": 99.5}))
    return open_run("twin")


def test_compare_prints_and_writes_what_was_measured(call, finished, tmp_path):
    waiting, measured = create(tiny(code_size=7), name="Not begun"), read_metrics(finished)
    code, out, _ = call("compare", "--csv", tmp_path / "table.csv")
    assert code == 0
    assert out.endswith(f"Table written to {tmp_path / 'table.csv'}\n")
    (line,) = [line for line in out.splitlines() if "A tiny run" in line]
    for words in (f"{measured['test_mse']:.5f}", f"{measured['psnr']:.2f}", f"{measured['ssim']:.3f}", finished.id):
        assert words in line
    rows = {row["Id"]: row for row in csv.DictReader((tmp_path / "table.csv").open())}
    assert float(rows[finished.id]["Test MSE"]) == measured["test_mse"]
    assert rows[waiting.id]["Test MSE"] == ""
    one, other = json.loads(call("compare", finished.id, waiting.id, finished.id, "--json")[1])
    assert (one["PSNR (dB)"], other["PSNR (dB)"]) == (pytest.approx(measured["psnr"]), None)


def test_compare_shows_differences_to_a_baseline_and_warns(call, finished, twin):
    create(tiny(code_size=7), name="Wider")
    code, out, _ = call("compare", "--baseline", finished.id)
    assert code == 0
    assert "Wider has a different bottleneck size from the baseline (4)" in out
    base, other = json.loads(call("compare", "twin", "--baseline", finished.id, "--json")[1])
    measured = read_metrics(finished)
    assert (base["Id"], base["PSNR (dB) difference"], base["Test MSE difference"]) == (finished.id, 0, 0)
    assert (base["PSNR (dB)"], base["Test MSE"]) == (
        pytest.approx(measured["psnr"]),
        pytest.approx(measured["test_mse"]),
    )
    assert other["PSNR (dB) difference"] == pytest.approx(99.5 - measured["psnr"])
    assert call("compare", "--baseline", "missing")[0] == 2


def test_compare_writes_the_loss_curves_as_svg(call, finished, twin, tmp_path):
    path = tmp_path / "curves.svg"
    code, out, _ = call("compare", finished.id, twin.id, "--plot", path)
    assert code == 0
    assert out.endswith(f"Loss curves written to {path}\n")
    lines = ElementTree.parse(path).getroot().findall("{http://www.w3.org/2000/svg}polyline")
    assert [len(line.get("points").split()) for line in lines] == [finished.recipe.epochs] * 2
    waiting = create(tiny(), name="Not begun")
    code, _, err = call("compare", waiting.id, "--plot", tmp_path / "none.svg")
    assert (code, "no run has a training history" in err) == (2, True)


def test_a_csv_and_a_printed_table_keep_values_and_differences_apart(call, finished, twin, tmp_path):
    measured, path = read_metrics(finished), tmp_path / "table.csv"
    code, out, _ = call("compare", "twin", "--baseline", finished.id, "--csv", path)
    assert code == 0
    rows = {row["Id"]: row for row in csv.DictReader(path.open())}
    assert float(rows["twin"]["PSNR (dB)"]) == 99.5
    assert float(rows["twin"]["PSNR (dB) difference"]) == pytest.approx(99.5 - measured["psnr"])
    assert float(rows[finished.id]["Test MSE"]) == pytest.approx(measured["test_mse"])
    assert int(float(rows["twin"]["Parameters"])) == measured["parameters"]
    values, differences = out.split("\n\n")
    assert "99.50 " in values and "difference" not in values
    assert f"Difference from A tiny run ({finished.id}):" in differences
    assert "PSNR (dB)" in differences and f" {99.5 - measured['psnr']:+.2f} " in differences


def test_evaluate_measures_again_what_was_measured_at_the_end(call, finished):
    code, out, _ = call("evaluate", "last", finished.id, "--json")
    assert code == 0
    expected = reading.read_metrics(finished)
    for measured in json.loads(out):
        assert measured["id"] == finished.id
        assert measured["test_mse"] == pytest.approx(expected["test_mse"], rel=1e-5)
        assert measured["inactive_units"] == expected["inactive_units"]
    code, out, _ = call("evaluate", "last")
    assert code == 0
    assert f"{expected['test_mse']:.5f}" in out
    assert f"{expected['psnr']:.2f} dB" in out
