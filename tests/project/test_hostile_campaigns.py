"""A short slice of the campaigns with hostile files, pictures and values, in this process and with a fixed seed."""

import importlib
import random
import shutil
from dataclasses import replace

import pytest

from torture import disk_trials, files, mutants, pictures, uploads, values, watched
from torture.campaign import run


class Here:
    """Does in this process what ``Watched`` has a child do; time and memory are not measured."""

    def __init__(self, function, *, environment=None, **_):
        module, _, name = function.partition(":")
        self.do = getattr(importlib.import_module(module), name)
        self.patch = pytest.MonkeyPatch()
        for key, value in (environment or {}).items():
            self.patch.setenv(key, value)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.patch.undo()


@pytest.mark.parametrize(("module", "tries"), [(files, 30), (uploads, 25), (values, 15)])
@pytest.mark.slow
def test_nothing_is_lost_in_a_short_campaign(module, tries, monkeypatch):
    monkeypatch.setattr(module, "Watched", Here)
    monkeypatch.setattr(files, "DEEPEST", 1000)  # nothing that takes seconds
    monkeypatch.setattr(mutants, "KINDS", [kind for kind in mutants.KINDS if kind is not mutants.zipped])
    monkeypatch.setattr(pictures, "KINDS", [kind for kind in pictures.KINDS if kind is not pictures.large])
    quick = ("list", "show", "rename", "tag", "delete", "resume", "stop", "app")
    monkeypatch.setattr(values, "USUAL", {name: values.USUAL[name] for name in quick})
    assert not run(replace(module.CAMPAIGNS[0], tries=tries), 1, 60).lost


@pytest.mark.parametrize("kind", [kind for kind in mutants.KINDS if kind is not mutants.zipped])
def test_a_kind_of_damage_can_be_done_with_any_seed(kind, finished, tmp_path):
    for seed in range(12):
        run = tmp_path / f"run-{seed}"
        shutil.copytree(finished.path, run)
        kind(random.Random(seed), run, tmp_path / "canary", tmp_path / "mark")
        assert not (tmp_path / "mark").exists()


@pytest.mark.parametrize("kind", ["full", "gone"])
def test_a_disk_that_fails_loses_nothing(kind, tmp_path):
    assert disk_trials.trial({"kind": kind, "place": str(tmp_path), "seed": 3}) == ""


@pytest.mark.slow
def test_a_child_that_takes_too_much_runs_something_raises_or_dies_is_noticed():
    with watched.Watched("torture.misbehaving:do") as child:
        assert child.do({"how": "well"}) == ""
        assert "MB of memory" in child.do({"how": "greedily"})
        assert child.do({"how": "by running a command"}) == "ran os.system"
        assert "ValueError: on purpose" in child.do({"how": "by raising"})
        assert child.do({"how": "by ending"}).startswith("the process ended with code 3")
        assert child.do({"how": "well"}) == ""
