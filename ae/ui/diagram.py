"""The diagram of a network: the image, the layers, the bottleneck as narrow as it is, and the image that comes out."""

from collections.abc import Sequence
from typing import Any

import streamlit as st
import torch

from ae.models.base import Autoencoder
from ae.models.graph import Graph, UnsupportedLayerError
from ae.models.layers import count_parameters
from ae.models.registry import build
from ae.models.weightless import without_numbers
from ae.recipe import Recipe
from ae.ui.component import component
from ae.ui.network import model_graphs

Layers = dict[str, list[dict[str, Any]]]
"""The layers of "encode" and "decode", each with its name, op, shape, count of parameters and the layers it takes."""

_SHAPING = ("dataset", "model", "code_size", "activation", "code_activation", "top_k", "codebook_size")
"""The settings that a network's layers depend on."""

_DIAGRAM = component("architecture", "<div></div>", styles=("diagram",))


def network_diagram(recipes: Sequence[Recipe], *, key: str) -> None:
    """Show the networks that the recipes would train, which differ only in their bottleneck sizes.

    Args:
        recipes: at least one; the first one's network is drawn in full, the others' bottlenecks as outlines.
        key: of the component.
    """
    first = recipes[0]
    layers = _layers(**{name: getattr(first, name) for name in _SHAPING})
    _DIAGRAM(key=key, data={"layers": layers, "sizes": [recipe.code_size for recipe in recipes]})


def diagram_layers(model: Autoencoder, code_size: int) -> Layers:
    """Return the layers of a model; a single one on each side of the bottleneck if it can't be traced."""
    try:
        graphs = model_graphs(model, code_size)
    except UnsupportedLayerError:
        whole = {"op": "network", "parameters": count_parameters(model) // 2, "inputs": [-1]}
        return {
            "encode": [{"name": "encoder", "shape": [code_size], **whole}],
            "decode": [{"name": "decoder", "shape": list(model.image_shape), **whole}],
        }
    return {name: _described(graph) for name, graph in graphs.items()}


def _described(graph: Graph) -> list[dict[str, Any]]:
    return [
        {
            "name": layer.name,
            "op": layer.op,
            "shape": list(layer.shape),
            "parameters": layer.parameters,
            "inputs": list(layer.inputs),
        }
        for layer in graph.layers
    ]


@st.cache_resource(show_spinner=False, max_entries=64)
def _layers(**network: Any) -> Layers:  # noqa: ANN401
    """Trace a network without weights: it has shapes but no numbers."""
    recipe = Recipe(**network, validation_images=0)
    with torch.device("meta"):
        model = build(recipe).eval()
    return diagram_layers(without_numbers(model), recipe.code_size)
