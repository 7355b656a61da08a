"""Health and Samples of Latent space, run without a browser."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest
import torch
from inactive import codes_of, with_an_inactive_unit
from screens import charts, components, unpacked, view, words
from tiny import tiny

from ae.analysis import latent, reconstruct, sampling
from ae.data import datasets
from ae.runs import filenames, folders, model_file, queue, reading
from ae.runs.recording import record
from ae.ui import cached, latent_health, tour_claims

pytestmark = pytest.mark.usefixtures("screens_alone")


def test_inactive_units_are_counted_with_the_cause_and_one_click_trains_without_it(runs, several):
    run, weights = with_an_inactive_unit()
    app = view("Health", run=run.id)
    inactive = latent.health(weights, codes_of(run), torch.zeros(1)).inactive
    assert 1 in inactive
    (lead,) = [each for each in app.markdown if "inactive**" in each.value]
    counted = f"**{len(inactive)} of 4 units {'are' if len(inactive) > 1 else 'is'} inactive**"
    assert lead.value.startswith(counted)
    assert f"so {4 - len(inactive)} number" in lead.value
    assert lead.help == latent.cause(run.recipe)
    at_0 = (codes_of(run)[:, inactive] == 0).float().mean(0).min()
    assert ("the ReLU holds" in lead.value) == (at_0 >= latent_health.AT_0)
    drawn = components(app, "unit_switches")[0]["units"]
    assert sorted(each["unit"] for each in drawn if not each["active"]) == inactive
    before = {each.id for each in folders.list_runs()}
    app.button(key="cure").click().run()
    assert not app.exception
    (made,) = [each for each in folders.list_runs() if each.id not in before]
    assert made.recipe.to_dict() == run.recipe.to_dict() | {"code_activation": "none"}
    assert queue.state(made) == "queued"


def test_inactive_units_are_held_at_0_by_the_relu_only_where_there_is_one_and_they_are_0(runs, monkeypatch):
    run, _ = with_an_inactive_unit()
    said = []
    monkeypatch.setattr(latent_health.st, "markdown", lambda text, **_: said.append(text))
    for value, recipe in ((0.0, run.recipe), (0.7, run.recipe), (0.0, tiny(code_activation="none"))):
        monkeypatch.setattr(cached, "test_codes", lambda run, value=value: torch.tensor([[1.0, value, 2.0, 3.0]] * 5))
        latent_health._inactive(replace(run, recipe=replace(recipe, code_size=4)), [1])
    by_relu, *others = said
    assert by_relu == ("**1 of 4 units is inactive**: the ReLU holds it at 0, so 3 numbers encode an image.")
    assert [each.split(": ")[1].split(",")[0] for each in others] == ["it never changes"] * 2


def test_an_image_without_a_unit_is_decoded_with_its_mean_and_without_an_inactive_one_is_the_same(runs):
    run, weights = with_an_inactive_unit()
    codes = codes_of(run)[: cached.WEIGHED]
    inactive = latent.health(weights, codes, torch.zeros(1)).inactive
    with_all = reconstruct.decode(weights, codes[:8])
    for unit in range(codes.shape[1]):
        held = codes.clone()
        held[:, unit] = codes[:, unit].mean()
        assert torch.equal(latent.hold(codes, unit), held)
        shown = cached.without(run, [unit], 8)
        assert np.allclose(shown, reconstruct.decode(weights, held[:8]), atol=1e-6)
        assert np.allclose(shown, with_all, atol=1e-6) == (unit in inactive)
    held[:, 0] = codes[:, 0].mean()
    last = codes.shape[1] - 1
    assert np.allclose(cached.without(run, [0, last], 8), reconstruct.decode(weights, held[:8]), atol=1e-6)


def test_active_units_can_be_switched_off_and_at_first_the_most_important_is(runs):
    run, weights = with_an_inactive_unit()
    (active,) = {0, 1, 2, 3} - set(latent.health(weights, codes_of(run), torch.zeros(1)).inactive)
    app = view("Health", run=run.id)

    def rows():
        return re.findall(r'<div class="ae-label">([^<]*)', "".join(each.proto.body for each in app.get("html")))

    assert rows()[-1] == f"Without unit {active}"
    (sent,) = components(app, "unit_switches")
    assert [each["unit"] for each in sent["units"] if each["active"]] == [active]
    assert [each["on"] for each in sent["units"]] == [True, True, True, False]  # the inactive ones come first
    app.session_state[f"off-{run.id}"] = []
    app.run()
    assert rows() == ["Original", "All units"]
    assert all(each["on"] for each in components(app, "unit_switches")[0]["units"])


def test_inactive_units_come_first_but_take_no_place_from_those_that_matter(several, monkeypatch):
    growth, active = np.array([0.0, 0.3, 0.0, 0.9, 0.5]), np.array([False, True, False, True, True])
    assert latent_health._in_order(growth, active) == [0, 2, 3, 4, 1]
    monkeypatch.setattr(latent_health, "CHOICES", 4)
    assert latent_health._in_order(growth, active) == [0, 3, 4, 1]
    monkeypatch.setattr(latent_health, "CHOICES", 2)
    assert latent_health._in_order(growth, active) == [3, 4]


@pytest.mark.parametrize("off", [[], [0], [0, 1]])
def test_beside_each_row_and_in_the_lead_is_how_many_of_its_digits_are_recognised(several, off):
    app = view("Health", run=several[0].id)
    app.session_state[f"off-{several[0].id}"] = off
    app.run()
    body = "".join(each.proto.body for each in app.get("html"))
    original, *others = body.split('<div class="ae-label">')[1:]
    assert " recognised<" not in original and len(others) == 1 + bool(off)
    right = [8 - row.count("ae-missed") for row in others]
    for row, count in zip(others, right, strict=True):
        assert f"<small>{count} of 8 recognised</small>" in row
    (lead,) = [each.value for each in app.markdown if "**Try it:**" in each.value]
    if off:
        assert f"{latent_health._these(off)} {'are' if len(off) > 1 else 'is'} off".capitalize() in lead
        beside = "as with all units" if right[0] == right[1] else f"instead of {right[0]}"
        assert f"{right[1]} of 8 digits are recognised {beside}." in lead
    else:
        assert lead == "All units are on. **Try it:** switch one off and see which digits are lost."


@pytest.mark.parametrize(
    ("off", "on", "said"),
    [
        ([], 3, "All units are on. **Try it:** switch one off and see more."),
        ([3], 2, "Unit 3 is off: so. **Try it:** switch it on, or another off."),
        ([1, 3], 1, "Units 1 and 3 are off: so. **Try it:** switch one on, or another off."),
        ([1, 2, 3], 0, "Units 1, 2 and 3 are off: so. **Try it:** switch one on."),
    ],
)
def test_the_lead_says_what_is_off_and_what_to_try(off, on, said):
    assert latent_health._try(off, on, ": so", "more") == said


@pytest.mark.parametrize(
    ("growth", "said"), [(0.834, "error 83% higher"), (-0.02, "error 2% lower"), (-0.001, "same error")]
)
def test_without_the_digit_classifier_the_growth_of_the_error_is_said(several, monkeypatch, growth, said):
    run, count = several[0], cached.WEIGHED
    images = datasets.to_float(datasets.load("digits").test_images[:count])
    model, codes = model_file.load(run), codes_of(run)[:count]
    assert cached.growth_without(run, [1]) == pytest.approx(latent.importance(model, codes, images)[1], abs=1e-5)
    monkeypatch.setattr(cached, "growth_without", lambda run, units: growth)
    monkeypatch.setattr(latent_health.digit_classifier, "why_not", lambda name: "no digits")
    app = view("Health", run=run.id)
    assert "".join(each.proto.body for each in app.get("html")).count(f"<small>{said}</small>") == 1
    assert f"is off: {said}. **Try it:** switch it on" in words(app)
    app.session_state[f"off-{run.id}"] = []
    assert "see what is lost" in words(app.run())


def test_a_run_of_the_same_recipe_with_more_active_units_is_named_with_its_gain_and_compared(runs):
    run, _ = with_an_inactive_unit()
    twin = folders.create(tiny(code_size=4, code_activation="none", seed=3))
    list(record(twin))
    for each, error, active in ((run, 0.04, 3), (twin, 0.03, 4)):
        measured = reading.read_metrics(each) | {"test_mse": error, "active_units": active}
        (each.path / filenames.METRICS).write_text(json.dumps(measured))
    app = view("Health", run=run.id)
    assert (
        tour_claims.twin_gain(run, twin)
        == "The twin is the same network without the ReLU: all 4 of its units move, and its error is 25% lower "
        "over all test images."
    )
    (link,) = [each for each in app.get("page_link") if each.proto.label.startswith("Compare with")]
    assert link.proto.label == "Compare with a run that uses all 4: error 25% lower"
    assert "the same recipe with no ReLU on the code" in link.proto.help
    assert link.proto.query_string == f"runs={run.id}%2C{twin.id}"
    labels = [each.proto.label for each in view("Health", run=twin.id).get("page_link")]
    assert not [label for label in labels if label.startswith("Compare with")]


def test_without_inactive_units_the_one_that_matters_most_is_named_and_its_slider_is_a_click_away(several):
    app = view("Health", run=several[0].id)
    growth = latent.importance(
        model_file.load(several[0]),
        codes_of(several[0])[:200],
        datasets.to_float(datasets.load("digits").test_images[:200]),
    )
    most = int(growth.argmax())
    said = words(app).replace("**", "")
    assert "Both units are active: each changes from image to image." in said
    assert latent_health._worth(growth).replace("**", "") in said
    (drawn,) = components(app, "unit_switches")
    assert [each["unit"] for each in drawn["units"]] == [most, 1 - most]
    assert [each["worth"] for each in drawn["units"]] == pytest.approx(sorted(growth, reverse=True))
    app.button(key="turn").click().run()
    assert components(app, "units")[0]["focus"] == most


def test_new_samples_are_those_of_the_next_seed(several):
    app = view("Samples", run=several[0].id)
    (before,) = components(app, "latent_samples")
    app.button(key="new_samples").click().run()
    (after,) = components(app, "latent_samples")
    assert app.query_params["sample_seed"] in ("1", ["1"])
    expected = sampling.sampler(codes_of(several[0]), prior=several[0].recipe.prior).sample(30, seed=1)
    assert before["codes"] != after["codes"]
    assert unpacked(after["codes"], "<f4") == pytest.approx(expected.flatten().numpy(), abs=1e-5)


def test_the_health_of_a_vae_shows_the_kl_of_each_unit(several):
    app = view("Health", run=several[1].id)
    model, images = model_file.load(several[1]), datasets.to_float(datasets.load("digits").test_images)
    expected = model.kl(images).mean(0).detach()
    bars = {int(unit): y for trace in charts(app)[0]["data"] for unit, y in zip(trace["x"], trace["y"], strict=True)}
    assert [bars[unit] for unit in range(2)] == pytest.approx(expected.tolist(), abs=1e-4)


@pytest.mark.parametrize(
    ("growth", "said"),
    [
        ([0.5], "Without it, the error would grow by 50%."),
        ([1.31, 1.41], "All matter about equally: without one, the error grows by 131% to 141%."),
        ([0.1, 0.9, 0.5], "**Unit 1 matters most:** without it, the error grows by 90%, without unit 0 by 10%."),
    ],
)
def test_a_sentence_says_what_units_are_worth(growth, said):
    assert latent_health._worth(np.array(growth)) == said


def test_health_leads_to_the_network_with_the_most_inactive_units(several):
    app = view("Health", run=several[0].id)
    assert not [each for each in app.get("page_link") if "inactive units" in each.proto.label]
    for run, inactive in ((several[1], [0]), (several[2], [0, 1])):
        measured = reading.read_metrics(run) | {"inactive_units": inactive}
        (run.path / filenames.METRICS).write_text(json.dumps(measured))
    (link,) = [
        each for each in view("Health", run=several[0].id).get("page_link") if "inactive units" in each.proto.label
    ]
    assert link.proto.query_string == f"run={several[2].id}&view=Health"
