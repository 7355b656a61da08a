"""Follow a function of a model with torch.fx, while other threads, such as those of other sessions, run models."""

import threading
from collections.abc import Callable, Collection
from typing import Any

from torch import Tensor, fx, nn

_one_at_a_time = threading.Lock()


class _Function(nn.Module):
    """A function of a model as a module of its own, as ``torch.fx`` wants it."""

    def __init__(self, model: nn.Module, function: str) -> None:
        super().__init__()
        self.model = model
        self.function = function

    def forward(self, X: Tensor) -> Tensor:
        result: Tensor = getattr(self.model, self.function)(X)
        return result


class _Tracer(fx.Tracer):
    """Stops at some kinds of layers, and goes into everything else, in the thread that has made it.

    While torch.fx traces, it replaces how modules are called in all threads.
    """

    def __init__(self, stop_at: Collection[type]) -> None:
        super().__init__()
        self._stop_at, self._thread = stop_at, threading.get_ident()

    def is_leaf_module(self, m: nn.Module, module_qualified_name: str) -> bool:
        return type(m) in self._stop_at or super().is_leaf_module(m, module_qualified_name)

    def call_module(self, m: nn.Module, forward: Callable[..., Any], args: Any, kwargs: Any) -> Any:  # noqa: ANN401
        if threading.get_ident() != self._thread:
            return forward(*args, **kwargs)
        return super().call_module(m, forward, args, kwargs)

    def getattr(self, attr: str, attr_val: Any, parameter_proxy_cache: dict[str, Any]) -> Any:  # noqa: ANN401
        if threading.get_ident() != self._thread:
            return attr_val
        return super().getattr(attr, attr_val, parameter_proxy_cache)


def follow(model: nn.Module, function: str, *, stop_at: Collection[type]) -> fx.GraphModule:
    """Return what a function of a model computes, as a graph of layers and operations.

    Args:
        model: in eval mode.
        function: the name of a method that takes and returns a tensor.
        stop_at: kinds of layers that are not gone into.

    Raises:
        Exception: torch.fx can't follow it.
    """
    module = _Function(model, function)
    with _one_at_a_time:  # two at once would not restore what they replace
        return fx.GraphModule(module, _Tracer(stop_at).trace(module))
