"""Muon for the large matrices of a network and AdamW for everything else, as one optimiser."""

import math
from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from ae.train.device import has_bf16
from ae.train.uncompiled import uncompiled

SMALLEST = 100
"""AdamW updates matrices with a shorter side than this, such as those next to a small bottleneck."""

STEPS = 3
"""Newton-Schulz iterations of the orthogonalisation."""

COEFFICIENTS = 3.4445, -4.7750, 2.0315
"""Of the quintic polynomial of an iteration (Jordan et al. 2024)."""


@uncompiled
class Muon(Optimizer):
    """Muon (Jordan et al. 2024) orthogonalises the update of a matrix, so that it is as large in every direction.

    The update is scaled to the size of AdamW's (Liu et al. 2025), so one learning rate serves both.

    The steps are those of ``torch.optim.Muon``, to the bit, where the device multiplies bf16 numbers natively.
    Elsewhere, where bf16 takes six times as long as fp32, the orthogonalisation runs in fp32.
    """

    def __init__(self, params: Iterable[Tensor], *, lr: float, weight_decay: float, momentum: float = 0.95) -> None:
        super().__init__(params, {"lr": lr, "weight_decay": weight_decay, "momentum": momentum})

    def step(self, closure: None = None) -> None:  # type: ignore[override]  # nothing here has a closure
        """Take a step, with Nesterov momentum and decoupled weight decay."""
        for group in self.param_groups:
            lr, momentum = group["lr"], group["momentum"]
            for p in group["params"]:
                if p.grad is None:
                    continue
                state = self.state[p]
                if "momentum_buffer" not in state:
                    state["momentum_buffer"] = torch.zeros_like(p.grad)
                mean = state["momentum_buffer"].lerp_(p.grad, 1 - momentum)
                update = orthogonalised(p.grad.lerp(mean, momentum))
                p.mul_(1 - lr * group["weight_decay"])
                p.add_(update, alpha=-lr * (0.2 * math.sqrt(max(p.shape))))


def orthogonalised(matrix: Tensor) -> Tensor:
    """Return about U V^T of a matrix U S V^T with shape (N, M), in the precision in which the device is fastest."""
    a, b, c = COEFFICIENTS
    found = matrix.to(torch.bfloat16 if has_bf16(matrix.device) else torch.float32, copy=True)
    tall = matrix.shape[0] > matrix.shape[1]
    found = found.T if tall else found
    found.div_(found.norm().clamp(min=1e-7))  # so that no singular value is above 1
    for _ in range(STEPS):
        gram = found @ found.T
        found = torch.addmm(found, torch.addmm(gram, gram, gram, beta=b, alpha=c), found, beta=a)
    return found.T if tall else found


@uncompiled
class MuonAndAdamW(Optimizer):
    """Muon updates the large matrices, AdamW everything else; weight decay does not apply to biases and norms."""

    def __init__(self, model: nn.Module, *, lr: float, weight_decay: float) -> None:
        large = [p for p in model.parameters() if p.ndim == 2 and min(p.shape) >= SMALLEST]
        known = set(map(id, large))
        rest = [p for p in model.parameters() if id(p) not in known]
        groups = [
            {"params": [p for p in rest if p.ndim > 1], "weight_decay": weight_decay},
            {"params": [p for p in rest if p.ndim < 2], "weight_decay": 0.0},
        ]
        self.adamw = uncompiled(torch.optim.AdamW)(groups, lr=lr, betas=(0.9, 0.99), fused=True)
        self.parts: dict[str, Optimizer] = {"adamw": self.adamw}
        if large:
            self.parts["muon"] = Muon(large, lr=lr, weight_decay=weight_decay)
        super().__init__(self._groups(), {"lr": lr})
        self.param_groups = self._groups()  # the parts' own groups, so that a schedule reaches them

    def _groups(self) -> list[dict[str, Any]]:
        return [group for part in self.parts.values() for group in part.param_groups]

    def step(self, closure: None = None) -> None:  # type: ignore[override]  # nothing here has a closure
        """Take a step with both."""
        for part in self.parts.values():
            part.step(closure)

    def state_dict(self) -> dict[str, Any]:
        """Return the state of each part."""
        return {name: part.state_dict() for name, part in self.parts.items()}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Restore the state of each part."""
        for name, part in self.parts.items():
            part.load_state_dict(state_dict[name])
        self.param_groups = self._groups()
