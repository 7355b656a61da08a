"""The presets have the settings of their sources, and fit every dataset."""

import pytest

from ae.data.sources import SOURCES
from ae.presets import CALM, PRESETS, changed, preset
from ae.recipe import Recipe

LAB = {
    "model": "mlp4",
    "code_size": 8,
    "activation": "relu",
    "code_activation": "relu",
    "init": "pytorch",
    "dataset": "mnist",
    "validation_images": 0,
    "epochs": 50,
    "batch_size": 2048,
    "optimiser": "adam",
    "learning_rate": 1e-3,
    "schedule": "plateau",
    "weight_decay": 1e-5,
    "augmentation": 0.0,
    "loss": "mse",
    "noise": 0.0,
    "noise_levels": "fixed",
    "beta": 0.0,
    "seed": 0,
    "precision": "auto",
    "device": "auto",
    "restarts": (),
}
CONV = LAB | {
    "model": "conv",
    "code_size": 2,
    "code_activation": "none",
    "validation_images": 12_000,
    "epochs": 10,
    "batch_size": 256,
    "learning_rate": 5e-4,
    "schedule": "constant",
    "weight_decay": 0.0,
}


@pytest.mark.parametrize(
    ("name", "settings", "code_sizes"),
    [
        ("lab", LAB, (4, 8, 16)),
        ("lab-xavier", LAB | {"init": "xavier"}, (4, 8, 16)),
        ("homework-conv", CONV, (2,)),
        ("homework-vae", CONV | {"model": "vae", "beta": 1.0}, (2,)),
    ],
)
def test_the_coursework_presets_are_exactly_those_of_the_coursework(name, settings, code_sizes):
    assert preset(name).to_dict() == settings
    assert PRESETS[name].code_sizes == code_sizes


FAST = LAB | {
    "activation": "gelu",
    "code_activation": "none",
    "validation_images": 5000,
    "epochs": 10,
    "batch_size": 256,
    "learning_rate": 8e-3,
    "schedule": "one-cycle",
    "weight_decay": 0.0,
}


def test_the_defaults_are_the_preset_fast():
    assert Recipe().to_dict() == preset("fast").to_dict() == FAST


def test_settings_that_a_recipe_of_an_earlier_version_lacks_get_the_earlier_defaults():
    assert Recipe.from_dict({}).to_dict() == LAB
    renamed = Recipe.from_dict({"held_out": 7, "epochs": 3})
    assert renamed.to_dict() == LAB | {"validation_images": 7, "epochs": 3}
    for lacking in FAST:
        kept = {name: value for name, value in FAST.items() if name != lacking}
        if lacking != "schedule":
            assert Recipe.from_dict(kept).to_dict() == FAST | {lacking: LAB[lacking]}


def test_every_preset_has_a_sentence_and_a_source():
    for name, item in PRESETS.items():
        assert item.name == name
        assert item.title
        assert len(item.title) <= 30
        assert item.sentence.endswith(".")
        assert item.source
        assert item.recipe.code_size in item.code_sizes


@pytest.mark.parametrize("name", PRESETS)
@pytest.mark.parametrize("dataset", SOURCES)
def test_a_preset_fits_every_dataset(name, dataset):
    recipe, images = preset(name, dataset=dataset), SOURCES[dataset].training_images
    assert recipe.validation_images / images == pytest.approx(PRESETS[name].recipe.validation_images / 60_000, abs=1e-3)
    if dataset in ("mnist", "fashion-mnist", "kmnist", "qmnist"):
        assert recipe.to_dict() == PRESETS[name].recipe.to_dict() | {"dataset": dataset}
    assert images > 10_000 or recipe.batch_size <= 32


def test_a_wider_network_gets_a_smaller_learning_rate():
    assert preset("fast", dataset="cifar10").learning_rate == pytest.approx(8e-3 * 784 / 3072, rel=0.01)
    for name, dataset in (("fast", "usps"), ("lab", "cifar10"), ("conv", "cifar10"), ("best", "svhn")):
        assert preset(name, dataset=dataset).learning_rate == PRESETS[name].recipe.learning_rate


def test_a_fully_connected_network_gets_a_smaller_learning_rate_for_noisy_images():
    assert preset("fast", noise=0.4).learning_rate == preset("vq", dataset="usps", noise=0.1).learning_rate == CALM
    assert preset("fast", noise=0.4, learning_rate=8e-3).learning_rate == 8e-3
    assert preset("fast", noise=0.0) == PRESETS["fast"].recipe
    for name in ("lab", "best", "denoiser", "conv"):
        assert preset(name, noise=0.4).learning_rate == PRESETS[name].recipe.learning_rate
    assert changed(preset("fast", noise=0.4), "fast") == {"noise": 0.4}
    assert changed(preset("fast", noise=0.4, learning_rate=8e-3), "fast") == {"noise": 0.4, "learning_rate": 8e-3}


def test_explicit_settings_override_those_fitted_to_the_dataset():
    recipe = preset("homework-conv", dataset="digits", validation_images=7, batch_size=512, epochs=3)
    assert (recipe.validation_images, recipe.batch_size, recipe.epochs) == (7, 512, 3)
    assert preset("homework-conv", dataset="digits").validation_images == 300


@pytest.mark.parametrize("changes", [{"dataset": "cifar"}, {"dataset": ["mnist"]}, {"epochs": 0}])
def test_a_preset_with_a_bad_change_is_refused(changes):
    with pytest.raises(ValueError, match=next(iter(changes))):
        preset("lab", **changes)


def test_an_unknown_preset_and_an_unknown_setting_are_refused():
    with pytest.raises(ValueError, match=r"unknown preset 'quick': choose from fast, best, denoiser, best-denoiser"):
        preset("quick")
    with pytest.raises(ValueError, match=r"unknown setting 'lr': choose from activation, augmentation, batch_size"):
        preset("lab", lr=0.1)
