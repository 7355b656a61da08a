"""A run whose process dies at any moment is readable, can be resumed, and ends as if nothing had happened."""

import itertools

import numpy as np
import pytest
from killing import Killed, die_at
from tiny import KILLABLE, assert_equal_runs, timeless

from ae.analysis import evaluation
from ae.runs import filenames, files, queue, reading
from ae.runs.folders import RunError, create, open_run
from ae.runs.model_file import load
from ae.runs.reading import read_history
from ae.runs.recording import record

pytestmark = pytest.mark.usefixtures("on_few")


@pytest.mark.parametrize(
    "torn",
    [
        pytest.param(False, marks=pytest.mark.slow, id="between two writes"),
        pytest.param(True, id="in the middle of a write"),
    ],
)
def test_a_run_killed_at_any_write_is_readable_and_ends_the_same_when_resumed(straight, torn):
    for n in itertools.count(1):
        run = create(KILLABLE)
        with pytest.MonkeyPatch.context() as patch:
            die_at(n, patch, torn=torn)
            try:
                list(record(run))
                break  # it makes fewer than n writes
            except Killed:
                pass
        assert open_run(run.id) == run
        assert timeless(run) == timeless(straight)[: len(read_history(run))]
        assert queue.state(run) != "running"
        epoch = reading.saved_epoch(run)
        if epoch is None:
            with pytest.raises(RunError, match="has no weights yet"):
                load(run)
        else:
            load(run)
            assert epoch in [line.epoch for line in read_history(run)], f"weights beyond the history at write {n}"
        list(record(run))
        assert_equal_runs(run, straight)
        assert not list(run.path.glob(".*")), f"a killed write {n} left a temporary file"
    assert n > 15  # the number of writes at which it was killed


def test_a_run_killed_repeatedly_ends_the_same(straight):
    run = create(KILLABLE)
    for n in (3, 4, 5, 2, 6, 3):
        with pytest.MonkeyPatch.context() as patch:
            die_at(n, patch, torn=True)
            with pytest.raises(Killed):
                list(record(run))
    list(record(run))
    assert_equal_runs(run, straight)


def test_a_run_killed_before_its_last_preview_ends_with_the_preview_of_the_last_epoch(straight, monkeypatch):
    run, replace = create(KILLABLE), files.replace

    def dying(path, content, **options):
        if path.name == filenames.PREVIEW and reading.saved_epoch(run) == 3:
            raise Killed
        replace(path, content, **options)

    with monkeypatch.context() as patch:
        patch.setattr(files, "replace", dying)
        with pytest.raises(Killed):
            list(record(run))
    list(record(run))
    assert (np.stack(reading.read_preview(run)) == np.stack(reading.read_preview(straight))).all()


def test_a_run_killed_before_it_was_measured_is_not_called_finished(straight):
    """Otherwise it could not be started again, and would never be measured."""
    run = create(KILLABLE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(evaluation, "evaluate", lambda *_: (_ for _ in ()).throw(Killed))
        with pytest.raises(Killed):
            list(record(run))
    assert reading.read_metrics(run) == {}
    assert queue.state(run) == "interrupted"
    queue.prepare(run)
    list(record(run))
    (run.path / filenames.TICKET).unlink()
    assert_equal_runs(run, straight)
