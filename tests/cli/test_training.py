"""Training from the command line: recipes, presets, files written at the end."""

import re

import pytest
import torch
from lab_autoencoder import LabAutoencoder
from tiny import same

from ae.data import download, sources
from ae.models.earlier import EARLIER_DEFAULTS, LATER
from ae.presets import preset
from ae.recipe import SETTINGS, Recipe
from ae.runs import queue, reading
from ae.runs.folders import list_runs
from ae.runs.model_file import load

FEW = ("--preset", "fast", "--dataset", "digits", "-e", "1", "-b", "500")

DIVERGING = ("--optimiser", "sgd", "--learning-rate", "10", "--weight-decay", "1", "--schedule", "constant")


def test_training_prints_its_epochs_measures_and_keeps_the_run(call):
    code, out, _ = call("train", *FEW, "--name", "My first run", "-z", "4")
    (run,) = list_runs()
    assert code == 0
    assert (run.name, run.preset, run.recipe.code_size) == ("My first run", "fast", 4)
    assert queue.state(run) == "finished"
    assert [line.split()[:2] for line in out.splitlines()[:2]] == [["epoch", "0/1"], ["epoch", "1/1"]]
    assert f"Test MSE {reading.read_metrics(run)['test_mse']:.5f} per pixel" in out
    assert out.endswith(f"Saved as {run.id}\n")
    assert "\r" not in out


ALL_FLAGS = {
    "model": "vae",
    "code_size": 3,
    "activation": "tanh",
    "code_activation": "none",  # the only one of a vae, and the default
    "init": "xavier",
    "dataset": "digits",
    "validation_images": 100,
    "epochs": 1,
    "batch_size": 500,
    "optimiser": "adamw",
    "learning_rate": 0.002,
    "schedule": "constant",
    "weight_decay": 0.01,
    "noise": 0.1,
    "noise_levels": "varied",
    "augmentation": 0.5,
    "loss": "bce",
    "beta": 0.5,
    **{name: EARLIER_DEFAULTS[name] for name in LATER},  # a vae has none of them
    "seed": 7,
    "precision": "fp32",
    "device": "cpu",
}


def test_every_setting_of_a_recipe_is_a_flag(call):
    assert set(ALL_FLAGS) == set(SETTINGS)
    usual = [name for name, value in ALL_FLAGS.items() if value == getattr(Recipe(), name)]
    assert usual == ["code_activation", *LATER]
    flags = [word for name, value in ALL_FLAGS.items() for word in ("--" + name.replace("_", "-"), str(value))]
    assert call("train", *flags)[0] == 0
    (run,) = list_runs()
    assert run.recipe == Recipe(**ALL_FLAGS)


def test_a_penalty_is_flags_too_and_show_tells_its_part_of_the_loss(call):
    flags = "--penalty kl-sparse --penalty-weight 2 --target-activity 0.1 --code-activation sigmoid"
    assert call("train", *FEW, *flags.split())[0] == 0
    (run,) = list_runs()
    assert (run.recipe.penalty, run.recipe.penalty_weight, run.recipe.target_activity) == ("kl-sparse", 2.0, 0.1)
    shown = call("show", "last")[1]
    assert "of it sparsity (KL)" in shown and "target_activity" in shown
    assert "top_k" not in shown


def test_the_lab_s_flags_mean_the_lab_s_recipe_and_write_weights_and_curves(call, tmp_path):
    weights, curve = tmp_path / "MLP.{z}.pth", tmp_path / "loss.MLP.{z}.png"
    lab = ("--dataset", "digits", "-z", "4", "8", "-e", "1", "-b", "500", "-s", weights, "-p", curve)
    code, out, err = call("train", *lab)
    assert code == 0
    assert "use autoencoderMLP4Layer" not in err
    assert "Preset lab, as -z -e -b -s -p without --preset means the lab's recipe" in err
    assert sorted(run.recipe.code_size for run in list_runs()) == [4, 8]
    for run in list_runs():
        z = run.recipe.code_size
        assert run.preset == "lab"
        assert run.recipe == preset("lab", dataset="digits", code_size=z, epochs=1, batch_size=500)
        model = LabAutoencoder(784, z, 784)
        model.load_state_dict(torch.load(tmp_path / f"MLP.{z}.pth", weights_only=True), strict=True)
        assert same(model.state_dict(), load(run).state_dict())
        assert (tmp_path / f"loss.MLP.{z}.png").read_bytes().startswith(b"\x89PNG\r\n\x1a\n")
        assert f"Weights written to {tmp_path / f'MLP.{z}.pth'}" in out
        assert f"Curve written to {tmp_path / f'loss.MLP.{z}.png'}" in out


