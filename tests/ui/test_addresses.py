"""A page's address may contain anything: it never breaks a screen or produces meaningless numbers."""

import warnings

import pytest
from screens import DENOISE, INTERPOLATE, LATENT, RECONSTRUCT, pictures, screen

pytestmark = pytest.mark.usefixtures("screens_alone")
ABSURD = ("", "1e39", "1e400", "-1e999", "inf", "-Infinity", "nan", "seven", "1" * 400, "-5", "1.5")
NUMBERS = ("a", "b", "c", "d", "n", "start", "seed", "sample_seed", "noise_seed", "pca", "count", "strength", "epoch")
CHOICES = ("indices", "code", "spot", "image", "by", "class", "noise", "way", "map", "whose", "code_of")


@pytest.mark.parametrize("text", ABSURD)
@pytest.mark.parametrize("path", (DENOISE, INTERPOLATE, LATENT, RECONSTRUCT))
def test_an_absurd_value_anywhere_in_the_address_does_no_harm(several, path, text):
    by = {"by": "At random"} if path != LATENT else {}
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)  # numpy, when it casts NaN to a pixel
        assert pictures(screen(path, **dict.fromkeys(NUMBERS, text), **by, corners="true"))
        assert pictures(screen(path, **dict.fromkeys(CHOICES, text)))


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("pages/compare.py", {"of": "Validation", "against": "epoch"}),
        (DENOISE, {"whose": None}),
        (LATENT, {"view": "Map", "map": "Plane"}),
    ],
)
def test_a_choice_that_is_empty_in_the_address_is_the_first(several, path, names):
    app = screen(path, **dict.fromkeys(names, ""))
    for name, first in names.items():
        assert app.segmented_control(key=name).value == (first or app.segmented_control(key=name).options[0])


@pytest.mark.parametrize("text", ["1e39", "nan", "inf", "1e400"])
@pytest.mark.parametrize("name", ["Map", "Units", "Samples", "Replay"])
def test_an_absurd_value_does_no_harm_in_any_view_of_the_latent_space(several, name, text):
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        pair = {"spot": f"{text},{text}", "code": f"{text},{text}"}
        everywhere = dict.fromkeys(("start", "sample_seed", "epoch"), text) | pair
        app = screen(LATENT, run=several[0].id, view=name, **everywhere)
        app.segmented_control(key="view").set_value(name).run()
    assert not app.exception
    assert pictures(app) or app.get("bidi_component")
