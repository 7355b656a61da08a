"""Recognise a network of the registry in a ``state_dict``, by the names and shapes of its tensors."""

import inspect
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, permutations, product
from math import factorial, prod

import torch

from ae.models.base import Autoencoder
from ae.models.options import MOST_WIDE, PIXELS
from ae.models.registry import MODELS

Shapes = Mapping[str, tuple[int, ...]]
Image = tuple[int, int, int]

MOST_TENSORS = 200
"""The most tensors of a network that can be recognised."""

MOST_TRIED = 2000
"""The most sets of sizes that are tried for each network."""

MOST_ORDERS = 24
"""The most ways to match layers of equal shapes: if there are more, only the order of the file is returned."""

_PLAIN = {"activation": "relu", "code_activation": "none"}


class NotRecognisedError(ValueError):
    """No network of the registry has these tensors; the message says which comes closest, without a subject."""


@dataclass(frozen=True)
class Match:
    """A network that has the tensors of a ``state_dict``."""

    model: str
    """A key of ``MODELS``."""
    code_size: int
    """The bottleneck size."""
    sizes: tuple[tuple[str, int], ...]
    """Sizes that differ from the class's defaults, by constructor argument."""
    names: Mapping[str, str]
    """The names in the ``state_dict``, by those of the network's own parameters."""
    by_name: bool
    """Whether both have the same names, apart from a prefix."""


def recognise(shapes: Shapes, image: Image = (1, 28, 28)) -> list[Match]:
    """Find the networks whose tensors have these names and shapes.

    The names may all have a prefix, as in ``module.fc1.weight``. If no network has the names, layers are matched by
    their shapes and, where several have the same shapes, by their order; then there may be several matches.

    Args:
        shapes: of all tensors, by name, in the order of the ``state_dict``.
        image: the shape of the images that the network was trained on: channels, height and width.

    Returns:
        at least one match, the likeliest first; if one of them is by name, all are.

    Raises:
        NotRecognisedError: no network fits.
    """
    found = (
        [match for model in MODELS for match in _matches(model, shapes, image)] if len(shapes) <= MOST_TENSORS else []
    )
    by_name = [match for match in found if match.by_name]
    if not found:
        raise NotRecognisedError(_why_not(shapes, image))
    return by_name or found


def _matches(model: str, shapes: Shapes, image: Image) -> Iterator[Match]:
    """Find the ways in which a network can have these tensors."""
    kind = MODELS[model].load()
    arguments = _sizes(kind)
    default = _shapes(kind, image, 2)
    depths = {name: len(_shapes(kind, image, 2, (name, value + 1))) - len(default) for name, value in arguments.items()}
    widths = [name for name, added in depths.items() if not added]
    lengths = _lengths(shapes)
    asked = sorted(shapes.values())
    for deep in _depths({k: (arguments[k], n) for k, n in depths.items() if n}, len(shapes) - len(default)):
        for code_size, *wide in islice(product(lengths, repeat=1 + len(widths)), MOST_TRIED):
            sizes = {**deep, **dict(zip(widths, wide, strict=True))}
            if (
                code_size > prod(image)
                or sorted((expected := _shapes(kind, image, code_size, *sizes.items())).values()) != asked
            ):
                continue
            own = tuple((name, sizes[name]) for name, usual in arguments.items() if sizes[name] != usual)
            same = _same_names(expected, shapes)
            if same:
                yield Match(model, code_size, own, same, by_name=True)
            else:
                for names in _same_layers(expected, shapes):
                    yield Match(model, code_size, own, names, by_name=False)


def _lengths(shapes: Shapes) -> list[int]:
    """Return the lengths of sides that layers may have: one layer's output is the next one's input.

    Those of an array of three dimensions, such as a codebook, count even if no other has them.
    """
    often = Counter(length for shape in shapes.values() for length in set(shape))
    alone = {length for shape in shapes.values() if len(shape) == 3 for length in shape}
    return sorted(n for n, count in often.items() if (count > 1 or n in alone) and 0 < n <= MOST_WIDE)


@lru_cache
def _sizes(kind: type[Autoencoder]) -> Mapping[str, int]:
    """Return the arguments of a class that are sizes, with their defaults: all numbers but those set already."""
    found = {}
    for name, argument in inspect.signature(kind).parameters.items():
        if type(argument.default) is not int or argument.default == PIXELS:
            continue
        try:
            _shapes(kind, (1, 28, 28), 2, (name, argument.default))
        except TypeError:  # it is the bottleneck size by another name
            continue
        found[name] = argument.default
    return found


