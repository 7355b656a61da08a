"""A follower's records equal the files at every moment, whatever was appended, torn, cut or replaced."""

import numpy as np
import pytest

from ae.runs import filenames, files, reading, replay
from ae.runs.following import Follower


def same(follower, run):
    """Whether a follower knows what the files say now."""
    recorded = reading.read_replay(run)
    frames = follower.frames
    if recorded is None:
        return follower.lines == reading.read_history(run) and not frames
    return (
        follower.lines == reading.read_history(run)
        and [frame.epoch for frame in frames] == recorded.epochs.tolist()
        and all(np.array_equal(frame.codes, codes) for frame, codes in zip(frames, recorded.codes, strict=True))
        and all(np.array_equal(a.reconstructed, b) for a, b in zip(frames, recorded.reconstructed, strict=True))
        and np.array_equal(follower.images, recorded.images)
        and np.array_equal(follower.labels, recorded.labels)
    )


@pytest.mark.parametrize("file", [filenames.HISTORY, filenames.REPLAY])
def test_a_growing_file_is_followed_byte_by_byte(finished, file):
    path = finished.path / file
    content = path.read_bytes()
    path.write_bytes(b"")
    follower = Follower(finished)
    step = max(1, len(content) // 97)
    for end in range(0, len(content) + step, step):
        with path.open("ab") as growing:
            growing.write(content[end - step : end] if end else b"")
        follower.look()
        assert same(follower, finished)
    assert follower.lines and follower.frames


def test_only_what_was_appended_is_read(finished, monkeypatch):
    follower = Follower(finished)
    follower.look()
    lines = []
    parse = reading.parse_history
    monkeypatch.setattr(reading, "parse_history", lambda text, *a, **b: lines.append(text) or parse(text, *a, **b))
    monkeypatch.setattr(replay, "read", lambda content: pytest.fail("the replay has not grown"))
    follower.look()
    assert not lines
    last = (finished.path / filenames.HISTORY).read_text().splitlines()[-1]
    added = last.replace("2,", "3,", 1) + "\n"
    files.append(finished.path / filenames.HISTORY, added)
    follower.look()
    assert lines == [added]
    assert [line.epoch for line in follower.lines] == [0, 1, 2, 3]


def test_a_file_that_was_cut_or_replaced_is_read_anew(finished):
    follower = Follower(finished)
    follower.look()
    path = finished.path / filenames.HISTORY
    files.replace(path, b"\n".join(path.read_bytes().splitlines()[:2]) + b"\n")
    files.replace(finished.path / filenames.REPLAY, replay.until(reading.replay_bytes(finished), 0))
    follower.look()
    assert same(follower, finished)
    assert [line.epoch for line in follower.lines] == [frame.epoch for frame in follower.frames] == [0]
    path.unlink()
    (finished.path / filenames.REPLAY).write_bytes(b"something else, but long enough to be looked at")
    follower.look()
    assert same(follower, finished)
    assert not follower.lines and not follower.frames
