"""A run's folder may hold links, pipes and bombs in place of files: none is followed, opened or set off."""

import io
import os
import zipfile

import pytest
import torch
from tiny import contents

from ae.runs import filenames, files, folders, log, model_file, queue, reading
from ae.runs.folders import RunError
from ae.runs.following import Follower

NAMES = (filenames.WEIGHTS, filenames.STATE, filenames.HISTORY, filenames.REPLAY, filenames.LOG, filenames.ERROR)


def read_everything(run):
    for read in (model_file.load, model_file.read_state):
        with pytest.raises(RunError, match=r"damaged|resume\.pt"):
            read(run)
    reading.read_history(run)
    reading.read_replay(run)
    reading.read_error(run)
    log.last_line(run.path)
    Follower(run).look()
    queue.state(run)


@pytest.mark.timeout(20)
def test_a_pipe_in_place_of_any_file_is_not_opened(finished):
    for name in NAMES:
        (finished.path / name).unlink(missing_ok=True)
        os.mkfifo(finished.path / name)
    read_everything(finished)
    log.note(finished.path, "nobody reads this")
    with pytest.raises(OSError):
        files.append(finished.path / filenames.HISTORY, "1,2,3")


def test_a_link_in_place_of_any_file_is_not_followed(finished, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    for name in NAMES:
        path = finished.path / name
        (outside / name).write_bytes(path.read_bytes() if path.exists() else b"secret")
        path.unlink(missing_ok=True)
        path.symlink_to(outside / name)
    before = {path.name: path.read_bytes() for path in outside.iterdir()}
    read_everything(finished)
    assert reading.read_error(finished) == log.last_line(finished.path) == ""
    log.note(finished.path, "not there")
    with pytest.raises(OSError):
        files.append(finished.path / filenames.HISTORY, "1,2,3")
    assert {path.name: path.read_bytes() for path in outside.iterdir()} == before


def test_a_stop_is_not_written_where_a_link_leads(finished, tmp_path, monkeypatch):
    monkeypatch.setattr(queue, "state", lambda run: "running")
    (finished.path / filenames.STOP).symlink_to(tmp_path / "elsewhere")
    queue.stop(finished)
    assert not (tmp_path / "elsewhere").exists()
    assert reading.stop_asked(finished)


def test_a_compressed_resume_state_is_refused_before_it_is_unpacked(stopped):
    packed = io.BytesIO()
    state = stopped.path / filenames.STATE
    with zipfile.ZipFile(state) as stored, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for member in stored.infolist():
            archive.writestr(member.filename, stored.read(member))
    assert torch.load(io.BytesIO(packed.getvalue()), weights_only=True)["epoch"] == 1
    state.write_bytes(packed.getvalue())
    with pytest.raises(RunError, match="is damaged, so it can't be resumed"):
        model_file.read_state(stopped)


@pytest.mark.parametrize("recipe", [5, "text", [1], None])
def test_a_state_whose_recipe_is_no_recipe_is_refused(stopped, recipe):
    state = torch.load(stopped.path / filenames.STATE, weights_only=True) | {"recipe": recipe}
    torch.save(state, stopped.path / filenames.STATE)
    with pytest.raises(RunError, match="does not belong to this run"):
        model_file.read_state(stopped)


def test_a_log_and_an_error_are_shown_without_what_can_not_be_seen(finished):
    odd = "a\0b\x1b[31m\u202ec"
    (finished.path / filenames.ERROR).write_text(odd)
    (finished.path / filenames.LOG).write_text(odd)
    assert reading.read_error(finished) == log.last_line(finished.path) == "a b [31m c"
    assert log.sentence(ValueError(odd)) == "a b [31m c"


def test_runs_are_read_again_only_when_they_have_changed(finished, monkeypatch):
    first = folders.list_runs()
    measured = reading.read_metrics(finished)
    with monkeypatch.context() as patch:
        patch.setattr(files, "read_bytes", lambda *_: pytest.fail("it was read again"))
        assert folders.list_runs() == first
        assert reading.read_metrics(finished) == measured
    about = folders.read_about(finished) | {"name": "Another name"}
    files.replace(finished.path / filenames.ABOUT, files.to_json(about))
    files.replace(finished.path / filenames.METRICS, files.to_json(measured | {"test_mse": 0.5}))
    assert folders.list_runs()[0].name == "Another name"
    assert reading.read_metrics(finished)["test_mse"] == 0.5
    before = contents(finished)
    reading.read_metrics(finished)["test_mse"] = 1.0
    assert reading.read_metrics(finished)["test_mse"] == 0.5
    assert contents(finished) == before
