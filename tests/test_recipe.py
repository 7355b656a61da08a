"""A recipe can't be created with a value that is not allowed."""

import json
import math
import subprocess
import sys
from dataclasses import FrozenInstanceError, fields

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ae.data.sources import SOURCES
from ae.models.earlier import LATER
from ae.models.registry import MODELS
from ae.recipe import (
    DEVICES,
    OPTIMISERS,
    PRECISIONS,
    SCHEDULES,
    SETTINGS,
    Recipe,
    checked,
)


@st.composite
def recipes(draw):
    """Any recipe that should be allowed, based on the meaning of the settings and not on their metadata."""
    model, dataset = draw(st.sampled_from(["mlp4", "conv", "vae"])), draw(st.sampled_from(list(SOURCES)))
    return {
        "model": model,
        "code_size": draw(st.integers(1, math.prod(SOURCES[dataset].shape))),
        "activation": draw(st.sampled_from(["relu", "gelu", "tanh"])),
        "code_activation": "none" if model == "vae" else draw(st.sampled_from(["none", "relu", "tanh", "sigmoid"])),
        "init": draw(st.sampled_from(["pytorch", "xavier"])),
        "dataset": dataset,
        "validation_images": draw(st.integers(0, min(59_999, SOURCES[dataset].training_images - 1))),
        "epochs": draw(st.integers(1, 10_000)),
        "batch_size": draw(st.integers(1, 60_000)),
        "optimiser": draw(st.sampled_from(["adam", "adamw", "sgd", "muon"])),
        "learning_rate": draw(st.floats(1e-8, 10)),
        "schedule": draw(st.sampled_from(["constant", "plateau", "one-cycle"])),
        "weight_decay": draw(st.floats(0, 1)),
        "augmentation": draw(st.floats(0, 5)),
        "loss": draw(st.sampled_from(["mse", "bce"])),
        "noise": draw(st.floats(0, 2)),
        "noise_levels": draw(st.sampled_from(["fixed", "varied"])),
        "beta": draw(st.floats(0, 1000)) if model == "vae" else 0.0,
        "seed": draw(st.integers(0, 2**31 - 1)),
        "precision": draw(st.sampled_from(["auto", "bf16", "fp32"])),
        "device": draw(st.sampled_from(["auto", "cpu", "cuda", "mps"])),
        "restarts": (),
    }


@given(recipes())
def test_a_valid_recipe_survives_json(settings):
    recipe = Recipe(**settings)
    assert recipe.to_dict() == settings
    assert Recipe(**json.loads(json.dumps(recipe.to_dict(), allow_nan=False))) == recipe


KINDS = (
    {"penalty": "l1", "penalty_weight": 0.5},
    {"penalty": "kl-sparse", "penalty_weight": 2.0, "target_activity": 0.1, "code_activation": "sigmoid"},
    {"penalty": "contractive", "penalty_weight": 1.0, "model": "conv"},
    {"penalty": "mmd", "penalty_weight": 10.0, "model": "residual"},
    {"code_activation": "top-k", "top_k": 3},
    {"model": "vq", "codebook_size": 32},
)


@pytest.mark.parametrize("changes", KINDS)
def test_settings_of_some_kinds_are_listed_for_these_alone(changes):
    recipe = Recipe(**changes)
    assert changes.items() <= recipe.to_dict().items()
    assert Recipe.from_dict(json.loads(json.dumps(recipe.to_dict()))) == recipe
    assert [name for name, _ in recipe.rows()] == [name for name in recipe.to_dict() if name != "restarts"]
    assert not set(LATER) & set(Recipe().to_dict())
    assert set(recipe.to_dict()) - set(Recipe().to_dict()) == set(changes) & set(LATER)


def test_the_term_of_a_loss_has_a_name():
    names = [Recipe(**changes).term for changes in KINDS]
    assert names == ["L1", "sparsity (KL)", "contraction", "MMD", "", "quantisation"]
    assert [Recipe(model="vae", beta=beta).term for beta in (0.0, 4.0)] == ["", "KL"]
    assert [Recipe(**changes).prior for changes in KINDS] == [False, False, False, True, False, False]
    assert Recipe(model="vae", beta=1.0).prior and not Recipe().prior


