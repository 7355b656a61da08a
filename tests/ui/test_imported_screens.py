"""An imported run on every screen, and the drop zone on Home, run without a browser."""

import pytest
import torch
from checkpoints_read import InThisProcess
from lab_autoencoder import LabAutoencoder
from screens import COMPARE, LATENT, SCREENS, ids, pictures, screen, view, words

from ae.data import datasets
from ae.runs import folders, packing
from ae.runs.importing import import_file
from ae.ui import drop
from ae.ui.run_list_rows import COLUMNS, row

pytestmark = pytest.mark.usefixtures("screens_alone")


@pytest.fixture(scope="session")
def _weights(tmp_path_factory):
    torch.manual_seed(0)
    path = tmp_path_factory.mktemp("weights") / "MLP.4.pth"
    torch.save(LabAutoencoder(N_bottleneck=4).state_dict(), path)
    return path


@pytest.fixture
def foreign(_weights, few, finished):
    """An imported run beside a trained one."""
    return import_file(InThisProcess(), _weights, few).run


def test_the_table_of_runs_says_imported_where_others_have_epochs(foreign, finished):
    assert row(foreign)["words"] == "Imported"
    assert row(finished)["words"] == "2 epochs"
    assert COLUMNS["epochs"].values([foreign, finished]) == [None, 2]


@pytest.mark.parametrize("path", SCREENS)
def test_every_screen_shows_an_imported_run(foreign, finished, path):
    app = screen(path, run=foreign.id, runs=ids([foreign, finished]))
    assert pictures(app)
    assert not app.error
    for word in ("epoch 0", "of 0", "None"):
        assert word not in words(app)


def test_compare_shows_imported_runs_alone(foreign):
    app = screen(COMPARE, runs=ids([foreign]))
    assert "was imported" in words(app)
    assert not app.error


def test_compare_offers_each_run_as_a_zip(foreign):
    assert "Run (ZIP)" in [each.label for each in screen(COMPARE, runs=ids([foreign])).get("download_button")]


def test_train_says_that_there_is_no_history_and_offers_no_training(foreign):
    app = screen("pages/train.py", run=foreign.id)
    shown = words(app)
    assert "Imported: no training history" in shown
    assert "MLP.4.pth" in shown
    assert "Your network: test MSE" in shown
    assert pictures(app)


def test_the_views_of_the_latent_space_cope(foreign):
    for name in ("Units", "Health", "Training"):
        app = view(name, run=foreign.id) if name in view_names() else None
        assert app is None or not app.error


def view_names():
    app = screen(LATENT)
    return app.segmented_control(key="view").options


@pytest.fixture
def dropping(monkeypatch, few):
    monkeypatch.setattr(drop, "Reader", InThisProcess)
    monkeypatch.setattr(datasets, "load", lambda *_, **__: few)


def test_files_dropped_on_home_become_runs(dropping, _weights, finished, tmp_path):
    app = screen()
    app.selectbox(key=drop.DATASET).set_value("digits").run()
    app.file_uploader[0].upload(_weights.name, _weights.read_bytes()).run()
    assert not app.exception
    shown = words(app)
    assert "Fully connected, 4 units" in shown
    assert "Your network: test MSE" in shown
    app.file_uploader[0].upload("run.zip", packing.pack(finished)).run()
    app.file_uploader[0].upload("bad.pth", b"not a checkpoint").run()
    assert "bad.pth is neither a PyTorch nor a safetensors file" in words(app)
    assert len(folders.list_runs()) == 3
