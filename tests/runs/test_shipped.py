"""The runs included with the project are complete, small, protected, and have the listed recipes."""

from pathlib import Path

import pytest

from ae.analysis import digit_classifier, metrics, reconstruct
from ae.data import datasets, sources
from ae.presets import preset
from ae.runs import editing, folders, model_file, queue, reading
from ae.runs.folders import RunError
from ae.runs.shipping import PREFIX
from scripts.train_shipped import SHIPPED

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def theirs(monkeypatch):
    monkeypatch.setenv("AE_CHECKPOINTS", str(ROOT / "checkpoints"))


def test_exactly_the_listed_runs_are_included():
    assert {path.name for path in (ROOT / "checkpoints").glob(PREFIX + "*")} == {PREFIX + name for name in SHIPPED}


def test_together_they_take_at_most_30_mb():
    files = [path for name in SHIPPED for path in (ROOT / "checkpoints" / (PREFIX + name)).rglob("*")]
    assert sum(path.stat().st_size for path in files) <= 30e6


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_run_is_complete_and_has_the_listed_recipe(name):
    run = folders.open_run(PREFIX + name)
    from_preset, changes = SHIPPED[name]
    assert (run.recipe, run.preset) == (preset(from_preset, **changes), from_preset)
    assert run.shipped
    assert queue.state(run) == "finished"
    epochs = run.recipe.epochs
    assert [line.epoch for line in reading.read_history(run)] == list(range(epochs + 1))
    assert reading.read_metrics(run)["epoch"] == epochs
    shown = reading.read_replay(run).epochs
    assert (shown[0], shown[-1]) == (0, epochs)
    assert reading.read_preview(run)
    assert not reading.read_error(run)


@pytest.mark.parametrize("name", SHIPPED)
def test_its_figures_are_those_of_its_weights(name):
    run = folders.open_run(PREFIX + name)
    if not sources.is_here(run.recipe.dataset):
        pytest.skip("no MNIST on this machine")
    dataset = datasets.load(run.recipe.dataset)
    images = datasets.to_float(dataset.test_images)
    model = model_file.load(run)
    reconstructed, codes = reconstruct.reconstruct(model, images)
    measured = reading.read_metrics(run)
    assert measured["test_images"] == len(images)
    expected = {
        "test_mse": metrics.mse(images, reconstructed).mean().item(),
        "psnr": metrics.psnr(images, reconstructed).mean().item(),
        "ssim": metrics.ssim(images, reconstructed).mean().item(),
    }
    assert {key: measured[key] for key in expected} == pytest.approx(expected, rel=2e-5)
    assert measured["recognition_rate"] == pytest.approx(
        digit_classifier.recognition_rate(reconstructed, dataset.test_labels), abs=1e-4
    )
    assert measured["active_units"] == int(model.active_units(codes).sum())
    assert measured["inactive_units"] == (~model.active_units(codes)).nonzero().flatten().tolist()


def test_a_shipped_run_can_be_neither_deleted_nor_changed():
    run = folders.open_run(PREFIX + "fast-z8")
    before = {path.name: path.read_bytes() for path in run.path.iterdir()}
    for act in (editing.delete, lambda run: editing.change(run, name="Mine")):
        with pytest.raises(RunError, match="is included with the project and protected"):
            act(run)
    assert {path.name: path.read_bytes() for path in run.path.iterdir()} == before
