"""Where results are kept, and on what machine they were measured."""

import json
import os
import platform
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import torch

from ae.runs import files
from ae.train.device import has_bf16

FOLDER = Path(__file__).resolve().parent / "kept"


def about() -> dict[str, Any]:
    """When and where this is measured."""
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


def keep(name: str, result: dict[str, Any]) -> dict[str, Any]:
    """Keep a result in place of the one before, and print it as one line of JSON."""
    result = {"benchmark": name, **about(), **result}
    FOLDER.mkdir(exist_ok=True)
    files.replace(FOLDER / f"{name}.json", (json.dumps(result, indent=1) + "\n").encode())
    print(json.dumps(result))
    return result


def kept(name: str) -> dict[str, Any]:
    """The result that was kept last; empty if there is none."""
    path = FOLDER / f"{name}.json"
    return json.loads(path.read_text()) if path.exists() else {}
