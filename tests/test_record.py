"""A run that is recorded can die at any moment: it reads, goes on, and ends as if nothing had happened."""

import itertools
import json

import numpy as np
import pytest
import torch
from tiny import DIVERGING, same, timeless, tiny

from ae import checkpoints, data, files, jobs, metrics
from ae.checkpoints import RunError, create, load, open_run, read_history
from ae.record import record, stop_asked
from ae.train import fresh_model

RECIPE = tiny(epochs=3, batch_size=32, noise=0.1)


class Killed(BaseException):
    """The end of the process, as far as ``except Exception`` is concerned."""


@pytest.fixture(autouse=True)
def small(few, monkeypatch):
    monkeypatch.setattr(data, "load", lambda *_, **__: few)


@pytest.fixture(scope="module")
def undisturbed(few, tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AE_CHECKPOINTS", str(tmp_path_factory.mktemp("undisturbed")))
        patch.setattr(data, "load", lambda *_, **__: few)
        run = create(RECIPE)
        list(record(run))
    return run


def figures(run):
    """What was measured, but for the seconds."""
    return {key: value for key, value in checkpoints.read_metrics(run).items() if key != "seconds"}


def assert_equal_to(run, undisturbed):
    assert same(load(run).state_dict(), load(undisturbed).state_dict())
    assert timeless(run) == timeless(undisturbed)
    assert figures(run) == figures(undisturbed)
    assert not (run.path / checkpoints.STATE).exists()
    assert jobs.state(run) == "finished"


# ---------------------------------------------------------------------------------------------------- what is kept


def test_the_history_is_what_training_yielded_with_every_digit(few):
    run = create(RECIPE)
    epochs = list(record(run))
    lines = read_history(open_run(run.id))
    assert [line.epoch for line in lines] == [0, 1, 2, 3]
    for line, epoch in zip(lines, epochs, strict=True):
        for name in ("training_loss", "held_out_loss", "learning_rate", "seconds", "live_units"):
            assert getattr(line, name) == getattr(epoch, name)
        assert line.batch_losses == pytest.approx(epoch.batch_losses, rel=1e-4)


def test_every_epoch_is_in_the_folder_before_it_is_passed_on():
    run = create(RECIPE)
    for epoch in record(run):
        assert [line.epoch for line in read_history(run)] == list(range(epoch.number + 1))
        assert checkpoints.saved_epoch(run) == epoch.number
        assert same(load(run).state_dict(), epoch.model.state_dict())
        assert checkpoints.read_state(run)["epoch"] == epoch.number
        assert checkpoints.read_metrics(run) == {}


def test_many_batch_losses_are_thinned_to_the_means_of_neighbours():
    run = create(tiny(epochs=1, batch_size=1, held_out=0))
    *_, epoch = record(run)
    (_, line) = read_history(run)
    assert len(epoch.batch_losses) == 96
    assert len(line.batch_losses) == 50
    assert np.mean(line.batch_losses[0]) == pytest.approx(np.mean(epoch.batch_losses[:2]), rel=1e-4)
    assert line.batch_losses[-1] == pytest.approx(epoch.batch_losses[-1], rel=1e-4)


def test_the_preview_shows_test_images_above_what_the_model_draws_of_them(undisturbed, few):
    seen, drawn = checkpoints.read_preview(undisturbed)
    images = few.test_images[:8]
    assert torch.equal(torch.from_numpy(seen), images.squeeze(1))
    expected = load(undisturbed).reconstruct(data.to_float(images)).detach().squeeze(1) * 255
    assert np.abs(drawn - expected.numpy()).max() <= 0.51


def test_what_is_measured_at_the_end_is_the_model_on_the_test_images(undisturbed, few):
    measured = checkpoints.read_metrics(undisturbed)
    assert measured["epoch"] == 3
    assert measured["seconds"] == pytest.approx(sum(line.seconds for line in read_history(undisturbed)))
    assert figures(undisturbed) == {"epoch": 3, **metrics.evaluate(load(undisturbed), few)}


def test_the_card_tells_people_what_the_run_is_and_how_to_use_it(undisturbed):
    card = (undisturbed.path / checkpoints.CARD).read_text()
    measured = checkpoints.read_metrics(undisturbed)
    assert card.startswith(f"# {undisturbed.name}\n")
    for words in (
        f'load("{undisturbed.id}")',
        f"{measured['test_mse']:.5f}",
        f"{measured['psnr']:.2f} dB",
        f"{measured['ssim']:.3f}",
        f"{measured['live_units']} of 4 (dead:",
        f"| parameters | {measured['parameters']:,} |",
        "After epoch 3 of 3, on the 40 test images of Built-in digits",
    ):
        assert words in card
    for name, value in RECIPE.to_dict().items():
        assert f"| {name} | {value} |" in card


def test_a_finished_run_is_not_recorded_again(undisturbed, monkeypatch):
    monkeypatch.setenv("AE_CHECKPOINTS", str(undisturbed.path.parent))
    with pytest.raises(RunError, match="has finished all its 3 epochs"):
        list(record(undisturbed))
    assert_equal_to(undisturbed, undisturbed)


# ------------------------------------------------------------------------------------------------------ stop, resume


@pytest.mark.parametrize("at", [0, 1, 2])
def test_a_stop_ends_after_the_current_epoch_and_the_model_is_measured(undisturbed, few, at):
    run, numbers = create(RECIPE), []
    for epoch in record(run):
        numbers.append(epoch.number)
        if epoch.number == at:
            (run.path / checkpoints.STOP).touch()
            assert stop_asked(run)
    assert numbers == list(range(at + 1))
    assert figures(run) == {"epoch": at, **metrics.evaluate(load(run), few)}
    assert f"After epoch {at} of 3" in (run.path / checkpoints.CARD).read_text()
    assert jobs.state(run) == "stopped"
    (run.path / checkpoints.STOP).unlink()
    said = []
    assert [epoch.number for epoch in record(run, say=said.append)] == list(range(at + 1, 4))
    assert said[0] == f"Going on after epoch {at}"
    assert_equal_to(run, undisturbed)


def test_a_stop_in_the_last_epoch_changes_nothing(undisturbed):
    run = create(RECIPE)
    for _ in record(run):
        if checkpoints.saved_epoch(run) == 2:
            (run.path / checkpoints.STOP).touch()
            break
    (run.path / checkpoints.STOP).unlink()
    for _ in record(run):
        (run.path / checkpoints.STOP).touch()
    assert_equal_to(run, undisturbed)


def test_who_no_longer_asks_for_epochs_has_a_run_that_goes_on(undisturbed):
    run = create(RECIPE)
    for _ in range(4):
        next(record(run))
    list(record(run))
    assert_equal_to(run, undisturbed)


def test_a_run_that_diverges_keeps_its_last_good_weights():
    recipe = tiny(**DIVERGING, epochs=6, batch_size=8)
    run, numbers = create(recipe), []
    with pytest.raises(FloatingPointError):
        for epoch in record(run):
            numbers.append(epoch.number)
    assert checkpoints.saved_epoch(run) == numbers[-1]
    assert all(value.isfinite().all() for value in load(run).state_dict().values())
    assert [line.epoch for line in read_history(run)] == numbers


def test_recording_again_forgets_how_the_last_attempt_ended(stopped):
    files.replace(stopped.path / checkpoints.ERROR, b"It failed")
    assert checkpoints.read_metrics(stopped)["epoch"] == 1
    (stopped.path / checkpoints.STOP).unlink()
    next(record(stopped))
    assert checkpoints.read_error(stopped) == ""
    assert checkpoints.read_metrics(stopped) == {}


# -------------------------------------------------------------------------------------------------------------- death


def die_at(n, patch, *, torn):
    """Let the n-th write of the recorder be the last thing that its process does; torn: only half of it is done."""
    count = itertools.count(1)
    replace, append = files.replace, files.append

    def dying_replace(path, content, **options):
        if next(count) == n:
            if torn:  # a kill leaves the temporary file
                (path.parent / f".{path.name}-left").write_bytes(content[: len(content) // 2])
            raise Killed
        replace(path, content, **options)

    def dying_append(path, text, **options):
        if next(count) == n:
            if torn:
                append(path, text[: len(text) // 2], **options)
            raise Killed
        append(path, text, **options)

    patch.setattr(files, "replace", dying_replace)
    patch.setattr(files, "append", dying_append)


@pytest.mark.parametrize("torn", [False, True], ids=["between two writes", "in the middle of a write"])
def test_killed_at_any_write_a_run_reads_and_goes_on_to_the_same_end(undisturbed, torn):
    for n in itertools.count(1):
        run = create(RECIPE)
        with pytest.MonkeyPatch.context() as patch:
            die_at(n, patch, torn=torn)
            try:
                list(record(run))
                break  # it needs no n-th write
            except Killed:
                pass
        assert open_run(run.id) == run
        assert timeless(run) == timeless(undisturbed)[: len(read_history(run))]
        assert jobs.state(run) != "running"
        epoch = checkpoints.saved_epoch(run)
        if epoch is None:
            with pytest.raises(RunError, match="has no weights yet"):
                load(run)
        else:
            load(run)
            assert epoch in [line.epoch for line in read_history(run)], f"weights beyond the history at write {n}"
        list(record(run))
        assert_equal_to(run, undisturbed)
    assert n > 15  # there were so many writes to die at


def test_killed_again_and_again_a_run_still_ends_the_same(undisturbed):
    run = create(RECIPE)
    for n in (3, 4, 5, 2, 6, 3):
        with pytest.MonkeyPatch.context() as patch:
            die_at(n, patch, torn=True)
            with pytest.raises(Killed):
                list(record(run))
    list(record(run))
    assert_equal_to(run, undisturbed)


def test_killed_before_its_last_preview_a_run_still_ends_with_that_of_the_last_epoch(undisturbed, monkeypatch):
    run, replace = create(RECIPE), files.replace

    def dying(path, content, **options):
        if path.name == checkpoints.PREVIEW and checkpoints.saved_epoch(run) == 3:
            raise Killed
        replace(path, content, **options)

    with monkeypatch.context() as patch:
        patch.setattr(files, "replace", dying)
        with pytest.raises(Killed):
            list(record(run))
    list(record(run))
    assert (np.stack(checkpoints.read_preview(run)) == np.stack(checkpoints.read_preview(undisturbed))).all()


def test_a_run_killed_before_it_was_measured_is_not_called_finished(undisturbed):
    """Else nobody may start it again, and it never gets its measurements."""
    run = create(RECIPE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(metrics, "evaluate", lambda *_: (_ for _ in ()).throw(Killed))
        with pytest.raises(Killed):
            list(record(run))
    assert checkpoints.read_metrics(run) == {}
    assert jobs.state(run) == "interrupted"
    jobs.prepare(run)
    list(record(run))
    (run.path / checkpoints.TICKET).unlink()
    assert_equal_to(run, undisturbed)


# ------------------------------------------------------------------------------------------------------ foreign state


def test_the_state_of_another_run_is_refused_and_the_weights_are_kept(stopped):
    other = create(tiny(code_size=5))
    next(record(other))
    weights = load(stopped).state_dict()
    (stopped.path / checkpoints.STOP).unlink()
    (stopped.path / checkpoints.STATE).write_bytes((other.path / checkpoints.STATE).read_bytes())
    with pytest.raises(RuntimeError, match="belongs to another recipe, or is damaged"):
        list(record(stopped))
    assert same(load(stopped).state_dict(), weights)


@pytest.mark.parametrize("state", [{"epoch": 1}, {"epoch": 1, "model": []}, {"epoch": 1, "model": {"fc1.weight": 3}}])
def test_a_state_that_is_none_fails_with_a_sentence(stopped, state):
    (stopped.path / checkpoints.STOP).unlink()
    torch.save(state, stopped.path / checkpoints.STATE)
    with pytest.raises((RunError, RuntimeError), match=r"damaged|not a state"):
        list(record(stopped))


def test_metrics_that_are_foreign_do_not_keep_a_run_from_going_on(stopped):
    (stopped.path / checkpoints.METRICS).write_text(json.dumps({"epoch": "?"}))
    jobs.prepare(stopped)
    assert [epoch.number for epoch in jobs.work(stopped)] == [2]
    assert jobs.state(stopped) == "finished"


def test_the_untrained_network_is_what_the_seed_gives(undisturbed):
    run = create(RECIPE)
    next(record(run))
    assert same(load(run).state_dict(), fresh_model(RECIPE).state_dict())
