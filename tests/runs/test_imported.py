"""A checkpoint from elsewhere becomes a run like any other, or is refused in a sentence."""

import io
import json
import os
import signal
import zipfile

import pytest
import safetensors.torch
import torch
from lab_autoencoder import LabAutoencoder
from tiny import same, tiny
from torch import nn

from ae.analysis import evaluation
from ae.models.registry import build
from ae.recipe import Recipe, longer
from ae.runs import comparison, editing, filenames, folders, imported, model_file, queue, reading, study
from ae.runs.checkpoint_file import CheckpointError, Reader, read
from ae.runs.folders import RunError
from ae.runs.importing import import_file


class InThisProcess:
    """Reads checkpoints as ``Reader`` does, without the seconds that a process of its own takes to start."""

    read = staticmethod(read)


@pytest.fixture(scope="session")
def lab(few):
    """The lab's own network, trained for a moment."""
    torch.manual_seed(0)
    network = LabAutoencoder()
    optimiser = torch.optim.Adam(network.parameters(), 3e-3)
    pixels = few.images.flatten(1) / 255
    for _ in range(60):
        loss = nn.functional.mse_loss(network(pixels), pixels)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return network.eval()


@pytest.fixture
def file(lab, tmp_path):
    torch.save(lab.state_dict(), tmp_path / "MLP.8.pth")
    return tmp_path / "MLP.8.pth"


def bring(path, dataset, **options):
    return import_file(InThisProcess(), path, dataset, **options)


def test_a_lab_s_file_becomes_a_finished_run_with_the_lab_s_network(file, lab, few):
    done = bring(file, few, tags=["handed in"])
    run = folders.open_run(done.run.id)
    assert (run.name, run.tags, imported.source(run)) == ("MLP.8", ("handed in",), "MLP.8.pth")
    recipe = run.recipe
    assert (recipe.model, recipe.code_size, recipe.activation, recipe.code_activation) == ("mlp4", 8, "relu", "relu")
    assert queue.state(run) == "finished"
    model = model_file.load(run)
    assert same(model.state_dict(), lab.state_dict())
    pixels = few.test_images.flatten(1) / 255
    assert torch.allclose(model(pixels), lab(pixels), atol=1e-6)
    measured = reading.read_metrics(run)
    assert {**measured, "epoch": 0, "seconds": 0.0} == measured
    assert {key: measured[key] for key in evaluation.evaluate(model, few)} == evaluation.evaluate(model, few)
    assert reading.read_preview(run) is not None
    assert {path.name for path in run.path.iterdir()} == {
        filenames.RECIPE, filenames.ABOUT, filenames.WEIGHTS, filenames.METRICS, filenames.PREVIEW, filenames.CARD,
    }  # fmt: skip


def test_what_is_not_known_of_an_imported_run_is_written_nowhere(file, few):
    run = bring(file, few).run
    known = {"model", "code_size", "activation", "code_activation", "dataset", "imported"}
    assert set(json.loads((run.path / filenames.RECIPE).read_text())) == known
    assert {name for name, _ in run.recipe.rows()} == known - {"imported"}
    card = (run.path / filenames.CARD).read_text()
    for setting in ("optimiser", "epoch", "learning", "batch", "seed", "training time"):
        assert setting not in card
    (row,) = comparison.table([run]).to_dict("records")
    assert row["Loss"] == "unknown"
    assert row["Seed"] is row["Epochs"] is row["Seconds"] is None or str(row["Seconds"]) == "nan"


VARIANTS = {
    "a prefix": lambda weights: {f"module.{name}": value for name, value in weights.items()},
    "half precision": lambda weights: {name: value.half() for name, value in weights.items()},
    "bfloat16": lambda weights: {name: value.bfloat16() for name, value in weights.items()},
    "nested": lambda weights: {"epoch": 50, "model_state_dict": weights, "loss": torch.tensor(0.02)},
    "in parts": lambda weights: {
        "encoder": {name: value for name, value in weights.items() if name < "fc3"},
        "decoder": {name: value for name, value in weights.items() if name > "fc3"},
    },
    "other names": lambda weights: {name.replace("fc", "layers."): value for name, value in weights.items()},
}


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_usual_way_to_save_the_weights_is_understood(variant, lab, few, tmp_path):
    torch.save(VARIANTS[variant](lab.state_dict()), tmp_path / "x.pth")
    run = bring(tmp_path / "x.pth", few).run
    assert (run.recipe.model, run.recipe.activation, run.recipe.code_activation) == ("mlp4", "relu", "relu")
    for mine, theirs in zip(model_file.load(run).state_dict().values(), lab.state_dict().values(), strict=True):
        assert torch.allclose(mine, theirs, atol=1e-2 if "half" in variant or "16" in variant else 0)


