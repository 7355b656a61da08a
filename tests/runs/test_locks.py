"""Where files can't be locked, nothing is trained; what killed processes left is cleared by the next that may."""

import errno
import fcntl

import pytest
from tiny import contents, quick

from ae.runs import editing, filenames, folders, log, queue
from ae.runs.folders import RunError, create


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, None])
def test_where_locks_are_refused_or_only_pretended_nothing_is_trained_or_changed(spawned, monkeypatch, number):
    run = create(quick())
    before = contents(run)

    def flock(descriptor, operation):
        if number:
            raise OSError(number, "No locks available")

    monkeypatch.setattr(fcntl, "flock", flock)
    for action in (queue.start, queue.prepare, editing.delete, lambda run: create(quick())):
        with pytest.raises(RunError, match="is on a drive that can't lock files"):
            action(run)
    queue.tend()
    assert contents(run) == before
    assert folders.list_runs() == [run]
    assert (queue.state(run), spawned) == ("interrupted", [])


@pytest.mark.usefixtures("on_few")
def test_temporary_files_of_killed_processes_are_deleted_when_the_run_is_trained():
    run = create(quick())
    queue.prepare(run)
    for name in (filenames.TICKET, filenames.ERROR, filenames.ABOUT, filenames.CARD, filenames.RECIPE, filenames.STATE):
        (run.path / f".{name}-left").touch()
    list(queue.work(run))
    assert not list(run.path.glob(".*"))


def test_a_deleted_run_is_neither_resumed_nor_stopped_nor_made_again():
    run = create(quick())
    editing.delete(run)
    with pytest.raises(RunError, match=f"{run.id} was deleted"):
        queue.start(run)
    with pytest.raises(RunError, match="there is nothing to stop"):
        queue.stop(run)
    assert not run.path.exists()


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        RuntimeError("[enforce fail at alloc_cpu.cpp:118] . DefaultCPUAllocator: can't allocate memory: you tried to"),
        RuntimeError("CUDA out of memory. Tried to allocate 2 GiB"),
        OSError(errno.ENOMEM, "Cannot allocate memory"),
    ],
)
def test_a_lack_of_memory_is_reported_in_one_sentence(error):
    assert log.sentence(error).startswith("there is not enough memory: choose a smaller batch size")
