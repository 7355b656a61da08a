"""Networks are recognised by the names and shapes of their tensors, and nothing else is."""

import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lab_autoencoder import LabAutoencoder
from torch import nn

from ae.models.recognise import NotRecognisedError, recognise
from ae.models.registry import MODELS

PREFIXES = ("", "module.", "model.", "_orig_mod.module.")
WIDTHS = st.integers(1, 600).filter(lambda width: width != 784)
OTHER_SIZES = {
    "vq": {"codebook_size": st.integers(2, 600)},
    "vae": {"h_dim1": WIDTHS, "h_dim2": WIDTHS},
    "residual": {"width": WIDTHS, "encoder_blocks": st.integers(0, 2), "decoder_blocks": st.integers(0, 3)},
}


@st.composite
def built(draw):
    """Draw a network of the registry, with its sizes and its tensors' shapes."""
    model = draw(st.sampled_from(list(MODELS)))
    size = draw(st.integers(1, 784))
    sizes = {name: draw(values) for name, values in OTHER_SIZES.get(model, {}).items()}
    with torch.device("meta"):
        network = MODELS[model].load().with_code_size(size, activation="relu", code_activation="none", **sizes)
    return model, size, sizes, {name: tuple(value.shape) for name, value in network.state_dict().items()}


@settings(max_examples=20)
@given(built(), st.sampled_from(PREFIXES))
def test_every_network_of_every_size_is_recognised_by_its_names(network, prefix):
    model, size, sizes, shapes = network
    found = recognise({prefix + name: shape for name, shape in shapes.items()})
    kind = MODELS[model].load()
    assert {match.model for match in found} == {model}
    assert {match.code_size for match in found} == {size}
    assert all(match.by_name for match in found)
    assert all({name: prefix + name for name in shapes} == match.names for match in found)
    for match in found:
        with torch.device("meta"):
            again = kind.with_code_size(size, activation="relu", code_activation="none", **dict(match.sizes))
        assert {name: tuple(value.shape) for name, value in again.state_dict().items()} == shapes
        assert all(sizes[name] == value for name, value in match.sizes)


@settings(max_examples=10)
@given(built(), st.randoms(use_true_random=False))
def test_under_other_names_layers_are_matched_by_shape_whatever_their_order(network, random):
    model, size, sizes, shapes = network
    layers = list(dict.fromkeys(name.rpartition(".")[0] for name in shapes))
    random.shuffle(layers)
    foreign = {f"part.{i}": own for i, own in enumerate(layers)}
    mixed = {
        f"{new}.{name.rpartition('.')[2]}": shape
        for new, own in foreign.items()
        for name, shape in shapes.items()
        if name.rpartition(".")[0] == own
    }
    found = recognise(mixed)
    assert all(sorted(match.names.values()) == sorted(mixed) for match in found)
    right = [match for match in found if match.names.keys() == shapes.keys() and match.code_size == size]
    assert any(
        match.model == model
        and dict(match.sizes).items() <= sizes.items()
        and all(mixed[theirs] == shapes[own] for own, theirs in match.names.items())
        for match in right
    )


def test_the_two_heads_of_a_vae_under_other_names_are_tried_both_ways():
    with torch.device("meta"):
        network = MODELS["vae"].load().with_code_size(3, activation="relu", code_activation="none")
    shapes = {f"x{name.replace('fc', '')}": tuple(value.shape) for name, value in network.state_dict().items()}
    heads = [match.names["fc31.weight"] for match in recognise(shapes)]
    assert heads == ["x31.weight", "x32.weight"]


def test_the_lab_s_own_network_and_a_sequential_one_are_recognised():
    plain = nn.Sequential(nn.Linear(784, 392), nn.ReLU(), nn.Linear(392, 8), nn.Linear(8, 392), nn.Linear(392, 784))
    for network, by_name in ((LabAutoencoder(), True), (plain, False)):
        (match,) = recognise({name: tuple(value.shape) for name, value in network.state_dict().items()})
        assert (match.model, match.code_size, match.sizes, match.by_name) == ("mlp4", 8, (), by_name)


@settings(max_examples=25)
@given(
    st.dictionaries(
        st.text("abcfw.123", min_size=1, max_size=12),
        st.lists(st.sampled_from([1, 2, 8, 392, 784, 10**12]), max_size=4).map(tuple),
        max_size=14,
    )
)
@example({})
@example({f"layer{i}.weight": (320, 320) for i in range(1000)})
@example({f"layer{i}.weight": (1, i + 1) for i in range(14)})
def test_anything_else_is_refused_in_a_sentence(shapes):
    with pytest.raises(NotRecognisedError, match=r"^has \d+ tensors.* fits none of the networks here: Fully connected"):
        recognise(shapes)


def test_a_network_with_the_right_names_and_another_width_is_told_what_differs():
    shapes = {
        "fc1.weight": (512, 784), "fc1.bias": (512,), "fc2.weight": (8, 512), "fc2.bias": (8,),
        "fc3.weight": (512, 8), "fc3.bias": (512,), "fc4.weight": (784, 512), "fc4.bias": (784,),
    }  # fmt: skip
    sentence = "has the layers of the network Fully connected, but fc1.weight is 512 x 784, not 392 x 784"
    with pytest.raises(NotRecognisedError, match=sentence):
        recognise(shapes)
