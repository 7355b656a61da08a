"""The form of a recipe on Train."""

import pytest
from screens import screen

from ae.runs import folders, processes
from ae.train import device

pytestmark = pytest.mark.usefixtures("screens_alone")


@pytest.mark.parametrize("native", [False, True])
def test_the_form_says_when_bf16_is_slow_on_this_machine(native, monkeypatch):
    monkeypatch.setattr(device, "has_bf16", lambda _: native)
    app = screen("pages/train.py")
    assert not app.warning
    app.selectbox(key="form_precision").set_value("bf16").run()
    assert any("no native bf16" in warning.value for warning in app.warning) != native


@pytest.mark.parametrize(("epochs", "trained"), [(30, [30]), (0, [])])
def test_what_is_typed_right_before_the_click_is_what_is_trained(epochs, trained, monkeypatch):
    monkeypatch.setattr(processes, "spawn", lambda path: 1)
    app = screen("pages/train.py")
    app.number_input(key="form_epochs").set_value(epochs)
    app.button(key="train").click().run()  # the number and the click reach the server together
    assert not app.exception
    assert [run.recipe.epochs for run in folders.list_runs()] == trained
    assert bool(app.error) == (not trained)
    app.number_input(key="form_epochs").set_value(7).run()  # nothing more is trained without a click
    assert [run.recipe.epochs for run in folders.list_runs()] == trained
