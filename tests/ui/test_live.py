"""The live view's messages: only what is new, whatever a page says that it has, and words that are never nonsense."""

import json
import math
import os
import time

import numpy as np
import pytest
import torch
from screens import answered, component, screen, watched
from tiny import tiny

from ae.analysis import latent
from ae.analysis.latent import Bounds
from ae.recipe import Recipe
from ae.runs import filenames, files, folders, log, reading, recording, replay
from ae.ui import keep_up, live_data, live_words, monitor, present
from ae.ui.live_data import Have, LiveData


def ask(source, run, have, *, ended=False):
    """Return the header and the arrays of an answer, and what a page has then."""
    source.look()
    content = source.message(run, have, {}, ended=ended)
    length = int.from_bytes(content[:4], "little")
    header = json.loads(content[4 : 4 + length])
    line, frame = (header["lines"]["epoch"] or [have.line])[-1], (header["frames"] or [have.frame])[-1]
    return header, content[4 + length :], Have(run.id, line, frame, header["plane"])


def test_a_page_gets_every_epoch_once(finished):
    source = LiveData(finished)
    header, content, has = ask(source, finished, Have())
    assert header["frames"] == header["lines"]["epoch"] == [0, 1, 2]
    assert header["after"] == [-1, -1]
    assert has == Have(finished.id, 2, 2, "moving")
    header, content, again = ask(source, finished, has)
    assert again == has
    assert (header["lines"]["epoch"], header["frames"], header["placed"], content) == ([], [], [], b"")
    header, content, _ = ask(source, finished, Have(finished.id, 1, 1, "moving"))
    assert (header["lines"]["epoch"], header["frames"], header["after"]) == ([2], [2], [1, 1])
    assert len(content) == replay.SHOWN * 784 + header["points"] * 4


def test_at_the_end_only_the_points_move_to_the_plane_of_the_last_epoch(finished):
    source = LiveData(finished)
    _, _, has = ask(source, finished, Have())
    header, content, has = ask(source, finished, has, ended=True)
    assert header["frames"] == []
    assert [placed["epoch"] for placed in header["placed"]] == [0, 1, 2]
    assert len(content) == 3 * 4 * header["points"]
    assert ask(source, finished, has, ended=True)[0]["placed"] == []


def test_the_axes_of_the_map_are_named_once_its_plane_no_longer_turns(finished):
    assert ask(LiveData(finished), finished, Have())[0]["axes"] is None
    axes = ask(LiveData(finished), finished, Have(), ended=True)[0]["axes"]
    assert axes == list(latent.plane(torch.from_numpy(reading.read_replay(finished).codes[-1]).float()).names)


def test_the_points_are_those_of_the_replay(finished):
    header, content, _ = ask(LiveData(finished), finished, Have(), ended=True)
    recorded = reading.read_replay(finished)
    count, placed = header["points"], header["placed"][-1]
    steps = np.frombuffer(content[-4 * count :], "<u2").reshape(2, count)
    left, right, bottom, top = placed["box"]
    x, y = left + steps[0] / live_data.STEPS * (right - left), bottom + steps[1] / live_data.STEPS * (top - bottom)
    codes = recorded.codes[-1].astype(np.float64)
    distance = np.linalg.norm(codes - codes.mean(0), axis=1)
    assert (np.hypot(x, y) <= distance + 1e-3).all()  # they are projected orthogonally, around the mean
    assert np.var(x) + np.var(y) == pytest.approx(np.linalg.eigvalsh(np.cov(codes.T, bias=True))[-2:].sum(), rel=1e-3)


def test_the_map_fits_the_last_epoch_and_grows_only_where_another_lies_further_out(finished):
    header, _, _ = ask(LiveData(finished), finished, Have(), ended=True)
    *before, last = header["placed"]
    low, high = np.array(last["box"]).reshape(2, 2).T  # of the points, outliers included
    left, right, bottom, top = last["area"]
    assert ((np.array([right, top]) - [left, bottom]) <= 1.05 * (high - low) + 1e-3).all()
    for placed in before:
        assert placed["area"][0] <= left and placed["area"][1] >= right
        assert placed["area"][2] <= bottom and placed["area"][3] >= top
    assert live_data._around(Bounds(0, 1, 0, 1), Bounds(-1, 0.5, 0.2, 2)) == Bounds(-1, 1, 0, 2)


