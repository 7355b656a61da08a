"""The machine and the versions that something is measured with."""

import os
import platform
from datetime import UTC, datetime
from pathlib import Path
from typing import Any


def warning(precision: str, device: str) -> str:
    """Return a sentence if training in that precision is slow here: in bf16 on hardware that has none; else ""."""
    if precision != "bf16":
        return ""
    from ae.train.device import has_bf16, pick_device

    try:
        native = has_bf16(pick_device(device))
    except RuntimeError:  # there is no such device, which training itself reports
        return ""
    return "" if native else "This hardware has no native bf16: training in it takes many times as long. Choose auto."


def about() -> dict[str, Any]:
    """Return ``date``, ``machine`` (its cores and processor), ``threads`` (that torch uses) and ``versions``."""
    import torch

    from ae.train.device import has_bf16

    cpu = "unknown processor"
    if Path("/proc/cpuinfo").exists():
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        cpu = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), cpu)
    return {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "machine": f"{os.cpu_count()} cores of {cpu}" + (", native bf16" if has_bf16(torch.device("cpu")) else ""),
        "threads": torch.get_num_threads(),
        "versions": {"python": platform.python_version(), "torch": torch.__version__},
    }
