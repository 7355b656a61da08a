"""On a real Ray cluster of several nodes on this machine: a node and a process are killed, a run is stopped."""

import os
import signal
import time
from importlib.util import find_spec
from pathlib import Path

import pytest
from tiny import assert_equal_runs, same, timeless, tiny
from waiting import wait_for

from ae import PROJECT
from ae.runs import filenames, files, folders, model_file, queue, reading
from ae.runs.cluster import driver, streams
from ae.runs.cluster.engine import RayEngine
from ae.runs.folders import RunError
from ae.runs.recording import record

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(150),
    pytest.mark.skipif(find_spec("ray") is None, reason=f"Ray is not installed: {streams.INSTALL}"),
]

STORE, PORT = 80 * 2**20, 24601
LONG = {"epochs": 30, "batch_size": 64}
ONE_THREAD = {filenames.THREADS: b"1\n"}


def processes():
    """Return the ids of all processes of Ray on this machine."""
    found = set()
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes().replace(b"\0", b" ")
        except OSError:  # it has ended
            continue
        if b"raylet" in words or b"gcs_server" in words or words.startswith(b"ray::"):
            found.add(int(path.parent.name))
    return found


@pytest.fixture(scope="module")
def cluster():
    """A cluster of a head that trains nothing and of three nodes that train one run each; nothing of it remains."""
    before = processes()
    with pytest.MonkeyPatch.context() as patch:
        installed = {"PYTHONPATH": str(PROJECT)}  # as the package is on each machine
        for name, value in (streams.QUIET | streams.ALONE | installed | {"RAY_worker_niceness": "0"}).items():
            patch.setenv(name, value)
        from ray.cluster_utils import Cluster

        head = {"num_cpus": 0, "object_store_memory": STORE, "ray_client_server_port": PORT}
        made = Cluster(initialize_head=True, head_node_args=head)
        try:
            for _ in range(3):
                made.add_node(num_cpus=1, object_store_memory=STORE)
            yield made
        finally:
            made.shutdown()
            wait_for(lambda: processes() <= before, seconds=20)


def begun(*recipes):
    return [folders.create(recipe, made=ONE_THREAD) for recipe in recipes]


def trained(runs, address, *, each=lambda run: None, **options):
    RayEngine(address, **options).train(runs, report=lambda run, state: each(run), stopped=lambda: False)


def straight(recipe):
    """Return a run of a recipe that this process trains."""
    (run,) = begun(recipe)
    list(record(run))
    return run


def where(run):
    """Return the process that trains a run, by its log."""
    line = [line for line in (run.path / filenames.LOG).read_text().splitlines() if ", process " in line][-1]
    return int(line.rpartition(" ")[2])


def test_runs_end_with_the_same_bits_as_here_though_a_node_and_a_process_are_killed(cluster):
    runs = begun(*(tiny(seed=seed, **LONG) for seed in range(4)))
    killed = []

    def kill(run):
        epoch = reading.saved_epoch(run) or 0
        if not killed and run == runs[0] and 0 < epoch < 28:
            killed.append("node")
            cluster.remove_node(cluster.list_all_nodes()[-1], allow_graceful=False)
        elif len(killed) == 1 and run == runs[-1] and 0 < epoch < 28:
            killed.append("process")
            os.kill(where(run), signal.SIGKILL)

    trained(runs, cluster.address, each=kill)
    assert killed == ["node", "process"]
    logs = "".join((run.path / filenames.LOG).read_text() for run in runs)
    assert "training goes on from the last recorded epoch" in logs
    assert_equal_runs(runs[0], straight(runs[0].recipe))
    assert_equal_runs(runs[-1], straight(runs[-1].recipe))
    assert {queue.state(run) for run in runs} == {"finished"}


def test_a_run_is_stopped_from_its_folder_and_goes_on_here_with_the_same_bits(cluster):
    (run,) = begun(tiny(seed=7, **LONG))

    def stop(run):
        if queue.state(run) == "running" and 1 <= (reading.saved_epoch(run) or 0) < 28:
            queue.stop(run)

    began = time.monotonic()
    trained([run], cluster.address, each=stop)
    assert queue.state(run) == "stopped"
    stopped_at = reading.saved_epoch(run)
    assert 1 <= stopped_at < 30
    assert reading.read_metrics(run)["epoch"] == stopped_at
    assert time.monotonic() - began < 60
    (run.path / filenames.STOP).unlink()
    list(record(run))
    assert_equal_runs(run, straight(run.recipe))


def test_a_cluster_that_this_machine_is_not_part_of_is_reached_by_ray_client(cluster):
    (run,) = begun(tiny(epochs=4))
    trained([run], f"ray://127.0.0.1:{PORT}")
    assert_equal_runs(run, straight(run.recipe))


def test_a_run_that_needs_what_no_machine_has_is_refused_in_one_sentence(cluster):
    (run,) = begun(tiny())
    with pytest.raises(RunError, match=r"has what a run needs: 1 of its cores and 0\.25 of a GPU"):
        trained([run], cluster.address, gpus=0.25)
    assert queue.state(run) == "interrupted"


def test_hopeless_runs_are_stopped_early_by_asha_and_say_so(cluster, monkeypatch):
    monkeypatch.setattr(driver, "EVERY_SECONDS", 0.0)
    monkeypatch.setattr(driver, "EACH_SECONDS", 0.0)
    rates = [1e-3, 1e-3, 1e-3, 1e-6, 1e-6, 1e-6]
    recipes = [tiny(seed=seed, learning_rate=rate, epochs=27) for seed, rate in enumerate(rates)]
    tagged = ONE_THREAD | {filenames.ABOUT: files.to_json({"tags": ["sweep:early"]})}
    runs = [folders.create(recipe, made=tagged) for recipe in recipes]
    trained(runs, cluster.address, asha=True)
    states = [queue.state(run) for run in runs]
    assert "finished" in states[:3]
    assert states[3:].count("stopped") >= 2
    early = [run for run in runs if queue.state(run) == "stopped"]
    assert all("was not among the best third" in reading.stopped_because(run) for run in early)
    assert all(reading.read_metrics(run)["epoch"] == reading.saved_epoch(run) < 27 for run in early)


def test_a_cluster_is_started_here_if_none_is_named_and_nothing_of_it_remains(runs):
    before = processes()
    (run,) = begun(tiny(epochs=2))
    trained([run], "ray", workers=1)
    here = straight(run.recipe)
    assert same(model_file.load(run).state_dict(), model_file.load(here).state_dict())
    assert timeless(run) == timeless(here)
    wait_for(lambda: processes() <= before, seconds=20)
