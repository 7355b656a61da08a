"""Reading weights, resume states and arbitrary bytes from a run's folder is safe."""

import io
import json
import os
import pickle
import shutil
import struct
import zipfile

import numpy as np
import pytest
import safetensors.torch
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st
from networks import network
from tiny import tiny

from ae.runs import filenames, folders, log, model_file, queue, reading
from ae.runs.folders import RunError, create, list_runs, open_run
from ae.runs.model_file import load

FILES = (
    filenames.RECIPE,
    filenames.ABOUT,
    filenames.HISTORY,
    filenames.WEIGHTS,
    filenames.STATE,
    filenames.PREVIEW,
    filenames.METRICS,
    filenames.ERROR,
    filenames.LOG,
    filenames.LOCK,
    filenames.TICKET,
    filenames.STOP,
)


class Bomb:
    def __init__(self, marker):
        self.marker = marker

    def __reduce__(self):
        return os.system, (f"touch {self.marker}",)


def bombs(marker):
    zipped = io.BytesIO()
    torch.save({"epoch": 1, "model": Bomb(marker)}, zipped)
    legacy = io.BytesIO()
    torch.save(Bomb(marker), legacy, _use_new_zipfile_serialization=False)
    return [pickle.dumps(Bomb(marker), protocol=2), zipped.getvalue(), legacy.getvalue()]


@pytest.mark.parametrize("which", [0, 1, 2])
def test_a_pickle_bomb_is_not_set_off(spoiled, tmp_path, which):
    marker = tmp_path / "boom"
    pickle.loads(bombs(marker)[which]) if which == 0 else torch.load(
        io.BytesIO(bombs(marker)[which]), weights_only=False
    )
    assert marker.exists()  # proof that it would go off
    marker.unlink()
    for name in (filenames.WEIGHTS, filenames.STATE, filenames.PREVIEW):
        (spoiled / name).write_bytes(bombs(marker)[which])
    run = open_run("a-run")
    for read in (load, model_file.read_state):
        with pytest.raises(RunError, match="damaged"):
            read(run)
    assert reading.read_preview(run) is None
    assert reading.saved_epoch(run) is None
    assert not marker.exists()


def tensors(header, body=b""):
    packed = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(packed)) + packed + body


def weights_of(*, size=4, model="mlp4", **changes):
    state = network(model, size).state_dict() | changes
    return safetensors.torch.save({name: value.contiguous() for name, value in state.items()}, {"epoch": "1"})


@pytest.mark.parametrize(
    "content",
    [
        b"",
        weights_of()[:-1],
        weights_of()[:1000],
        weights_of() + b"\0",
        weights_of(size=5),
        weights_of(model="conv"),
        weights_of(extra=torch.zeros(2)),
        weights_of(**{"fc1.bias": torch.zeros(393)}),
        struct.pack("<Q", 2**63) + b"{}",
        tensors({"fc1.weight": {"dtype": "F32", "shape": [2**40], "data_offsets": [0, 2**42]}}),
        tensors(b'{"fc1.weight": {"dtype": "F32", "shape": [NaN], "data_offsets": [0, NaN]}}'),
        tensors({"fc1.weight": {"dtype": "F99", "shape": [1], "data_offsets": [0, 4]}}, b"\0" * 4),
        tensors(b'{"__metadata__": {"epoch": "nan"}}'),
        tensors(b"{" * 50_000),
        tensors(b"\xff\xff"),
    ],
    ids=range(15),
)
def test_weights_that_do_not_fit_the_recipe_are_refused(spoiled, content):
    (spoiled / filenames.WEIGHTS).write_bytes(content)
    with pytest.raises(RunError, match=r"model.safetensors of a-run is damaged, or does not fit its recipe"):
        load("a-run")
    reading.saved_epoch(open_run("a-run"))


