"""A sweep on the Train screen: several runs watched as one thing."""

import dataclasses
import json

import numpy as np
import pytest
from screens import components, ids, screen, watched, words
from tiny import tiny

from ae.runs import filenames, folders, queue, reading
from ae.runs.reading import Line, read_history
from ae.runs.recording import record
from ae.ui import sweep_data
from ae.ui.run_colours import run_colours
from ae.ui.sweep_data import Have, checked, message, progress, seconds_left

TRAIN = "pages/train.py"

pytestmark = pytest.mark.usefixtures("screens_alone")


def sent(app):
    """Return the header of what the view gets when it asks, and the images after it."""
    header, content = watched(about(app)["ask"])
    return header, np.frombuffer(content, np.uint8).reshape(-1, 28, 28)


def about(app):
    """Return what the view knows of the runs."""
    (found,) = components(app, "sweep")
    return found


def opened(content):
    length = int.from_bytes(content[:4], "little")
    return json.loads(content[4 : 4 + length]), np.frombuffer(content[4 + length :], np.uint8).reshape(-1, 28, 28)


def answer(group, have):
    states = {run: queue.state(run) for run in group}
    histories = {run: read_history(run) for run in group}
    return message(group, have, {}, states=states, histories=histories)


def has(group):
    """Return what a page has that has received everything."""
    known = {run.id: (read_history(run)[-1].epoch, sweep_data._written(run)) for run in group}
    return Have(ids(group), known, True)


def lines(*seconds):
    return [Line(i, 0.1, 0.1, None, 0.0, each, 1, ()) for i, each in enumerate(seconds)]


# ------------------------------------------------------------------------------------------------------ the screen


def test_several_sizes_are_trained_and_watched_together_by_the_address():
    app = screen(TRAIN)
    app.multiselect(key="form_sizes").set_value(["16", "4", "8"]).run()
    app.button(key="train").click().run()
    assert not app.exception
    made = sorted(folders.list_runs(), key=lambda run: run.recipe.code_size)
    assert {run.tags for run in made} == {(f"sweep:{app.query_params['sweep']}",)}
    header, _ = sent(app)
    assert [run["name"] for run in about(app)["runs"]] == ["Bottleneck 4", "Bottleneck 8", "Bottleneck 16"]
    assert [run["colour"] for run in about(app)["runs"]] == list(run_colours(made).values())
    assert [(run["words"], run["ends"]) for run in header["runs"]] == [("Waiting", "Remove")] * 3
    again = screen(TRAIN, runs=ids(made))
    assert about(again) == {**about(app), "ask": about(again)["ask"]}
    again.button(key="stop").click().run()
    assert not again.exception
    assert {queue.state(run) for run in made} == {"stopped"}
    again.button(key="resume").click().run()
    assert not again.exception
    assert {queue.state(run) for run in made} == {"queued"}


def test_one_size_is_watched_alone(finished):
    app = screen(TRAIN, runs=finished.id)
    assert "sweep" not in {each.proto.component_name for each in app.get("bidi_component")}
    assert components(app, "live")[0]["run"] == finished.id


def test_finished_runs_have_their_curves_and_images_and_one_button_to_compare_them(several):
    app = screen(TRAIN, runs=ids(several))
    header, images = sent(app)
    assert header["progress"].startswith("3 of 3 models trained · 6 epochs in ")
    assert header["share"] == 1
    for run, entry in zip(several, header["runs"], strict=True):
        history = read_history(run)
        assert entry["epochs"] == [line.epoch for line in history]
        assert entry["losses"] == pytest.approx([line.monitored_loss for line in history], rel=1e-5)
        assert (entry["words"], entry["ends"]) == ("Finished", "")
    seen, _ = reading.read_preview(several[0])
    expected = [seen, *(reading.read_preview(run)[1] for run in several)]
    assert (images == np.concatenate(expected).reshape(-1, 28, 28)).all()
    assert app.button(key="compare").label == "Compare these 3"
    assert [each.key for each in app.button if each.proto.type == "primary"] == ["compare"]
    assert "stop" not in app.session_state


def test_the_address_is_checked(several, finished):
    app = screen(TRAIN, runs=f"{several[0].id},../x,{several[1].id},{several[0].id},")
    assert "There is no such run here: ../x" in words(app)
    assert len(sent(app)[0]["runs"]) == 2
    app = screen(TRAIN, runs="<b>,nothing")
    assert "There is no such run here: <b>, nothing" in words(app)
    other = dataclasses.replace(finished.recipe, dataset="mnist")
    (finished.path / filenames.RECIPE).write_text(json.dumps(other.to_dict()))
    app = screen(TRAIN, runs=f"{ids(several)},{finished.id}")
    assert "Only the runs on Built-in digits are shown" in words(app)
    assert len(sent(app)[0]["runs"]) == 3


