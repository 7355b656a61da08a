"""Muon updates the large matrices, AdamW the rest, and both follow one learning rate."""

import pytest
import torch
from networks import network
from torch import nn

from ae.train import muon
from ae.train.muon import STEPS, Muon, MuonAndAdamW


@pytest.fixture
def model():
    torch.manual_seed(0)
    return network("residual", 3, activation="gelu")


def names(model, parameters):
    known = set(map(id, parameters))
    return {name for name, p in model.named_parameters() if id(p) in known}


def test_every_parameter_belongs_to_exactly_one_part(model):
    optimiser = MuonAndAdamW(model, lr=1e-3, weight_decay=0.1)
    parameters = [p for group in optimiser.param_groups for p in group["params"]]
    assert len(parameters) == len(set(map(id, parameters))) == len(list(model.parameters()))
    large = names(model, [p for group in optimiser.parts["muon"].param_groups for p in group["params"]])
    assert large == {
        name for name, p in model.named_parameters() if p.ndim == 2 and not name.startswith(("encoder.4", "decoder.0"))
    }


def test_biases_and_norms_do_not_decay(model):
    optimiser = MuonAndAdamW(model, lr=0.1, weight_decay=0.5)
    before = {name: p.detach().clone() for name, p in model.named_parameters()}
    for p in model.parameters():
        p.grad = torch.zeros_like(p)
    optimiser.step()
    for name, p in model.named_parameters():
        expected = before[name] * (0.95 if p.ndim > 1 else 1)
        assert torch.allclose(p, expected, atol=1e-6), name


def test_a_step_of_muon_is_about_as_large_in_every_direction():
    layer = nn.Linear(128, 128, bias=False)
    optimiser, before = MuonAndAdamW(layer, lr=1.0, weight_decay=0.0), layer.weight.detach().clone()
    torch.manual_seed(0)
    left, right = (torch.linalg.qr(torch.randn(128, 128))[0] for _ in range(2))
    layer.weight.grad = left @ torch.diag(torch.logspace(0, -1.5, 128)) @ right
    optimiser.step()
    sizes = torch.linalg.svdvals(before - layer.weight.detach())
    assert sizes.max() / sizes.min() < 6  # of the gradient: 32; three iterations do not make it 1
    assert (before - layer.weight).square().mean().sqrt().item() == pytest.approx(0.2, rel=0.2)  # AdamW's size


def stepped(kind, shape, **options):
    """Return a random matrix after three steps of an optimiser with random gradients."""
    torch.manual_seed(0)
    matrix = nn.Parameter(torch.randn(shape))
    optimiser = kind([matrix], lr=1e-2, weight_decay=0.1, **options)
    for _ in range(3):
        matrix.grad = torch.randn(shape)
        optimiser.step()
    return matrix.detach()


@pytest.mark.parametrize("shape", [(100, 130), (130, 100)])
@pytest.mark.parametrize("native", [True, False])
def test_the_steps_are_torch_s_to_the_bit_or_as_good_in_fp32(monkeypatch, shape, native):
    monkeypatch.setattr(muon, "has_bf16", lambda device: native)
    ours = stepped(Muon, shape)
    theirs = stepped(torch.optim.Muon, shape, ns_steps=STEPS, adjust_lr_fn="match_rms_adamw")
    if native:
        assert torch.equal(ours, theirs)
    else:
        torch.manual_seed(0)
        moved = (theirs - torch.randn(shape)).norm()
        assert 0 < (ours - theirs).norm() < 0.02 * moved


def test_a_schedule_reaches_both_parts_also_after_loading(model):
    optimiser = MuonAndAdamW(model, lr=1e-3, weight_decay=0.0)
    other = MuonAndAdamW(model, lr=1e-3, weight_decay=0.0)
    other.load_state_dict(optimiser.state_dict())
    for each in (optimiser, other):
        for group in each.param_groups:
            group["lr"] = 0.0
        before = {name: p.detach().clone() for name, p in model.named_parameters()}
        model.loss(torch.rand(8, 784), torch.rand(8, 784)).backward()
        each.step()
        assert all(torch.equal(before[name], p) for name, p in model.named_parameters())


def test_a_network_without_large_matrices_is_trained_by_adamw_alone():
    model = network("conv", 2)
    optimiser = MuonAndAdamW(model, lr=1e-3, weight_decay=0.0)
    model.loss(torch.rand(8, 784), torch.rand(8, 784)).backward()
    before = [p.detach().clone() for p in model.parameters()]
    optimiser.step()
    assert list(optimiser.parts) == ["adamw"]
    assert all(not torch.equal(a, p) for a, p in zip(before, model.parameters(), strict=True))
