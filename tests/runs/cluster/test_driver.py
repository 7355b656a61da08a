"""Runs that a cluster trains are recorded here like any other, stopped from their folders, and never lost; no Ray."""

import pytest
import torch
from fake_cluster import FakeCluster
from tiny import DIVERGING, KILLABLE, assert_equal_runs, contents, figures, tiny

from ae.analysis import evaluation
from ae.data import datasets
from ae.data.sources import DataError
from ae.runs import editing, filenames, folders, locks, model_file, queue, reading, recording
from ae.runs.cluster import driver as driver_module
from ae.runs.cluster import jobs
from ae.runs.cluster.driver import CRASHES, Driver

pytestmark = pytest.mark.usefixtures("on_few", "each_epoch_sent")
THREADS = torch.get_num_threads()


@pytest.fixture
def each_epoch_sent(monkeypatch):
    monkeypatch.setattr(driver_module, "EVERY_SECONDS", 0.0)
    monkeypatch.setattr(driver_module, "EACH_SECONDS", 0.0)


def queued(*recipes):
    runs = [folders.create(recipe) for recipe in recipes]
    queue.start_all(runs, elsewhere=True)
    return runs


def trained(runs, cluster, **options):
    return list(Driver(cluster, threads=THREADS, **options).train(runs))


def texts(run):
    return (run.path / filenames.LOG).read_text()


# ---------------------------------------------------------------------------------------------------- as a run here


@pytest.mark.parametrize("seconds", [0.0, 1e6])
def test_a_run_ends_with_the_same_bits_and_the_same_files_as_here(straight, monkeypatch, seconds):
    monkeypatch.setattr(driver_module, "EVERY_SECONDS", seconds)
    (run,) = queued(KILLABLE)
    progress = trained([run], FakeCluster())
    assert_equal_runs(run, straight)
    for name in (filenames.REPLAY, filenames.PREVIEW):
        assert (run.path / name).read_bytes() == (straight.path / name).read_bytes()
    assert {*contents(run)} - {filenames.LOG, filenames.LOCK} == {*contents(straight)} - {filenames.LOCK}
    assert [line.epoch for each in progress for line in each.lines] == [0, 1, 2, 3]
    assert progress[-1].ended
    assert len([each for each in progress if each.lines]) == (4 if seconds == 0 else 2)
    assert "Finished" in texts(run)


def test_as_many_runs_train_at_once_as_fit_and_the_others_wait_in_the_queue():
    runs = queued(*(tiny(seed=seed, epochs=1) for seed in range(5)))
    cluster, states = FakeCluster(places=2), []
    for _ in Driver(cluster, threads=THREADS).train(runs):
        states.append([queue.state(run) for run in runs])
    assert cluster.most == 2
    assert all(each.count("running") <= 2 for each in states)
    assert states[0].count("queued") == 3
    assert states[-1] == ["finished"] * 5


def test_every_message_is_in_the_folder_before_it_is_reported():
    (run,) = queued(KILLABLE)
    for progress in Driver(FakeCluster(), threads=THREADS).train([run]):
        if progress.lines:
            assert reading.read_history(run)[-1].epoch == progress.lines[-1].epoch == reading.saved_epoch(run)
            assert model_file.read_state(run)["epoch"] == progress.lines[-1].epoch


# -------------------------------------------------------------------------------------------------------------- stop


@pytest.mark.parametrize("at", [0, 1, 2])
def test_a_stop_keeps_the_last_whole_epoch_and_has_it_measured(straight, few, at):
    (run,) = queued(KILLABLE)
    cluster = FakeCluster()
    for progress in Driver(cluster, threads=THREADS).train([run]):
        if progress.lines and progress.lines[-1].epoch == at:
            queue.stop(run)
    assert queue.state(run) == "stopped"
    assert reading.saved_epoch(run) == at
    assert figures(run) == {"epoch": at, **evaluation.evaluate(model_file.load(run), few)}
    assert cluster.cancelled == [run.id]
    queue.start_all([run], elsewhere=True)
    trained([run], FakeCluster())
    assert_equal_runs(run, straight)


def test_a_run_that_is_stopped_before_its_first_epoch_has_none_and_can_begin_again(straight):
    (run,) = queued(KILLABLE)
    queue.stop(run)
    trained([run], FakeCluster())
    assert (queue.state(run), reading.read_history(run)) == ("stopped", [])
    queue.start_all([run], elsewhere=True)
    trained([run], FakeCluster())
    assert_equal_runs(run, straight)


def test_ending_the_driver_gives_up_what_is_trained_and_the_next_one_goes_on(straight):
    (run,) = queued(KILLABLE)
    cluster = FakeCluster()
    training = Driver(cluster, threads=THREADS).train([run])
    while not any(line.epoch == 1 for line in next(training).lines):
        pass
    training.close()
    assert cluster.streams == {}
    assert queue.state(run) == "interrupted"
    queue.start_all([run], elsewhere=True)
    trained([run], FakeCluster())
    assert_equal_runs(run, straight)
    assert "Going on after epoch 1" in texts(run)


# ------------------------------------------------------------------------------------------------------------- crash


@pytest.mark.parametrize("message", range(1, 7))
def test_a_lost_process_costs_what_was_not_yet_sent_and_nothing_else(straight, message):
    """The messages are Begun, four epochs and Measured."""
    (run,) = queued(KILLABLE)
    cluster = FakeCluster(losing=[(run.id, message)])
    trained([run], cluster)
    assert_equal_runs(run, straight)
    again = cluster.jobs[-1][1]
    assert (jobs.read_state(again.state)["epoch"] if again.state else -1) == max(message - 3, -1)