def test_the_box_shows_a_run_alone(several):
    oldest = folders.list_runs()[-1].id  # the address does not name the newest run, which the screen shows anyway
    app = screen(TRAIN, runs=ids(several))
    app.selectbox(key="watched").select(oldest).run()
    assert not app.exception
    assert "runs" not in app.query_params
    assert app.query_params["run"] == oldest


# ----------------------------------------------------------------------------------------------------- the messages


def test_only_what_a_page_lacks_is_sent(several):
    header, images = opened(answer(several, Have()))
    assert [run["epochs"] for run in header["runs"]] == [[0, 1, 2]] * 3
    assert len(images) == 8 * 4
    header, images = opened(answer(several, has(several)))
    assert not len(images)
    assert all(run["epochs"] == [] and "images" not in run for run in header["runs"])
    first = has(several)
    behind = dataclasses.replace(first, runs={**first.runs, several[1].id: (0, 1)})
    header, images = opened(answer(several, behind))
    assert [run["epochs"] for run in header["runs"]] == [[], [1, 2], []]
    assert (images == reading.read_preview(several[1])[1].reshape(-1, 28, 28)).all()
    other = dataclasses.replace(first, sweep="another")
    assert answer(several, other) == answer(several, Have())


@pytest.mark.usefixtures("on_few")
def test_watching_three_runs_for_60_epochs_each_takes_less_than_2_mb():
    """An answer after every epoch; those of later epochs are as large as those of the first few."""
    group = [folders.create(tiny(code_size=size, epochs=4)) for size in (2, 4, 6)]
    have, sizes = Have(), []
    for run in group:
        for _ in record(run):
            sizes.append(len(answer(group, have)))
            begun = has([each for each in group if read_history(each)])
            have = Have(ids(group), {each.id: (-1, 0) for each in group} | dict(begun.runs), True)
    assert sum(sizes) / len(sizes) * 3 * 61 < 2e6
    assert len(sizes) == 15 and min(sizes[1:]) > 8 * 784


@pytest.mark.parametrize(
    "malformed",
    [
        None,
        [],
        "have",
        {"sweep": 3, "runs": {}},
        {"sweep": "", "runs": []},
        {"sweep": "", "runs": {"a": 3}},
        {"sweep": "", "runs": {"a": [1]}},
        {"sweep": "", "runs": {"a": [1, "2"]}},
        {"sweep": "", "runs": {"a": [1, -(10**30)]}},
    ],
)
def test_a_malformed_request_counts_as_having_nothing(malformed):
    assert checked(malformed) == Have()


def test_a_request_is_understood():
    asked = {"sweep": "a,b", "runs": {"a": [3, 10**15]}, "originals": True}
    assert checked(asked) == Have("a,b", {"a": (3, 10**15)}, True)


# ----------------------------------------------------------------------------------------------------- the progress


def test_the_time_left_counts_runs_that_have_not_begun():
    a, b = (folders.create(tiny(code_size=size, epochs=10)) for size in (2, 3))
    histories = {a: lines(9.0, 2.0, 2.0), b: []}
    assert seconds_left([a, b], histories) == 8 * 2 + 10 * 2
    states = {a: "running", b: "queued"}
    assert progress([a, b], states, histories, 1.0) == (0.1, "0 of 2 models trained · 2 of 20 epochs · about 35 s left")
    assert "left" not in progress([a, b], states, {a: lines(9.0), b: []}, 0.0)[1]  # no epoch yet
    assert "left" not in progress([a, b], states, histories, 1e9)[1]
    (a.path / filenames.STOP).touch()
    assert progress([a, b], states, histories, 0.0)[1] == "0 of 2 models trained · 2 of 20 epochs · stopping"


def test_a_sweep_that_was_stopped_says_how_far_it_came(stopped, finished):
    states = {stopped: "stopped", finished: "finished"}
    histories = {run: read_history(run) for run in states}
    share, text = progress(list(states), states, histories, 0.0)
    assert share == 0.75
    assert text.startswith("1 of 2 models trained · 3 of 4 epochs in ")
    assert sweep_data.words(stopped, "stopped", histories[stopped]) == "Stopped after epoch 1 of 2"
    assert sweep_data.words(stopped, "running", histories[stopped]) == "Stopping"
    (stopped.path / filenames.STOP).unlink()
    assert sweep_data.words(stopped, "running", histories[stopped]) == "Epoch 1 of 2"
