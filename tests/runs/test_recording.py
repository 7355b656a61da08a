"""Recording a run: every epoch is kept, and a run can be stopped, resumed and recorded again."""

import json

import numpy as np
import pytest
import torch
from tiny import DIVERGING, KILLABLE, assert_equal_runs, contents, figures, same, tiny

from ae.analysis import evaluation
from ae.data import datasets
from ae.runs import filenames, files, model_file, queue, reading, recording
from ae.runs.folders import RunError, create, open_run
from ae.runs.model_file import load
from ae.runs.reading import read_history
from ae.runs.recording import record
from ae.train import device, loop
from ae.train.loop import fresh_model

pytestmark = pytest.mark.usefixtures("on_few")


# ---------------------------------------------------------------------------------------------------- what is kept


@pytest.mark.parametrize(
    ("precision", "native", "warned"), [("bf16", False, True), ("bf16", True, False), ("auto", False, False)]
)
def test_bf16_on_hardware_without_it_is_said_to_be_slow_before_training(precision, native, warned, monkeypatch):
    monkeypatch.setattr(device, "has_bf16", lambda _: native)
    said: list[str] = []
    next(record(create(tiny(precision=precision)), say=said.append))
    assert any("no native bf16" in each for each in said) == warned


def test_the_history_is_exactly_what_training_yielded(few):
    run = create(KILLABLE)
    epochs = list(record(run))
    lines = read_history(open_run(run.id))
    assert [line.epoch for line in lines] == [0, 1, 2, 3]
    for line, epoch in zip(lines, epochs, strict=True):
        for name in ("training_loss", "validation_loss", "test_loss", "learning_rate", "seconds", "active_units"):
            assert getattr(line, name) == getattr(epoch, name)
        assert line.batch_losses == pytest.approx(epoch.batch_losses, rel=1e-4)


def test_every_epoch_is_in_the_folder_before_it_is_yielded():
    run = create(KILLABLE)
    for epoch in record(run):
        assert [line.epoch for line in read_history(run)] == list(range(epoch.number + 1))
        assert reading.saved_epoch(run) == epoch.number
        assert same(load(run).state_dict(), epoch.model.state_dict())
        assert model_file.read_state(run)["epoch"] == epoch.number
        assert reading.read_metrics(run) == {}


def test_many_batch_losses_are_thinned_to_the_means_of_neighbours():
    run = create(tiny(epochs=1, batch_size=1, validation_images=0))
    *_, epoch = record(run)
    (_, line) = read_history(run)
    assert len(epoch.batch_losses) == 96
    assert len(line.batch_losses) == 50
    assert np.mean(line.batch_losses[0]) == pytest.approx(np.mean(epoch.batch_losses[:2]), rel=1e-4)
    assert line.batch_losses[-1] == pytest.approx(epoch.batch_losses[-1], rel=1e-4)


def test_the_preview_shows_test_images_above_their_reconstructions(straight, few):
    seen, reconstructed = reading.read_preview(straight)
    images = few.test_images[:8]
    assert torch.equal(torch.from_numpy(seen), images)
    expected = load(straight).reconstruct(datasets.to_float(images)).detach() * 255
    assert np.abs(reconstructed - expected.numpy()).max() <= 0.51


def test_at_the_end_the_model_is_measured_on_the_test_images(straight, few):
    measured = reading.read_metrics(straight)
    assert measured["epoch"] == 3
    assert measured["seconds"] == pytest.approx(sum(line.seconds for line in read_history(straight)))
    assert figures(straight) == {"epoch": 3, **evaluation.evaluate(load(straight), few)}


def test_the_card_describes_the_run_and_how_to_use_it(straight):
    card = (straight.path / filenames.CARD).read_text()
    measured = reading.read_metrics(straight)
    assert card.startswith(f"# {straight.name}\n")
    for words in (
        f'load("{straight.id}")',
        f"{measured['test_mse']:.5f}",
        f"{measured['psnr']:.2f} dB",
        f"{measured['ssim']:.3f}",
        f"{measured['active_units']} of 4 (inactive:",
        f"| parameters | {measured['parameters']:,} |",
        "After epoch 3 of 3, on the 40 test images of Built-in digits",
    ):
        assert words in card
    for name, value in KILLABLE.to_dict().items():
        assert f"| {name} | {value or 'none' if isinstance(value, tuple) else value} |" in card


