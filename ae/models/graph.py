"""A network's computation as plain data: a list of layers and one array of weights, to run where there is no PyTorch.

``trace`` follows a function of a model through its modules with ``torch.fx``; ``pack`` writes what it found into bytes.
``ae/ui/frontend/network.js`` runs them.
"""

import json
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, fx, nn

from ae.models.layers import TopK
from ae.models.quantised import PAIR, Quantiser
from ae.models.tracing import follow

Weights = dict[str, Tensor | None]
Numbers = dict[str, Any]


class UnsupportedLayerError(Exception):
    """A network has a layer or an operation that ``trace`` does not know; the message is one sentence."""


@dataclass(frozen=True)
class Layer:
    """One operation.

    Attributes:
        name: of the module in the model, such as "fc1"; of an operation that is no module, its own name.
        op: a key of ``MODULES`` or of ``OPERATIONS``' values.
        inputs: positions of the layers whose outputs it takes; -1 is the input of the graph.
        shape: of its output for one image or code, without the batch.
        numbers: its settings, such as the stride of a convolution.
        weights: its arrays, in the order that ``network.js`` reads them; None where it has none.
    """

    name: str
    op: str
    inputs: tuple[int, ...]
    shape: tuple[int, ...]
    numbers: Numbers
    weights: dict[str, np.ndarray]

    @property
    def parameters(self) -> int:
        """The count of its weights."""
        return sum(array.size for array in self.weights.values())


@dataclass(frozen=True)
class Graph:
    """The layers of a function, in order; the last one's output is its result."""

    shape: tuple[int, ...]
    """The shape of its input, without the batch."""
    layers: tuple[Layer, ...]


def _linear(layer: nn.Linear) -> tuple[Numbers, Weights]:
    return {}, {"weight": layer.weight, "bias": layer.bias}


def _convolution(layer: nn.Conv2d | nn.ConvTranspose2d) -> tuple[Numbers, Weights]:
    if layer.groups != 1 or layer.dilation != (1, 1) or layer.padding_mode != "zeros":
        raise UnsupportedLayerError("a convolution with groups, dilation or padding other than zeros")
    padding = layer.padding if isinstance(layer.padding, tuple) else None
    if padding is None:
        raise UnsupportedLayerError(f"a convolution with padding {layer.padding!r}")
    numbers = {"stride": layer.stride, "padding": padding, "kernel": layer.kernel_size}
    return numbers, {"weight": layer.weight, "bias": layer.bias}


def _layer_norm(layer: nn.LayerNorm) -> tuple[Numbers, Weights]:
    if len(layer.normalized_shape) != 1:
        raise UnsupportedLayerError("a layer normalisation over several dimensions")
    return {"eps": layer.eps}, {"weight": layer.weight, "bias": layer.bias}


def _group_norm(layer: nn.GroupNorm) -> tuple[Numbers, Weights]:
    return {"eps": layer.eps, "groups": layer.num_groups}, {"weight": layer.weight, "bias": layer.bias}


def _batch_norm(layer: nn.BatchNorm1d | nn.BatchNorm2d) -> tuple[Numbers, Weights]:
    """Return the scale and the shift that batch normalisation is in eval mode."""
    if layer.running_mean is None or layer.running_var is None:
        raise UnsupportedLayerError("a batch normalisation without running statistics")
    scale = torch.rsqrt(layer.running_var + layer.eps)
    if layer.weight is not None:
        scale = scale * layer.weight
    shift = -layer.running_mean * scale
    return {}, {"weight": scale, "bias": shift if layer.bias is None else shift + layer.bias}


def _gelu(layer: nn.GELU) -> tuple[Numbers, Weights]:
    if layer.approximate != "none":
        raise UnsupportedLayerError("an approximate GELU")
    return {}, {}


def _leaky(layer: nn.LeakyReLU) -> tuple[Numbers, Weights]:
    return {"slope": layer.negative_slope}, {}


def _top_k(layer: TopK) -> tuple[Numbers, Weights]:
    return {"units": layer.units}, {}


def _quantiser(layer: Quantiser) -> tuple[Numbers, Weights]:
    return {"group": PAIR, "vectors": layer.weight.shape[1]}, {"weight": layer.weight}


def _plain(layer: nn.Module) -> tuple[Numbers, Weights]:
    return {}, {}


MODULES: dict[type[nn.Module], tuple[str, Callable[[Any], tuple[Numbers, Weights]]]] = {
    nn.Linear: ("linear", _linear),
    nn.Conv2d: ("convolution", _convolution),
    nn.ConvTranspose2d: ("transposed convolution", _convolution),
    nn.LayerNorm: ("layer normalisation", _layer_norm),
    nn.GroupNorm: ("group normalisation", _group_norm),
    nn.BatchNorm1d: ("scale and shift", _batch_norm),
    nn.BatchNorm2d: ("scale and shift", _batch_norm),
    nn.ReLU: ("relu", _plain),
    nn.LeakyReLU: ("leaky relu", _leaky),
    nn.GELU: ("gelu", _gelu),
    nn.SiLU: ("silu", _plain),
    nn.Tanh: ("tanh", _plain),
    nn.Sigmoid: ("sigmoid", _plain),
    TopK: ("top-k", _top_k),
    Quantiser: ("quantisation", _quantiser),
    nn.Identity: ("same", _plain),
    nn.Dropout: ("same", _plain),
    nn.Flatten: ("same", _plain),
    nn.Unflatten: ("same", _plain),
}
"""Layers and the operations they are: the name in ``network.js``, and a function that returns settings and weights.

"same" leaves the numbers as they are; flattening is one, because images are stored row by row anyway.
"""