def test_a_recipe_is_immutable():
    with pytest.raises(FrozenInstanceError):
        Recipe().epochs = 3


def test_numbers_are_converted_to_their_type():
    recipe = Recipe(code_size=np.int64(4), learning_rate=1, noise=np.float32(0.5))
    assert [type(value) for value in (recipe.code_size, recipe.learning_rate, recipe.noise)] == [int, float, float]
    assert recipe == Recipe(code_size=4, learning_rate=1.0, noise=0.5)
    assert checked("epochs", 7) == 7


COUNTS = ("code_size", "top_k", "codebook_size", "validation_images", "epochs", "batch_size", "seed")
MEASURES = (*("learning_rate", "weight_decay", "augmentation", "noise", "beta", "penalty_weight", "target_activity"),)


@pytest.mark.parametrize("name", COUNTS + MEASURES)
@pytest.mark.parametrize(
    "value",
    [
        -1,
        math.nan,
        math.inf,
        -math.inf,
        1e300,
        10**12,
        pytest.param(10**400, id="googol4"),
        True,
        "3",
        None,
        [1],
        {},
        1j,
    ],
)
def test_a_value_that_is_not_a_number_in_range_is_refused_and_quoted(name, value):
    with pytest.raises(ValueError, match=rf"{name} ") as caught:
        Recipe(model="vae", code_activation="none", **{name: value})
    assert repr(value)[:50] in str(caught.value)
    assert " to " in str(caught.value)


@pytest.mark.parametrize("name", COUNTS)
@pytest.mark.parametrize("value", [2.5, 2.0, 1e9, np.float32(1)])
def test_counts_are_whole_numbers(name, value):
    with pytest.raises(ValueError, match=f"{name} .* is not a whole number: use one from"):
        Recipe(**{name: value})


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"code_size": 0}, r"code_size 0 is out of range: use 1 to 784"),
        ({"code_size": 785}, r"code_size 785 is out of range: use 1 to 784"),
        ({"epochs": 0}, r"epochs 0 is out of range: use 1 to 10,000"),
        ({"epochs": 10**9}, r"epochs 1000000000 is out of range"),
        ({"batch_size": 0}, r"batch_size 0 is out of range"),
        ({"learning_rate": 0}, r"learning_rate 0 is out of range"),
        ({"learning_rate": 10.5}, r"learning_rate 10.5 is out of range"),
        ({"noise": 2.1}, r"noise 2.1 is out of range"),
        ({"weight_decay": 1.01}, r"weight_decay 1.01 is out of range"),
        (
            {"dataset": "digits", "validation_images": 1500},
            r"validation_images 1500 leaves no images to train on: digits has 1500",
        ),
        ({"validation_images": 60_000}, r"validation_images 60000 is out of range"),
        ({"model": "mlp4", "beta": 1.0}, r"beta 1 weighs the KL term of a vae; mlp4 has none, so it must be 0"),
        ({"model": "conv", "beta": 0.5}, r"beta 0.5 .* conv has none"),
        (
            {"model": "vae", "code_activation": "relu"},
            r"code_activation 'relu': the code of a vae has no activation",
        ),
        (
            {"penalty": "l1"},
            r"penalty_weight 0 leaves the penalty l1 without effect: use a weight above 0, such as 0.1",
        ),
        ({"penalty_weight": 0.5}, r"penalty_weight 0.5 weighs a penalty, and there is none, so it must be 0"),
        (
            {"model": "vae", "penalty": "l1", "penalty_weight": 1},
            r"penalty l1 is one term too many: the loss of a vae has one of its own, so it must be none",
        ),
        (
            {"penalty": "kl-sparse", "penalty_weight": 1},
            r"penalty kl-sparse needs the code_activation sigmoid, not none: it compares",
        ),
        (
            {"penalty": "mmd", "penalty_weight": 1, "code_activation": "relu"},
            r"penalty mmd needs the code_activation none, not relu: a normal distribution has no bounds",
        ),
        (
            {"penalty": "l1", "penalty_weight": 1, "target_activity": 0.1},
            r"target_activity 0.1 is for kl-sparse; the penalty is l1, so it must be 0.05",
        ),
        ({"top_k": 2}, r"top_k 2 is for the code_activation top-k; the code_activation is none, so it must be 0"),
        ({"code_activation": "top-k"}, r"top_k 0: with the code_activation top-k, use 1 to 8"),
        ({"code_activation": "top-k", "top_k": 9}, r"top_k 9: with the code_activation top-k, use 1 to 8"),
        ({"codebook_size": 64}, r"codebook_size 64 is for a vq; mlp4 has no codebook, so it must be 256"),
        ({"model": "vq", "code_activation": "relu"}, r"code_activation 'relu': the code of a vq has no activation"),
        ({"restarts": (3, 3)}, r"restarts \(3, 3\): use increasing epochs from 1 to 9"),
        ({"restarts": (3, 2)}, r"restarts \(3, 2\): use increasing epochs"),
        ({"restarts": [0]}, r"restarts \[0\]: use increasing epochs"),
        ({"restarts": (10,)}, r"restarts \(10,\): use increasing epochs from 1 to 9"),
        ({"restarts": (2.5,)}, r"restarts \(2.5,\) are not whole numbers"),
        ({"restarts": 5}, r"restarts 5 are not whole numbers"),
        ({"restarts": (3,), "schedule": "constant"}, r"need the one-cycle schedule; the schedule is constant"),
        ({"model": "vae", "code_activation": "tanh"}, r"code_activation 'tanh'"),
    ],
)
def test_a_bad_value_is_refused_with_a_message_that_quotes_it(changes, sentence):
    with pytest.raises(ValueError, match=sentence):
        Recipe(**changes)


