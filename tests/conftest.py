"""Fixtures for all tests: a separate folder of runs for each, and expensive objects that are made only once."""

import os

# Tiny networks gain nothing from two threads, and threads that spin while waiting for each other may take minutes. Set
# before torch is imported; the processes that tests start inherit it.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("GOMP_SPINCOUNT", "1000")  # as in ae/__main__.py, for the few tests with two threads

import shutil
import signal
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings
from tiny import KILLABLE, tiny

from ae.cli.main import main
from ae.data import datasets
from ae.runs import filenames, files, folders, processes, standby
from ae.runs.recording import record

settings.register_profile("ae", deadline=None, derandomize=True)
settings.load_profile("ae")

MNIST = Path(__file__).resolve().parent.parent.parent / "shared" / "mnist"
if not os.environ.get("AE_DATA") and MNIST.is_dir():
    os.environ["AE_DATA"] = str(MNIST)


@pytest.fixture(autouse=True, scope="session")
def temporary_files(tmp_path_factory):
    """What tests and the processes that they start leave behind as temporary files goes away with pytest's own."""
    with pytest.MonkeyPatch.context() as patch:
        folder = str(tmp_path_factory.mktemp("t"))
        patch.setenv("TMPDIR", folder)
        patch.setattr(tempfile, "tempdir", folder)
        yield


@pytest.fixture(autouse=True)
def runs(tmp_path, monkeypatch):
    """The folder of runs of this test, which does not exist until something creates it."""
    folder = tmp_path / "runs"
    monkeypatch.setenv("AE_CHECKPOINTS", str(folder))
    return folder


@pytest.fixture(autouse=True)
def no_warm_trainer():
    """No test leaves a warm trainer, which would get the run of a later test."""
    with pytest.MonkeyPatch.context() as patch:  # of its own, since a test may undo what its monkeypatch did
        patch.setattr(standby, "prepare", lambda: None)
        for state in ("_serving", "_free"):  # or this process would be given the runs of later tests
            patch.setattr(standby, state, False)
        yield


@pytest.fixture(autouse=True)
def signals():
    """Restore the handlers of the signals that the command line handles."""
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture(scope="session")
def digits():
    return datasets.load("digits")


@pytest.fixture(scope="session")
def few(digits):
    """A hundred digits under their dataset's name, for tests that train often; the 40 test images show all classes."""
    images, labels = digits.images[:96], digits.labels[:96]
    return datasets.Dataset(
        "digits", images, labels, digits.test_images[:40], digits.test_labels[:40], digits.class_names
    )


@pytest.fixture(scope="session")
def _finished(tmp_path_factory):
    patch = pytest.MonkeyPatch()
    patch.setenv("AE_CHECKPOINTS", str(tmp_path_factory.mktemp("finished")))
    run = folders.create(tiny(), name="A tiny run", preset="lab")
    list(record(run))
    patch.undo()
    return run


@pytest.fixture
def finished(_finished, runs):
    """A finished run of two epochs on the digits, in this test's own folder of runs."""
    shutil.copytree(_finished.path, runs / _finished.id)
    return folders.open_run(_finished.id)


@pytest.fixture
def stopped(runs, few):
    """A run that was stopped after the first of its two epochs, trained on ``few``."""
    run = folders.create(tiny())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(datasets, "load", lambda *_, **__: few)
        for epoch in record(run):
            if epoch.number == 1:
                files.replace(run.path / filenames.STOP, b"")
    return run


@pytest.fixture
def on_few(few, monkeypatch):
    """Train every recipe on ``few``, whatever its dataset."""
    monkeypatch.setattr(datasets, "load", lambda *_, **__: few)


@pytest.fixture(scope="session")
def straight(few, tmp_path_factory):
    """An uninterrupted run of the recipe ``KILLABLE`` on ``few``, in a separate folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AE_CHECKPOINTS", str(tmp_path_factory.mktemp("straight")))
        patch.setattr(datasets, "load", lambda *_, **__: few)
        run = folders.create(KILLABLE)
        list(record(run))
    return run


@pytest.fixture
def spoiled(runs):
    """The folder, named a-run, of a readable run that has not begun, for tests to damage."""
    folder = runs / "a-run"
    folder.mkdir(parents=True)
    about = {"format": 1, "name": "A run", "preset": "lab", "created": "2026-01-01T00:00:00+00:00"}
    files.replace(folder / filenames.RECIPE, files.to_json(tiny().to_dict()))
    files.replace(folder / filenames.ABOUT, files.to_json(about))
    assert folders.open_run("a-run").name == "A run"
    return folder


@pytest.fixture
def screens_alone(tmp_path, monkeypatch):
    """Keep tests of screens from downloading and training, and clear the cache between them."""
    import streamlit as st

    monkeypatch.setenv("AE_DATA", str(tmp_path / "data"))
    monkeypatch.setattr(processes, "spawn", lambda path: os.getpid())
    from ae.ui import measuring

    monkeypatch.setattr(measuring, "IMAGES", 40)
    monkeypatch.setattr(measuring, "CURVE_IMAGES", 30)
    monkeypatch.setattr(measuring, "STRENGTHS", (0.0, 0.5, 1.0))
    yield
    st.cache_data.clear()
    st.cache_resource.clear()


@pytest.fixture
def call(capsys):
    """Return a function that runs a command in this process and returns its exit code, output and error output."""

    def call(*arguments):
        capsys.readouterr()
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as leaving:
            code = leaving.code
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return call
