"""A run's replay is recorded epoch by epoch, and survives the death of its process."""

import dataclasses
import itertools
import struct

import numpy as np
import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st
from killing import Killed, die_at
from tiny import KILLABLE, tiny

from ae.data import datasets
from ae.runs import filenames, folders, reading, replay
from ae.runs.folders import create
from ae.runs.model_file import load
from ae.runs.reading import read_replay
from ae.runs.recording import record


def small(epochs=(0, 1, 3), *, shown=1, points=2, code_size=1):
    """Return a replay's file of a few hundred bytes."""
    random = np.random.default_rng(0)
    images = random.integers(0, 256, (shown, 1, 28, 28), np.uint8)
    content = replay.begin(images, np.arange(points), code_size)
    for epoch in epochs:
        reconstructed = random.integers(0, 256, (shown, 1, 28, 28), np.uint8)
        content += replay.frame(epoch, reconstructed, random.normal(size=(points, code_size)))
    return content


def same(one, other, frames):
    """Whether one replay consists of the first frames of the other."""
    still = (one.images == other.images).all() and (one.labels == other.labels).all()
    moving = ("epochs", "reconstructed", "codes")
    return still and all(np.array_equal(getattr(one, name), getattr(other, name)[:frames]) for name in moving)


# ------------------------------------------------------------------------------------------------ what is kept of a run


@pytest.mark.usefixtures("on_few")
def test_the_frames_are_the_reconstructions_and_codes_after_each_epoch(few):
    run, images = create(tiny(epochs=3, code_size=3)), datasets.to_float(few.test_images)
    for epoch in itertools.islice(record(run), 4):
        found, model = read_replay(run), load(run)
        assert found.epochs.tolist() == list(range(epoch.number + 1))
        assert (found.images == few.test_images[:16].numpy()).all()
        assert (found.labels == few.test_labels.numpy()).all()
        with torch.no_grad():
            codes = model.encode(images)
            reconstructed = model.decode(codes).reshape(40, 1, 28, 28)[:16]
        assert (found.reconstructed.dtype, found.codes.dtype) == (np.uint8, np.float16)
        assert found.reconstructed.shape == (epoch.number + 1, 16, 1, 28, 28)
        assert found.codes.shape == (epoch.number + 1, 40, 3)
        assert np.abs(found.reconstructed[-1] - reconstructed.numpy() * 255).max() <= 0.51
        assert np.allclose(found.codes[-1], codes.numpy(), rtol=1e-3, atol=1e-6)


@pytest.mark.usefixtures("on_few")
@pytest.mark.parametrize("torn", [0, 1, 5, 12_867], ids="{} bytes of the next frame".format)
def test_a_run_stopped_between_or_within_frames_ends_with_the_replay_of_an_uninterrupted_one(straight, torn):
    run, expected = create(KILLABLE), (straight.path / filenames.REPLAY).read_bytes()
    for _ in itertools.islice(record(run), 2):
        pass
    content = (run.path / filenames.REPLAY).read_bytes()
    (run.path / filenames.REPLAY).write_bytes(expected[: len(content) + torn])
    assert read_replay(run).epochs.tolist() == [0, 1]
    list(itertools.islice(record(run), 2))
    assert (run.path / filenames.REPLAY).read_bytes() == expected


@pytest.mark.usefixtures("on_few")
@pytest.mark.parametrize("first", [1, 2], ids=["odd writes", "even writes"])
def test_a_run_killed_between_any_two_writes_ends_with_the_replay_of_an_uninterrupted_one(straight, monkeypatch, first):
    monkeypatch.setattr("ae.analysis.evaluation.evaluate", lambda *_: dict(reading.read_metrics(straight)))
    expected = (straight.path / filenames.REPLAY).read_bytes()
    whole = replay.read(expected)
    for n in itertools.count(first, 2):
        run = create(KILLABLE)
        with pytest.MonkeyPatch.context() as patch:
            die_at(n, patch, torn=False)
            try:
                list(record(run))
                break  # it makes fewer than n writes
            except Killed:
                pass
        found = read_replay(run)
        assert found is None or same(found, whole, len(found.epochs))
        list(record(run))
        assert (run.path / filenames.REPLAY).read_bytes() == expected, f"killed at write {n}"
    assert n > 15


@pytest.mark.usefixtures("on_few")
@pytest.mark.parametrize("left", [None, b"", b"something else", small()], ids=["none", "empty", "foreign", "another's"])
def test_a_lost_replay_starts_again_where_the_run_is_resumed(stopped, left):
    path = stopped.path / filenames.REPLAY
    path.unlink() if left is None else path.write_bytes(left)
    (stopped.path / filenames.STOP).unlink()
    list(record(stopped))
    assert read_replay(stopped).epochs.tolist() == [2]


def test_a_run_without_a_replay_is_readable(finished):
    (finished.path / filenames.REPLAY).unlink()
    assert read_replay(finished) is None
    assert load(finished)
    assert reading.read_preview(finished) is not None


# ------------------------------------------------------------------------------------------------------- which epochs


