"""Every screen, run without a browser: its content, its numbers, and its messages if something is wrong."""

import json
import shutil

import pytest
from screens import component, live, metrics, pictures, screen, words

from ae.analysis import reconstruct
from ae.data import datasets, download, sources
from ae.data.texts import duration
from ae.presets import CALM, PRESETS
from ae.runs import editing, filenames, folders, model_file, queue, reading
from ae.runs.longer import schedule_when_longer
from ae.ui import cached, monitor, train_longer

SCREENS = (None, "pages/train.py", "pages/reconstruct.py")

pytestmark = pytest.mark.usefixtures("screens_alone")


@pytest.mark.parametrize("path", SCREENS)
def test_with_no_run_a_screen_says_what_to_do(path):
    app = screen(path)
    words = " ".join(each.value for each in [*app.markdown, *app.info, *app.caption])
    assert "rain" in words  # train one, train your first


@pytest.mark.parametrize("path", (None, "pages/reconstruct.py"))
def test_with_a_run_a_screen_shows_its_images(finished, path):
    app = screen(path)
    assert pictures(app)


@pytest.mark.parametrize("path", SCREENS)
def test_a_foreign_folder_among_the_runs_breaks_no_screen(finished, runs, path):
    (runs / "foreign").mkdir()
    app = screen(path)
    if path is None:
        assert "foreign is unreadable: it has no recipe.json" in app.warning[0].value


def test_one_click_on_home_makes_a_fast_run_on_the_built_in_digits():
    app = screen()
    app.button(key="first").click().run()
    assert not app.exception
    (run,) = folders.list_runs()
    assert (run.preset, run.recipe.dataset) == ("fast", "digits")


def test_train_starts_with_fast_and_says_that_mnist_is_not_on_this_machine():
    app = screen("pages/train.py")
    assert app.selectbox(key="form_preset").value == "fast"
    assert app.selectbox(key="form_dataset").value == "digits"
    assert "MNIST is not on this machine yet" in app.info[0].value


def test_a_preset_fills_every_field():
    app = screen("pages/train.py")
    for name, preset in PRESETS.items():
        app.selectbox(key="form_preset").select(name).run()
        assert not app.exception
        assert app.number_input(key="form_epochs").value == preset.recipe.epochs
        assert app.selectbox(key="form_schedule").value == preset.recipe.schedule
        assert app.multiselect(key="form_sizes").value == [str(preset.recipe.code_size)]
        assert ("form_beta" in app.session_state) and bool(app.number_input(key="form_learning_rate").value)


def test_train_makes_a_run_for_each_bottleneck_size_in_order():
    app = screen("pages/train.py")
    app.multiselect(key="form_sizes").set_value(["4", "8", "16"]).run()
    app.number_input(key="form_epochs").set_value(3).run()
    app.button(key="train").click().run()
    assert not app.exception
    made = sorted(folders.list_runs(), key=lambda run: run.path.joinpath("ticket").read_text())
    assert [run.recipe.code_size for run in made] == [4, 8, 16]
    assert {run.recipe.epochs for run in made} == {3}
    assert {queue.state(run) for run in made} == {"queued"}


@pytest.mark.parametrize(
    ("key", "value", "sentence"),
    [
        ("form_epochs", 0, "Epochs 0 is out of range"),
        ("form_epochs", 10**9, "Epochs 1000000000 is out of range"),
        ("form_batch_size", -1, "Batch size -1 is out of range"),
        ("form_learning_rate", 99.0, "Learning rate 99.0 is out of range"),
        ("form_validation_images", 1500, "leaves no images to train on"),
        ("form_sizes", ["many"], "Bottleneck size 'many' is not a whole number"),
        ("form_sizes", [], "Choose at least one bottleneck size"),
    ],
)
def test_a_bad_value_is_explained_and_train_can_not_be_clicked(key, value, sentence):
    app = screen("pages/train.py")
    widget = app.multiselect(key=key) if key == "form_sizes" else app.number_input(key=key)
    widget.set_value(value).run()
    assert not app.exception
    assert sentence in app.error[0].value
    assert app.button(key="train").disabled
    assert app.session_state[key] == value


