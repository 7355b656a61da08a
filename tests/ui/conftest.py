"""Runs for the screens: several kinds of networks, trained once."""

import shutil

import pytest
from tiny import tiny

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
