"""Precision "auto" is bf16 where that is faster, and fp32 elsewhere."""

import pytest
import torch

from ae.models.registry import MODELS
from ae.train import device

CPU = torch.device("cpu")


def in_bf16(precision: str, name: str) -> bool:
    with device.autocast_for(precision, CPU, MODELS[name].load().with_code_size(2))():
        return torch.is_autocast_enabled("cpu")


@pytest.mark.parametrize("native", [True, False])
def test_auto_is_bf16_where_it_is_native_but_not_for_convolutions_on_a_cpu(native, monkeypatch):
    monkeypatch.setattr(device, "has_bf16", lambda _: native)
    assert in_bf16("auto", "mlp4") == in_bf16("auto", "residual") == native
    assert not in_bf16("auto", "conv")
    assert in_bf16("bf16", "conv") and not in_bf16("fp32", "mlp4")
