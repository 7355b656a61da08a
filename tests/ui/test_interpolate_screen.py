"""Interpolate, run without a browser."""

import base64
from dataclasses import replace

import numpy as np
import pytest
import streamlit as st
import torch
from screens import (
    INTERPOLATE,
    charts,
    component,
    ids,
    pictures,
    screen,
    unpacked,
    words,
)
from tiny import tiny

from ae.analysis import digit_classifier, interpolate, reconstruct
from ae.data import datasets, selection
from ae.plots import step_curve
from ae.plots.image_grid import Row
from ae.runs import folders, model_file
from ae.runs.recording import record
from ae.ui import walk, walk_rows
from ae.ui.component import in_base64

pytestmark = pytest.mark.usefixtures("screens_alone")


def images_at(indices):
    """Return test images by their places, as a network takes them."""
    return datasets.to_float(datasets.load("digits").test_images[list(indices)])


def test_the_path_follows_the_labs_formula_and_the_curve_measures_it(several):
    app = screen(INTERPOLATE, runs=several[2].id, a="0", b="3")
    model, images = model_file.load(several[2]), datasets.to_float(datasets.load("digits").test_images[[0, 3]])
    z1, z2 = model.encode(images).detach()
    reconstructed = torch.stack([reconstruct.decode(model, (z1 + (i / 8) * (z2 - z1))[None])[0] for i in range(9)])
    (curve,) = charts(app)
    assert np.allclose(curve["data"][0]["y"], interpolate.steps(reconstructed), rtol=1e-5, atol=0)
    assert curve["data"][-1]["name"] == "Cross-fade"


def test_spherical_and_linear_paths_are_shown_below_each_other(several):
    app = screen(INTERPOLATE, runs=ids(several))
    app.segmented_control(key="way").set_value(["linear", "spherical"]).run()
    assert not app.exception
    assert len(component(app, "walk")["rows"]) == 3 * 2 + 1
    assert len(charts(app)[0]["data"]) == 7


def test_four_corners_are_shown_when_asked_for(several):
    app = screen(INTERPOLATE)
    before = len(pictures(app))
    app.toggle(key="corners").set_value(True).run()
    assert not app.exception
    assert len(pictures(app)) == before + 2  # the square and the pad
    corners = [app.number_input(key=key).value for key in "abcd"]
    images = datasets.load("digits").test_images[corners]
    assert component(app, "corners")["pixels"] == in_base64(images.numpy(), "u1")


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


def test_the_page_gets_the_codes_of_the_ends_and_the_first_models_map(several):
    app = screen(INTERPOLATE, runs=ids(several[1:]), a="5", b="8")
    data = component(app, "walk")
    images = datasets.load("digits").test_images[[5, 8]]
    assert data["pixels"] == in_base64(images.numpy(), "u1")
    for sent, run in zip(data["models"], several[1:], strict=True):
        codes = reconstruct.encode(model_file.load(run), datasets.to_float(images))
        assert sent["codes"] == in_base64(codes.numpy(), "<f4")
        assert sent["along"] == {}
    assert data["map"]["count"] == 297
    assert len(data["map"]["plane"]["origin"]) == 2  # of the first model


def test_a_new_way_is_sent_as_codes_along_it(several, monkeypatch):
    slow = interpolate.Way("Slow.", lambda z1, z2, n: z1 + interpolate._shares(n)[:, None].float() ** 2 * (z2 - z1))
    monkeypatch.setitem(interpolate.WAYS, "slow", slow)
    app = screen(INTERPOLATE, runs=several[0].id)
    app.segmented_control(key="way").set_value(["linear", "slow"]).run()
    (model,) = component(app, "walk")["models"]
    assert list(model["along"]) == ["slow"]
    assert len(np.frombuffer(base64.b64decode(model["along"]["slow"]), "<f4")) == (walk.ALONG + 1) * 2


def test_at_first_the_ends_are_two_classes_that_differ_plainly(several):
    app = screen(INTERPOLATE)
    ends = app.number_input(key="a").value, app.number_input(key="b").value
    assert ends == walk.first_ends("digits")
    assert [datasets.load("digits").test_labels[end] for end in ends] == [6, 9]
    assert ", the path from 6 to 9 passes through " in words(app)


def test_the_sentence_compares_the_confidence_between_the_ends(digits):
    images = datasets.to_float(digits.test_images[list(walk.first_ends("digits"))])
    fade = interpolate.cross_fade(images[0], images[1], 8)
    clear = images[0].expand(9, 1, 28, 28)
    sure = [100 * digit_classifier.classify(each[1:-1])[1].mean() for each in (clear, fade)]
    assert sure[0] > sure[1] + 20
    found = walk.noticed({"A": clear, interpolate.FADE: fade})
    assert found == "**With A, the path from 6 to 9 passes through no other digit.**"
    through = torch.cat([images[:1].expand(3, 1, 28, 28), images[1:].expand(3, 1, 28, 28)])
    ones = datasets.to_float(digits.test_images[digits.test_labels == 1])
    middle = ones[digit_classifier.classify(ones)[1].argmax()][None]
    by_way = torch.cat([through[:3], middle, through[3:]])
    said = walk.noticed({"A": by_way, "B": through, interpolate.FADE: fade})
    assert said == "**With A, the path from 6 to 9 passes through 1; with B, through no other digit.**"
    back = torch.cat([images[:1], middle, images[:1], middle, images[1:].expand(3, 1, 28, 28)])
    assert "passes through 1.**" in walk.noticed({"A": back, interpolate.FADE: fade})  # each digit once
    assert "gains little" in walk.noticed({"A": fade, interpolate.FADE: fade})
    assert walk.noticed({"A": fade[:2], interpolate.FADE: fade[:2]}) == ""