def test_the_curve_and_the_numbers_are_the_history(finished):
    header, _ = live(screen("pages/train.py", run=finished.id))
    history = reading.read_history(finished)
    curves = header["lines"]
    assert curves["epoch"] == [line.epoch for line in history]
    assert curves["training"] == pytest.approx([line.training_loss for line in history], rel=1e-5)
    assert curves["monitored"] == pytest.approx([line.validation_loss for line in history], rel=1e-5)
    assert len(curves["batch"]) == len(curves["loss"]) == sum(len(line.batch_losses) for line in history)
    assert header["status"]["numbers"] == [
        f"{reading.read_metrics(finished)['test_mse']:.4f}",
        f"{history[-1].active_units} of {finished.recipe.code_size}",
        duration(sum(line.seconds for line in history)),
    ]


@pytest.mark.usefixtures("screens_alone")
def test_the_form_adapts_the_preset_s_learning_rate_to_noise_but_not_one_that_was_entered():
    app = screen("pages/train.py")
    rate = app.number_input(key="form_learning_rate")
    app.number_input(key="form_noise").set_value(0.4).run()
    assert app.number_input(key="form_learning_rate").value == CALM
    app.number_input(key="form_noise").set_value(0.0).run()
    assert app.number_input(key="form_learning_rate").value == rate.value == 0.008
    app.number_input(key="form_learning_rate").set_value(0.005).run()
    app.number_input(key="form_noise").set_value(0.4).run()
    assert app.number_input(key="form_learning_rate").value == 0.005


def test_the_learning_rate_is_a_headline_only_while_training(finished, stopped):
    labels = [label for label, _, _ in monitor.numbers(stopped.recipe, reading.read_history(stopped))]
    assert "Learning rate" in labels
    assert "Test MSE" not in labels
    after = [label for label, _ in component(screen("pages/train.py", run=finished.id), "live")["numbers"]]
    assert after == ["Test MSE", "Active units", "Training time"]
    early = [label for label, _, _ in monitor.numbers(stopped.recipe, reading.read_history(stopped), {})]
    assert "Training time" not in early  # the words above the curve have it


def test_the_folded_settings_say_how_many_differ_from_the_preset():
    app = screen("pages/train.py")
    assert app.sidebar.expander[0].label == "Advanced"
    app.number_input(key="form_learning_rate").set_value(0.02)
    app.selectbox(key="form_optimiser").set_value("sgd").run()
    assert app.sidebar.expander[0].label == "Advanced: 2\u00a0changed"
    app.selectbox(key="form_preset").set_value("lab").run()
    assert "changed" not in app.sidebar.expander[0].label


def test_a_stopped_run_can_be_resumed_with_the_only_main_button(stopped):
    app = screen("pages/train.py")
    assert [each.key for each in app.button if each.proto.type == "primary"] == ["resume"]
    app.button(key="resume").click().run()
    assert not app.exception and queue.state(stopped) == "queued"


def test_a_finished_run_is_trained_longer_with_a_sentence_on_its_schedule(finished):
    app = screen("pages/train.py", run=finished.id)
    before = reading.read_history(finished)
    app.number_input(key=f"more-{finished.id}-2").set_value(3).run()
    assert schedule_when_longer(finished.recipe, 5) in words(app)
    app.number_input(key=f"more-{finished.id}-2").set_value(4)  # reaches the server together with the click
    app.button(key="longer").click().run()
    assert not app.exception and not app.error
    run = folders.open_run(finished.id)
    assert (run.recipe.epochs, queue.state(run)) == (6, "queued")
    assert reading.read_history(run) == before


def test_a_run_that_can_not_be_trained_longer_says_why(finished):
    assert train_longer.why_not(finished) == ""
    about = json.loads((finished.path / "about.json").read_text())
    (finished.path / "about.json").write_text(json.dumps(about | {"shipped": True}))
    assert "protected" in train_longer.why_not(folders.open_run(finished.id))
    (finished.path / "about.json").write_text(json.dumps(about))
    (finished.path / filenames.STATE).unlink()
    assert "was not kept" in train_longer.why_not(finished)
    app = screen("pages/train.py", run=finished.id)
    assert not [button for button in app.button if button.key == "longer"]
    assert "was not kept, so training can't go on" in words(app)


def test_a_failed_download_offers_the_built_in_digits(finished, runs):
    path = runs / "20260101-000000-fast-z8"
    shutil.copytree(finished.path, path)
    for gone in ("model.safetensors", "history.csv", "metrics.json", "preview.npy"):
        (path / gone).unlink()
    recipe = json.loads((path / "recipe.json").read_text()) | {"dataset": "kmnist"}
    (path / "recipe.json").write_text(json.dumps(recipe))
    (path / "error.txt").write_text("Kuzushiji-MNIST could not be downloaded (no network)")
    app = screen("pages/train.py", run=path.name)
    assert "could not be downloaded" in app.error[0].value
    app.button(key="digits").click().run()
    assert not app.exception
    assert any(run.recipe.dataset == "digits" and run.id not in (finished.id, path.name) for run in folders.list_runs())