def test_a_process_that_is_lost_when_all_is_done_costs_nothing(straight):
    (run,) = queued(KILLABLE)
    cluster = FakeCluster(losing=[(run.id, 7)])
    trained([run], cluster)
    assert_equal_runs(run, straight)
    assert len(cluster.jobs) == 1


def test_a_run_whose_process_is_lost_over_and_over_fails_in_one_sentence_and_can_be_resumed(straight):
    (run,) = queued(KILLABLE)
    cluster = FakeCluster(losing=[(run.id, message) for message in (4, 6, 8)])
    trained([run], cluster)
    assert queue.state(run) == "failed"
    assert reading.read_error(run) == "its process died, 3 times in a row without an epoch between"
    assert len(cluster.jobs) == CRASHES
    queue.start_all([run], elsewhere=True)
    trained([run], FakeCluster())
    assert_equal_runs(run, straight)


def test_crashes_with_an_epoch_between_them_are_not_counted_together(straight):
    (run,) = queued(KILLABLE)
    cluster = FakeCluster(losing=[(run.id, message) for message in (3, 6, 9, 12)])
    trained([run], cluster)
    assert len(cluster.jobs) == 5
    assert_equal_runs(run, straight)


# ------------------------------------------------------------------------------------------------------------ failure


def test_a_run_that_diverges_keeps_its_last_good_weights_and_the_others_go_on():
    runs = queued(tiny(**DIVERGING, epochs=6, batch_size=8), KILLABLE)
    trained(runs, FakeCluster())
    assert [queue.state(run) for run in runs] == ["failed", "finished"]
    assert "no longer a finite number" in reading.read_error(runs[0])
    assert reading.read_metrics(runs[0])["epoch"] == reading.saved_epoch(runs[0])
    assert "Traceback" in texts(runs[0])


def test_a_dataset_that_the_machines_lack_is_sent_once_for_all_runs(few, straight, monkeypatch):
    asked = []

    def load(name, *_, say=None, **__):
        asked.append(name)
        if say is None:  # as the jobs do
            raise DataError("MNIST could not be downloaded")
        return few

    runs = queued(KILLABLE, tiny(seed=3))
    monkeypatch.setattr(datasets, "load", load)
    cluster = FakeCluster()
    trained(runs, cluster)
    assert_equal_runs(runs[0], straight)
    assert cluster.shared_datasets == [few]
    assert len(cluster.jobs) == 4


def test_a_dataset_that_nobody_has_fails_the_run_in_one_sentence(monkeypatch):
    (run,) = queued(KILLABLE)

    def load(*_, **__):
        raise DataError("MNIST could not be downloaded")

    monkeypatch.setattr(datasets, "load", load)
    trained([run], FakeCluster())
    assert (queue.state(run), reading.read_error(run)) == ("failed", "MNIST could not be downloaded")


def test_a_machine_with_other_software_is_refused(monkeypatch):
    (run,) = queued(KILLABLE)
    monkeypatch.setattr(driver_module, "software", lambda: "autoencoder-lab 9")
    trained([run], FakeCluster())
    assert queue.state(run) == "failed"
    assert reading.read_error(run).endswith("and this machine autoencoder-lab 9: install the same there")


def test_a_folder_that_can_t_be_written_fails_its_run_alone(monkeypatch):
    runs = queued(KILLABLE, KILLABLE)
    write = recording.write

    def full(run, *arguments):
        if run.id == runs[0].id:
            raise OSError(28, "No space left on device", str(run.path / "history.csv"))
        write(run, *arguments)

    monkeypatch.setattr(recording, "write", full)
    trained(runs, FakeCluster())
    assert [queue.state(run) for run in runs] == ["failed", "finished"]
    assert "is full: make room on it" in reading.read_error(runs[0])


def test_a_run_that_was_deleted_or_begun_elsewhere_is_left_alone():
    runs = queued(KILLABLE, KILLABLE, KILLABLE)
    queue.stop(runs[0])
    editing.delete(runs[0])
    said = []
    held = locks.acquire(runs[1].path / filenames.LOCK, busy="", seconds=1)
    try:
        trained(runs, FakeCluster(), say=said.append)
    finally:
        held.release()
    assert queue.state(runs[2]) == "finished"
    assert any("is being trained already" in each for each in said)


# ---------------------------------------------------------------------------------------------------------- stop early


class Strict:
    """Stops one run after epoch 1."""

    def __init__(self, run):
        self.run = run

    def reason_to_stop(self, run, lines):
        return "it is hopeless" if run.id == self.run.id and lines[-1].epoch == 1 else ""


def test_a_run_that_is_stopped_early_says_so_and_can_be_resumed(straight):
    runs = queued(KILLABLE, KILLABLE)
    trained(runs, FakeCluster(), early=Strict(runs[0]))
    assert [queue.state(run) for run in runs] == ["stopped", "finished"]
    assert reading.saved_epoch(runs[0]) == reading.read_metrics(runs[0])["epoch"] == 1
    assert reading.stopped_because(runs[0]) == "early, it is hopeless"
    assert "Stopped early: it is hopeless" in texts(runs[0])
    queue.start_all([runs[0]], elsewhere=True)
    trained([runs[0]], FakeCluster())
    assert_equal_runs(runs[0], straight)
    assert reading.stopped_because(runs[0]) == ""
