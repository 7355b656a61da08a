"""The penalties on a latent code that a recipe can add to the loss. Importing this does not import torch."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from torch import Tensor

    from ae.models.base import Term
    from ae.models.penalty_terms import Batch

NONE = "none"


@dataclass(frozen=True)
class Penalty:
    """A penalty's description; its function is imported when a loss is computed."""

    path: str
    """Its function, as "module:function": from a ``Batch`` to a scalar, per image and summed over units."""
    title: str
    """Its name on the screens, in a figure's legend and on its axis."""
    sentence: str
    """One sentence on what it does."""
    source: str
    """Where it comes from."""
    usual: float
    """A weight to begin with."""
    code_activations: tuple[str, ...] = ()
    """The activations of the code that it works with; empty if it works with all."""
    because: str = ""
    """Why it needs one of those."""
    prior: bool = False
    """Whether it pulls the codes towards the standard normal distribution."""
    target: bool = False
    """Whether it uses ``target_activity``."""

    def load(self) -> "Callable[[Batch], Tensor]":
        """Import its function."""
        module, _, name = self.path.partition(":")
        function: Callable[[Batch], Tensor] = getattr(import_module(module), name)
        return function


PENALTIES = {
    "l1": Penalty(
        "ae.models.penalty_terms:l1",
        "L1",
        "The sum of the absolute values of a code: most of its units stay near 0.",
        "sparse coding with this penalty: Lee, Battle, Raina & Ng 2007",
        usual=0.1,
    ),
    "kl-sparse": Penalty(
        "ae.models.penalty_terms:kl_sparse",
        "sparsity (KL)",
        "How far the mean activity of each unit is from the target activity, so that each responds to few images.",
        "Lee, Ekanadham & Ng 2008; Ng, Sparse autoencoder, 2011",
        usual=1.0,
        code_activations=("sigmoid",),
        because="it compares the mean activity of a unit with a probability",
        target=True,
    ),
    "contractive": Penalty(
        "ae.models.penalty_terms:contractive",
        "contraction",
        "How much a code changes with the image: the squared norm of the encoder's Jacobian, so that small changes of "
        "an image move its code little.",
        "Rifai et al. 2011; estimated with random vectors: Hutchinson 1990",
        usual=0.1,
    ),
    "mmd": Penalty(
        "ae.models.penalty_terms:mmd",
        "MMD",
        "How far the codes of a batch, together, are from the standard normal distribution, so that codes drawn from "
        "it can be decoded.",
        "WAE-MMD: Tolstikhin et al. 2018",
        usual=100.0,
        code_activations=("none",),
        because="a normal distribution has no bounds",
        prior=True,
    ),
}


class Penalised(Protocol):
    """The settings of a recipe that ``weighted`` needs."""

    @property
    def penalty(self) -> str:
        """A key of ``PENALTIES``, or ``NONE``."""

    @property
    def penalty_weight(self) -> float:
        """Relative to the error summed over pixels."""

    @property
    def target_activity(self) -> float:
        """Of a unit, as a share of its range."""


def weighted(recipe: Penalised) -> "Term | None":
    """Return the function that computes a recipe's penalty times its weight; None if it has none."""
    if recipe.penalty == NONE:
        return None
    from ae.models.penalty_terms import Batch

    function = PENALTIES[recipe.penalty].load()
    weight, target = recipe.penalty_weight, recipe.target_activity
    return lambda images, codes, encode: weight * function(Batch(images, codes, encode, target))