@lru_cache(maxsize=256)
def _shapes(kind: type[Autoencoder], image: Image, code_size: int, *sizes: tuple[str, int]) -> Shapes:
    """Return the shapes of a network's tensors, by name, in order; no memory is taken for them."""
    with torch.device("meta"):
        model = kind.with_code_size(code_size, image, **_PLAIN, **dict(sizes))
    return {name: tuple(value.shape) for name, value in model.state_dict().items()}


def _depths(arguments: Mapping[str, tuple[int, int]], more: int) -> Iterator[dict[str, int]]:
    """Return the depths with which a network has ``more`` tensors than by default.

    Args:
        arguments: the default of each depth, and the number of tensors that one more adds.
        more: may be negative.
    """
    all_of_them = more + sum(usual * added for usual, added in arguments.values())
    ranges = [range(max(all_of_them, 0) // added + 1) for _, added in arguments.values()]
    for values in product(*ranges):
        pairs = list(zip(values, arguments.values(), strict=True))
        if sum((value - usual) * added for value, (usual, added) in pairs) == more:
            yield dict(zip(arguments, values, strict=True))


def _same_names(expected: Shapes, shapes: Shapes) -> dict[str, str]:
    """Return the names in ``shapes`` by those in ``expected``, if they are the same apart from a prefix; else {}."""
    ours, theirs = _without_prefix(expected), _without_prefix(shapes)
    if ours.keys() != theirs.keys() or any(expected[ours[name]] != shapes[theirs[name]] for name in ours):
        return {}
    return {ours[name]: theirs[name] for name in ours}


def _without_prefix(shapes: Shapes) -> dict[str, str]:
    """Return all names by their part after the prefix that they share."""
    parts = [name.split(".") for name in shapes]
    shared = 0
    while len({tuple(part[: shared + 1]) for part in parts}) == 1 and all(len(part) > shared + 1 for part in parts):
        shared += 1
    return {".".join(part[shared:]): name for part, name in zip(parts, shapes, strict=True)}


def _same_layers(expected: Shapes, shapes: Shapes) -> Iterator[dict[str, str]]:
    """Return the ways to match layers by the shapes of their tensors, in the order of both first."""
    ours, theirs = _layers(expected), _layers(shapes)
    if {kind: len(layers) for kind, layers in ours.items()} != {kind: len(layers) for kind, layers in theirs.items()}:
        return
    count = prod(factorial(len(layers)) for layers in ours.values())
    orders = product(*(islice(permutations(theirs[kind]), MOST_ORDERS) for kind in ours))
    for order in islice(orders, count if count <= MOST_ORDERS else 1):
        names: dict[str, str] = {}
        for kind, layers in zip(ours, order, strict=True):
            for own, other in zip(ours[kind], layers, strict=True):
                names |= {own + leaf: other + leaf for leaf, _ in kind}
        yield names


def _layers(shapes: Shapes) -> dict[frozenset[tuple[str, tuple[int, ...]]], list[str]]:
    """Return the layers by the names and shapes of their tensors; a layer is what stands before a tensor's own name."""
    layers: dict[str, set[tuple[str, tuple[int, ...]]]] = {}
    for name, shape in shapes.items():
        layer, dot, leaf = name.rpartition(".")
        layers.setdefault(layer + dot, set()).add((leaf, shape))
    found: dict[frozenset[tuple[str, tuple[int, ...]]], list[str]] = {}
    for layer, tensors in layers.items():
        found.setdefault(frozenset(tensors), []).append(layer)
    return found


def _why_not(shapes: Shapes, image: Image) -> str:
    """Explain why no network fits, with the first tensor that differs from those of a network with the same names."""
    titles = ", ".join(network.title for network in MODELS.values())
    for network in MODELS.values():
        kind = network.load()
        ours, theirs = _without_prefix(_shapes(kind, image, 2)), _without_prefix(shapes)
        if ours.keys() != theirs.keys():
            continue
        tried = [_shapes(kind, image, code_size) for code_size in (2, *_lengths(shapes)[:MOST_ORDERS])]
        different = [[name for name in ours if each[ours[name]] != shapes[theirs[name]]] for each in tried]
        closest = min(range(len(tried)), key=lambda i: len(different[i]))
        name = different[closest][0]
        return (
            f"has the layers of the network {network.title}, but {name} is {_times(shapes[theirs[name]])}, not "
            f"{_times(tried[closest][ours[name]])}"
        )
    first = next(iter(shapes.items()), None)
    begins = f", the first {first[0][:60]} ({_times(first[1])})," if first else ""
    return f"has {len(shapes)} tensors{begins} and fits none of the networks here: {titles}"


def _times(shape: Sequence[int]) -> str:
    return " x ".join(map(str, shape)) or "a single number"