def test_the_lines_have_their_models_colours():
    moved = {name: np.ones(3) for name in ("A, linear", "A, spherical", "B", "Fade")}
    figure = step_curve.step_curve(moved, {"A, linear": "#111111", "A, spherical": "#111111", "B": "#222222"})
    lines = [(line.line.color, line.line.dash) for line in figure.data]
    assert lines[:3] == [("#111111", "solid"), ("#111111", "dot"), ("#222222", "solid")]
    assert lines[3][1] == "dash"


def test_at_first_two_runs_differ_only_in_their_bottleneck(runs, on_few):
    made = {}
    for size, model in ((4, "mlp4"), (2, "mlp4"), (8, "mlp4"), (8, "conv")):
        made[size, model] = folders.create(tiny(batch_size=512, epochs=1, code_size=size, model=model))
        list(record(made[size, model]))
    assert walk.at_first(list(made.values())) == [made[2, "mlp4"], made[8, "mlp4"]]
    assert screen(INTERPOLATE).multiselect(key="runs_choice").value == [made[2, "mlp4"].id, made[8, "mlp4"].id]
    st.session_state["run_id"] = made[4, "mlp4"].id
    assert walk.at_first(list(made.values())) == [made[2, "mlp4"], made[4, "mlp4"]]
    st.session_state["run_id"] = made[8, "conv"].id
    assert walk.at_first(list(made.values())) == []


def test_below_an_image_is_its_digit_with_a_mark_if_unsure_red_if_neither_ends_and_the_confidence_for_the_pointer(
    several,
):
    app = screen(INTERPOLATE, runs=ids(several[:1]))
    rows = component(app, "walk")["rows"]
    walks = {}
    ends = walk.first_ends("digits")
    images = datasets.to_float(datasets.load("digits").test_images[list(ends)])
    walks["model"] = interpolate.walk(model_file.load(several[0]), images, "linear", 8)
    walks["fade"] = interpolate.cross_fade(images[0], images[1], 8)
    own = set(digit_classifier.classify(images)[0].tolist())
    for row, way in zip(rows, walks.values(), strict=True):
        digits, sure = (each.tolist() for each in digit_classifier.classify(way))
        read = list(zip(digits, sure, strict=True))
        shown = [f"{digit}{'?' * (share < digit_classifier.SURE)}" if share >= 0.5 else "–" for digit, share in read]
        assert row["digits"] == shown
        assert row["hints"] == [f"{digit}, {share:.0%} sure" for digit, share in zip(digits, sure, strict=True)]
        recognised = [i for i, share in enumerate(sure) if share >= digit_classifier.RECOGNISED]
        assert row["red"] == [i for i in recognised if digits[i] not in own]
    unsure = [sum("?" in digit for digit in row["digits"]) for row in rows]
    assert max(unsure) > 0 and min(unsure) < len(rows[0]["digits"])  # some are, and some are not


def test_the_legend_of_the_steps_explains_only_the_looks_that_occur(several):
    data = component(screen(INTERPOLATE, runs=ids(several[:1])), "walk")
    marks = "".join(digit for row in data["rows"] for digit in row["digits"])
    assert ("red" in data["key"]) == any(row["red"] for row in data["rows"])
    assert ("?: under" in data["key"]) == ("?" in marks)
    assert ("–: under" in data["key"]) == ("–" in marks)
    clear = Row("A", np.zeros((2, 28, 28, 3)), ["4", "0"], red=[])
    assert walk_rows.key([clear]) == "Below each image: its class"
    assert walk_rows.key([replace(clear, captions=["4", "0?"])]).endswith("(?: under 90% sure)")


def test_the_rows_are_named_and_have_the_images_at_their_ends(several):
    app = screen(INTERPOLATE, runs=ids(several[:2]), n="5")
    data = component(app, "walk")
    assert data["names"] == ["image 24, a 6", "image 34, a 9"]
    way = interpolate.walk(model_file.load(several[0]), images_at(data["indices"]), "linear", 5)
    shown = unpacked(data["rows"][0]["pixels"], "u1").reshape(6, 3, 28, 28)
    assert np.abs(shown - 255 * way.clamp(0, 1).numpy()).max() <= 0.5 + 1e-3
    assert [row["what"] for row in data["rows"]] == [walk.LATENT_PATH, walk.LATENT_PATH, walk.PIXELS]


def test_on_the_map_the_classes_that_the_way_does_not_pass_are_faint(several):
    app = screen(INTERPOLATE, runs=ids(several[:1]))
    data = component(app, "walk")
    ends = walk.first_ends("digits")
    images = datasets.to_float(datasets.load("digits").test_images[list(ends)])
    digits, sure = digit_classifier.classify(interpolate.walk(model_file.load(several[0]), images, "linear", 8))
    seen = {6, 9} | {digit for digit, share in zip(digits.tolist(), sure.tolist(), strict=True) if share >= 0.5}
    assert data["map"]["faint"] == sorted(set(range(10)) - seen)
    assert data["map"]["why"] == ""
    sizes = [run.recipe.code_size for run in several]
    both = component(screen(INTERPOLATE, runs=ids([several[0], several[2]])), "walk")["map"]["why"]
    assert both == f"{sizes[2]} numbers can't be drawn on a flat map."
