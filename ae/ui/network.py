"""Networks that run in the page: it fetches their layers and weights once, and ``frontend/network.js`` computes them.

A network that the page can't compute is computed by the server, which answers the same calls more slowly.
"""

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st
import torch

from ae.analysis import digit_classifier, reconstruct
from ae.data import sources
from ae.models import graph
from ae.models.base import Autoencoder
from ae.models.graph import Graph, UnsupportedLayerError
from ae.runs.folders import Run
from ae.ui import cached, fetched

Reference = dict[str, Any]
"""What a component's data says about a network: its id and its address, or why the page can't compute it."""

MOST = 64
"""The most images or codes in one request to the server."""


@dataclass(frozen=True)
class _Packed:
    reference: Reference
    content: bytes
    """The packed graphs; nothing if the page can't compute the network."""


def page_network(run: Run) -> Reference:
    """Return the reference to a run's network that a component's data passes to ``openNetwork``."""
    return _offered(_network(run, cached.state(run)))


def classifier_network() -> Reference:
    """Return the reference to the digit classifier: its function "classify" returns 10 logits for an image."""
    return _offered(_classifier())


def projection_network(dataset: str, size: int) -> Reference:
    """Return the reference to the projection onto a dataset's first principal components: "project", of images.

    Raises:
        ValueError: the dataset's images are not on this machine.
    """
    return _offered(_projection(dataset, size))


def answer(key: str, runs: Mapping[str, Run]) -> dict[str, Any] | None:
    """Answer the page's request to compute a network that it can't compute itself, if it has made one.

    The component passes the result on as ``data.answer``, and has a callback for its trigger "ask".

    Args:
        key: of the component.
        runs: the runs whose networks it uses, by the ids of their references.
    """
    request = st.session_state.get(key, {}).get("ask")
    if not isinstance(request, dict):
        return None
    number, name, network, inputs = (request.get(each) for each in ("number", "name", "network", "inputs"))
    if not (isinstance(number, int) and isinstance(name, str) and isinstance(network, str) and network in runs):
        return None
    run = runs[network]
    shape = run.recipe.image_shape
    size = {"encode": math.prod(shape), "decode": run.recipe.code_size}.get(name)
    if size is None or not isinstance(inputs, list) or not 0 < len(inputs) <= MOST * size or len(inputs) % size:
        return None
    if not all(isinstance(value, int | float) and math.isfinite(value) for value in inputs):
        return None
    model, rows = cached.model(run), torch.tensor(inputs, dtype=torch.float32).reshape(-1, size)
    found = reconstruct.encode(model, rows.reshape(-1, *shape)) if name == "encode" else reconstruct.decode(model, rows)
    return {"number": number, "network": network, "outputs": torch.nan_to_num(found).flatten().tolist()}


def model_graphs(model: Autoencoder, code_size: int) -> dict[str, Graph]:
    """Trace a model's ``encode`` and ``decode``.

    Raises:
        UnsupportedLayerError: as ``ae.models.graph.trace``.
    """
    return {
        "encode": graph.trace(model, "encode", model.image_shape),
        "decode": graph.trace(model, "decode", (code_size,)),
    }


@st.cache_resource(show_spinner=False, max_entries=16)
def _network(_run: Run, weights: cached.State) -> _Packed:
    model, size = cached.model(_run), _run.recipe.code_size
    try:
        return _packed(model_graphs(model, size))
    except UnsupportedLayerError as error:
        reason = f"The server computes this network, which is slower, because {error}."
        digest = hashlib.sha256(repr(weights).encode()).hexdigest()[:16]
        values = math.prod(_run.recipe.image_shape)
        sizes = {"encode": (values, size), "decode": (size, values)}
        return _Packed({"id": digest, "reason": reason, "sizes": sizes, "layers": {}}, b"")


@st.cache_resource(show_spinner=False)
def _classifier() -> _Packed:
    return _packed({"classify": graph.trace(digit_classifier.load(), "forward", sources.DIGIT)})


@st.cache_resource(show_spinner=False, max_entries=16)
def _projection(dataset: str, size: int) -> _Packed:
    principal = cached.principal(dataset)
    if principal is None:
        raise ValueError(f"the images of {dataset} are not on this machine")
    values = math.prod(sources.find(dataset).shape)
    return _packed({"project": graph.trace(principal.projection(size), "forward", (values,))})


def _packed(graphs: Mapping[str, Graph]) -> _Packed:
    content = graph.pack(graphs)
    name = fetched.digest(content)
    return _Packed({"id": name, "reason": "", "address": fetched.offer(content, name)}, content)


def _offered(packed: _Packed) -> Reference:
    """Keep a network at its address for pages to fetch; return the reference to it."""
    if packed.content:
        fetched.offer(packed.content, packed.reference["id"])
    return packed.reference
