"""Whatever lies in a run's folder, reading it is safe, and says what is wrong in one sentence."""

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
from tiny import tiny

from ae import checkpoints, jobs
from ae.checkpoints import RunError, Unreadable, create, list_runs, load, open_run
from ae.models import build
from ae.recipe import Recipe

GOOD_RECIPE = tiny().to_dict()
GOOD_ABOUT = {"format": 1, "name": "A run", "preset": "lab", "created": "2026-01-01T00:00:00+00:00"}
FILES = (
    checkpoints.RECIPE,
    checkpoints.ABOUT,
    checkpoints.HISTORY,
    checkpoints.WEIGHTS,
    checkpoints.STATE,
    checkpoints.PREVIEW,
    checkpoints.METRICS,
    checkpoints.ERROR,
    checkpoints.LOG,
    checkpoints.LOCK,
    checkpoints.TICKET,
    checkpoints.STOP,
)


def as_json(content):
    return json.dumps(content).encode()


@pytest.fixture
def folder(runs):
    """A folder that is a run, to be spoiled."""
    folder = runs / "a-run"
    folder.mkdir(parents=True)
    (folder / checkpoints.RECIPE).write_bytes(as_json(GOOD_RECIPE))
    (folder / checkpoints.ABOUT).write_bytes(as_json(GOOD_ABOUT))
    assert open_run("a-run").name == "A run"
    return folder


def the_reason():
    """Why the only folder among the runs is none; it must be listed and not raised."""
    (found,) = list_runs()
    assert isinstance(found, Unreadable)
    assert "\n" not in found.reason
    assert len(found.reason) < 400
    with pytest.raises(RunError):
        load(found.id)
    return found.reason


# ------------------------------------------------------------------------------------------- recipe.json, about.json


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "its recipe.json can't be read"),
        (as_json(GOOD_RECIPE)[:-20], "its recipe.json can't be read"),
        (b"\xff\xfe\x00", "its recipe.json can't be read"),
        (b"[1, 2]", "its recipe.json is not what it should be"),
        (b'"text"', "its recipe.json is not what it should be"),
        (b"[" * 100_000, "its recipe.json can't be read"),
        (b'{"a":' * 100_000, "its recipe.json can't be read"),
        (as_json(GOOD_RECIPE | {"flux": 1}), "recipe.json has settings that are not known here: flux"),
        (as_json(GOOD_RECIPE | {"epochs": 0}), "recipe.json: epochs 0 is out of range"),
        (as_json(GOOD_RECIPE | {"epochs": 10**400}), "recipe.json: epochs 1000000"),
        (as_json(GOOD_RECIPE | {"epochs": None}), "recipe.json: epochs None is not a whole number"),
        (as_json(GOOD_RECIPE | {"learning_rate": float("nan")}), "recipe.json: learning_rate nan is out of range"),
        (as_json(GOOD_RECIPE | {"model": ["mlp4"]}), "recipe.json: unknown model ['mlp4']"),
        (as_json(GOOD_RECIPE | {"model": {"a": 1}}), "recipe.json: unknown model {'a': 1}"),
        (as_json(GOOD_RECIPE | {"x" * 5000: 1}), "recipe.json has settings that are not known here: xxx"),
        (as_json(GOOD_RECIPE | {"dataset": "x" * 5000}), "recipe.json: unknown dataset 'xxx"),
    ],
    ids=lambda value: None if isinstance(value, bytes) else value[:40],
)
def test_a_bad_recipe_makes_an_unreadable_run_with_a_reason(folder, content, reason):
    (folder / checkpoints.RECIPE).write_bytes(content)
    assert the_reason().startswith(reason)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "its about.json can't be read"),
        (b"[]", "its about.json is not what it should be"),
        (b"{}", "its format is None, this version reads 1"),
        (as_json(GOOD_ABOUT | {"format": 2}), "its format is 2, this version reads 1"),
        (as_json(GOOD_ABOUT | {"format": [1] * 999}), "its format is [1, 1"),
    ],
    ids=lambda value: None if isinstance(value, bytes) else value,
)
def test_a_bad_about_makes_an_unreadable_run_with_a_reason(folder, content, reason):
    (folder / checkpoints.ABOUT).write_bytes(content)
    assert the_reason().startswith(reason)


@pytest.mark.parametrize("name", [checkpoints.RECIPE, checkpoints.ABOUT])
def test_files_that_are_missing_huge_or_folders_are_said(folder, name):
    path = folder / name
    path.unlink()
    assert the_reason() == f"it has no {name}"
    path.mkdir()
    assert the_reason() == f"its {name} can't be read"
    path.rmdir()
    with path.open("wb") as file:
        file.truncate(65 * 2**20)  # a hole: takes no space
    assert the_reason() == f"its {name} can't be read"
    path.unlink()
    os.mkfifo(path)  # who opens this waits for ever
    assert the_reason() == f"its {name} can't be read"


def test_a_link_among_the_runs_is_not_followed(folder, runs, tmp_path):
    folder.rename(tmp_path / "elsewhere")
    folder.symlink_to(tmp_path / "elsewhere")
    assert the_reason() == "it is a link to somewhere else"


def test_fields_a_recipe_lacks_have_their_defaults_and_odd_texts_are_cut(folder):
    (folder / checkpoints.RECIPE).write_bytes(b'{"dataset": "digits"}')
    (folder / checkpoints.ABOUT).write_bytes(
        as_json({"format": 1, "name": "n" * 5000, "preset": [1], "shipped": "yes"})
    )
    run = open_run("a-run")
    assert run.recipe == Recipe(dataset="digits")
    assert len(run.name) == 200
    assert (run.preset, run.created, run.shipped) == ("[1]", "", False)


