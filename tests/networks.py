"""Networks with fresh weights."""

from ae.models.base import Autoencoder
from ae.models.registry import build
from ae.recipe import Recipe


def network(model: str, code_size: int, **settings: object) -> Autoencoder:
    """Build a network with ReLU in its hidden layers and no activation of the code."""
    plain = {"activation": "relu", "code_activation": "none", "init": "pytorch"}
    return build(Recipe(model=model, code_size=code_size, **{**plain, **settings}))
