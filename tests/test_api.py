"""The public interface: its documents, its examples, and what it does with images and codes."""

import doctest
import importlib
import inspect
import re
import shutil
import subprocess
import sys

import numpy as np
import pytest
import torch

import ae
from ae import PROJECT
from ae.runs import trained
from ae.runs.folders import RunError

TEXT = (PROJECT / "docs" / "API.md").read_text(encoding="utf-8")
PLAIN = {"HOME", "PROJECT", "__version__"}


@pytest.fixture
def shipped(runs):
    """The small shipped run, in this test's own folder of runs."""
    name = "shipped-digits-z2"
    shutil.copytree(PROJECT / "checkpoints" / name, runs / name)
    return name


@pytest.fixture
def model(shipped):
    return ae.load(shipped)


def first_cells() -> list[str]:
    return re.findall(r"^\| `(\w[\w.]*)", TEXT, re.M)


def test_the_document_lists_every_public_name_and_no_other():
    assert {name for name in first_cells() if name.count(".") == 1} | {"ae.Model"} == {
        f"ae.{name}" for name in set(ae.__all__) - PLAIN
    }
    attributes = {name for name in first_cells() if "." not in name}
    public = {name for name in vars(trained.Model) if not name.startswith("_")}
    assert attributes == public | {"run", "network"}
    assert set(re.findall(r"``(ae\.[\w.]+)``", ae.__doc__)) - {"ae.train.Epoch"} == {
        name for name in first_cells() if "." in name
    } | {"ae.Model"}


@pytest.mark.parametrize("words", [line for line in first_cells() if "." in line])
def test_the_document_has_the_parameters_of_each_function(words):
    module, _, name = words.rpartition(".")
    found = getattr(importlib.import_module(module), name)
    if shown := re.search(rf"`{re.escape(words)}\((.*?)\)`", TEXT):
        written = re.findall(r"\*{0,2}\b([a-z]\w*)(?==|,|$)", shown[1])
        assert set(written) <= set(inspect.signature(found).parameters), words


def test_the_examples_of_the_interface_run(shipped):
    for module in (ae, trained):
        assert doctest.testmod(module).failed == 0
    assert doctest.testfile(str(PROJECT / "docs" / "API.md"), module_relative=False).failed == 0


def test_importing_it_imports_nothing_heavy():
    program = "import sys, ae; dir(ae); print({'torch', 'numpy', 'pandas'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def test_it_has_only_what_it_lists():
    assert set(ae.__all__) <= set(dir(ae))
    with pytest.raises(AttributeError, match="has no attribute 'lode'"):
        ae.lode  # noqa: B018


def test_images_may_come_in_any_usual_form(model):
    images = model.dataset.test_images[:3]
    expected = model.network.reconstruct(images / 255).detach().numpy()
    for form in (images, images.numpy(), images[:, 0].numpy(), images.flatten(1).numpy(), (images / 255).numpy()):
        reconstructed = model.reconstruct(form)
        assert reconstructed.shape == tuple(form.shape)
        assert np.allclose(reconstructed.reshape(expected.shape), expected, atol=1e-6)
    assert model.reconstruct((images[0, 0] / 255).tolist()).shape == (28, 28)
    assert model.encode(images[0]).shape == (1, 2)


def test_decoding_the_codes_is_reconstructing(model):
    images = model.dataset.test_images[:3]
    assert np.array_equal(model.decode(model.encode(images)), model.reconstruct(images)[:, 0])
    assert model.decode([0.0, 0.0]).shape == (1, 28, 28)


BAD_IMAGES = {
    "shape": np.zeros((2, 27, 28)),
    "values from 0 to 255": np.full((28, 28), 255.0) * np.eye(28),
    "finite": np.full((28, 28), np.nan),
    "not numbers": "seven",
}


@pytest.mark.parametrize("reason", BAD_IMAGES)
def test_other_images_are_refused_in_a_sentence(model, reason):
    with pytest.raises(ValueError, match=reason):
        model.reconstruct(BAD_IMAGES[reason])


@pytest.mark.parametrize("codes", [[1.0], [[1.0, 2.0, 3.0]], [1.0, np.inf], [[1.0, 2.0], [3.0]], torch.zeros(1, 1, 2)])
def test_other_codes_are_refused_in_a_sentence(model, codes):
    with pytest.raises(ValueError, match="codes"):
        model.decode(codes)


def test_a_model_says_what_it_is(model):
    assert model.recipe.code_size == 2
    assert model.measured["test_mse"] == pytest.approx(
        np.mean((model.reconstruct(model.dataset.test_images) - model.dataset.test_images.numpy() / 255) ** 2), rel=1e-4
    )
    assert [line.epoch for line in model.history] == list(range(model.recipe.epochs + 1))


def test_a_run_trained_from_python_is_a_run_like_any_other(on_few):
    model = ae.train_run("lab", name="From Python", dataset="digits", epochs=1, code_size=3, batch_size=32)
    assert [run.name for run in ae.list_runs()] == ["From Python"]
    assert model.measured["epoch"] == 1
    assert ae.load("last").run == model.run
    assert ae.compare()["Id"].tolist() == [model.run.id]
    with pytest.raises(RunError, match="there is no run 'missing'"):
        ae.compare("missing")
    with pytest.raises(ValueError, match="unknown setting 'epoch'"):
        ae.train_run(epoch=1)