def test_the_card_s_code_loads_the_model(straight, monkeypatch):
    monkeypatch.setenv("AE_CHECKPOINTS", str(straight.path.parent))
    code = (straight.path / filenames.CARD).read_text().partition("```python\n")[2].partition("```")[0]
    names = {}
    exec(code, names)
    assert same(names["model"].state_dict(), load(straight).state_dict())


def test_a_finished_run_is_not_recorded_again(straight, monkeypatch):
    monkeypatch.setenv("AE_CHECKPOINTS", str(straight.path.parent))
    with pytest.raises(RunError, match="has finished all its 3 epochs"):
        list(record(straight))
    assert_equal_runs(straight, straight)


# ------------------------------------------------------------------------------------------------------ stop, resume


@pytest.mark.parametrize("at", [0, 1, 2])
def test_a_stop_between_two_epochs_ends_there_and_the_model_is_measured(straight, few, at):
    run, numbers = create(KILLABLE), []
    for epoch in record(run):
        numbers.append(epoch.number)
        if epoch.number == at:
            (run.path / filenames.STOP).touch()
            assert reading.stop_asked(run)
    assert numbers == list(range(at + 1))
    assert figures(run) == {"epoch": at, **evaluation.evaluate(load(run), few)}
    assert f"After epoch {at} of 3" in (run.path / filenames.CARD).read_text()
    assert queue.state(run) == "stopped"
    (run.path / filenames.STOP).unlink()
    messages = []
    assert [epoch.number for epoch in record(run, say=messages.append)] == list(range(at + 1, 4))
    assert messages[0] == f"Going on after epoch {at}"
    assert_equal_runs(run, straight)


@pytest.mark.parametrize("batch", [0, 1, 5, 8])
def test_a_stop_within_an_epoch_keeps_the_last_whole_one_and_resume_goes_on_from_it(straight, few, monkeypatch, batch):
    """An epoch of the recipe has three batches."""
    monkeypatch.setattr(recording, "LOOK_SECONDS", 0)
    run, noise = create(KILLABLE), loop._with_noise
    begun = iter(range(9))

    def stopping(*arguments):
        if next(begun) == batch - 1:
            (run.path / filenames.STOP).touch()
        return noise(*arguments)

    monkeypatch.setattr(loop, "_with_noise", stopping)
    if not batch:
        (run.path / filenames.STOP).touch()
    whole = batch // 3
    numbers = [epoch.number for epoch in record(run)]
    assert numbers == [line.epoch for line in read_history(run)] == list(range(whole + 1))
    assert next(begun) == batch
    assert reading.saved_epoch(run) == model_file.read_state(run)["epoch"] == whole
    assert figures(run) == {"epoch": whole, **evaluation.evaluate(load(run), few)}
    assert queue.state(run) == "stopped"
    (run.path / filenames.STOP).unlink()
    monkeypatch.setattr(loop, "_with_noise", noise)
    list(record(run))
    assert_equal_runs(run, straight)


def test_a_run_looks_for_a_stop_now_and_then_and_sees_it(monkeypatch):
    run, now = create(KILLABLE), 100.0
    monkeypatch.setattr(recording.time, "monotonic", lambda: now)
    asked = recording._looking_for_a_stop(run)
    assert not asked()
    (run.path / filenames.STOP).touch()
    assert not asked()
    now += recording.LOOK_SECONDS
    assert asked()


def test_a_stop_after_the_last_epoch_changes_nothing(straight):
    run = create(KILLABLE)
    for _ in record(run):
        if reading.saved_epoch(run) == 2:
            (run.path / filenames.STOP).touch()
            break
    (run.path / filenames.STOP).unlink()
    for _ in record(run):
        (run.path / filenames.STOP).touch()
    assert_equal_runs(run, straight)


