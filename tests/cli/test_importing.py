"""python -m ae import, pack and unpack."""

import csv

import pytest
import torch
from checkpoints_read import InThisProcess
from lab_autoencoder import LabAutoencoder

from ae.cli import importing
from ae.runs import folders

pytestmark = pytest.mark.usefixtures("on_few")


@pytest.fixture(autouse=True)
def _in_this_process(monkeypatch):
    monkeypatch.setattr(importing, "Reader", InThisProcess)


@pytest.fixture
def files(tmp_path):
    """Three submissions, of which the second is bad."""
    torch.manual_seed(0)
    for name, size in (("ann", 4), ("cem", 2)):
        torch.save(LabAutoencoder(N_bottleneck=size).state_dict(), tmp_path / f"{name}.pth")
    (tmp_path / "bob.pth").write_bytes(b"not a checkpoint")
    return tmp_path


def test_one_file_is_described_in_a_few_lines(call, files):
    code, out, _ = call("import", files / "ann.pth", "--dataset", "digits", "--tag", "lab 1")
    (run,) = folders.list_runs()
    assert code == 0
    assert "Fully connected, 4 units" in out
    assert "your network: test MSE" in out
    assert f"Saved as {run.id}" in out
    assert "worse than their mean" in out
    assert run.tags == ("lab 1",)
    assert "before as" in call("import", files / "ann.pth", "--dataset", "digits")[1]


def test_of_many_files_a_bad_one_stops_none_and_each_has_a_row(call, files):
    code, out, err = call("import", files / "*.pth", "--dataset", "digits", "--csv", files / "scores.csv")
    assert code == 1
    assert "bob.pth is neither a PyTorch nor a safetensors file" in err
    rows = list(csv.DictReader((files / "scores.csv").open()))
    assert [row["file"].rpartition("/")[2] for row in rows] == ["ann.pth", "bob.pth", "cem.pth"]
    assert [row["code_size"] for row in rows] == ["4", "", "2"]
    assert float(rows[0]["test_mse"]) > 0
    assert "neither" in rows[1]["note"]
    assert {run.id for run in folders.list_runs()} == {row["run"] for row in rows if row["run"]}
    assert all(row["run"] in out for row in rows)


def test_bad_arguments_are_rejected_before_any_work(call, files):
    for arguments, sentence in (
        (["--dataset", "none"], "unknown dataset 'none'"),
        (["--csv", files / "x.txt"], "must end in .csv"),
        (["--tag", "a,b"], "no comma"),
    ):
        code, _, err = call("import", files / "ann.pth", *arguments)
        assert (code, sentence in err) == (2, True), err
    assert folders.list_runs() == []


def test_every_command_copes_with_a_run_without_history(call, files, tmp_path):
    call("import", files / "ann.pth", "--dataset", "digits")
    assert "imported" in call("list")[1]
    shown = call("show", "last")[1]
    assert "ann.pth imported: no training history" in shown
    for word in ("epoch", "optimiser", "seed"):
        assert word not in shown
    assert "no replay: imported: no training history" in call("replay", "last", "-o", tmp_path / "x.gif")[2]
    for arguments in (["resume", "last"], ["resume", "last", "--epochs", "5"]):
        code, _, err = call(*arguments)
        assert code == 2
        assert "how it was trained is not known" in err
    for arguments in (
        ["evaluate", "last"],
        ["compare", "last", "--json"],
        ["compare", "last", "--baseline", "last"],
        ["reconstruct", "last", "-o", tmp_path / "r.png"],
        ["latent", "last"],
        ["list", "--json"],
    ):
        code, out, err = call(*arguments)
        assert (code, err) == (0, ""), (arguments, err)
        assert "poch" not in out or "json" in arguments[-1]


def test_pack_and_unpack(call, finished, tmp_path):
    code, out, _ = call("pack", "last", "-o", tmp_path / "run.zip")
    assert code == 0
    assert "unpack run.zip" in out
    (tmp_path / "bad.zip").write_text("no zip")
    code, out, err = call("unpack", tmp_path / "bad.zip", tmp_path / "run.zip")
    assert code == 1
    assert "bad.zip is damaged, or not a zip file" in err
    assert "saved as" in out
    assert len(folders.list_runs()) == 2