def test_safetensors_and_the_old_format_are_read(lab, few, tmp_path):
    safetensors.torch.save_file(lab.state_dict(), tmp_path / "x.safetensors")
    torch.save(lab.state_dict(), tmp_path / "x.pt", _use_new_zipfile_serialization=False)
    for name in ("x.safetensors", "x.pt"):
        assert same(model_file.load(bring(tmp_path / name, few).run).state_dict(), lab.state_dict())


@pytest.mark.parametrize("sizes", [{"h_dim1": 40, "h_dim2": 20}, {"width": 24, "encoder_blocks": 1}])
def test_other_sizes_are_kept_in_the_recipe(sizes, few, tmp_path):
    model = "vae" if "h_dim1" in sizes else "residual"
    torch.save(build(tiny(model=model, code_activation="none", sizes=sizes.items())).state_dict(), tmp_path / "x.pth")
    run = bring(tmp_path / "x.pth", few).run
    assert dict(run.recipe.sizes) == sizes
    assert folders.open_run(run.id).recipe == run.recipe
    assert model_file.load(run)


class Bomb:
    def __init__(self, marker):
        self.marker = marker

    def __reduce__(self):
        return os.system, (f"touch {self.marker}",)


def bad_files(folder):
    """Write files that can't be imported; return them with a part of what is said about each."""
    weights = LabAutoencoder().state_dict()
    whole = {"whole.pth": LabAutoencoder(), "bomb.pth": {"state_dict": Bomb(folder / "boom")}}
    for name, content in {
        **whole,
        "list.pth": [1, 2],
        "nothing.pth": {},
        "nan.pth": {**weights, "fc2.bias": torch.full((8,), torch.nan)},
        "whole-numbers.pth": {**weights, "fc2.bias": torch.ones(8, dtype=torch.int64)},
        "huge.pth": {"fc1.weight": torch.ones(1).expand(10**6, 10**6)},
        "other.pth": {"conv1.weight": torch.ones(3, 3)},
    }.items():
        torch.save(content, folder / name)
    torch.save(LabAutoencoder(), folder / "old-whole.pth", _use_new_zipfile_serialization=False)
    plain = io.BytesIO()
    torch.save(weights, plain)
    (folder / "torn.pth").write_bytes(plain.getvalue()[:5000])
    (folder / "empty.pth").write_bytes(b"")
    (folder / "text.pth").write_text("not a checkpoint")
    (folder / "torn.safetensors").write_bytes(safetensors.torch.save(weights)[:5000])
    with zipfile.ZipFile(plain) as archive, zipfile.ZipFile(folder / "squeezed.pth", "w", zipfile.ZIP_DEFLATED) as new:
        for entry in archive.infolist():
            new.writestr(entry.filename, archive.read(entry))
    return {
        "whole.pth": "holds the pickled object lab_autoencoder.LabAutoencoder, as a whole module does",
        "old-whole.pth": "save the weights alone by torch.save(model.state_dict(), ",
        "bomb.pth": "could run code",
        "list.pth": "holds a list, not a state_dict",
        "nothing.pth": "holds no state_dict",
        "nan.pth": "has values in fc2.bias that are not finite numbers",
        "whole-numbers.pth": "has a tensor fc2.bias of int64, not of real numbers",
        "huge.pth": "has more than 67,108,864 numbers",
        "other.pth": "has 1 tensors, the first conv1.weight (3 x 3), and fits none",
        "torn.pth": "is damaged",
        "empty.pth": "is empty",
        "text.pth": "is neither a PyTorch nor a safetensors file",
        "torn.safetensors": "is a damaged safetensors file",
        "squeezed.pth": "is compressed inside",
        "missing.pth": "does not exist",
    }