def test_a_run_whose_epochs_are_no_longer_consumed_can_be_resumed(straight):
    run = create(KILLABLE)
    for _ in range(4):
        next(record(run))
    list(record(run))
    assert_equal_runs(run, straight)


def test_a_run_that_diverges_keeps_its_last_good_weights():
    recipe = tiny(**DIVERGING, epochs=6, batch_size=8)
    run, numbers = create(recipe), []
    with pytest.raises(FloatingPointError):
        for epoch in record(run):
            numbers.append(epoch.number)
    assert reading.saved_epoch(run) == numbers[-1]
    assert all(value.isfinite().all() for value in load(run).state_dict().values())
    assert [line.epoch for line in read_history(run)] == numbers


def test_recording_again_clears_the_outcome_of_the_last_attempt(stopped):
    files.replace(stopped.path / filenames.ERROR, b"It failed")
    assert reading.read_metrics(stopped)["epoch"] == 1
    (stopped.path / filenames.STOP).unlink()
    next(record(stopped))
    assert reading.read_error(stopped) == ""
    assert reading.read_metrics(stopped) == {}


# ------------------------------------------------------------------------------------------------------ foreign state


def test_the_state_of_another_run_is_refused_and_the_weights_are_kept(stopped):
    other = create(tiny(code_size=5))
    next(record(other))
    weights = load(stopped).state_dict()
    (stopped.path / filenames.STOP).unlink()
    (stopped.path / filenames.STATE).write_bytes((other.path / filenames.STATE).read_bytes())
    with pytest.raises((RunError, RuntimeError), match=r"another recipe|does not belong"):
        list(record(stopped))
    assert same(load(stopped).state_dict(), weights)


@pytest.mark.parametrize("lacking", [(), (filenames.WEIGHTS,), (filenames.HISTORY,)], ids=str)
def test_a_run_without_its_state_is_not_started_over(stopped, lacking):
    """Otherwise a stopped run of many epochs would be back at epoch 0, with its weights overwritten."""
    for name in (filenames.STATE, *lacking):
        (stopped.path / name).unlink()
    before = contents(stopped)
    for attempt in (lambda: list(record(stopped)), lambda: queue.prepare(stopped), lambda: queue.start(stopped)):
        with pytest.raises(RunError, match=r"has no resume.pt, so training can't go on"):
            attempt()
        assert contents(stopped) == before
    assert queue.state(stopped) == "stopped"


def test_a_run_killed_before_its_first_epoch_starts_over(straight):
    run = create(KILLABLE)
    next(record(run))
    for name in (filenames.STATE, filenames.WEIGHTS):
        (run.path / name).unlink()
    list(record(run))
    assert_equal_runs(run, straight)


@pytest.mark.parametrize("state", [{"epoch": 1}, {"epoch": 1, "model": []}, {"epoch": 1, "model": {"fc1.weight": 3}}])
def test_an_invalid_state_fails_with_a_message(stopped, state):
    (stopped.path / filenames.STOP).unlink()
    torch.save(state, stopped.path / filenames.STATE)
    with pytest.raises((RunError, RuntimeError), match=r"damaged|does not belong"):
        list(record(stopped))


@pytest.mark.parametrize("content", [b"", b"garbage\n", b"epoch,training_loss\n0,1\n", b"\xff\xfe\0"])
def test_a_run_with_a_damaged_history_can_be_finished_and_measured(stopped, content):
    (stopped.path / filenames.HISTORY).write_bytes(content)
    queue.prepare(stopped)
    assert [epoch.number for epoch in queue.work(stopped)] == [2]
    assert queue.state(stopped) == "finished"
    assert reading.read_metrics(stopped)["epoch"] == 2


def test_malformed_metrics_do_not_prevent_resuming(stopped):
    (stopped.path / filenames.METRICS).write_text(json.dumps({"epoch": "?"}))
    queue.prepare(stopped)
    assert [epoch.number for epoch in queue.work(stopped)] == [2]
    assert queue.state(stopped) == "finished"


def test_the_untrained_network_depends_on_the_seed_alone(straight):
    run = create(KILLABLE)
    next(record(run))
    assert same(load(run).state_dict(), fresh_model(KILLABLE).state_dict())
