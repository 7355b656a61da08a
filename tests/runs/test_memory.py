"""Too little memory: the run keeps its last whole epoch, one sentence says why it failed, and resume goes on."""

import pytest
import safetensors
import safetensors.torch
import torch
from tiny import assert_equal_runs

from ae.analysis import evaluation
from ae.runs import files, folders, log, model_file, queue, reading, recording, replay, working
from ae.runs.folders import RunError
from ae.train import device
from ae.train.loop import fresh_model

SENTENCE = "there is not enough memory: choose a smaller batch size or network, or close other programs"


def allocator():
    """Fail as torch does if it can't allocate a tensor."""
    raise RuntimeError("[enforce fail at alloc_cpu.cpp:124] . DefaultCPUAllocator: can't allocate memory: you tried")


def unfinished():
    """Fail as ``torch.save`` does if there is no memory for a file, which it then can't end."""
    try:
        raise MemoryError
    except MemoryError:
        raise RuntimeError("[enforce fail at inline_container.cc:664] . unexpected pos 64 vs 0") from None


def thread():
    """Fail as Python does if there is no memory for the stack of a thread."""
    raise RuntimeError("can't start new thread")


def python():
    """Fail as Python does."""
    raise MemoryError


@pytest.mark.parametrize(
    ("where", "fail"),
    [
        ("append", python),
        ("frame", allocator),
        ("torch.save", unfinished),
        ("_safetensors", python),
        ("preview", allocator),
        ("load", python),
        ("evaluate", thread),
    ],
)
def test_a_run_without_memory_says_so_and_resume_ends_the_same(straight, on_few, call, monkeypatch, fail, where):
    homes = {"torch.save": torch, "append": files, "frame": replay, "preview": recording, "evaluate": evaluation}
    home = homes.get(where, model_file)
    name = where.rpartition(".")[2]
    whole, calls = getattr(home, name), []

    def short(*values, **options):
        calls.append(name)
        if len(calls) == (1 if where in ("evaluate", "load") else 3):
            fail()
        return whole(*values, **options)

    run = folders.create(straight.recipe)
    with monkeypatch.context() as patch:
        patch.setattr(home, name, short)
        code, _, said = call("resume", run.id)
    assert (code, said.splitlines()[-1]) == (1, f"python -m ae: {SENTENCE}")
    assert (queue.state(run), reading.read_error(run)) == ("failed", SENTENCE)
    kept = reading.saved_epoch(run)
    assert kept is not None and len(reading.read_history(run)) > kept
    assert call("resume", run.id)[0] == 0
    assert_equal_runs(run, straight)
    assert not [path for path in run.path.iterdir() if path.name.startswith(".")]


def test_a_run_that_lacks_memory_to_multiply_in_ends_before_an_epoch_could_be_rounded_otherwise(
    straight, on_few, call, monkeypatch
):
    run = folders.create(straight.recipe)
    with monkeypatch.context() as patch:
        patch.setattr(device, "SCRATCH", 2**50)
        assert call("resume", run.id)[0] == 1
    assert (reading.read_error(run), reading.read_history(run)) == (SENTENCE, [])
    assert call("resume", run.id)[0] == 0
    assert_equal_runs(run, straight)


def test_the_reason_is_kept_even_if_there_is_no_memory_for_the_log(straight, on_few, call, monkeypatch):
    run = folders.create(straight.recipe)
    monkeypatch.setattr(torch, "save", lambda *_: python())
    monkeypatch.setattr(working.traceback, "format_exc", python)
    assert call("resume", run.id)[0] == 1
    assert reading.read_error(run) == SENTENCE


def test_files_that_can_t_be_read_for_want_of_memory_are_not_called_damaged(stopped, monkeypatch):
    monkeypatch.setattr(safetensors.torch, "load_file", lambda path: allocator())
    monkeypatch.setattr(torch, "load", lambda *_, **__: python())
    for read in (model_file.load, model_file.read_state):
        with pytest.raises(RunError, match=f"can't be read: {SENTENCE}"):
            read(stopped)


def test_an_error_that_nothing_says_is_for_want_of_memory_keeps_its_words():
    with pytest.raises(RuntimeError) as failed:
        try:
            raise KeyError("x")
        except KeyError:
            raise RuntimeError("[enforce fail at inline_container.cc:664] . unexpected pos 64 vs 0") from None
    assert log.sentence(failed.value).startswith("[enforce fail")


@pytest.mark.parametrize("kind", [torch.float32, torch.float16])
def test_weights_are_a_file_that_the_library_reads(straight, tmp_path, kind):
    run = folders.create(straight.recipe)
    weights = {name: value.to(kind) for name, value in fresh_model(run.recipe).state_dict().items()}
    weights |= {"a number": torch.tensor(7), "columns": torch.arange(6).reshape(2, 3).T, "none": torch.empty(0, 2)}
    model_file.write_weights(run, weights, 3)
    path = run.path / "model.safetensors"
    found = safetensors.torch.load_file(path)
    assert found.keys() == weights.keys()
    assert all(found[name].dtype == value.dtype and torch.equal(found[name], value) for name, value in weights.items())
    with safetensors.safe_open(path, "pt") as file:
        assert file.metadata()["epoch"] == "3"
    assert reading.saved_epoch(run) == 3