OPERATIONS: dict[Any, str] = {
    operator.add: "add",
    torch.add: "add",
    operator.mul: "multiply",
    torch.mul: "multiply",
    torch.relu: "relu",
    nn.functional.relu: "relu",
    nn.functional.gelu: "gelu",
    nn.functional.silu: "silu",
    torch.tanh: "tanh",
    torch.sigmoid: "sigmoid",
    torch.flatten: "same",
    torch.reshape: "same",
    "flatten": "same",
    "reshape": "same",
    "view": "same",
    "unflatten": "same",
    "float": "same",
    "contiguous": "same",
    "relu": "relu",
    "tanh": "tanh",
    "sigmoid": "sigmoid",
    "add": "add",
    "clamp": "clamp",
    torch.clamp: "clamp",
}
"""Functions, and tensor methods by name, that a network calls itself."""


class _Shapes(fx.Interpreter):
    """Runs a graph and notes the shape of each result; torch's own ``ShapeProp`` imports sympy first, for 0.3 s."""

    def run_node(self, n: fx.Node) -> Any:  # noqa: ANN401 - whatever the node returns
        result = super().run_node(n)
        if isinstance(result, Tensor):
            n.meta["shape"] = tuple(result.shape)
        return result

    def call_module(self, target: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:  # noqa: ANN401
        module = self.fetch_attr(target)
        if isinstance(module, nn.Linear) and not any(module.weight.stride()):  # see ``ae.models.weightless``
            return args[0].new_zeros((*args[0].shape[:-1], module.out_features))
        return super().call_module(target, args, kwargs)


@torch.no_grad()
def trace(model: nn.Module, function: str, shape: tuple[int, ...]) -> Graph:
    """Follow one image or code through a function of a model, layer by layer.

    Args:
        model: in eval mode; its layers have shapes but no numbers after ``ae.models.weightless.without_numbers``.
        function: the name of a method that takes a batch and returns a tensor, such as "decode".
        shape: of its input, without the batch.

    Raises:
        UnsupportedLayerError: it contains a layer or an operation that is not listed here.
    """
    try:
        graph_module = follow(model, function, stop_at=MODULES)
        graph_module.graph.eliminate_dead_code()
        graph_module.recompile()
        device = next((parameter.device for parameter in model.parameters()), torch.device("cpu"))
        _Shapes(graph_module).run(torch.zeros(1, *shape, device=device))
    except UnsupportedLayerError:
        raise
    except Exception as error:  # a network may do anything, and then torch.fx may raise anything
        raise UnsupportedLayerError(f"its {function} can't be followed layer by layer") from error
    places: dict[fx.Node, int] = {}
    layers: list[Layer] = []
    for node in graph_module.graph.nodes:
        if node.op == "placeholder":
            places[node] = -1
        elif node.op != "output":
            places[node] = len(layers)
            layers.append(_layer(node, graph_module, places))
    return Graph(shape, tuple(layers))


def _layer(node: fx.Node, module: fx.GraphModule, places: Mapping[fx.Node, int]) -> Layer:
    numbers: Numbers = {}
    weights: Weights = {}
    if node.op == "call_module":
        layer = module.get_submodule(str(node.target))
        if type(layer) not in MODULES:
            raise UnsupportedLayerError(f"it has a layer of the kind {type(layer).__name__}")
        op, describe = MODULES[type(layer)]
        numbers, weights = describe(layer)
    else:
        op = OPERATIONS.get(node.target, "")
        if not op:
            raise UnsupportedLayerError(f"it calls {getattr(node.target, '__name__', node.target)}")
    inputs = tuple(places[each] for each in node.args if isinstance(each, fx.Node))
    if op == "clamp":
        limits = dict(zip(("min", "max"), node.args[1:], strict=False)) | node.kwargs
        numbers = {"low": limits.get("min"), "high": limits.get("max")}
    if op in ("add", "multiply") and len(inputs) == 1:
        numbers = {"constant": next(each for each in node.args if not isinstance(each, fx.Node))}
    shape = tuple(node.meta["shape"][1:])
    arrays = {name: value.detach().float().cpu().numpy() for name, value in weights.items() if value is not None}
    return Layer(str(node.target).removeprefix("model."), op, inputs, shape, numbers, arrays)


def pack(graphs: Mapping[str, Graph]) -> bytes:
    """Write graphs, by name, as bytes: the length of a header, the header as JSON, and all weights as float32.

    The length is a little-endian uint32; the weights begin at a multiple of four.
    """
    arrays: list[np.ndarray] = []
    start = 0
    header: dict[str, Any] = {}
    for name, graph in graphs.items():
        layers = []
        for layer in graph.layers:
            where = {}
            for key, array in layer.weights.items():
                where[key] = (start, array.size)
                arrays.append(array.astype("<f4").ravel())
                start += array.size
            layers.append(
                {
                    "name": layer.name,
                    "op": layer.op,
                    "inputs": layer.inputs,
                    "shape": layer.shape,
                    **layer.numbers,
                    "weights": where,
                }
            )
        header[name] = {"shape": graph.shape, "layers": layers}
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 4)
    numbers = np.concatenate(arrays) if arrays else np.zeros(0, "<f4")
    return len(text).to_bytes(4, "little") + text + numbers.tobytes()
