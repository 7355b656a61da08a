"""The form of a recipe on Train."""

import pytest
from screens import screen

from ae.train import device

pytestmark = pytest.mark.usefixtures("screens_alone")


@pytest.mark.parametrize("native", [False, True])
def test_the_form_says_when_bf16_is_slow_on_this_machine(native, monkeypatch):
    monkeypatch.setattr(device, "has_bf16", lambda _: native)
    app = screen("pages/train.py")
    assert not app.warning
    app.selectbox(key="form_precision").set_value("bf16").run()
    assert any("no native bf16" in warning.value for warning in app.warning) != native
