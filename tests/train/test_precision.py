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


@pytest.mark.parametrize(("fp32", "bf16", "faster"), [(4.0, 1.0, True), (1.1, 1.0, False), (1.0, 6.0, False)])
def test_a_cpu_is_asked_by_measuring_which_precision_is_faster(fp32, bf16, faster, monkeypatch):
    monkeypatch.setattr(device, "_seconds", {torch.float32: fp32, torch.bfloat16: bf16}.get)
    assert device.has_bf16.__wrapped__(CPU) == faster
    assert not device.has_bf16.__wrapped__(torch.device("mps"))


def test_what_is_measured_agrees_with_the_processor_s_flags():
    able = torch.cpu.get_capabilities()
    if able.get("architecture") != "x86_64":
        pytest.skip("known for x86 only")
    with torch.autocast("cpu", torch.bfloat16):  # which would make both products bf16
        measured = device.has_bf16.__wrapped__(CPU)
    assert measured == any(able.get(flag, False) for flag in ("avx512_bf16", "amx_bf16"))