@given(st.integers(1, 5000))
@example(60)
@example(61)
def test_at_most_61_epochs_of_a_long_run_are_kept_including_the_first_and_the_last(epochs):
    kept = sorted(replay.kept(epochs))
    assert len(kept) == epochs + 1 if epochs <= 60 else 40 <= len(kept) <= 61
    assert (kept[0], kept[-1]) == (0, epochs)
    gaps = np.diff(kept)
    assert gaps[0] <= 2
    assert gaps.max() <= epochs / 30 + 1
    assert gaps[: len(gaps) // 2].sum() <= gaps[len(gaps) // 2 :].sum()


@given(st.integers(1, 784), st.integers(1, 70_000))
def test_the_codes_of_an_epoch_stay_small_and_are_of_as_many_images_as_fit(code_size, images):
    count = replay.points(code_size, images)
    assert 1 <= count <= min(1000, images)
    assert count * code_size * 2 <= 2**17
    assert count == min(1000, images) or (count + 1) * code_size * 2 > 2**17
    assert 61 * (4 + 16 * 784 + 2 * count * code_size) + 16 * 784 + 1020 < reading.LARGEST_REPLAY


# --------------------------------------------------------------------------------------------------------- any bytes


def test_a_replay_truncated_anywhere_is_read_as_its_first_frames_or_not_at_all():
    content = small()
    whole, beginning = replay.read(content), 20 + 2 + 784
    frame = (len(content) - beginning) // 3
    for length in range(len(content) + 1):
        found, complete = replay.read(content[:length]), max(0, length - beginning) // frame
        assert (found is None) == (complete == 0), length
        assert found is None or (len(found.epochs) == complete and same(found, whole, complete)), length


@given(st.binary(max_size=300), st.binary(max_size=300))
@example(replay.MAGIC, b"")
@example(replay.MAGIC, struct.pack("<3I", 1, 1, 2**32 - 1) + b"\0" * 3000)
@example(replay.MAGIC, struct.pack("<3I", 16, 2**32 - 1, 1) + b"\0" * 3000)
@example(replay.MAGIC, struct.pack("<3I", 2**32 - 1, 1, 1) + b"\0" * 3000)
@example(replay.MAGIC, struct.pack("<3I", 0, 0, 0) + b"\0" * 3000)
@example(replay.MAGIC, struct.pack("<3I", 0, 1, 1) + b"\0" * 9000)
@example(replay.MAGIC, struct.pack("<3I", 2, 1, 1) + b"\0" * 9000)
@example(b"AEREPLAX", small()[8:])
def test_other_bytes_are_not_a_replay(first, rest):
    for content in (first, rest, first + rest, replay.MAGIC + first):
        assert replay.read(content) is None
        until = replay.until(content, 5)
        assert content.startswith(until)
        assert replay.until(until, 5) == until


def test_frames_that_go_back_in_time_end_the_replay():
    for epochs, read in (((0, 1, 1, 2), [0, 1]), ((4, 3), [4]), ((0, 2, 2**32 - 1, 5), [0, 2, 2**32 - 1])):
        assert replay.read(small(epochs)).epochs.tolist() == read


def read_size(content):
    return replay.read(content).codes.shape[2]


def test_a_folder_or_a_file_too_large_for_a_replay_is_not_read(spoiled):
    run, path = folders.open_run("a-run"), spoiled / filenames.REPLAY
    path.write_bytes(small())
    run = dataclasses.replace(run, recipe=tiny(code_size=read_size(small()) + 1))
    assert read_replay(run) is None  # of another code size
    run = dataclasses.replace(run, recipe=tiny(code_size=read_size(small())))
    assert read_replay(run).epochs.tolist() == [0, 1, 3]
    with path.open("ab") as file:
        file.truncate(2**40)
    assert read_replay(run) is None
    path.unlink()
    path.mkdir()
    assert read_replay(run) is None


@given(st.sets(st.integers(0, 9), min_size=1), st.integers(-1, 10), st.integers(0, 400))
@settings(max_examples=50)
def test_until_drops_later_frames_and_a_torn_end_and_nothing_else(epochs, last, torn):
    epochs = sorted(epochs)
    content = small(epochs)
    kept = replay.until(content[: len(content) - torn], last)
    whole = epochs[:-1] if torn else epochs
    assert kept == small([epoch for epoch in whole if epoch <= last]) == replay.until(kept, last)


@given(st.lists(st.floats(width=32) | st.sampled_from([1e38, -1e38]), min_size=2, max_size=2))
def test_codes_of_any_size_are_kept_finite(codes):
    content = small(()) + replay.frame(0, np.zeros((1, 1, 28, 28), np.uint8), np.array(codes, np.float32)[:, None])
    kept = replay.read(content).codes[0, :, 0].astype(float)
    assert np.isfinite(kept).all()
    expected = np.clip(np.nan_to_num(np.array(codes)), -65504, 65504)
    assert np.allclose(kept, expected, rtol=1e-3, atol=1e-7)
