"""The tour on the included models, without MNIST: each step is shown, and its claim agrees with what is computed."""

import re
import shutil

import numpy as np
import pytest
import torch
from screens import component, screen, unpacked

from ae import ui
from ae.analysis import digit_classifier, interpolate, latent, reconstruct
from ae.runs import filenames, folders, kept_images, model_file, queue, reading
from ae.ui import tour, walk_rows
from ae.ui.tour_claims import noisy_claim, way_claim
from ae.ui.tour_examples import telling
from ae.ui.tour_steps import STOPS

pytestmark = pytest.mark.usefixtures("screens_alone")

TOUR = "pages/tour.py"
PICTURES = ("tour_sizes", "tour_units", "walk", "denoise", "tour_planes", "tour_epochs")


def step(number, **query):
    app = screen(TOUR, step=str(number), **query)
    assert not app.error
    return app


def claim(app):
    (found,) = [each.value for each in app.header]
    assert found.endswith(".")
    return found


def door(app):
    """Return the page and the choices of the link below the picture."""
    (found,) = [each.proto for each in app.get("page_link") if each.proto.label.startswith("Open this on the")]
    return found.page, dict(re.findall(r"(\w+)=([^&]*)", found.query_string))


def images_of_mnist():
    return kept_images.kept_images("mnist")


@pytest.mark.parametrize("number", range(1, len(tour.STEPS) + 1))
def test_a_step_is_one_claim_one_picture_and_one_thing_to_try(included, number):
    app = step(number)
    assert claim(app)
    assert len([each for each in app.markdown if "**Try it:**" in each.value]) == 1
    names = [each.proto.component_name for each in app.get("bidi_component")]
    assert [name for name in names if name in PICTURES] == [PICTURES[number - 1]]
    assert app.segmented_control(key="tour_stop").value == number
    assert app.button(key="tour_back").disabled == (number == 1)
    buttons = [each.key for each in app.button]
    assert ("tour_next" in buttons) == (number < len(tour.STEPS))
    assert buttons.count("tour_train") == (number == len(tour.STEPS))
    assert len([each for each in app.button if each.proto.type == "primary"]) == 1  # the way on
    assert door(app)[0]
    assert not app.warning and not app.info


def test_next_and_back_move_the_step_in_the_address_and_keep_the_projector(included):
    app = step(1, projector="1")
    app.button(key="tour_next").click().run()
    assert not app.exception
    assert app.query_params == {"step": "2", "projector": "1"}
    app.button(key="tour_back").click().run()
    assert app.query_params["step"] == "1"
    app.segmented_control(key="tour_stop").set_value(5).run()
    assert not app.exception
    assert app.query_params == {"step": "5", "projector": "1"}
    assert component(app, "tour_planes")


@pytest.mark.parametrize("text", ["7", "-1", "²", "9" * 50])
def test_an_unknown_step_is_named_and_the_first_is_shown(included, text):
    app = screen(TOUR, step=text)
    (warning,) = app.warning
    assert "no step" in warning.value and "it has 6" in warning.value
    assert app.segmented_control(key="tour_stop").value == 1


def test_the_bottlenecks_are_those_of_one_recipe_and_the_claim_is_their_errors(included):
    app = step(1)
    ids = door(app)[1]["runs"].split("%2C")
    found = [included[id] for id in ids]
    assert [run.recipe.code_size for run in found] == [2, 8, 16]
    first, last = (reading.read_metrics(found[at])["test_mse"] for at in (0, -1))
    assert f"the error {first / last:.0f} times smaller" in claim(app)
    (task,) = [each.value for each in app.markdown if "Try it" in each.value]
    assert task.startswith("An autoencoder squeezes an image")  # said before anything is to be done
    assert task.endswith("drag the slider from 2 to 16 numbers.")
    data = component(app, "tour_sizes")
    images = images_of_mnist().test_images
    labels = images_of_mnist().test_labels.tolist()
    chosen = [labels.index(label) for label in dict.fromkeys(labels)][:8]
    made = [reconstruct.round_trip(model_file.load(run), images[chosen])[1] for run in found]
    worst, *_, best = [((each - images[chosen].numpy() / 255) ** 2).mean((1, 2, 3)) for each in made]
    order = np.argsort(best - worst)
    assert data["labels"] == [str(labels[chosen[at]]) for at in order]
    assert np.array_equal(unpacked(data["originals"], "u1"), images[chosen][order].flatten())
    for run, size, expected in zip(found, data["sizes"], made, strict=True):
        measured = reading.read_metrics(run)
        assert size["name"] == f"{run.recipe.code_size} numbers"
        assert (size["error"], size["recognised"]) == (measured["test_mse"], measured["recognition_rate"])
        assert np.abs(unpacked(size["images"], "u1") / 255 - expected[order].flatten()).max() < 0.01