def test_a_bad_file_is_refused_in_a_sentence_and_leaves_no_run(few, tmp_path, runs):
    for name, sentence in bad_files(tmp_path).items():
        with pytest.raises(CheckpointError) as refused:
            bring(tmp_path / name, few)
        assert sentence in str(refused.value), name
    assert not (tmp_path / "boom").exists()
    assert not runs.exists()


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="Windows can't stop a process")
def test_a_file_that_ends_or_holds_up_its_process_does_not_stop_the_next(file, lab, monkeypatch):
    with Reader() as reader:
        assert same(reader.read(file), lab.state_dict())
        reader._process.kill()
        assert same(reader.read(file), lab.state_dict())  # in a new process
        monkeypatch.setattr("ae.runs.checkpoint_file.SECONDS", 0.1)  # a new process needs longer to start
        os.kill(reader._process.pid, signal.SIGSTOP)
        with pytest.raises(CheckpointError, match="can't be read within"):
            reader.read(file)


def test_the_same_file_is_imported_once_and_another_of_its_name_gets_its_own(file, few, lab):
    first = bring(file, few)
    again = bring(file, few)
    assert (again.before, again.run.id, first.before) == (True, first.run.id, False)
    torch.save({name: value / 2 for name, value in lab.state_dict().items()}, file)
    assert bring(file, few).run.name == "8 units · MLP.8 2"


def test_training_never_goes_on(file, few):
    run = bring(file, few).run
    for action in (queue.prepare, queue.start, reading.check_can_go_on):
        with pytest.raises(RunError, match=r"was imported, so how it was trained is not known"):
            action(run)
    with pytest.raises(ValueError, match="can't be trained longer"):
        longer(run.recipe, 5)
    editing.change(run, name="Another name")
    assert "Another name" in (run.path / filenames.CARD).read_text()


def test_the_sentence_compares_with_the_same_network_with_a_linear_code(file, few, finished):
    run = bring(file, few).run
    measured = reading.read_metrics(run)
    sentence = imported.verdict(run, [run])
    assert sentence.startswith(f"your network: test MSE {measured['test_mse']:.4f}, ")
    assert f"{8 - measured['active_units']} of 8 units inactive" in sentence or "all 8 units active" in sentence
    assert ";" not in sentence
    others = [made(finished, name, error, **changes) for name, error, changes in (
        ("Other size", 0.001, {"code_size": 4}),
        ("With ReLU", 0.002, {"code_size": 8}),
        ("GELU", 0.003, {"code_size": 8, "code_activation": "none", "activation": "gelu"}),
        ("Linear", 0.004, {"code_size": 8, "code_activation": "none"}),
    )]  # fmt: skip
    endings = (
        "; the best here of 8 units: 0.0020 (With ReLU).",
        "; the same network with GELU and a linear code: 0.0030 (GELU).",
        "; the same network with a linear code: 0.0040 (Linear).",
    )
    for count, ending in enumerate(endings, start=2):
        assert imported.verdict(run, [run, *others[:count]]).endswith(ending)


def made(finished, name, error, **changes):
    """Return a copy of a finished run with another recipe and another test MSE."""
    measured = {**reading.read_metrics(finished), "test_mse": error}
    contents = {filenames.METRICS: json.dumps(measured).encode()}
    contents[filenames.WEIGHTS] = (finished.path / filenames.WEIGHTS).read_bytes()
    return folders.create(tiny(**changes), name=name, made=contents)


def test_imported_runs_are_no_study_and_no_point_of_a_recipe_s_curve(file, few, finished):
    run = bring(file, few).run
    assert study.families([run]) == []
    assert comparison.by_size([run], comparison.table([run])) == {}
    (sentence,) = comparison.warnings([finished, run], finished)[:1]
    assert "imported" in sentence


def test_a_recipe_s_sizes_are_checked():
    for sizes in (
        "many",
        [("width", 10**6)],
        [("width", "wide")],
        [("not a name", 3)],
        [(f"a{i}", 1) for i in range(9)],
    ):
        with pytest.raises(ValueError, match="sizes"):
            Recipe(sizes=sizes)
    with pytest.raises(ValueError, match="can't be built with these sizes"):
        build(Recipe(sizes=[("depth", 3)]))