@pytest.mark.parametrize(
    "sent",
    [
        None,
        7,
        {},
        {"run": 1, "line": 0, "frame": 0, "plane": ""},
        {"run": "a", "line": "0", "frame": 0, "plane": ""},
        {"run": "a", "line": True, "frame": 0, "plane": ""},
        {"run": "a", "line": -2, "frame": 0, "plane": ""},
        {"run": "a", "line": 1.5, "frame": 0, "plane": ""},
        {"run": "a", "line": 0, "frame": 2**40, "plane": ""},
        {"run": "a", "line": 0, "frame": 0, "plane": 7},
    ],
)
def test_a_malformed_request_gets_everything(sent):
    assert live_data.checked(sent) == Have()


def test_a_whole_run_on_mnist_is_sent_in_less_than_two_megabytes(runs):
    run = folders.create(Recipe(code_size=8, epochs=60))
    generator = np.random.default_rng(0)
    images = generator.integers(0, 256, (replay.SHOWN, 1, 28, 28), np.uint8)
    labels = generator.integers(0, 10, replay.POINTS, np.uint8)
    files.replace(run.path / filenames.REPLAY, replay.begin(images, labels, 8))
    files.replace(run.path / filenames.HISTORY, (",".join(reading.Line._fields) + "\n").encode())
    source, have, sent = LiveData(run), Have(), 0
    batches = tuple(generator.random(recording.BATCH_POINTS))
    for epoch in range(61):
        line = reading.Line(epoch, 0.123456789, 0.123456789, None, 0.001234567, 0.5, 8, batches if epoch else ())
        files.append(run.path / filenames.HISTORY, recording._csv([line], run.recipe))
        codes = generator.standard_normal((replay.POINTS, 8))
        files.append(run.path / filenames.REPLAY, replay.frame(epoch, images, codes))
        source.look()
        for _ in range(3):  # as many polls an epoch
            header, content, have = ask(source, run, have)
            sent += len(json.dumps(header)) + len(content) + 1500  # the status, and what HTTP adds
    header, content, have = ask(source, run, have, ended=True)
    assert have.frame == have.line == 60
    assert sent + len(content) < 2e6


# The words


def _line(epoch, seconds=2.0):
    return reading.Line(epoch, 0.1, 0.1, None, 0.001, seconds, 4, ())


@pytest.fixture
def training(runs):
    """A run of four epochs, as if it were training; its history is a moment old."""
    run = folders.create(tiny(epochs=4))
    files.replace(run.path / filenames.HISTORY, b"")
    return run


def test_there_is_no_countdown_before_the_first_epoch_is_done(training):
    log.note(training.path, "Loading MNIST")
    assert monitor.progress(training, "running", []) == (0, "Loading MNIST")
    share, words = monitor.progress(training, "running", [_line(0, 0.2)])
    assert share == 0
    assert "left" in words and "s left" not in words and "not known yet" in words
    assert "about 6 s left" in monitor.progress(training, "running", [_line(0, 0.2), _line(1)])[1]


def test_the_time_left_never_falls_below_that_of_the_epochs_that_have_not_begun(training):
    path = training.path / filenames.HISTORY
    os.utime(path, (time.time() - 100, time.time() - 100))  # the second epoch takes very long
    share, words = monitor.progress(training, "running", [_line(0), _line(1)])
    assert "about 4 s left" in words
    assert share < 0.5
    assert "almost done" in monitor.progress(training, "running", [_line(i) for i in range(4)])[1]


def test_there_is_no_countdown_while_stopping_or_measuring(training):
    history = [_line(0), _line(1)]
    (training.path / filenames.STOP).touch()
    assert monitor.progress(training, "running", history)[1] == "Epoch 1 of 4 done · stopping"
    log.note(training.path, monitor.MEASURING)
    assert "measuring" in monitor.progress(training, "running", history)[1]
    assert "left" not in monitor.progress(training, "running", [_line(i) for i in range(5)])[1]


def test_training_says_that_it_measures_in_these_words(runs):
    said = []
    list(recording.record(folders.create(tiny(epochs=1, batch_size=512)), say=said.append))
    assert monitor.MEASURING in said


def test_many_pages_ask_less_often():
    assert monitor.pace(1, []) < monitor.pace(1, [_line(1, 0.1)]) < monitor.pace(1, [_line(1, 60)])
    assert monitor.pace(10, [_line(1)]) >= 3 * monitor.pace(1, [_line(1)])


