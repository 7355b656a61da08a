"""Runs for the screens: several kinds of networks, trained once."""

import os
import shutil

import pytest
from tiny import tiny

from ae import PROJECT
from ae.runs import folders
from ae.runs.recording import record


@pytest.fixture(scope="session")
def _several(tmp_path_factory, few):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AE_CHECKPOINTS", str(tmp_path_factory.mktemp("several")))
        made = []
        for changes in (
            {"model": "conv", "code_size": 2, "code_activation": "none"},
            {"model": "vae", "code_size": 2, "code_activation": "none", "beta": 1.0},
            {"code_size": 16, "code_activation": "none"},
        ):
            run = folders.create(tiny(batch_size=512, **changes))
            list(record(run))
            made.append(run)
    return made


@pytest.fixture
def several(_several, runs):
    """Three runs on the digits, with different networks and bottleneck sizes, in this test's own folder of runs."""
    for run in _several:
        shutil.copytree(run.path, runs / run.id)
    return [folders.open_run(run.id) for run in _several]


def _linked(source, target):
    """Link a file where the file system can, since the included runs are large."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


@pytest.fixture
def included(runs):
    """The included models, by id, in this test's own folder of runs."""
    runs.mkdir()
    for path in (PROJECT / "checkpoints").glob("shipped-*"):
        shutil.copytree(path, runs / path.name, copy_function=_linked)
    return {run.id: run for run in folders.list_runs()}
