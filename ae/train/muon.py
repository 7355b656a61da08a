"""Muon for the large matrices of a network and AdamW for everything else, as one optimiser."""

from typing import Any

import torch
from torch import nn
from torch.optim import Optimizer

from ae.train.uncompiled import uncompiled

SMALLEST = 100
"""AdamW updates matrices with a shorter side than this, such as those next to a small bottleneck."""

STEPS = 3
"""Newton-Schulz iterations of the orthogonalisation."""


@uncompiled
class MuonAndAdamW(Optimizer):
    """Muon (Jordan et al. 2024) orthogonalises the update of a matrix, so that it is as large in every direction.

    The update is scaled to AdamW's (Liu et al. 2025), so one learning rate serves both. Weight decay is decoupled and
    does not apply to biases and norms. The orthogonalisation runs in bf16, which is slow on hardware without it.
    """

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
            muon = uncompiled(torch.optim.Muon)(
                large, lr=lr, weight_decay=weight_decay, ns_steps=STEPS, adjust_lr_fn="match_rms_adamw"
            )
            self.parts["muon"] = muon
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
