"""Disks that are full, read-only or gone: nothing is lost, and the sentence names the disk."""

import errno
import os
from contextlib import contextmanager

import pytest
from tiny import assert_equal_runs, tiny

from ae.runs import editing, files, folders, log, queue
from ae.runs.folders import RunError


@contextmanager
def broken_disk(number, after=0):
    """Let every write fail half-way, except for the first few."""
    writes, whole = [], files._put

    def put(file, content, *, sync):
        writes.append(content)
        if len(writes) <= after:
            return whole(file, content, sync=sync)
        file.write(content[: len(content) // 2])
        file.flush()
        raise OSError(number, os.strerror(number))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(files, "_put", put)
        yield


@pytest.mark.parametrize(
    ("number", "what"),
    [(errno.ENOSPC, "is full: make room on it"), (errno.EDQUOT, "quota"), (errno.EROFS, "is read-only")],
)
@pytest.mark.parametrize("how", [files.replace, files.append])
def test_a_write_that_fails_names_the_disk_and_leaves_the_old_file(tmp_path, number, what, how):
    path = tmp_path / "file"
    path.write_bytes(b"old\n")
    with broken_disk(number), pytest.raises(OSError) as failed:
        how(path, b"new")
    assert files.reason(failed.value).startswith(f"the disk at {files.disk(tmp_path)} ")
    assert what in files.reason(failed.value) and what in log.sentence(failed.value)
    assert path.read_bytes().startswith(b"old\n")
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("after", [0, 3, 8, 11])
def test_a_run_whose_disk_fills_up_says_so_and_goes_on_when_there_is_room(straight, on_few, call, after):
    run = folders.create(straight.recipe)
    with broken_disk(errno.ENOSPC, after):
        code, _, said = call("resume", run.id)
    assert (code, said.splitlines()[-1]) == (
        1,
        f"python -m ae: the disk at {files.disk(run.path)} is full: make room on it",
    )
    assert queue.state(run) in ("failed", "interrupted")
    assert call("resume", run.id)[0] == 0
    assert_equal_runs(run, straight)
    assert not [path for path in run.path.iterdir() if path.name.startswith(".")]


def test_a_log_that_can_not_be_written_is_not_what_training_fails_for(finished):
    with broken_disk(errno.ENOSPC):
        log.note(finished.path, "an entry")


def test_a_run_can_be_deleted_when_no_folder_can_be_created(finished, monkeypatch):
    def full(*_, **__):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os, "mkdir", full)
        editing.delete(finished)
    assert not finished.path.exists()
    assert not list(finished.path.parent.glob(".trash-*"))


@pytest.mark.parametrize("kind", ["file", "below a file", "circle"])
def test_what_is_no_folder_of_runs_is_named(tmp_path, monkeypatch, kind):
    there = tmp_path / "there"
    there.symlink_to(there) if kind == "circle" else there.write_text("x")
    monkeypatch.setenv("AE_CHECKPOINTS", str(there / "runs" if kind == "below a file" else there))
    assert folders.list_runs() == []
    with pytest.raises(RunError, match=r"no run can be created in .*there"):
        folders.create(tiny())


def test_a_file_may_have_the_longest_name_that_there_is(tmp_path):
    path = tmp_path / ("x" * 255)
    files.replace(path, b"content")
    assert path.read_bytes() == b"content"


def test_a_folder_whose_name_is_no_text_is_listed(finished, call):
    os.mkdir(os.fsencode(finished.path.parent) + b"/\xff\n<b>")  # noqa: PTH102
    code, said, _ = call("list")
    assert code == 0
    assert "<b>: unreadable, there is no run" in said
    assert said.encode()
    assert call("list", "--json")[0] == 0
