"""The menu at a test image: only what the page can have sent counts, and the run goes along."""

import pytest
import streamlit as st
from screens import COMPARE, DENOISE, INTERPOLATE, LATENT, RECONSTRUCT, component, screen

from ae.ui import image_menu

TARGETS = list(image_menu._PAGES)
pytestmark = pytest.mark.usefixtures("screens_alone")


@pytest.mark.parametrize(
    "sent",
    [
        None,
        "Denoise",
        {},
        {"to": 0},
        {"to": 0, "index": 10},
        {"to": 0, "index": -1},
        {"to": -1, "index": 0},
        {"to": 4, "index": 0},
        {"to": True, "index": 0},
        {"to": 0, "index": 1.0},
        {"to": 0, "index": float("nan")},
        {"to": "0", "index": "0"},
        {"to": 0, "index": [1]},
    ],
)
def test_what_is_no_choice_is_ignored(sent):
    assert image_menu._checked(sent, TARGETS, 10) is None
    assert image_menu._checked({"to": 1, "index": 9}, TARGETS, 10) == (TARGETS[1], 9)


def test_the_run_goes_along_first_among_those_chosen_together(monkeypatch):
    monkeypatch.setattr(st, "session_state", {"run_ids": ["a", "b", "c"]})
    assert image_menu._query(image_menu.DENOISE, 7, "b") == {"runs": "b,a,c", "indices": "7"}
    assert image_menu._query(image_menu.INTERPOLATE, 7, "d") == {"runs": "d", "a": "7"}
    assert image_menu._query(image_menu.RECONSTRUCT, 7, "b") == {"run": "b", "indices": "7"}
    assert image_menu._query(image_menu.LATENT_SPACE, 7, "b") == {"run": "b", "image": "7"}


def test_each_entry_leads_to_a_screen_that_shows_the_image(finished):
    for target, path in ((image_menu.RECONSTRUCT, RECONSTRUCT), (image_menu.DENOISE, DENOISE)):
        app = screen(path, **image_menu._query(target, 7, finished.id))
        assert app.text_input(key="indices").value == "7"
    app = screen(INTERPOLATE, **image_menu._query(image_menu.INTERPOLATE, 7, finished.id))
    assert app.number_input(key="a").value == 7


@pytest.mark.parametrize(
    ("path", "without"),
    [
        (RECONSTRUCT, image_menu.RECONSTRUCT),
        (COMPARE, ""),
        (DENOISE, image_menu.DENOISE),
        (INTERPOLATE, ""),
        (LATENT, ""),
    ],
)
def test_a_screen_offers_the_others(finished, path, without):
    assert component(screen(path), "image_menu") == {
        "dataset": "digits",
        "targets": [each for each in TARGETS if each != without],
    }