def test_reconstruct_shows_the_output_of_the_model(finished):
    app = screen("pages/reconstruct.py", measurements="true")
    model, images = model_file.load(finished), datasets.load("digits").test_images
    errors = reconstruct.errors(model, images)
    assert metrics(app, "MSE") == [f"{errors.mean():.4f}"]
    assert f"MSE {errors[:8].mean():.4f}" in words(app)
    app.button(key="worst").click().run()
    assert app.selectbox(key="by").value == "Worst first"
    assert not [button for button in app.button if button.key == "worst"]
    assert not app.exception
    assert f"MSE {sum(sorted(errors)[-8:]) / 8:.4f}" in words(app)


@pytest.mark.parametrize("by", ["One class", "At random", "Worst first", "Best first"])
def test_every_way_to_choose_images_shows_the_requested_number(finished, by):
    app = screen("pages/reconstruct.py", measurements="true")
    app.selectbox(key="by").select(by).run()
    app.slider(key="count").set_value(5).run()
    assert not app.exception
    assert app.get("html")[0].proto.body.count("<span") == 5 * 5  # class, index, MSE, PSNR and SSIM


def test_a_link_to_a_deleted_run_is_explained(finished):
    app = screen("pages/reconstruct.py", run="20200101-000000-gone")
    assert "There is no such run here: 20200101\\-000000-gone. Another run is shown instead." in app.warning[0].value


def test_a_run_deleted_while_its_page_is_open_breaks_nothing(finished):
    app = screen("pages/reconstruct.py")
    editing.delete(finished)
    app.run()
    assert not app.exception
    assert "no trained model" in app.info[0].value


def test_a_damaged_model_is_explained(finished):
    weights = finished.path / filenames.WEIGHTS
    content = bytearray(weights.read_bytes())
    weights.write_bytes(content[:-100])
    app = screen("pages/reconstruct.py")
    assert "no trained model" in app.info[0].value  # an unreadable model is not offered


def test_a_missing_dataset_is_explained(finished):
    file = finished.path / "recipe.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"dataset": "kmnist"}))
    (finished.path / filenames.REPLAY).unlink()  # without it, there is not an image to show
    app = screen("pages/reconstruct.py")
    assert "python -m ae download kmnist" in app.markdown[0].value
    assert not app.get("html") or "data:image/png" not in "".join(each.proto.body for each in app.get("html"))


def test_a_click_downloads_a_missing_dataset(finished, few, monkeypatch):
    file = finished.path / "recipe.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"dataset": "kmnist"}))
    wanted = []

    def refuse(name):
        raise sources.DataError(f"no way to {name}")

    monkeypatch.setattr(download, "download", refuse)
    app = screen("pages/reconstruct.py")
    app.button(key="download").click().run()
    assert [each.value for each in app.error] == ["no way to kmnist"]
    assert app.button(key="download")  # it is still there
    monkeypatch.setattr(download, "download", wanted.append)
    monkeypatch.setattr(sources, "is_here", lambda name, *_: name != "kmnist" or bool(wanted))
    monkeypatch.setattr(cached, "dataset", lambda name: few)
    app.button(key="download").click().run()
    assert wanted == ["kmnist"]
    assert "download" not in [button.key for button in app.button]
    assert "data:image/png;base64," in "".join(each.proto.body for each in app.get("html"))


def test_another_dataset_keeps_what_was_entered():
    app = screen("pages/train.py")
    app.number_input(key="form_epochs").set_value(7).run()
    app.multiselect(key="form_sizes").set_value(["3"]).run()
    app.selectbox(key="form_dataset").select("mnist").run()
    assert not app.exception
    assert app.number_input(key="form_epochs").value == 7
    assert app.multiselect(key="form_sizes").value == ["3"]
    assert app.number_input(key="form_batch_size").value == 256


@pytest.mark.parametrize("path", (None, "pages/train.py"))
def test_a_run_deleted_in_a_terminal_breaks_no_open_screen(finished, stopped, path):
    app = screen(path)
    editing.delete(stopped)
    app.run()
    assert not app.exception


def test_damaged_images_cause_a_message(tmp_path):
    raw = tmp_path / "data" / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for name in sources.IDX_FILES:
        (raw / name).write_bytes(b"\0\0\x08\x03 torn")
    for path in (None, "pages/train.py"):
        assert "damaged or incomplete" in screen(path).warning[0].value
