"""Networks with a penalty, a sparse or a discrete code are shown by every screen, and the form has their settings."""

import shutil

import pytest
from screens import COMPARE, DENOISE, INTERPOLATE, LATENT, RECONSTRUCT, component, ids, pictures, screen, view, words
from tiny import quick

from ae.presets import PRESETS
from ae.recipe import Recipe
from ae.runs import estimate, folders
from ae.runs.recording import record
from ae.runs.study import families
from ae.ui.labels import LABELS
from ae.ui.latent_health import fuller_twin

pytestmark = pytest.mark.usefixtures("screens_alone")
KINDS = {
    "wae": {"penalty": "mmd", "penalty_weight": 10.0},
    "vq": {"model": "vq", "codebook_size": 8},
    "k-sparse": {"code_activation": "top-k", "top_k": 2},
    "contractive": {"penalty": "contractive", "penalty_weight": 0.5, "model": "conv"},
    "sparse": {"penalty": "kl-sparse", "penalty_weight": 1.0, "code_activation": "sigmoid"},
}


@pytest.fixture(scope="module")
def _kinds(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AE_CHECKPOINTS", str(tmp_path_factory.mktemp("kinds")))
        made = {}
        for name, changes in KINDS.items():
            made[name] = folders.create(quick(batch_size=512, **changes), name=name)
            list(record(made[name]))
    return made


@pytest.fixture
def kinds(_kinds, runs):
    """A run of each kind on the digits, by its name."""
    for run in _kinds.values():
        shutil.copytree(run.path, runs / run.id)
    return {name: folders.open_run(run.id) for name, run in _kinds.items()}


@pytest.mark.parametrize("path", [None, COMPARE, LATENT])
def test_screens_choose_among_runs_of_every_kind(kinds, path):
    assert not screen(path).error


def test_runs_of_every_kind_are_grouped_by_their_recipes_and_their_time_is_estimated(kinds):
    runs = list(kinds.values())
    assert len(families(runs)) == len(runs)
    for run in runs:
        assert fuller_twin(run, runs) is None
        assert estimate.measured([run.recipe], runs, threads=0) > 0


@pytest.mark.parametrize("path", [COMPARE, DENOISE, pytest.param(INTERPOLATE, marks=pytest.mark.slow)])
def test_screens_of_several_models_show_every_kind(kinds, path):
    app = screen(path, runs=ids(kinds.values()))
    assert pictures(app)
    assert not app.error
    assert "left out" not in words(app)


@pytest.mark.parametrize("name", ["vq", *(pytest.param(name, marks=pytest.mark.slow) for name in ("wae", "k-sparse"))])
@pytest.mark.parametrize("path", [RECONSTRUCT, LATENT])
def test_screens_of_one_model_show_every_kind_and_compute_it_in_the_page(kinds, name, path):
    app = screen(path, run=kinds[name].id)
    assert pictures(app) or path == LATENT
    assert not app.error
    assert "computes it" not in words(app)  # said of a network that the page can't compute


def test_a_model_whose_codes_follow_the_prior_is_sampled_from_it(kinds):
    assert "N(0, 1) for each unit" in view("Samples", run=kinds["wae"].id).markdown[0].help
    assert "mixture" in view("Samples", run=kinds["vq"].id).markdown[0].help


def test_the_live_view_draws_the_terms_of_a_loss_that_has_several(kinds):
    lines = {
        name: component(screen("pages/train.py", run=run.id), "live")["curve"]["lines"]
        for name, run in kinds.items()
        if name in ("vq", "k-sparse")
    }
    assert [line["name"] for line in lines["vq"][3:]] == ["Validation: error", "Validation: quantisation"]
    assert len(lines["k-sparse"]) == 3


def labels(app):
    return {each.label for each in (*app.selectbox, *app.number_input)}


def test_the_form_shows_the_settings_that_have_an_effect_and_fills_them_in(runs):
    app = screen("pages/train.py")
    of_kinds = {LABELS[name] for name in ("beta", "top_k", "codebook_size", "penalty_weight", "target_activity")}
    assert LABELS["penalty"] in labels(app) and not of_kinds & labels(app)
    app.selectbox(key="form_penalty").set_value("kl-sparse").run()
    assert of_kinds & labels(app) == {LABELS["penalty_weight"], LABELS["target_activity"]}
    assert app.selectbox(key="form_code_activation").value == "sigmoid"
    assert not app.error
    app.selectbox(key="form_penalty").set_value("none").run()
    app.selectbox(key="form_code_activation").set_value("top-k").run()
    assert of_kinds & labels(app) == {LABELS["top_k"]} and not app.error
    app.selectbox(key="form_model").set_value("vq").run()
    assert "has no activation" in app.error[0].value
    app.selectbox(key="form_code_activation").set_value("none").run()
    assert of_kinds & labels(app) == {LABELS["codebook_size"]} and not app.error


def test_each_kind_has_a_preset():
    wanted = {"penalty": {"kl-sparse", "contractive", "mmd"}, "code_activation": {"top-k"}, "model": {"vq", "vae"}}
    for name, values in wanted.items():
        assert values <= {getattr(item.recipe, name) for item in PRESETS.values()}
    assert Recipe() == PRESETS["fast"].recipe
