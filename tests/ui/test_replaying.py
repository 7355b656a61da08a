"""What Replay of Latent space says of a run."""

import io
import math

import numpy as np
import pytest
from PIL import Image

from ae.runs import reading, replay
from ae.ui import replaying


def test_the_curve_of_a_run_can_be_saved_as_a_picture(finished):
    content = replaying._curve(finished, reading.read_history(finished), "png")
    assert Image.open(io.BytesIO(content)).width >= 2000


@pytest.mark.parametrize(
    ("losses", "kept", "found"),
    [
        ([1.05, 0.5, 0.16, 0.085, 0.05], range(5), (3, 96)),
        ([1.05, 0.5, 0.145, 0.09, 0.05], [0, 2, 4], (2, 90)),
        ([1.05, 0.5, 0.09, 0.065, 0.05], [0, 3, 4], (3, 98)),  # of the epochs that can be seen
        ([1.05, 0.5, 0.09, 0.07, 0.05], [0, 4], None),
        ([1.0, 0.04, 0.05], range(3), (1, 99)),
        ([1.0, 0.5, 0.05], range(3), None),  # only at the end
        ([0.5, 0.6, 0.7], range(3), None),
        ([0.5, 0.5, 0.5], range(3), None),
        ([math.nan, 0.5, 0.1], range(3), None),
        ([1.0, 0.5], range(2), None),
        ([], [], None),
    ],
)
def test_a_replay_says_by_which_of_its_epochs_most_of_the_loss_is_gone(losses, kept, found):
    history = [reading.Line(number, 0.1, loss, None, 0.001, 2.0, 4, ()) for number, loss in enumerate(losses)]
    assert replaying._mostly(history, list(kept)) == found


def test_a_replay_tells_what_to_look_for():
    assert replaying._story(5, 91, 60, "").startswith(
        "**91% of the drop in the loss comes in the first 5 of 60 epochs**. "
    )
    assert "in the first of 60 epochs**, but the codes go on: press" in replaying._story(1, 90, 60, "go on")


@pytest.mark.parametrize(
    ("scale", "shift", "said"),
    [
        (0.5, 0.0, "go on moving apart"),
        (1.0, 0.5, "go on moving"),
        (1.5, 0.0, "go on moving"),  # together
        (0.95, 0.1, ""),
        (1.0, 0.0, ""),
    ],
)
def test_codes_go_on_moving_apart_only_where_those_of_the_replay_do(scale, shift, said):
    last = np.random.default_rng(0).standard_normal((500, 2))
    codes = np.stack([0 * last, scale * last + shift, last]).astype(np.float16)
    nothing = np.empty(0, np.uint8)
    shown = replay.Replay(nothing, nothing, np.array([0, 7, 60]), nothing, codes)
    assert replaying._afterwards(shown, 7) == said