def test_without_a_preset_or_a_short_flag_the_recipe_is_fast(call):
    code, _, err = call("train", "--dataset", "digits", "--epochs", 1, "--batch-size", 500)
    assert code == 0
    assert "Preset fast; --preset chooses another: fast, best, " in err
    (run,) = list_runs()
    assert (run.preset, run.recipe) == ("fast", preset("fast", dataset="digits", epochs=1, batch_size=500))


def test_with_a_preset_short_flags_change_that_preset(call):
    code, _, err = call("train", *FEW, "-z4")
    assert code == 0
    assert "Preset" not in err
    (run,) = list_runs()
    assert (run.preset, run.recipe) == ("fast", preset("fast", dataset="digits", epochs=1, batch_size=500, code_size=4))


def test_weights_that_the_lab_s_class_would_compute_differently_cause_a_warning(call, tmp_path):
    code, _, err = call("train", *FEW, "-s", tmp_path / "fast.pth")
    assert code == 0
    assert "use autoencoderMLP4Layer(activation='gelu', code_activation='none')" in err


def test_without_mnist_and_offline_it_trains_on_the_digits_and_says_so(call, monkeypatch, tmp_path):
    def fail(*_, **__):
        raise sources.DataError("MNIST could not be downloaded (no network)")

    monkeypatch.setenv("AE_DATA", str(tmp_path))
    monkeypatch.setattr(download, "download", fail)
    code, _, err = call("train", "-e", "1", "-b", "500")
    assert code == 0
    assert "MNIST could not be downloaded (no network). Training on the built-in digits instead." in err
    (run,) = list_runs()
    assert (run.recipe.dataset, run.recipe.batch_size) == ("digits", 500)

    code, out, err = call("train", "-e", "1", "--dataset", "mnist")
    assert (code, out) == (1, "")
    assert err == "python -m ae: MNIST could not be downloaded (no network)\n"
    assert len(list_runs()) == 1


def test_a_run_that_diverges_fails_with_a_message(call):
    code, _, err = call("train", *FEW, *DIVERGING, "-e", 3, "-b", 32)
    (run,) = list_runs()
    assert code == 1
    assert re.search(r"^python -m ae: the loss was no longer a finite number in epoch \d", err, re.MULTILINE)
    assert "Traceback" not in err
    assert queue.state(run) == "failed"
    code, out, _ = call("show", "last")
    assert code == 0
    assert "\nfailed: the loss was no longer a finite number" in out


@pytest.mark.parametrize("name", ["two\nlines", "not UTF-8 \udcff", "-x", "a|b", ""])
def test_a_run_may_have_any_name(call, name):
    code, out, err = call("train", *FEW, f"--name={name}")
    assert code == 0
    (out + err).encode()
    (run,) = list_runs()
    assert queue.state(run) == "finished"


def test_a_finished_run_is_trained_longer(call):
    call("train", *FEW)
    (run,) = list_runs()
    code, out, err = call("resume", run.id, "--epochs", "3")
    assert code == 0
    assert "epoch 3/3" in out
    assert "The one-cycle schedule ends after epoch 1, so a second cycle follows over the 2 new epochs." in err
    assert reading.read_metrics(run)["epoch"] == 3
    code, _, err = call("resume", run.id, "--epochs", "2")
    assert (code, "is not more than the" in err) == (2, True)


def test_the_queue_s_process_for_a_run_that_was_deleted_trains_no_other_whose_id_begins_so(call):
    call("train", *FEW)
    (run,) = list_runs()
    code, _, err = call("resume", "--queued", run.id[:-1])
    assert (code, "there is no run" in err) == (2, True)
