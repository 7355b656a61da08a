"""Networks for the page: what is sent, and how the server answers in their place."""

import math

import numpy as np
import pytest
import streamlit as st
import torch
from hypothesis import given
from hypothesis import strategies as some

from ae.models import graph
from ae.ui import cached, component, network

SIZE = 4


@pytest.fixture
def asked(finished, monkeypatch):
    """Return the server's answer to a request for the network of a finished run."""
    size = finished.recipe.code_size

    def ask(**changes):
        request = {"number": 1, "network": "n", "name": "decode", "inputs": [0.5] * size, **changes}
        monkeypatch.setattr(st, "session_state", {"place": {"ask": request}})
        return network.answer("place", {"n": finished})

    return ask


def test_the_server_decodes_what_the_page_asks_for(asked, finished):
    size = finished.recipe.code_size
    found = asked(number=7, inputs=[0.5] * size + [0.0] * size)
    assert (found["number"], found["network"]) == (7, "n")
    with torch.no_grad():
        wanted = cached.model(finished).decode(torch.tensor([[0.5] * size, [0.0] * size])).flatten()
    np.testing.assert_allclose(found["outputs"], wanted.numpy(), atol=1e-6)


def test_the_server_encodes_what_the_page_asks_for(asked, finished):
    found = asked(name="encode", inputs=[0.25] * 784)
    with torch.no_grad():
        wanted = cached.model(finished).encode(torch.full((1, 784), 0.25)).flatten()
    np.testing.assert_allclose(found["outputs"], wanted.numpy(), atol=1e-6)


@pytest.mark.parametrize(
    "changes",
    [
        {"number": "1"},
        {"name": "loss"},
        {"name": ["decode"]},
        {"network": "another"},
        {"network": None},
        {"inputs": []},
        {"inputs": "12345678"},
        {"inputs": [1.0]},
        {"inputs": [math.nan] * SIZE},
        {"inputs": [math.inf] * SIZE},
        {"inputs": [None] * SIZE},
        {"inputs": [0.0] * SIZE * 65},
    ],
)
def test_a_request_that_makes_no_sense_gets_no_answer(asked, changes):
    assert asked(**changes) is None


@given(
    some.dictionaries(
        some.sampled_from(["number", "name", "network", "inputs"]),
        some.recursive(
            some.none() | some.booleans() | some.floats() | some.text(max_size=8),
            lambda inner: some.lists(inner, max_size=9),
        ),
    )
)
def test_no_request_raises(request_):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(st, "session_state", {"place": {"ask": request_}})
        assert network.answer("place", {}) is None


def test_a_network_that_the_page_cannot_compute_names_the_reason(finished, monkeypatch):
    monkeypatch.delitem(graph.MODULES, torch.nn.Linear)
    network._network.clear()
    reference = network.page_network(finished)
    assert "slower" in reference["reason"] and "Linear" in reference["reason"]
    assert reference["sizes"]["decode"] == (finished.recipe.code_size, 784)
    network._network.clear()


def test_imported_scripts_come_first_and_once(tmp_path, monkeypatch):
    monkeypatch.setattr(component, "FRONTEND", tmp_path)
    (tmp_path / "low.js").write_text("export const low = 1;\nconst hidden = 2;\n")
    (tmp_path / "middle.js").write_text('import { low } from "./low.js";\nexport function middle() { return low; }\n')
    (tmp_path / "high.js").write_text(
        'import { low } from "./low.js";\nimport {\n  middle,\n} from "./middle.js";\n'
        "export default function () { middle(low); }\n"
    )
    found = component.script("high.js")
    assert "import" not in found
    assert found.count("const low = 1") == 1
    assert found.index("const low") < found.index("function middle") < found.index("export default")


def test_every_component_finds_its_imports():
    for path in component.FRONTEND.glob("*.js"):
        assert "import {" not in component.script(path.name)
