"""The engine and its flags, with a cluster in this process; and what is said where Ray is not installed."""

from contextlib import contextmanager

import pytest
from fake_cluster import FakeCluster
from tiny import assert_equal_runs, tiny

from ae.runs import filenames, files, folders, queue, reading
from ae.runs.cluster import driver, engine, halving, streams
from ae.runs.cluster.engine import RayEngine
from ae.runs.recording import record

pytestmark = pytest.mark.usefixtures("on_few")
SWEEP = ("sweep", "--preset", "lab", "--dataset", "digits", "-z", "2", "3", "-e", "1", "--seeds", "0", "--yes")


@pytest.fixture
def fake(monkeypatch):
    """The cluster that every engine connects to."""
    cluster = FakeCluster()

    @contextmanager
    def connected(address, needs, *, workers=1):
        cluster.asked = (address, needs, workers)
        yield cluster

    monkeypatch.setattr(engine, "connected", connected)
    monkeypatch.setattr(streams, "find_spec", lambda module: module)
    monkeypatch.setattr(driver, "EVERY_SECONDS", 0.0)
    monkeypatch.setattr(driver, "EACH_SECONDS", 0.0)
    return cluster


def test_a_sweep_on_a_cluster_ends_like_one_here(fake, call):
    code, said, _ = call(*SWEEP, "--on", "ray", "--workers", "3", "--gpus", "0.25")
    assert code == 0
    assert "2 to train on ray" in said
    assert "All 2 runs are finished" in said
    assert fake.asked == ("ray", streams.Needs(1, 0.25), 3)
    here = []
    for run in folders.list_runs():
        assert reading.read_threads(run) == 1
        here.append(folders.create(run.recipe, made={filenames.THREADS: b"1\n"}))
        list(record(here[-1]))
        assert_equal_runs(run, here[-1])
    code, said, _ = call(*SWEEP, "--on", "ray")
    assert code == 0
    assert "2 runs: 2 finished already" in said


def test_a_sweep_that_is_stopped_stops_what_trains_and_what_waits(fake):
    fake.places = 1
    runs = [folders.create(tiny(seed=seed)) for seed in range(3)]
    asked = []

    def report(run, state):
        if reading.saved_epoch(runs[0]) == 1:
            asked.append(run)

    RayEngine().train(runs, report=report, stopped=lambda: bool(asked))
    assert [queue.state(run) for run in runs] == ["stopped"] * 3
    assert reading.read_metrics(runs[0])["epoch"] == 1


def test_runs_that_were_stopped_early_stay_so_as_long_as_that_is_wanted(fake, monkeypatch):
    run = folders.create(tiny())
    files.replace(run.path / filenames.STOP, b"early, it is hopeless\n")
    monkeypatch.setattr(engine, "Halving", lambda runs: None)
    RayEngine(asha=True).train([run], report=lambda *_: None, stopped=lambda: False)
    assert queue.state(run) == "stopped"
    RayEngine().train([run], report=lambda *_: None, stopped=lambda: False)
    assert queue.state(run) == "finished"


@pytest.mark.parametrize(
    ("flags", "sentence"),
    [
        (
            ["--on", "ray"],
            "ray needs Ray, which is not installed: run python -m pip install -r requirements-cluster.txt",
        ),
        (["--on", "rya"], "no cluster has the address 'rya': use ray, or ray://HOST:10001"),
        (["--on", "ray://"], "no cluster has the address 'ray://': use ray, or ray://HOST:10001"),
        (["--gpus", "0.25"], "--gpus is for a sweep on a cluster: add --on ray"),
        (["--asha"], "--asha is for a sweep on a cluster: add --on ray"),
    ],
)
def test_what_is_wrong_with_the_flags_is_said_in_one_sentence(call, monkeypatch, flags, sentence):
    monkeypatch.setattr(streams, "find_spec", lambda module: None)
    code, _, said = call(*SWEEP, *flags)
    assert (code, said) == (2, f"python -m ae: {sentence}\n")
    assert folders.list_runs() == []


@pytest.mark.parametrize(
    ("flags", "sentence"),
    [
        (["--gpus", "1.5"], "1.5 GPUs a run: use a share, such as 0.25, or a whole number"),
        (["--workers", "0"], "0 workers: use 1 to"),
    ],
)
def test_numbers_that_make_no_sense_are_refused(fake, call, flags, sentence):
    code, _, said = call(*SWEEP, "--on", "ray", *flags)
    assert code == 2
    assert sentence in said
    code, _, said = call(*SWEEP, "--on", "ray://host:10001", "--workers", "2")
    assert (code, "--workers is for a cluster that is started here" in said) == (2, True)


def test_asha_without_ray_tune_says_how_to_install_it(monkeypatch):
    monkeypatch.setattr(halving, "find_spec", lambda module: module if module == "ray" else None)
    with pytest.raises(ValueError, match="--asha needs Ray Tune, which is not installed"):
        halving.Halving([])