CHOICES = {
    "model": MODELS,
    "dataset": SOURCES,
    "optimiser": OPTIMISERS,
    "schedule": SCHEDULES,
    "precision": PRECISIONS,
    "device": DEVICES,
    "activation": ("relu", "gelu", "tanh"),
    "code_activation": ("none", "relu", "tanh", "sigmoid", "top-k"),
    "penalty": ("none", "l1", "kl-sparse", "contractive", "mmd"),
    "init": ("pytorch", "xavier"),
    "loss": ("mse", "bce"),
    "noise_levels": ("fixed", "varied"),
}


@pytest.mark.parametrize("name", CHOICES)
@pytest.mark.parametrize("value", ["mlp5", "", "ADAM", 1, True, None, ["mlp4"], math.nan])
def test_an_unknown_choice_is_refused_with_the_choices(name, value):
    with pytest.raises(ValueError, match=f"unknown {name} ") as caught:
        Recipe(**{name: value})
    assert repr(value) in str(caught.value)
    assert str(caught.value).endswith(f"choose from {', '.join(CHOICES[name])}")


def test_every_setting_has_a_help_text_and_allowed_values():
    beside = {"restarts", "sizes", "imported"}
    assert set(SETTINGS) == {*CHOICES, *COUNTS, *MEASURES} == {f.name for f in fields(Recipe)} - beside
    for setting in SETTINGS.values():
        assert setting.metadata["help"].endswith(".")
        assert setting.metadata["choices"] or setting.metadata["least"] < setting.metadata["most"]


@pytest.mark.parametrize(
    ("changes", "label"),
    [
        ({}, "Training"),
        ({"noise": 0.1}, "Training (noisy images)"),
        ({"augmentation": 0.5}, "Training (augmented images)"),
        ({"noise": 0.1, "augmentation": 0.5}, "Training (noisy, augmented images)"),
    ],
)
def test_a_training_loss_on_changed_images_is_marked(changes, label):
    assert Recipe(**changes).training_label == label


def test_a_loss_on_the_test_images_is_not_called_a_validation_loss():
    assert Recipe(validation_images=100).monitored_label == "Validation"
    assert Recipe(validation_images=0).monitored_label == "Test (no validation split)"


@pytest.mark.parametrize("module", ["ae.recipe", "ae.presets", "ae.models.registry", "ae.data.sources"])
def test_reading_recipes_and_presets_does_not_import_torch(module):
    heavy = "{'torch', 'numpy', 'pandas', 'sklearn', 'plotly'}"
    words = f"import sys, {module}; print(sorted({heavy} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=True).stdout == "[]\n"
