"""Device, precision, random state and memory."""

import ctypes
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3
"""What glibc calls two settings of its allocator (malloc.h)."""


def keep_freed_memory() -> None:
    """Have the C library keep what is freed for the next batch, up to 1 GB, in this process.

    glibc gives large blocks back to the system, which empties them anew for every batch: a seventh of an epoch of the
    lab's recipe. Elsewhere nothing is changed.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt:
        mallopt(M_MMAP_THRESHOLD, 32 * 2**20)
        mallopt(M_TRIM_THRESHOLD, 2**30)


def return_freed_memory() -> None:
    """Have the C library give back what ``keep_freed_memory`` kept, before other work needs memory."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    if trim:
        trim(0)


def pick_device(name: str) -> torch.device:
    """Give the device of that name; "auto" is a GPU where there is one.

    Raises:
        RuntimeError: this machine has no such device.
    """
    here = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if name == "auto":
        name = next(kind for kind in ("cuda", "mps", "cpu") if here[kind])
    if not here[name]:
        raise RuntimeError(f"device {name!r} is not on this machine: choose auto or cpu")
    return torch.device(name)


def has_bf16(device: torch.device) -> bool:
    """Tell whether the device multiplies bf16 numbers natively, which is then several times faster."""
    if device.type == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    able = torch.cpu.get_capabilities()
    return device.type == "cpu" and any(able.get(kind, False) for kind in ("avx512_bf16", "amx_bf16", "arm_bf16"))


def autocast_for(precision: str, device: torch.device) -> Callable[[], torch.autocast]:
    """Return what makes an autocast context: bf16 if the precision asks for it, or is "auto" and the device has it."""
    wanted = precision == "bf16" or (precision == "auto" and has_bf16(device))
    return lambda: torch.autocast(device.type, torch.bfloat16, enabled=wanted)


@contextmanager
def seeded(seed: int, epoch: int, device: torch.device) -> Iterator[None]:
    """Draw everything random inside from the seed and the epoch, and leave torch's random state as it was."""
    with torch.random.fork_rng([device] if device.type == "cuda" else [], device_type="cuda"):
        torch.default_generator.manual_seed(seed * 1_000_003 + epoch)
        if device.type != "cpu":
            torch.get_device_module(device).manual_seed(seed * 1_000_003 + epoch)
        yield