def test_the_units_that_the_claim_calls_inactive_are_0_for_every_image(included):
    app = step(2)
    run = included[door(app)[1]["run"]]
    codes = reconstruct.codes_of(model_file.load(run), images_of_mnist().test_images)
    dead = [unit for unit in range(run.recipe.code_size) if not codes[:, unit].any()]
    size = run.recipe.code_size
    assert dead and claim(app) == f"{len(dead)} of these {size} numbers are stuck at 0: their units have died."
    data = component(app, "tour_units")
    low, _, high = latent.code_ranges(codes.numpy())
    assert data["range"] == pytest.approx([min(0, low.min()), max(0, high.max())], rel=1e-4)  # one scale for all bars
    assert data["active"] == [unit not in dead for unit in range(size)]
    assert data["head"] == f"What this network makes of it: {size} numbers"
    mine, twin = data["networks"]
    assert (mine["name"], twin["name"]) == (f"From {size - len(dead)} numbers", f"From {size} numbers: its twin")
    other = included["shipped-lab-xavier-z8"]
    lower = 1 - reading.read_metrics(other)["test_mse"] / reading.read_metrics(run)["test_mse"]
    assert twin["network"]["id"] != mine["network"]["id"]
    (task, twins) = [each.value for each in app.markdown if "ReLU" in each.value or "twin" in each.value]
    assert task.startswith(
        f"This network's ReLU turns negative numbers into 0; these {len(dead)} are negative for every digit"
    )
    assert twins == (
        f"The twin is the same network from other random weights: all {size} of its units move, and its error is "
        f"{lower:.0%} lower over all test images."
    )


def test_the_first_example_is_one_that_only_the_full_network_keeps(included):
    app = step(2)
    run, twin = included[door(app)[1]["run"]], included["shipped-lab-xavier-z8"]
    shown = torch.from_numpy(unpacked(component(app, "tour_units")["examples"], "u1").reshape(-1, 1, 28, 28).copy())
    kept = images_of_mnist()
    (at,) = [i for i, image in enumerate(kept.test_images) if torch.equal(image, shown[0])]
    label = int(kept.test_labels[at])
    made = [reconstruct.round_trip(model_file.load(each), shown[:1])[1] for each in (run, twin)]
    mine, full = (int(digit_classifier.classify(torch.from_numpy(each))[0]) for each in made)
    assert mine != label == full
    assert "chosen because only the second network keeps its digit" in component(app, "tour_units")["chosen"]
    assert not [each.value for each in app.markdown if "chosen because" in each.value]
    labels = [int(kept.test_labels[i]) for image in shown for i in range(16) if torch.equal(kept.test_images[i], image)]
    assert labels[0] == label and len(set(labels)) == len(labels) == 8


def test_to_choose_the_first_example_each_network_decodes_its_images_once(included):
    networks = [model_file.load(included[id]) for id in ("shipped-lab-z8", "shipped-lab-xavier-z8")]
    calls = []
    for network in networks:
        network.decode = lambda codes, decode=network.decode: calls.append(len(codes)) or decode(codes)
    telling(images_of_mnist(), *networks)
    assert calls == [16, 16]


def test_without_a_healthy_twin_the_network_with_inactive_units_is_shown_alone(included, runs):
    shutil.rmtree(runs / "shipped-lab-xavier-z8")
    assert len(component(step(2), "tour_units")["networks"]) == 1


def test_the_numbers_about_the_way_between_two_digits_are_those_of_interpolate(included):
    app = step(3)
    _, query = door(app)
    said = " ".join(each.value for each in app.markdown)
    data = component(app, "walk")
    assert [data["fade"], data["map"], data["shares"]] == ["Cross-fade", None, [0, 5]]
    shown = component(screen("pages/interpolate.py", **query), "walk")
    assert (shown["fade"], shown["rows"][-1]["what"]) == ("Cross-fade", "pixels mixed")
    images = torch.from_numpy(unpacked(shown["pixels"], "u1").reshape(2, 1, 28, 28) / np.float32(255))
    ways = (
        interpolate.walk(model_file.load(included[query["runs"]]), images, "linear", STOPS),
        interpolate.cross_fade(*images, STOPS),
    )
    assert [row["name"] for row in data["rows"]] == ["Through latent space", "Cross-fade"]
    for row, way in zip(data["rows"], ways, strict=True):
        digits, sure = (each.tolist() for each in digit_classifier.classify(way))
        clear = [str(digit) if share >= 0.9 else "" for digit, share in zip(digits, sure, strict=True)]
        assert [digit if digit.isdecimal() else "" for digit in row["digits"]] == clear
    clear, faded = (sum(digit.isdecimal() for digit in row["digits"][1:-1]) for row in data["rows"])  # in between
    assert claim(app) == way_claim(clear, faded, STOPS - 1) + "."
    assert clear == STOPS - 1 > 2 * faded
    assert set(data["rows"][0]["digits"]) == {"0", "5"}  # through no other digit
    assert "An image's code, here 16 numbers, is a point in latent space." in said
    assert "Clear: the digit classifier is at least 90% sure.  \n:material/touch_app:" in said  # before the task
    assert "**16 units · Best**" in said
    assert all(mark in data["key"] for mark in walk_rows.MARKS)