def test_weights_too_large_for_the_recipe_are_not_read(spoiled):
    with (spoiled / filenames.WEIGHTS).open("wb") as file:
        file.write(weights_of())
        file.truncate(10 * 2**30)
    with pytest.raises(RunError, match="is too large for its recipe"):
        load("a-run")


@pytest.mark.parametrize("name", [filenames.WEIGHTS, filenames.STATE, filenames.PREVIEW, filenames.HISTORY])
def test_a_folder_in_place_of_a_file_causes_no_crash(spoiled, name):
    (spoiled / name).mkdir()
    read_everything("a-run")


def torch_saved(content):
    file = io.BytesIO()
    torch.save(content, file)
    return file.getvalue()


@pytest.mark.parametrize("content", [[], {}, 5, *({"epoch": n} for n in ("1", -1, 3, 1.0, None))], ids=repr)
def test_a_state_of_another_run_is_refused(spoiled, content):
    if isinstance(content, dict):
        content["recipe"] = tiny().to_dict()
    (spoiled / filenames.STATE).write_bytes(torch_saved(content))
    with pytest.raises(RunError, match=r"resume.pt of a-run does not belong to this run"):
        model_file.read_state(open_run("a-run"))


# -------------------------------------------------------------------------------------------------------- any bytes


def read_everything(id):
    """Call every reader of a run; only the two that document it may raise, and only a RunError."""
    list_runs()
    try:
        run = open_run(id)
    except RunError:
        return
    reading.read_history(run)
    metrics = reading.read_metrics(run)
    preview = reading.read_preview(run)
    assert isinstance(metrics, dict)
    assert preview is None or preview[0].shape == preview[1].shape
    assert isinstance(reading.read_error(run), str)
    assert "\n" not in log.last_line(run.path)
    assert reading.saved_epoch(run) is None or isinstance(reading.saved_epoch(run), int)
    assert queue.state(run) in ("queued", "running", "stopped", "interrupted", "failed", "finished")
    for read in (load, model_file.read_state):
        try:
            read(run)
        except RunError:
            pass


def numpy_header(text):
    packed = text.encode().ljust(117) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(packed)) + packed


def npy(array):
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


def zipped(**members):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


@given(st.sampled_from(FILES), st.binary(max_size=300))
@example(filenames.HISTORY, b"0,1,1,1,1,4,\r5\n")
@example(filenames.HISTORY, b"1" * 200_000 + b"\n")
@example(filenames.PREVIEW, b"PK\x03\x04")
@example(filenames.PREVIEW, zipped(a=b"1"))
@example(filenames.PREVIEW, npy(np.zeros((2, 3, 28, 28), np.uint8)))
@example(filenames.PREVIEW, npy(np.zeros((2, 28), np.uint8)))
@example(filenames.PREVIEW, numpy_header("{'descr': '|u1', 'fortran_order': False, 'shape': (2, 10**30, 28, 28)}"))
@example(filenames.PREVIEW, numpy_header(f"{{'descr': '|u1', 'fortran_order': False, 'shape': ({10**30},)}}"))
@example(filenames.PREVIEW, numpy_header(f"{{'descr': '|u1', 'fortran_order': False, 'shape': (2, {10**15}, 28, 28)}}"))
@example(filenames.PREVIEW, numpy_header(f"{{'descr': '{'(' * 90}'"))
@example(filenames.STATE, zipped(**{"archive/data.pkl": b"\x80\x02}.", "archive/version": b"3"}))
@example(filenames.WEIGHTS, tensors(b'{"__metadata__": {"epoch": "' + b"9" * 5000 + b'"}}'))
@example(filenames.TICKET, b"\xff" * 20)
@settings(max_examples=150)
def test_any_bytes_in_any_file_of_a_run_are_read_without_a_crash(name, content):
    runs = folders.runs_folder()
    shutil.rmtree(runs, ignore_errors=True)
    run = create(tiny(), name="A run")
    (run.path / name).write_bytes(content)
    read_everything(run.id)
