"""Interpolate, run without a browser."""

import numpy as np
import pytest
import torch
from screens import (
    INTERPOLATE,
    charts,
    ids,
    pictures,
    screen,
)

from ae.analysis import interpolate, reconstruct
from ae.data import datasets, selection
from ae.runs import model_file

pytestmark = pytest.mark.usefixtures("screens_alone")


def test_the_path_follows_the_labs_formula_and_the_curve_measures_it(several):
    app = screen(INTERPOLATE, runs=several[2].id)
    model, images = model_file.load(several[2]), datasets.to_float(datasets.load("digits").test_images[[0, 3]])
    z1, z2 = model.encode(images).detach()
    reconstructed = torch.stack([reconstruct.decode(model, (z1 + (i / 8) * (z2 - z1))[None])[0] for i in range(9)])
    (curve,) = charts(app)
    assert np.allclose(curve["data"][0]["y"], interpolate.steps(reconstructed), rtol=1e-5, atol=0)
    assert curve["data"][-1]["name"] == "Cross-fade of pixels"


def test_spherical_and_linear_paths_are_shown_below_each_other(several):
    app = screen(INTERPOLATE, runs=ids(several))
    app.segmented_control(key="way").set_value(["linear", "spherical"]).run()
    assert not app.exception
    assert pictures(app)[0].count('role="img"') == 3 * 2 + 1
    assert len(charts(app)[0]["data"]) == 7


def test_four_corners_are_shown_when_asked_for(several):
    app = screen(INTERPOLATE)
    before = len(pictures(app))
    app.toggle(key="corners").set_value(True).run()
    assert not app.exception
    assert len(pictures(app)) == before + 1


@pytest.mark.parametrize("index", [10_000_000, -1])
def test_an_end_that_does_not_exist_is_explained(several, index):
    app = screen(INTERPOLATE)
    app.number_input(key="a").set_value(index).run()
    assert not app.exception
    assert f"There is no test image {index:,}: use 0 to 296" in app.error[0].value
    assert pictures(app)


def test_an_end_can_be_chosen_by_class_and_stepped_through_it(several):
    labels = datasets.load("digits").test_labels
    sevens = selection.of_class(labels, 7, 2)
    app = screen(INTERPOLATE)
    app.selectbox(key="a_class").select("7").run()
    assert app.number_input(key="a").value == sevens[0]
    app.button(key="a_next").click().run()
    assert app.number_input(key="a").value == sevens[1]
