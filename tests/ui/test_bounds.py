"""What one session can ask of the machine: so many runs at once, and one t-SNE at a time."""

import threading
import time

import pytest
import torch
from screens import screen
from tiny import tiny

from ae.analysis import tsne
from ae.cli.main import main
from ae.runs import processes, queue
from ae.runs.folders import RunError, create, list_runs
from ae.ui import cached

pytestmark = pytest.mark.usefixtures("screens_alone")


@pytest.fixture(autouse=True)
def nothing_trains(monkeypatch):
    monkeypatch.setattr(processes, "spawn", lambda path: 1)


def test_a_sweep_that_is_too_long_is_refused_by_the_form_and_creates_nothing(monkeypatch):
    monkeypatch.setattr(queue, "MOST", 2)
    app = screen("pages/train.py")
    app.multiselect(key="form_sizes").set_value(["2", "4", "8"]).run()
    app.button(key="train").click().run()
    assert app.error[0].value == "3 runs in the queue are too many: it takes 2"
    assert list_runs() == []


def test_a_sweep_of_ten_thousand_runs_is_refused_by_the_command_and_creates_nothing(capsys):
    sizes = [str(1 + n % 784) for n in range(10_000)]
    assert main(["train", "--dataset", "digits", "-z", *sizes]) != 0
    assert capsys.readouterr().err == "python -m ae: 10,000 runs in the queue are too many: it takes 400\n"
    assert list_runs() == []


def test_the_queue_takes_no_more_than_its_bound(monkeypatch):
    monkeypatch.setattr(queue, "MOST", 2)
    runs = [create(tiny(seed=seed)) for seed in range(3)]
    for run in runs[:2]:
        queue.start(run)
    with pytest.raises(RunError, match=r"^3 runs in the queue are too many: it takes 2$"):
        queue.start(runs[2])
    queue.stop(runs[1])
    queue.start(runs[2])
    assert queue.state(runs[2]) == "queued"


def test_one_map_is_computed_at_a_time_however_many_are_asked_for(monkeypatch):
    at_work, most = [], []

    def slow(codes):
        at_work.append(1)
        most.append(len(at_work))
        time.sleep(0.02)
        at_work.pop()
        return codes

    monkeypatch.setattr(tsne, "tsne", slow)
    monkeypatch.setattr(cached, "test_codes", lambda run: torch.zeros(4, 2))
    threads = [threading.Thread(target=cached._tsne_map, args=(None, (str(n), 0, 0, True))) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1] * 6