@pytest.mark.usefixtures("screens_alone")
def test_a_page_asks_for_what_it_lacks(finished):
    address = component(screen("pages/train.py", run=finished.id), "live")["ask"]
    header, _ = watched(address)
    assert header["frames"] == [0, 1, 2]
    have = {"run": finished.id, "line": 2, "frame": 2, "plane": header["plane"]}
    header, content = watched(address, have=json.dumps(have))
    assert (header["lines"]["epoch"], header["frames"], header["placed"], content) == ([], [], [], b"")


@pytest.mark.usefixtures("screens_alone")
@pytest.mark.parametrize("have", ["", "{", "[" * 15_000, "x" * 20_000, "{}", "null", '{"run": 1e999}'])
def test_whatever_a_page_sends_it_is_answered(finished, have):
    address = component(screen("pages/train.py", run=finished.id), "live")["ask"]
    assert watched(address, have=have)[0]["frames"] == [0, 1, 2]


@pytest.mark.parametrize("path", ["/watch/run", "/watch/sweep"])
@pytest.mark.parametrize("id", ["", "gone", "../runs", "..", "a/b", "\0", "%2e%2e", "CON"])
def test_a_run_that_is_not_there_is_answered_in_a_sentence(runs, path, id):
    answer = answered(path, run=id, runs=id)
    assert answer.status_code == 404
    assert b"no run" in answer.body


@pytest.mark.usefixtures("screens_alone")
def test_the_page_learns_when_the_state_is_no_longer_what_it_shows(finished):
    shown = component(screen("pages/train.py", run=finished.id), "live")
    assert watched(shown["ask"])[0]["condition"] == shown["condition"]
    (finished.path / filenames.METRICS).unlink()
    assert watched(shown["ask"])[0]["condition"] != shown["condition"]


def test_the_folder_answers_differently_when_a_run_is_added(runs):
    before = keep_up.folder_now()
    assert keep_up.folder_now() == before
    folders.create(tiny())
    assert keep_up.folder_now() != before


def test_many_pages_keep_up_with_the_folder_less_often(runs, monkeypatch):
    monkeypatch.setattr(present, "_seen", {})
    paces = [json.loads(keep_up.answer(f"page {n}"))["pace"] for n in range(10)]
    assert paces[0] == keep_up.EVERY and paces == sorted(paces)
    assert paces[-1] == pytest.approx(10 / present.FREE * keep_up.EVERY)
    longest = max(present.shared(keep_up.EVERY, 100), monitor.pace(100, [_line(1, 60)]))
    assert longest < present.SECONDS  # none is forgotten meanwhile


@pytest.mark.usefixtures("screens_alone")
@pytest.mark.parametrize("epoch", ["x", "-1", "9" * 40, "١"])
def test_an_absurd_epoch_in_the_address_is_ignored(finished, epoch):
    assert component(screen("pages/train.py", run=finished.id, epoch=epoch), "live")["epoch"] in (None, 1)


@pytest.mark.parametrize(
    ("training", "validation", "explained"),
    [
        ([0.5, 0.2, 0.1], [0.3, 0.18, 0.1], True),
        ([0.5], [0.3], True),  # so far
        ([0.5, 0.4, 0.3], [0.3, 0.24, 0.18], False),  # above throughout: the images are noisy, say
        ([0.3, 0.2, 0.1], [0.3, 0.2, 0.12], False),
        ([math.nan, 0.2], [0.3, 0.2], False),
        ([], [], False),
    ],
)
def test_why_the_training_loss_is_at_first_higher_is_said_where_it_is_and_then_falls_to_the_other(
    training, validation, explained
):
    pairs = zip([0.9, *training], [0.9, *validation], strict=True)
    history = [
        _line(epoch)._replace(training_loss=one, validation_loss=other) for epoch, (one, other) in enumerate(pairs)
    ]
    said = live_words.above(tiny(), history)
    assert bool(said) == explained
    if explained:
        assert "the validation loss is measured after it" in said
        assert f"higher in the first epoch{'s' if len(training) > 1 else ''} because" in said
        tested = [line._replace(validation_loss=None, test_loss=line.validation_loss) for line in history]
        assert "the test loss is measured after it" in live_words.above(tiny(validation_images=0), tested)


def test_the_points_of_the_map_are_explained():
    assert live_words.points(tiny(code_size=8), classes=True) == (
        "Each point is a test image, coloured by its class, in the two directions in which the codes vary most."
    )
    assert live_words.points(tiny(code_size=2), classes=False) == (
        "Each point is a test image, at the two values of its code."
    )
