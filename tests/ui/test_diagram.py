"""The layers that a diagram of a network shows."""

import pytest
from tiny import LOG_VARIANCE
from torch import nn

from ae.models.layers import count_parameters
from ae.models.registry import MODELS, build
from ae.recipe import Recipe
from ae.ui import diagram


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("size", [1, 2, 64])
def test_the_layers_are_those_of_the_network_and_end_in_the_bottleneck_and_the_image(name, size):
    model = build(Recipe(model=name, code_size=size))
    layers = diagram.diagram_layers(model.eval(), size)
    assert layers["encode"][-1]["shape"] == [size]
    assert layers["decode"][-1]["shape"] in ([784], [1, 28, 28])
    drawn = sum(layer["parameters"] for part in layers.values() for layer in part)
    unused = count_parameters(getattr(model, LOG_VARIANCE[name])) if name in LOG_VARIANCE else 0
    assert drawn == count_parameters(model) - unused


def test_without_weights_the_layers_are_the_same():
    recipe = Recipe(model="conv", code_size=3, code_activation="relu")
    with_weights = diagram.diagram_layers(build(recipe).eval(), 3)
    shaping = {name: getattr(recipe, name) for name in diagram._SHAPING}
    assert diagram._layers(**shaping) == with_weights


def test_a_network_that_can_not_be_traced_is_one_layer_on_each_side_of_its_bottleneck():
    class Odd(nn.Module):
        image_shape = (1, 28, 28)

        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(4, 4)

        def encode(self, X):
            return X if X.sum() > 0 else -X

    layers = diagram.diagram_layers(Odd(), 5)
    assert [layer["shape"] for layer in layers["encode"]] == [[5]]
    assert [layer["shape"] for layer in layers["decode"]] == [[1, 28, 28]]
