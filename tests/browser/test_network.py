"""Networks in the page compute what PyTorch computes."""

import base64

import numpy as np
import pytest
import torch
from networks import network
from torch import nn

from ae.analysis import digit_classifier
from ae.data import digits
from ae.models import graph
from ae.models.registry import MODELS
from ae.ui import component
from ae.ui.network import model_graphs

pytestmark = pytest.mark.browser

CODES = 64
PIXELS = 28 * 28


@pytest.fixture(scope="module")
def in_page(browser):
    """Run graphs in the browser: in_page(graphs, inputs) returns outputs by name, float32 with shape (N, outputs)."""
    tab = browser.new_page()
    tab.goto("about:blank")
    text = component.scoped(component.script("network.js"))
    tab.evaluate(f"() => {{ {text}; window.Network = Network; }}")

    def run(graphs, inputs):
        outputs = tab.evaluate(
            """async ([packed, inputs]) => {
                const bytes = (text) => Uint8Array.from(atob(text), (each) => each.charCodeAt(0)).buffer;
                const network = new Network(bytes(packed));
                const outputs = {};
                for (const [name, packed] of Object.entries(inputs)) {
                    const found = await network.run(name, new Float32Array(bytes(packed)));
                    const one = new Float32Array(bytes(packed)).subarray(0, network.sizes[name][0]);
                    const values = await network.values(name, one);
                    const last = values[values.length - 1].values;
                    if (last.some((value, i) => value !== found[i])) throw new Error("values differ from run");
                    outputs[name] = Array.from(found);
                }
                return outputs;
            }""",
            [
                _base64(graph.pack(graphs)),
                {name: _base64(each.astype("<f4").tobytes()) for name, each in inputs.items()},
            ],
        )
        return {name: np.array(outputs[name], np.float32).reshape(len(each), -1) for name, each in inputs.items()}

    yield run
    tab.close()


def _base64(content):
    return base64.b64encode(content).decode()


@pytest.mark.parametrize(
    "settings",
    [
        {"activation": "tanh", "code_activation": "sigmoid"},
        {"code_activation": "top-k", "top_k": 3},
        pytest.param({"activation": "gelu"}, marks=pytest.mark.slow),
        pytest.param({}, marks=pytest.mark.slow),
    ],
)
@pytest.mark.parametrize("model", MODELS)
def test_networks_encode_and_decode_as_in_pytorch(in_page, model, settings):
    if MODELS[model].term:
        settings = {"activation": settings.get("activation", "relu")}
    torch.manual_seed(1)
    built, size = network(model, 8, **settings).eval(), 8
    graphs = model_graphs(built, size)
    codes = 3 * torch.randn(CODES, size)
    images = torch.rand(16, 1, 28, 28)
    with torch.no_grad():
        decoded = built.decode(codes).reshape(CODES, PIXELS).numpy()
        encoded = built.encode(images).numpy()
    found = in_page(graphs, {"decode": codes.numpy(), "encode": images.flatten(1).numpy()})
    assert np.abs(found["decode"] - decoded).max() < 1e-4
    assert np.abs(found["encode"] - encoded).max() < 1e-4


@pytest.mark.parametrize("model", ["conv", "mlp4"])
def test_networks_of_colour_images_compute_as_in_pytorch(in_page, model):
    torch.manual_seed(1)
    built, shape = network(model, 4, dataset="discs-3x22x22-00000000", activation="gelu").eval(), (3, 22, 22)
    graphs, codes, images = model_graphs(built, 4), torch.randn(32, 4), torch.rand(4, *shape)
    with torch.no_grad():
        decoded, encoded = built.decode(codes).flatten(1).numpy(), built.encode(images).numpy()
    found = in_page(graphs, {"decode": codes.numpy(), "encode": images.flatten(1).numpy()})
    assert np.abs(found["decode"] - decoded).max() < 1e-4
    assert np.abs(found["encode"] - encoded).max() < 1e-4


class _Other(nn.Module):
    """Layers and operations that no network of the registry has."""

    def __init__(self):
        super().__init__()
        self.first = nn.Sequential(nn.Linear(4, 36), nn.LeakyReLU(0.1), nn.Unflatten(1, (4, 3, 3)))
        self.second = nn.Sequential(
            nn.Conv2d(4, 6, (3, 2), stride=(1, 2), padding=1, bias=False), nn.BatchNorm2d(6), nn.SiLU()
        )
        self.third = nn.Sequential(
            nn.GroupNorm(3, 6), nn.ConvTranspose2d(6, 2, 3, stride=2, padding=1, output_padding=1), nn.GroupNorm(1, 2)
        )

    def decode(self, X):
        X = self.second(self.first(X))
        X = torch.relu(2 * X + 0.5) * X
        return self.third(X).flatten(1).clamp(0, max=1)


def test_other_layers_compute_as_in_pytorch(in_page):
    torch.manual_seed(2)
    other = _Other()
    other.decode(torch.randn(32, 4))  # so that the running statistics are not trivial
    codes = 2 * torch.randn(16, 4)
    with torch.no_grad():
        decoded = other.eval().decode(codes).numpy()
    assert 0.05 < decoded.mean() < 0.95
    found = in_page({"decode": graph.trace(other, "decode", (4,))}, {"decode": codes.numpy()})
    assert np.abs(found["decode"] - decoded).max() < 1e-4


def test_digits_are_classified_as_in_pytorch(in_page):
    images = digits.load_digits()[0][:32].float() / 255
    graphs = {"classify": graph.trace(digit_classifier.load(), "forward", (1, 28, 28))}
    with torch.no_grad():
        logits = digit_classifier.load()(images.reshape(-1, 1, 28, 28)).numpy()
    found = in_page(graphs, {"classify": images.reshape(-1, PIXELS).numpy()})
    assert np.abs(found["classify"] - logits).max() < 1e-3


def test_a_remote_network_sends_only_the_newest_of_several_requests(browser):
    tab = browser.new_page()
    tab.goto("about:blank")
    text = component.scoped(component.script("network.js"))
    found = tab.evaluate(
        f"""async () => {{
            {text}
            const [host, sent] = [{{}}, []];
            const reference = {{ id: "n", reason: "slow", sizes: {{ decode: [1, 1] }}, layers: {{}} }};
            const open = (answer) => openNetwork(reference, {{ host, ask: (request) => sent.push(request), answer }});
            const network = await open();
            const [shown, run] = [[], (x) => network.run("decode", Float32Array.of(x)).then((y) => shown.push(y[0]))];
            run(1); run(2); run(3);
            await open({{ number: 99, network: "n", outputs: [0] }});
            await open({{ number: 1, network: "n", outputs: [10] }});
            await open({{ number: 1, network: "n", outputs: [10] }});
            await open({{ number: 3, network: "n", outputs: [30] }});
            return [sent.map((each) => each.inputs[0]), shown, network.local];
        }}"""
    )
    tab.close()
    assert found == [[1, 3], [10, 30], False]
