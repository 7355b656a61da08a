"""On a GPU, simulated here, random numbers depend on the seed, and torch is set to deterministic algorithms."""

import os

import pytest
import torch

from ae.train.device import reproducible


class FakeGPU:
    """The random-number functions of ``torch.cuda`` and ``torch.mps``, with a generator of its own."""

    def __init__(self):
        self.generator = torch.Generator().manual_seed(7)
        self.manual_seed = self.generator.manual_seed
        self.get_rng_state = self.generator.get_state
        self.set_rng_state = self.generator.set_state

    def draw(self):
        return torch.rand(3, generator=self.generator).tolist()


@pytest.fixture
def gpu(monkeypatch):
    fake = FakeGPU()
    monkeypatch.setattr(torch, "get_device_module", lambda device: fake)
    monkeypatch.setenv("CUBLAS_WORKSPACE_CONFIG", ":16:8")
    return fake


@pytest.mark.parametrize("kind", ["cuda", "mps"])
def test_a_gpu_draws_by_seed_and_epoch_and_its_random_state_is_restored(gpu, kind):
    before, cpu_before, drawn, drawn_by_cpu = gpu.get_rng_state(), torch.get_rng_state(), [], []
    for seed, epoch in ((0, 1), (0, 1), (0, 2), (1, 1)):
        with reproducible(seed, epoch, torch.device(kind)):
            drawn.append(gpu.draw())
            drawn_by_cpu.append(torch.rand(3).tolist())
        assert torch.equal(gpu.get_rng_state(), before)
        assert torch.equal(torch.get_rng_state(), cpu_before)
    for numbers in (drawn, drawn_by_cpu):
        assert numbers[0] == numbers[1]
        assert len({str(each) for each in numbers}) == 3


def test_everything_is_restored_after_an_error_too(gpu):
    before, cpu_before = gpu.get_rng_state(), torch.get_rng_state()
    with pytest.raises(FloatingPointError), reproducible(0, 1, torch.device("cuda")):
        torch.rand(3)
        gpu.draw()
        raise FloatingPointError
    assert torch.equal(gpu.get_rng_state(), before)
    assert torch.equal(torch.get_rng_state(), cpu_before)
    assert not torch.are_deterministic_algorithms_enabled()


def test_a_cuda_gpu_computes_by_deterministic_algorithms_and_only_inside(gpu, monkeypatch):
    monkeypatch.setattr(torch.backends.cudnn, "benchmark", True)
    with reproducible(0, 1, torch.device("cuda")):
        assert torch.are_deterministic_algorithms_enabled()
        assert torch.is_deterministic_algorithms_warn_only_enabled()  # a run does not fail if there is none
        assert not torch.backends.cudnn.benchmark
    assert not torch.are_deterministic_algorithms_enabled()
    assert torch.backends.cudnn.benchmark


def test_cublas_is_configured_unless_it_is_already(gpu, monkeypatch):
    with reproducible(0, 1, torch.device("cuda")):
        assert os.environ["CUBLAS_WORKSPACE_CONFIG"] == ":16:8"
    monkeypatch.delenv("CUBLAS_WORKSPACE_CONFIG")
    with reproducible(0, 1, torch.device("cuda")):
        assert os.environ["CUBLAS_WORKSPACE_CONFIG"] == ":4096:8"


def test_torch_s_settings_are_left_alone_on_a_cpu():
    with reproducible(0, 1, torch.device("cpu")):
        assert not torch.are_deterministic_algorithms_enabled()
