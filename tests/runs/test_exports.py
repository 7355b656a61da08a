"""Every export of a run is opened by the tool that it is for."""

import io
import os
import zipfile

import nbformat
import numpy as np
import onnx
import onnxruntime
import pytest
import safetensors.torch
import torch
from lab_autoencoder import LabAutoencoder
from PIL import Image
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tiny import same, tiny

from ae.runs import folders, model_file, optional, reading
from ae.runs.exports import formats
from ae.runs.exports.formats import FORMATS
from ae.train.loop import fresh_model


def test_the_weights_are_a_plain_state_dict_for_the_labs_own_class(finished):
    (content,) = formats.files(finished, "pth").values()
    model = LabAutoencoder(N_bottleneck=4)
    model.load_state_dict(torch.load(io.BytesIO(content), weights_only=True))
    assert same(model.state_dict(), model_file.load(finished).state_dict())


def test_the_weights_are_a_safetensors_file(finished):
    (content,) = formats.files(finished, "safetensors").values()
    assert same(
        dict(sorted(safetensors.torch.load(content).items())),
        dict(sorted(model_file.load(finished).state_dict().items())),
    )


@pytest.fixture
def untrained(request, runs):
    """A run of a network with the weights that it begins with."""
    run = folders.create(tiny(code_size=3, **request.param))
    model_file.write_weights(run, fresh_model(run.recipe).state_dict(), 0)
    return run


@pytest.mark.parametrize(
    "untrained",
    [
        pytest.param({"model": "residual"}, marks=pytest.mark.slow),
        {"model": "conv", "code_activation": "top-k", "top_k": 2},
        {"model": "vq", "code_activation": "none"},
    ],
    ids=["residual", "conv, k-sparse", "vq"],
    indirect=True,
)
def test_the_onnx_models_compute_what_pytorch_computes_for_any_batch(untrained):
    model = model_file.load(untrained)
    sessions = {}
    for name, content in formats.files(untrained, "onnx").items():
        onnx.checker.check_model(onnx.load_from_string(content), full_check=True)
        sessions[name] = onnxruntime.InferenceSession(content)
    for count in (1, 5):
        images = torch.rand(count, 1, 28, 28, generator=torch.Generator().manual_seed(count))
        with torch.no_grad():
            codes, expected = model.encode(images).numpy(), model.reconstruct(images).numpy()
        (encoded,) = sessions["encoder.onnx"].run(["codes"], {"images": images.numpy()})
        (decoded,) = sessions["decoder.onnx"].run(["reconstructions"], {"codes": codes})
        both = sessions["autoencoder.onnx"].run(["reconstructions", "codes"], {"images": images.numpy()})
        for found, wanted in ((encoded, codes), (decoded, expected), (both[0], expected), (both[1], codes)):
            assert found.shape == wanted.shape
            assert np.abs(found - wanted).max() < 1e-5


@pytest.fixture
def log(finished, tmp_path):
    for name, content in formats.files(finished, "tensorboard").items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    return tmp_path


def test_tensorboard_reads_the_curves_and_the_images(finished, log):
    events = EventAccumulator(str(log), size_guidance={"images": 0}).Reload()
    history, replay = reading.read_history(finished), reading.read_replay(finished)
    assert [(each.step, each.value) for each in events.Scalars("loss/training")] == [
        (line.epoch, pytest.approx(line.training_loss)) for line in history
    ]
    assert [each.value for each in events.Scalars("loss/validation")] == pytest.approx(
        [line.validation_loss for line in history]
    )
    assert events.Scalars("measured/test_mse")[0].value == pytest.approx(reading.read_metrics(finished)["test_mse"])
    images = events.Images("originals and reconstructions")
    assert [image.step for image in images] == replay.epochs.tolist()
    picture = np.asarray(Image.open(io.BytesIO(images[-1].encoded_image_string)))
    shown = np.concatenate([np.concatenate(part[:8, 0], axis=1) for part in (replay.images, replay.reconstructed[-1])])
    assert np.array_equal(picture if picture.ndim == 2 else picture[..., 0], shown)


