"""The screens that look inside, run without a browser: their numbers, their traces, and what they say of bad input."""

import json
import re
import shutil

import numpy as np
import pytest
import torch
from screens import charts, metrics, pictures, screen, words
from tiny import tiny

from ae.analysis import denoise, digit_classifier, interpolate, latent, reconstruct, tsne
from ae.data import datasets, drawing, noise, selection
from ae.runs import comparison, editing, filenames, folders, model_file, queue
from ae.runs.editing import change
from ae.runs.model_file import write_weights
from ae.runs.recording import record

COMPARE, RECONSTRUCT = "pages/compare.py", "pages/reconstruct.py"
DENOISE, INTERPOLATE, LATENT = "pages/denoise.py", "pages/interpolate.py", "pages/latent_space.py"
SCREENS = (COMPARE, RECONSTRUCT, DENOISE, INTERPOLATE, LATENT)
VIEWS = ("Map", "Units", "Samples", "Health", "Replay")

pytestmark = pytest.mark.usefixtures("screens_alone")


@pytest.fixture(scope="session")
def _several(tmp_path_factory, few):
    """Three runs of other networks and code sizes, on the digits."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AE_CHECKPOINTS", str(tmp_path_factory.mktemp("several")))
        made = []
        for changes in (
            {"model": "conv", "code_size": 2, "code_activation": "none"},
            {"model": "vae", "code_size": 2, "code_activation": "none", "beta": 1.0},
            {"code_size": 16, "code_activation": "none"},
        ):
            run = folders.create(tiny(batch_size=512, **changes))
            list(record(run))
            made.append(run)
    return made


@pytest.fixture
def several(_several, runs):
    for run in _several:
        shutil.copytree(run.path, runs / run.id)
    return [folders.open_run(run.id) for run in _several]


def ids(chosen):
    return ",".join(run.id for run in chosen)


# ----------------------------------------------------------------------------------------------------- every screen


@pytest.mark.parametrize("path", SCREENS)
def test_every_kind_of_model_shows_something_with_no_click(several, path):
    app = screen(path)
    assert pictures(app)
    assert not app.error
    assert not app.warning


@pytest.mark.parametrize("path", SCREENS)
def test_every_control_has_a_sentence_of_help_and_every_chart_an_alt(several, path):
    app = screen(path)
    controls = [
        *app.selectbox, *app.multiselect, *app.slider, *app.toggle, *app.number_input, *app.text_input, *app.button,
        *app.get("button_group"), *app.get("segmented_control"), *app.select_slider, *app.metric,
    ]  # fmt: skip
    assert controls
    for control in controls:
        assert len(getattr(control, "help", None) or control.proto.help) > 10, control
    for chart in app.get("plotly_chart"):
        assert len(chart.proto.alt) > 10


@pytest.mark.parametrize("path", SCREENS)
def test_no_sidebar_asks_for_more_than_seven_things_at_once(several, path):
    side = screen(path).sidebar
    controls = [side.selectbox, side.multiselect, side.slider, side.toggle, side.text_input, side.get("button_group")]
    inside = [each for block in side.expander for each in block.number_input]
    assert sum(map(len, controls)) <= 7
    assert len(side.number_input) - len(inside) <= 2


@pytest.mark.parametrize("path", SCREENS)
def test_a_link_to_runs_that_are_gone_is_a_sentence(finished, path):
    app = screen(path, run="20200101-000000-gone", runs="20200101-000000-gone")
    assert "no such run here" in app.warning[0].value
    assert pictures(app)


@pytest.mark.parametrize("path", SCREENS)
def test_a_run_deleted_while_the_page_is_open_harms_nothing(finished, several, path):
    app = screen(path)
    for run in several:
        editing.delete(run)
    app.run()
    assert not app.exception
    assert pictures(app)
    editing.delete(finished)
    app.run()
    assert not app.exception
    assert "no trained model" in app.info[0].value


@pytest.mark.parametrize("path", (COMPARE, DENOISE, INTERPOLATE))
def test_with_every_model_taken_away_a_sentence_asks_for_one(several, path):
    app = screen(path)
    app.multiselect(key="runs_choice").set_value([]).run()
    assert not app.exception
    assert "at least one model" in app.info[0].value


@pytest.mark.parametrize("path", (COMPARE, DENOISE, INTERPOLATE))
def test_a_run_that_learned_something_else_is_left_out_and_named(finished, several, runs, monkeypatch, path):
    file = several[0].path / filenames.RECIPE
    file.write_text(json.dumps(json.loads(file.read_text()) | {"dataset": "kmnist"}))
    app = screen(path, runs=ids([several[1], several[0]]))
    shown = words(app)
    assert "Kuzushiji" in shown or "trained on another dataset" in shown
    assert pictures(app)


@pytest.mark.parametrize("path", (COMPARE, DENOISE, INTERPOLATE))
def test_a_model_that_is_damaged_is_left_out_and_named(several, path):
    shutil.copy(several[2].path / filenames.WEIGHTS, several[0].path / filenames.WEIGHTS)
    for order in ([several[1], several[0]], [several[0], several[1]]):
        app = screen(path, runs=ids(order), by="Worst first")
        said = words(app).replace("\\", "")
        assert f"{filenames.WEIGHTS} of {several[0].id} is larger than" in said
        assert "it is left out" in said
        assert pictures(app)


@pytest.mark.parametrize("path", (COMPARE, RECONSTRUCT, DENOISE))
@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("10000000", "There is no test image 10,000,000: use 0 to 296"),
        ("seven", "is not an index"),
        ("", "no image is chosen"),
        ("5-1", "runs backwards"),
        ("0-99", "more than 16 images"),
    ],
)
def test_a_bad_index_is_a_sentence_and_stays_as_it_was_entered(finished, path, text, sentence):
    app = screen(path)
    app.text_input(key="indices").set_value(text).run()
    assert not app.exception
    assert sentence in app.error[0].value.replace("\\", "")
    assert app.text_input(key="indices").value == text
    assert pictures(app)


# ---------------------------------------------------------------------------------------------------------- compare


def test_compare_shows_the_runs_numbers_and_their_differences_to_the_baseline(several):
    app = screen(COMPARE, runs=ids(several), baseline=several[1].id)
    expected = comparison.table(several)
    shown = app.dataframe[0].value
    assert shown["Run"].tolist() == [run.name for run in several]
    assert np.allclose(shown["Test MSE"], expected["Test MSE"])
    app.toggle(key="differ").set_value(True).run()
    differences = app.dataframe[0].value
    assert differences["Test MSE"][1] == 0
    assert np.allclose(differences["Test MSE"], expected["Test MSE"] - expected["Test MSE"][1])
    assert "another bottleneck size than the baseline" in words(app)


def test_compare_lays_every_run_over_the_others(several):
    app = screen(COMPARE, runs=ids(several))
    curves, sizes, classes = charts(app)
    assert [trace["name"] for trace in curves["data"]] == [run.name.rpartition(" · ")[0] for run in several]
    assert curves["layout"]["yaxis"]["type"] == "log"
    assert sizes["data"][0]["name"] == "PCA, the best linear code"
    assert len(classes["data"]) == 3
    app.segmented_control(key="of").set_value("Both").run()
    app.segmented_control(key="against").set_value("seconds").run()
    app.toggle(key="log").set_value(False).run()
    curves = charts(app)[0]
    assert len(curves["data"]) == 6
    assert curves["layout"]["xaxis"]["title"]["text"] == "Seconds of training"
    assert "type" not in curves["layout"]["yaxis"]


def test_compare_shows_one_row_for_each_model_and_another_for_its_errors(several):
    app = screen(COMPARE, runs=ids(several))
    assert pictures(app)[0].count('role="img"') == 4
    app.toggle(key="errors").set_value(True).run()
    assert pictures(app)[0].count('role="img"') == 7


def test_a_run_is_renamed_and_tagged_from_the_screen_and_found_by_its_tag(several):
    app = screen(COMPARE, runs=ids(several))
    id = several[0].id
    app.text_input(key=f"name-{id}").set_value("My best").run()
    app.text_input(key=f"tags-{id}").set_value("report, week 3").run()
    app.button(key="save").click().run()
    assert not app.exception
    run = folders.open_run(id)
    assert (run.name, run.tags) == ("My best", ("report", "week 3"))
    app.selectbox(key="tag").select("week 3").run()
    assert app.dataframe[0].value["Run"].tolist() == ["My best"]


def test_what_was_typed_last_is_saved_even_if_the_click_follows_at_once(several):
    app = screen(COMPARE, runs=ids(several))
    app.text_input(key=f"name-{several[0].id}").set_value("At once")
    app.button(key="save").click().run()
    assert folders.open_run(several[0].id).name == "At once"


def test_runs_of_one_name_made_in_one_second_are_told_apart_on_every_screen(several, runs):
    twins = []
    for i, run in enumerate(several[:2]):
        shutil.copytree(run.path, runs / f"twin-{i}")
        file = runs / f"twin-{i}" / filenames.ABOUT
        about = json.loads(file.read_text()) | {"name": "Twin · z 2", "created": "2026-01-01T00:00:00+00:00"}
        file.write_text(json.dumps(about))
        twins.append(folders.open_run(f"twin-{i}"))
    for path, rows in ((COMPARE, 3), (DENOISE, 7), (INTERPOLATE, 3)):
        app = screen(path, runs=ids(twins))
        app.run()
        assert app.multiselect(key="runs_choice").value == [run.id for run in twins]
        assert pictures(app)[0].count('role="img"') == rows
    assert screen(LATENT, run="twin-1").selectbox(key="run_choice").value == "twin-1"


def test_a_run_called_like_a_filter_keeps_its_row(several):
    for run, name in zip(several, ("Median 3 × 3", "Cross-fade of pixels", "Noisy"), strict=True):
        change(run, name=name)
    assert pictures(screen(DENOISE, runs=ids(several)))[0].count('role="img"') == 2 + 3 + 3
    assert pictures(screen(INTERPOLATE, runs=ids(several)))[0].count('role="img"') == 3 + 1


@pytest.mark.parametrize("path", SCREENS)
def test_what_a_link_says_is_never_read_as_markdown(several, path):
    evil = "![x](https://example.org/x.png)"
    for words_shown in (each.value for each in screen(path, run=evil, runs=evil).warning):
        assert evil not in words_shown


@pytest.mark.parametrize("number", ["1e400", "-1e999", "inf", "-Infinity"])
@pytest.mark.parametrize("path", (DENOISE, INTERPOLATE, LATENT, RECONSTRUCT))
def test_a_number_beyond_all_numbers_in_the_address_is_left_out(several, path, number):
    everywhere = dict.fromkeys(("a", "b", "start", "seed", "sample_seed", "noise_seed", "pca"), number)
    assert pictures(screen(path, **everywhere, view="Samples", by="At random"))


def test_a_drawing_whose_letters_look_like_such_a_number_is_kept(finished):
    images = datasets.load("digits").test_images[:, 0].numpy()
    texts = (drawing.to_text(np.roll(image, move, axis=1)) for move in range(-4, 5) for image in images)
    own = next(text for text in texts if re.search(r"\d[eE]\d{3}", text))
    app = screen(RECONSTRUCT, own=own)
    app.selectbox(key="by").select("My own").run()
    assert not app.exception
    assert app.query_params["own"] in (own, [own])


def test_a_bad_name_is_a_sentence_and_changes_nothing(several):
    app = screen(COMPARE, runs=ids(several))
    id = several[0].id
    app.text_input(key=f"name-{id}").set_value("  ").run()
    app.button(key="save").click().run()
    assert "use 1 to 200" in app.error[0].value
    assert folders.open_run(id).name == several[0].name


def test_deletion_names_what_goes_and_goes_only_after_a_yes(several):
    app = screen(COMPARE, runs=ids(several))
    app.button(key="delete").click().run()
    said = words(app)
    assert several[0].id in said
    assert "can't be brought back" in said
    assert several[0].path.is_dir()
    app.button(key="really").click().run()
    assert not app.exception
    assert not several[0].path.exists()
    assert several[1].path.is_dir()


# ------------------------------------------------------------------------------------------------------ reconstruct


def test_the_bars_are_the_code_of_the_image_that_was_chosen(finished):
    app = screen(RECONSTRUCT)
    codes = reconstruct.codes_of(model_file.load(finished), datasets.load("digits").test_images)
    assert np.allclose(charts(app)[0]["data"][1]["y"], codes[0], atol=1e-5)
    labels = datasets.load("digits").test_labels
    app.segmented_control(key="code_of").set_value(f"3: a {labels[3]}").run()
    assert np.allclose(charts(app)[0]["data"][1]["y"], codes[3], atol=1e-5)


def test_an_own_digit_comes_with_the_link(finished):
    own = datasets.load("digits").test_images[5, 0].numpy() // 17 * 17
    app = screen(RECONSTRUCT, by="My own", own=drawing.to_text(own))
    app.selectbox(key="by").select("My own").run()
    reconstructed = reconstruct.round_trip(model_file.load(finished), torch.from_numpy(own)[None, None])[1]
    mse = ((reconstructed - own / 255) ** 2).mean()
    assert metrics(app, "MSE")[0] == f"{mse:.4f}"


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("notes.png", b"this is text", "notes.png is not a picture that can be read"),
        ("cut.png", b"\x89PNG\r\n\x1a\n\0\0", "cut.png is not a picture that can be read"),
        ("empty.png", b"", "empty.png is not a picture"),
    ],
)
def test_an_upload_that_is_no_picture_is_a_sentence(finished, name, content, sentence):
    app = screen(RECONSTRUCT)
    app.selectbox(key="by").select("My own").run()
    app.file_uploader(key="upload").upload(name, content).run()
    assert not app.exception
    assert sentence in words(app)


def test_a_foreign_drawing_in_the_address_is_a_sentence(finished):
    app = screen(RECONSTRUCT, own="<script>")
    app.selectbox(key="by").select("My own").run()
    assert "can't be read" in words(app)
    assert pictures(app)


# ---------------------------------------------------------------------------------------------------------- denoise


def test_denoise_measures_what_it_shows(several):
    app = screen(DENOISE, runs=several[2].id)
    clean, labels = denoise.test_set(datasets.load("digits"), sample=40)
    shown = app.dataframe[0].value.set_index("Method")
    method = denoise.by_model(model_file.load(several[2]))
    about = {"kind": "gaussian", "strengths": (0.3,), "clip": True}
    for name, each in (("Noisy", None), (several[2].name, method)):
        (found,) = denoise.curve(each, clean, labels, **about)
        shares = [100 * found.recognition_rate, 100 * found.recognition_error]
        assert np.allclose(shown.loc[name], [found.psnr, found.ssim, *shares], atol=1e-3)
    assert {"Median 3 × 3", "Gaussian blur", "PCA, 16 components"} < set(shown.index)
    *curves, turned = charts(app)
    assert [len(curve["data"]) for curve in curves] == [5, 5, 5]
    assert turned["data"][0]["type"] == "heatmap"


@pytest.mark.parametrize("kind", list(noise.KINDS))
@pytest.mark.parametrize("clip", [True, False])
def test_every_figure_of_denoising_says_what_was_added_and_whether_it_was_clipped(several, kind, clip):
    app = screen(DENOISE, runs=several[0].id)
    app.selectbox(key="noise").select(kind).run()
    app.toggle(key="clip").set_value(clip).run()
    assert not app.exception
    said = noise.said(kind, 0.3, clip=clip)
    assert said in words(app)
    assert ("not clipped" in said) != clip


def test_where_there_is_no_judge_denoise_says_why_and_shows_the_rest(several, monkeypatch):
    monkeypatch.setattr(digit_classifier, "KNOWS", ())
    app = screen(DENOISE, runs=several[0].id)
    assert "There is no digit classifier for digits" in words(app)
    assert "Still legible" not in app.dataframe[0].value
    assert [len(curve["data"]) for curve in charts(app)] == [5, 5]


# ------------------------------------------------------------------------------------------------------ interpolate


def test_the_walk_is_the_labs_formula_and_moves_as_the_curve_says(several):
    app = screen(INTERPOLATE, runs=several[2].id)
    model, images = model_file.load(several[2]), datasets.to_float(datasets.load("digits").test_images[[0, 3]])
    z1, z2 = model.encode(images).detach()
    reconstructed = torch.stack([reconstruct.decode(model, (z1 + (i / 8) * (z2 - z1))[None])[0] for i in range(9)])
    (curve,) = charts(app)
    assert np.allclose(curve["data"][0]["y"], interpolate.steps(reconstructed), rtol=1e-5, atol=0)
    assert curve["data"][-1]["name"] == "Cross-fade of pixels"


def test_spherical_and_linear_stand_under_each_other(several):
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
def test_an_end_that_does_not_exist_is_a_sentence(several, index):
    app = screen(INTERPOLATE)
    app.number_input(key="a").set_value(index).run()
    assert not app.exception
    assert f"There is no test image {index:,}: use 0 to 296" in app.error[0].value
    assert pictures(app)


def test_an_end_can_be_chosen_by_its_class_and_the_next_of_it(several):
    labels = datasets.load("digits").test_labels
    sevens = selection.of_class(labels, 7, 2)
    app = screen(INTERPOLATE)
    app.selectbox(key="a_class").select("7").run()
    assert app.number_input(key="a").value == sevens[0]
    app.button(key="a_next").click().run()
    assert app.number_input(key="a").value == sevens[1]


# ----------------------------------------------------------------------------------------------------- latent space


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("which", range(4))
def test_every_view_shows_every_kind_of_model(finished, several, view, which):
    app = screen(LATENT, run=[*several, finished][which].id)
    app.segmented_control(key="view").set_value(view).run()
    assert not app.exception
    assert not app.error
    assert pictures(app) or charts(app)


def test_a_code_of_two_is_mapped_directly_before_its_decoded_plane(several):
    app = screen(LATENT, run=several[0].id)
    codes = reconstruct.codes_of(model_file.load(several[0]), datasets.load("digits").test_images)
    labels = datasets.load("digits").test_labels
    (figure,) = charts(app)
    for trace in figure["data"]:
        assert np.allclose(trace["x"], codes[labels == int(trace["name"]), 0], atol=1e-5)
    assert figure["layout"]["images"][0]["layer"] == "below"
    assert figure["layout"]["xaxis"]["title"]["text"] == "unit 0"


def test_a_larger_code_is_mapped_by_its_principal_components(several):
    figure = charts(screen(LATENT, run=several[2].id))[0]
    assert "two directions" in figure["layout"]["title"]["text"]
    assert "images" not in figure["layout"]


def test_a_spot_in_the_address_is_decoded_and_an_image_shown(several):
    assert "**Decoded at** 0.5, -0.25" in words(screen(LATENT, run=several[0].id, spot="0.5,-0.25"))
    assert "**Image 7**" in words(screen(LATENT, run=several[0].id, image="7"))


@pytest.mark.parametrize(
    "query",
    [
        {"spot": "here"},
        {"spot": "nan,1"},
        {"spot": "1"},
        {"image": "10000000"},
        {"image": "0000000000009999999"},
        {"image": "9" * 5000},
    ],
)
def test_a_spot_or_an_image_that_is_none_harms_nothing(several, query):
    app = screen(LATENT, run=several[0].id, **query)
    assert "**Image 0**" in words(app)


def test_tsne_shows_its_progress_and_then_the_map(several, monkeypatch):
    asked = []

    def quick(codes, *, say, seed=0):
        for share in (0.5, 1.0):
            asked.append(share)
            say(share)
        return codes[:, :2]

    monkeypatch.setattr(tsne, "tsne", quick)
    app = screen(LATENT, run=several[2].id)
    app.segmented_control(key="map").set_value("t-SNE").run()
    assert not app.exception
    assert asked == [0.5, 1.0]
    assert "t-SNE" in charts(app)[0]["layout"]["title"]["text"]


def test_a_slider_for_each_unit_begins_at_the_code_of_an_image(several):
    app = screen(LATENT, run=several[0].id, view="Units")
    app.segmented_control(key="view").set_value("Units").run()
    codes = reconstruct.codes_of(model_file.load(several[0]), datasets.load("digits").test_images)
    assert [slider.value for slider in app.slider] == pytest.approx(codes[0].tolist(), abs=0.05)
    app.slider[0].set_value(app.slider[0].max).run()
    assert not app.exception


def test_a_slider_that_is_put_back_leaves_nothing_in_the_address(several):
    app = screen(LATENT, run=several[0].id)
    app.segmented_control(key="view").set_value("Units").run()
    begun = app.slider[0].value
    app.slider[0].set_value(app.slider[0].max).run()
    assert "code" in app.query_params
    app.slider[0].set_value(begun).run()
    assert "code" not in app.query_params
    app.slider[0].set_value(app.slider[0].max).run()
    app.button(key="back").click().run()
    assert app.slider[0].value == begun
    assert "code" not in app.query_params


def test_pca_keeps_as_many_numbers_as_the_largest_bottleneck_that_is_chosen(several):
    app = screen(DENOISE, runs=several[0].id)
    assert "PCA, 2 components" in app.dataframe[0].value["Method"].tolist()
    app.multiselect(key="runs_choice").set_value([several[0].id, several[2].id]).run()
    assert "PCA, 16 components" in app.dataframe[0].value["Method"].tolist()


def test_dead_units_are_named_with_the_cause_and_cured_by_one_click(runs, several):
    run = folders.create(tiny(code_size=4, code_activation="relu"))
    list(record(run))
    weights = model_file.load(run)
    with torch.no_grad():
        weights.fc2.bias[1] = -1e6
    write_weights(run, weights.state_dict(), run.recipe.epochs)
    app = screen(LATENT, run=run.id)
    app.segmented_control(key="view").set_value("Health").run()
    inactive = latent.health(
        weights, reconstruct.codes_of(weights, datasets.load("digits").test_images), torch.zeros(1)
    ).inactive
    assert 1 in inactive
    named = f"Unit {inactive[0]} says" if len(inactive) == 1 else f"Units {', '.join(map(str, inactive))} say"
    assert f"{named} nothing. The ReLU on the code" in app.warning[0].value
    before = {each.id for each in folders.list_runs()}
    app.button(key="cure").click().run()
    assert not app.exception
    (made,) = [each for each in folders.list_runs() if each.id not in before]
    assert made.recipe.to_dict() == run.recipe.to_dict() | {"code_activation": "none"}
    assert queue.state(made) == "queued"


def test_the_health_of_a_vae_shows_the_kl_of_each_unit(several):
    app = screen(LATENT, run=several[1].id)
    app.segmented_control(key="view").set_value("Health").run()
    model, images = model_file.load(several[1]), datasets.to_float(datasets.load("digits").test_images)
    expected = model.kl(images).mean(0).detach()
    bars = {int(unit): y for trace in charts(app)[1]["data"] for unit, y in zip(trace["x"], trace["y"], strict=True)}
    assert [bars[unit] for unit in range(2)] == pytest.approx(expected.tolist(), abs=1e-4)


def test_the_scrubber_goes_over_all_epochs_that_were_kept(finished):
    app = screen(LATENT, run=finished.id)
    app.segmented_control(key="view").set_value("Replay").run()
    last = pictures(app)
    assert list(app.select_slider[0].options) == ["0", "1", "2"]
    app.select_slider[0].set_value("0").run()
    assert not app.exception
    assert app.query_params["epoch"] in ("0", ["0"])
    assert "after epoch 1" in words(screen_of_replay(finished, epoch="1"))
    assert pictures(app) != last
    assert "after epoch 0" in words(app)


def screen_of_replay(run, **query):
    app = screen(LATENT, run=run.id, **query)
    app.segmented_control(key="view").set_value("Replay").run()
    assert not app.exception
    return app


def test_train_replays_what_a_finished_run_drew(finished):
    app = screen("pages/train.py", run=finished.id)
    assert [str(option) for option in app.select_slider[0].options] == ["0", "1", "2"]


def test_a_run_without_a_replay_says_so(finished):
    (finished.path / filenames.REPLAY).unlink()
    app = screen(LATENT, run=finished.id)
    app.segmented_control(key="view").set_value("Replay").run()
    assert "Nothing was kept" in words(app)
