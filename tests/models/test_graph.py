"""A traced network: what its layers are, and what it refuses."""

import json
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from networks import network
from tiny import LOG_VARIANCE
from torch import nn

from ae import PROJECT
from ae.analysis import digit_classifier
from ae.models import graph
from ae.models.graph import UnsupportedLayerError, pack, trace
from ae.models.layers import count_parameters
from ae.models.registry import MODELS
from ae.models.weightless import without_numbers


@pytest.mark.parametrize("model", MODELS)
def test_every_network_of_the_registry_can_be_traced(model):
    built = network(model, 6).eval()
    encoder, decoder = trace(built, "encode", (1, 28, 28)), trace(built, "decode", (6,))
    assert encoder.layers[-1].shape == (6,)
    assert np.prod(decoder.layers[-1].shape) == 784
    counted = sum(layer.parameters for layer in (*encoder.layers, *decoder.layers))
    unused = count_parameters(getattr(built, LOG_VARIANCE[model])) if model in LOG_VARIANCE else 0
    assert counted == count_parameters(built) - unused


@pytest.mark.parametrize("model", MODELS)
def test_layers_are_in_order_and_start_from_the_input(model):
    for layers in (trace(network(model, 3).eval(), name, shape).layers for name, shape in _ENDS(3)):
        for place, layer in enumerate(layers):
            assert layer.inputs and all(-1 <= each < place for each in layer.inputs)


def _ENDS(size):
    return ("encode", (1, 28, 28)), ("decode", (size,))


@pytest.mark.parametrize("kind", MODELS)
@pytest.mark.parametrize("function", ["encode", "decode"])
def test_without_numbers_a_network_has_the_same_shapes_and_parameter_counts(kind, function):
    with torch.device("meta"):
        built = network(kind, 5).eval()
    shape = (5,) if function == "decode" else (1, 28, 28)
    hollow = trace(without_numbers(built), function, shape).layers
    real = trace(network(kind, 5).eval(), function, shape).layers
    assert [(layer.name, layer.shape, layer.parameters) for layer in hollow] == [
        (layer.name, layer.shape, layer.parameters) for layer in real
    ]


def test_other_threads_may_run_and_trace_networks_meanwhile():
    model, images, call = network("mlp4", 3).eval(), torch.rand(2, 1, 28, 28), nn.Module.__call__
    ended = threading.Event()

    def run() -> set[type]:
        found = set()
        while not ended.is_set():
            with torch.no_grad():
                found.add(type(model.encode(images)))
        return found

    with ThreadPoolExecutor(3) as pool:
        running = pool.submit(run)
        tracing = [pool.submit(trace, model, "encode", (1, 28, 28)) for _ in range(40)]
        layers = {len(each.result().layers) for each in tracing}
        ended.set()
        assert running.result() == {torch.Tensor}
    assert len(layers) == 1
    assert nn.Module.__call__ is call


def test_the_diagrams_of_all_networks_need_neither_a_compiler_nor_sympy():
    program = (
        "import sys\nfrom ae.models.registry import MODELS\nfrom ae.ui import diagram\n"
        "for model in MODELS: diagram._layers(model=model, code_size=3)\n"
        "print(*sorted({'torch._dynamo', 'sympy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert done.stdout == "\n"


def test_packed_weights_are_found_again():
    layers = trace(network("mlp4", 2).eval(), "decode", (2,)).layers
    content = pack({"decode": trace(network("mlp4", 2).eval(), "decode", (2,)), "again": graph.Graph((2,), layers)})
    length = int.from_bytes(content[:4], "little")
    assert length % 4 == 0
    header = json.loads(content[4 : 4 + length])
    numbers = np.frombuffer(content, "<f4", offset=4 + length)
    for packed, layer in zip(header["again"]["layers"], layers, strict=True):
        assert list(packed["shape"]) == list(layer.shape)
        for key, (start, size) in packed["weights"].items():
            np.testing.assert_array_equal(numbers[start : start + size], layer.weights[key].ravel())


def test_the_digit_classifier_is_a_network_too():
    layers = trace(digit_classifier.load(), "forward", (1, 28, 28)).layers
    assert layers[-1].shape == (10,)
    # Batch normalisation has become a scale and a shift; its two running statistics are no parameters.
    assert sum(layer.parameters for layer in layers) == count_parameters(digit_classifier.load())


class _Odd(nn.Module):
    def __init__(self, layer, function=lambda x: x):
        super().__init__()
        self.layer = layer
        self.function = function

    def decode(self, X):
        return self.function(self.layer(X))


@pytest.mark.parametrize(
    ("odd", "reason"),
    [
        (_Odd(nn.PReLU()), "PReLU"),
        (_Odd(nn.Identity(), torch.cumsum), "followed"),
        (_Odd(nn.Identity(), torch.exp), "exp"),
        (_Odd(nn.GELU(approximate="tanh")), "GELU"),
        (_Odd(nn.Identity(), lambda x: x if x.sum() > 0 else -x), "followed"),
    ],
)
def test_what_a_page_cannot_compute_is_refused_with_a_reason(odd, reason):
    with pytest.raises(UnsupportedLayerError, match=reason):
        trace(odd.eval(), "decode", (4,))


def test_a_convolution_with_groups_is_refused():
    with pytest.raises(UnsupportedLayerError, match="groups"):
        trace(_Odd(nn.Conv2d(4, 4, 3, groups=2)).eval(), "decode", (4, 8, 8))