def test_the_projector_has_a_vector_a_class_and_an_image_for_each_point(finished, log, digits):
    from google.protobuf import text_format
    from tensorboard.plugins.projector.projector_config_pb2 import ProjectorConfig

    config = text_format.Parse((log / "projector_config.pbtxt").read_text(), ProjectorConfig())
    (points,) = config.embeddings
    codes = np.loadtxt(log / points.tensor_path, delimiter="\t")
    (expected,) = [torch.as_tensor(model_file.load(finished).encode(digits.test_images / 255)).detach().numpy()]
    assert np.allclose(codes, expected, atol=1e-5)
    names = (log / points.metadata_path).read_text().split()
    assert names == [digits.class_names[label] for label in digits.test_labels]
    with Image.open(log / points.sprite.image_path) as sprite:
        cell = sprite.crop((0, 0, *points.sprite.single_image_dim)).convert("L")
        assert np.abs(np.asarray(cell).astype(int) - digits.test_images[0, 0].numpy()).max() <= 1


@pytest.mark.slow
def test_a_notebook_loads_the_run_and_repeats_its_figures(finished, monkeypatch, tmp_path):
    nbclient = pytest.importorskip("nbclient")
    pytest.importorskip("ipykernel")
    (content,) = formats.files(finished, "notebook").values()
    notebook = nbformat.reads(content.decode(), as_version=4)
    nbformat.validate(notebook)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(folders.PROJECT), os.environ.get("PYTHONPATH", "")]))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    monkeypatch.delenv("MPLBACKEND", raising=False)  # which Streamlit sets
    nbclient.NotebookClient(notebook, timeout=100, resources={"metadata": {"path": str(tmp_path)}}).execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert not [output for output in outputs if output.output_type == "error"]
    figures = [output for output in outputs if "image/png" in output.get("data", {})]
    assert len(figures) == len([cell for cell in notebook.cells if "plt." in cell.source or "show(" in cell.source])
    assert f"'test_mse': {reading.read_metrics(finished)['test_mse']}" in outputs[0]["data"]["text/plain"]


def test_an_archive_holds_the_files_of_a_format_in_one_folder():
    archive = zipfile.ZipFile(io.BytesIO(formats.zipped({"a": b"1", "b/c": b"2"}, "run")))
    assert {name: archive.read(name) for name in archive.namelist()} == {"run/a": b"1", "run/b/c": b"2"}


@pytest.mark.parametrize("name", [name for name, form in FORMATS.items() if form.needs])
def test_a_missing_library_is_named_in_one_sentence(name, finished, monkeypatch):
    monkeypatch.setattr(optional, "find_spec", lambda module: None)
    packages = " ".join(FORMATS[name].needs).replace("_", "-")
    with pytest.raises(ValueError, match=rf"not installed: run python -m pip install {packages}$"):
        formats.files(finished, name)


@pytest.mark.parametrize("name", ["pth", "safetensors", "notebook"])
def test_the_ending_of_a_name_chooses_the_format(call, finished, tmp_path, name):
    path = tmp_path / f"run{FORMATS[name].ending}"
    code, out, err = call("export", finished.id, "-o", path)
    assert (code, err) == (0, "")
    assert str(path) in out
    if name != "notebook":  # the ids of its cells are random
        assert [path.read_bytes()] == list(formats.files(finished, name).values())


def test_a_format_of_several_files_is_a_new_folder(call, finished, tmp_path, monkeypatch):
    made = {"a.txt": b"1", "deep/b.txt": b"2"}
    monkeypatch.setattr(formats, "files", lambda run, name: made)
    folder = tmp_path / "log"
    assert call("export", finished.id, "--format", "tensorboard", "-o", folder)[0] == 0
    assert {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.txt")} == made
    code, _, err = call("export", finished.id, "--format", "tensorboard", "-o", folder)
    assert (code, "is not empty: name a new folder" in err) == (2, True)
