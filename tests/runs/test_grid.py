"""A grid is every combination of the values, each once, and refuses what can't be varied."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny import tiny

from ae.recipe import SETTINGS, Recipe
from ae.runs import grid
from ae.runs.editing import checked_tags
from ae.runs.grid import MOST, TAG, Grid

VARIED = st.fixed_dictionaries(
    {},
    optional={
        "code_size": st.lists(st.integers(1, 784), min_size=1, max_size=5),
        "seed": st.lists(st.integers(0, 2**31 - 1), min_size=1, max_size=5),
        "learning_rate": st.lists(st.floats(1e-6, 1.0), min_size=1, max_size=3),
        "code_activation": st.lists(st.sampled_from(["none", "relu"]), min_size=1, max_size=3),
    },
)


@given(VARIED)
def test_each_combination_is_there_once_and_differs_from_the_base_in_nothing_else(varied):
    made = Grid(tiny(), varied)
    recipes = made.recipes()
    found = [tuple(getattr(recipe, name) for name in made.varied) for recipe in recipes]
    assert len(set(found)) == len(found)
    for name, values in varied.items():
        assert {getattr(recipe, name) for recipe in recipes} == set(values)
    count = 1
    for values in varied.values():
        count *= len(set(values))
    assert len(recipes) == count
    fixed = [name for name in SETTINGS if name not in varied]
    assert all(getattr(recipe, name) == getattr(made.base, name) for recipe in recipes for name in fixed)
    seeds = [recipe.seed for recipe in recipes]
    assert [seed for i, seed in enumerate(seeds) if i == 0 or seed != seeds[i - 1]] == list(dict.fromkeys(seeds))


@given(VARIED, VARIED)
def test_the_default_name_depends_on_what_is_varied_and_not_on_the_values(varied, other):
    name = Grid(tiny(), varied).default_name("lab")
    assert checked_tags([TAG + name]) == [TAG + grid.checked_name(name)]
    same = {key: other.get(key, values)[:1] for key, values in varied.items()}
    assert Grid(tiny(), same).default_name("lab") == name
    assert Grid(tiny(epochs=3), same).default_name("lab") != name


def test_a_setting_that_has_no_effect_in_a_combination_is_at_its_default_there():
    weights = {"penalty": ("none", "l1"), "penalty_weight": (0.5, 1.0)}
    recipes = Grid(tiny(penalty="l1", penalty_weight=0.5), weights).recipes()
    assert [(each.penalty, each.penalty_weight) for each in recipes] == [("none", 0.0), ("l1", 0.5), ("l1", 1.0)]
    networks = Grid(tiny(model="vq", code_activation="none"), {"model": ("mlp4", "vq"), "codebook_size": (4, 8)})
    assert [(each.model, each.codebook_size) for each in networks.recipes()] == [("mlp4", 256), ("vq", 4), ("vq", 8)]


def test_sweeps_of_an_earlier_version_go_on_under_their_names():
    assert Grid(Recipe(), {"seed": (0, 1)}).default_name("fast") == "fast-mnist-f7939843"
    vae = Recipe(model="vae", beta=2.0, code_size=4)
    assert Grid(vae, {"learning_rate": (1e-3, 2e-3)}).default_name("") == "vae-mnist-dbb96256"


@given(st.lists(st.integers(0, 99), min_size=1, max_size=20))
def test_seeds_are_read_as_they_are_written(numbers):
    assert grid.seeds([",".join(map(str, numbers))]) == tuple(dict.fromkeys(numbers))
    assert grid.seeds(map(str, numbers)) == tuple(dict.fromkeys(numbers))
    least, most = min(numbers), max(numbers)
    assert grid.seeds([f"{least}-{most}"]) == tuple(range(least, most + 1))


@given(st.text(max_size=30))
def test_any_text_gives_values_or_one_sentence(text):
    for name in ("seed", "learning_rate", "code_activation", "no setting"):
        try:
            assert Grid(tiny(), {name: grid.values(name, text)}).recipes()
        except ValueError as error:
            assert "\n" not in str(error) and str(error)


@pytest.mark.parametrize(
    ("varied", "words"),
    [
        ({"dataset": ("digits",)}, r"^'dataset' can't be varied: choose from model, "),
        ({"speed": (1,)}, r"^'speed' can't be varied: choose from model, "),
        ({"learning_rate": ()}, r"^learning_rate has no value$"),
        ({"code_activation": ("relu", "swish")}, r"^unknown code_activation 'swish': choose from "),
        ({"seed": tuple(range(201)), "code_size": (2, 4)}, rf"^402 runs are too many: a sweep has at most {MOST}$"),
        ({"code_size": (4, 785)}, r"^code_size 785 is out of range: use 1 to 784"),
        ({"beta": (1.0, 2.0)}, r"^beta has no effect in any of these runs$"),
        ({"model": ("mlp4", "vae"), "code_activation": ("relu",)}, r"the code of a vae has no activation"),
    ],
)
def test_what_is_not_allowed_is_refused(varied, words):
    with pytest.raises(ValueError, match=words):
        Grid(tiny(), varied)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("0-999999999", r"^1,000,000,000 seeds are too many: a sweep has at most 400 runs$"),
        ("9-0", r"^the seeds 9-0 are no range"),
        ("one", r"^'one' is not a seed or a range of seeds"),
        ("4294967296", r"^seed 4294967296 is out of range"),
    ],
)
def test_what_is_no_range_of_seeds_is_refused(text, words):
    with pytest.raises(ValueError, match=words):
        grid.seeds([text])


@pytest.mark.parametrize("name", ["", "  ", "a,b", "x" * 35])
def test_a_name_that_can_be_no_tag_is_refused(name):
    with pytest.raises(ValueError, match="can't be a sweep's name"):
        grid.checked_name(name)