# --------------------------------------------------------------------------------------------- weights, resume state


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
    return [pickle.dumps(Bomb(marker)), zipped.getvalue(), legacy.getvalue()]


@pytest.mark.parametrize("which", [0, 1, 2])
def test_a_pickle_bomb_is_not_set_off(folder, tmp_path, which):
    marker = tmp_path / "boom"
    pickle.loads(bombs(marker)[which]) if which == 0 else torch.load(
        io.BytesIO(bombs(marker)[which]), weights_only=False
    )
    assert marker.exists()  # it would go off
    marker.unlink()
    for name in (checkpoints.WEIGHTS, checkpoints.STATE, checkpoints.PREVIEW):
        (folder / name).write_bytes(bombs(marker)[which])
    run = open_run("a-run")
    for read in (load, checkpoints.read_state):
        with pytest.raises(RunError, match="damaged"):
            read(run)
    assert checkpoints.read_preview(run) is None
    assert checkpoints.saved_epoch(run) is None
    assert not marker.exists()


def tensors(header, body=b""):
    packed = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(packed)) + packed + body


def weights_of(*, size=4, model="mlp4", **changes):
    state = build(model, size).state_dict() | changes
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
def test_weights_that_are_not_the_recipe_s_are_refused(folder, content):
    (folder / checkpoints.WEIGHTS).write_bytes(content)
    with pytest.raises(RunError, match=r"model.safetensors of a-run is damaged, or is not its recipe's"):
        load("a-run")
    checkpoints.saved_epoch(open_run("a-run"))


def test_weights_larger_than_they_can_be_are_not_even_read(folder):
    with (folder / checkpoints.WEIGHTS).open("wb") as file:
        file.write(weights_of())
        file.truncate(10 * 2**30)
    with pytest.raises(RunError, match="is larger than its recipe's weights can be"):
        load("a-run")


@pytest.mark.parametrize("name", [checkpoints.WEIGHTS, checkpoints.STATE, checkpoints.PREVIEW, checkpoints.HISTORY])
def test_a_folder_in_place_of_a_file_is_no_crash(folder, name):
    (folder / name).mkdir()
    read_everything("a-run")


def torch_saved(content):
    file = io.BytesIO()
    torch.save(content, file)
    return file.getvalue()


@pytest.mark.parametrize(
    "content", [[], {}, {"epoch": "1"}, {"epoch": -1}, {"epoch": 99}, {"epoch": 1.0}, {"epoch": None}, 5]
)
def test_a_state_of_something_else_is_refused(folder, content):
    (folder / checkpoints.STATE).write_bytes(torch_saved(content))
    with pytest.raises(RunError, match=r"resume.pt of a-run is not a state of this run"):
        checkpoints.read_state(open_run("a-run"))


# -------------------------------------------------------------------------------------------------------- any bytes


def read_everything(id):
    """All that may be asked of a run: only the two that say so may raise, and only a RunError."""
    list_runs()
    try:
        run = open_run(id)
    except RunError:
        return
    checkpoints.read_history(run)
    metrics = checkpoints.read_metrics(run)
    preview = checkpoints.read_preview(run)
    assert isinstance(metrics, dict)
    assert preview is None or preview[0].shape == preview[1].shape
    assert isinstance(checkpoints.read_error(run), str)
    assert "\n" not in checkpoints.last_words(run)
    assert checkpoints.saved_epoch(run) is None or isinstance(checkpoints.saved_epoch(run), int)
    assert jobs.state(run) in ("queued", "running", "stopped", "interrupted", "failed", "finished")
    for read in (load, checkpoints.read_state):
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
@example(checkpoints.HISTORY, b"0,1,1,1,1,4,\r5\n")
@example(checkpoints.HISTORY, b"1" * 200_000 + b"\n")
@example(checkpoints.PREVIEW, b"PK\x03\x04")
@example(checkpoints.PREVIEW, zipped(a=b"1"))
@example(checkpoints.PREVIEW, npy(np.zeros((2, 3, 28, 28), np.uint8)))
@example(checkpoints.PREVIEW, npy(np.zeros((2, 28), np.uint8)))
@example(checkpoints.PREVIEW, numpy_header("{'descr': '|u1', 'fortran_order': False, 'shape': (2, 10**30, 28, 28)}"))
@example(checkpoints.PREVIEW, numpy_header(f"{{'descr': '|u1', 'fortran_order': False, 'shape': ({10**30},)}}"))
@example(
    checkpoints.PREVIEW, numpy_header(f"{{'descr': '|u1', 'fortran_order': False, 'shape': (2, {10**15}, 28, 28)}}")
)
@example(checkpoints.PREVIEW, numpy_header(f"{{'descr': '{'(' * 90}'"))
@example(checkpoints.STATE, zipped(**{"archive/data.pkl": b"\x80\x02}.", "archive/version": b"3"}))
@example(checkpoints.WEIGHTS, tensors(b'{"__metadata__": {"epoch": "' + b"9" * 5000 + b'"}}'))
@example(checkpoints.TICKET, b"\xff" * 20)
@settings(max_examples=150)
def test_any_bytes_in_any_file_of_a_run_are_read_without_a_crash(name, content):
    runs = checkpoints.runs_folder()
    shutil.rmtree(runs, ignore_errors=True)
    run = create(tiny(), name="A run")
    (run.path / name).write_bytes(content)
    read_everything(run.id)
