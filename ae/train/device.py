"""Device, precision, reproducibility and memory of training."""

import ctypes
import functools
import mmap
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
from torch import nn
from torch.nn.modules.conv import _ConvNd

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_ARENA_MAX = -1, -3, -8
"""Settings of glibc's allocator (malloc.h)."""

SCRATCH = 16 * 2**20
"""In bytes, for each thread. MKL was seen to need about 5 MB, and epoch 0 takes some more."""

PRODUCT, PRODUCTS = 256, 7
"""The side of the matrices that are multiplied to compare precisions, and how often; some 10 ms in all."""

FASTER = 1.2
"""How many times as long as in bf16 a product takes in fp32, at least, for bf16 to count as faster."""


def keep_freed_memory() -> None:
    """Have the C library keep up to 1 GB of freed memory for the next batch, in this process.

    By default glibc returns large blocks to the system, which clears them again for every batch: that takes a seventh
    of an epoch of the preset lab. All threads share one heap, since the peak of several is up to 70 MB higher. Other C
    libraries are not changed.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt:
        mallopt(M_MMAP_THRESHOLD, 32 * 2**20)
        mallopt(M_TRIM_THRESHOLD, 2**30)
        mallopt(M_ARENA_MAX, 1)


def check_scratch_memory() -> None:
    """Check that there is memory for what matrices are multiplied in: MKL rounds otherwise, silently, without it.

    Raises:
        OSError: there is not.
    """
    mmap.mmap(-1, SCRATCH * torch.get_num_threads()).close()


def return_freed_memory() -> None:
    """Return the memory that ``keep_freed_memory`` kept to the system, before other work needs it."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    if trim:
        trim(0)


def pick_device(name: str) -> torch.device:
    """Return the device of that name; "auto" is a GPU if there is one.

    Raises:
        RuntimeError: this machine has no such device.
    """
    here = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if name == "auto":
        name = next(kind for kind in ("cuda", "mps", "cpu") if here[kind])
    if not here[name]:
        raise RuntimeError(f"this machine has no device {name!r}: choose auto or cpu")
    return torch.device(name)


@functools.cache
def has_bf16(device: torch.device) -> bool:
    """Whether the device multiplies bf16 matrices faster than fp32 ones, measured on a CPU, once in each process.

    With native bf16 that takes a quarter of the time, without it six times as long, so that other work beside it does
    not change the answer, nor the bits of a run that is resumed.
    """
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    return device.type == "cpu" and _seconds(torch.float32) > FASTER * _seconds(torch.bfloat16)


def _seconds(kind: torch.dtype) -> float:
    """Return the least of the times that a small matrix product takes."""
    matrix, times = torch.ones(PRODUCT, PRODUCT, dtype=kind), []
    with torch.autocast("cpu", enabled=False):
        for _ in range(PRODUCTS):
            started = time.perf_counter()
            matrix @ matrix
            times.append(time.perf_counter() - started)
    return min(times)


def autocast_for(precision: str, device: torch.device, model: nn.Module) -> Callable[[], torch.autocast]:
    """Return a function that creates an autocast context: in bf16 on request, and on "auto" where it is faster.

    That is where products are faster in it, except for convolutions on a CPU: an epoch of theirs takes longer in bf16,
    that of a fully connected network half as long or less (``docs/BENCHMARKS.md``).
    """
    convolves = any(isinstance(module, _ConvNd) for module in model.modules())
    faster = has_bf16(device) and not (device.type == "cpu" and convolves)
    wanted = precision == "bf16" or (precision == "auto" and faster)
    return lambda: torch.autocast(device.type, torch.bfloat16, enabled=wanted)


@contextmanager
def reproducible(seed: int, epoch: int, device: torch.device) -> Iterator[None]:
    """Seed torch's random numbers from the seed and the epoch, and use deterministic algorithms where there are any.

    torch's random states and settings are restored afterwards. A CPU gives the same bits each time. On a CUDA GPU torch
    chooses deterministic algorithms, and warns of an operation that has none; on mps it offers no such choice.
    """
    gpu = torch.get_device_module(device) if device.type != "cpu" else None
    states = torch.get_rng_state(), gpu.get_rng_state() if gpu else None
    start = seed * 1_000_003 + epoch
    torch.default_generator.manual_seed(start)
    if gpu:
        gpu.manual_seed(start)
    try:
        with _deterministic(device):
            yield
    finally:
        torch.set_rng_state(states[0])
        if gpu:
            gpu.set_rng_state(states[1])


@contextmanager
def _deterministic(device: torch.device) -> Iterator[None]:
    if device.type != "cuda":
        yield
        return
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # without it cuBLAS does not promise the same bits
    enabled = torch.are_deterministic_algorithms_enabled()
    warning = torch.is_deterministic_algorithms_warn_only_enabled()
    benchmark = torch.backends.cudnn.benchmark
    torch.use_deterministic_algorithms(True, warn_only=True)
    torch.backends.cudnn.benchmark = False
    try:
        yield
    finally:
        torch.use_deterministic_algorithms(enabled, warn_only=warning)
        torch.backends.cudnn.benchmark = benchmark