@pytest.mark.parametrize("strength", ["0.6", "0.05"])
def test_the_claim_about_noise_counts_the_digits_that_are_shown(included, strength):
    app = step(4, strength=strength)
    data = component(app, "denoise")
    given, *networks = data["rows"]
    assert given["digits"] == []  # only what the networks return is counted
    assert [row["label"] for row in networks] == ["Trained on noisy digits", "Trained on clean digits"]
    noisy, clean = (sum(a == b for a, b in zip(row["digits"], data["heads"], strict=True)) for row in networks)
    assert claim(app) == noisy_claim(clean, noisy, 8) + "."
    assert data["strength"] == float(strength) == float(door(app)[1]["strength"])
    assert [row.get("missed") for row in data["rows"]] == [None, "red: wrong", "red: wrong"]
    assert not [each for each in app.markdown if "test images" in each.value]  # 16 images are too few for a rate
    if strength == "0.6":
        assert "pays: 8 of 8 digits are recognised, against " in claim(app) and clean < 4


def test_the_digits_that_appear_are_those_of_which_the_classifier_is_sure_in_the_grids(included):
    app = step(5)
    data = component(app, "tour_planes")
    middles = (np.arange(data["tiles"]) + 0.5) * 4 / data["tiles"] - 2
    codes = torch.tensor([[x, y] for y in middles[::-1] for x in middles], dtype=torch.float32)
    seen = {}
    for id, plane in zip(("shipped-vae-z2", "shipped-best-z2"), data["planes"], strict=True):
        images = reconstruct.decode(model_file.load(included[id]), codes)
        digits, seen[id] = digit_classifier.classify(images)
        assert set(plane["found"]) == set(digits[seen[id] >= 0.9].tolist())
    vae, plain = (plane["found"] for plane in data["planes"])
    assert vae == list(range(10)) and len(plain) < 10
    assert claim(app) == (
        "From 2 numbers between −2 and 2, a variational autoencoder (VAE) makes all 10 digits, "
        f"an ordinary one only {len(plain)}."
    )
    inside = [
        (reconstruct.codes_of(model_file.load(included[id]), images_of_mnist().test_images).abs() <= 2).all(1)
        for id in ("shipped-vae-z2", "shipped-best-z2")
    ]
    shares = [f"{found.float().mean():.0%}" for found in inside]
    said = f"in this range: {shares[0]} lie in it, but only {shares[1]} of an ordinary autoencoder's."
    (task,) = [each.value for each in app.markdown if "Try it" in each.value]
    assert said in task
    gain = seen["shipped-vae-z2"] - seen["shipped-best-z2"]
    assert data["code"] == pytest.approx(codes[gain.argmax()].tolist(), abs=0.01)  # where the networks differ most
    assert door(step(5, code="0.5,-1.25"))[1]["code"] == "0.5%2C-1.25"


@pytest.mark.parametrize("text", ["nan,0", "99,0"])
def test_a_code_that_is_none_is_not_taken(included, text):
    first = component(step(5), "tour_planes")["code"]
    assert component(step(5, code=text), "tour_planes")["code"] == first


def test_the_error_after_each_epoch_is_that_of_the_history(included):
    app = step(6)
    data = component(app, "tour_epochs")
    history = reading.read_history(included[door(app)[1]["run"]])
    losses = {line.epoch: line.monitored_loss for line in history}
    assert data["errors"] == [losses.get(epoch) for epoch in data["epochs"]]
    assert data["errors"][-1] == min(data["errors"])


def test_the_last_step_starts_a_run_and_opens_it(included):
    app = step(6)
    run = included[door(app)[1]["run"]]
    said = " ".join(each.value for each in app.markdown)
    assert f"saw {60_000 - run.recipe.validation_images:,} images {run.recipe.epochs} times" in said
    app.button(key="tour_train").click().run()
    assert not app.exception
    (made,) = [run for run in folders.list_runs() if run.id not in included]
    assert made.preset == "fast" and made.recipe.dataset == "digits"
    assert queue.state(made) in queue.ACTIVE
    assert [each.value for each in app.title] == ["Train"]


def test_a_step_that_no_run_here_shows_says_so_and_the_way_on_remains(finished):
    for number in range(1, len(tour.STEPS) + 1):
        app = screen(TOUR, step=str(number))
        assert not app.error
        if not app.header:
            assert "none of the runs here shows this" in app.info[0].value
        assert app.button(key="tour_next" if number < len(tour.STEPS) else "tour_train")


def test_without_runs_the_tour_says_what_to_do(runs):
    assert "There is no trained model yet" in screen(TOUR).info[0].value


def test_a_damaged_model_is_named(included, runs):
    weights = runs / "shipped-best-z2" / filenames.WEIGHTS
    weights.unlink()
    shutil.copyfile(runs / "shipped-best-z8" / filenames.WEIGHTS, weights)
    app = screen(TOUR, step="1")
    assert "shipped-best-z2" in app.error[0].value
    assert app.button(key="tour_next")


def test_the_tour_is_in_the_menu_after_home():
    assert [path for path, _, _ in ui.PAGES][1] == TOUR
