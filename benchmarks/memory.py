"""Peak memory of training, by bottleneck size and by epochs, and of the usual loop."""

import os
import resource
import subprocess
import sys
from pathlib import Path

from benchmarks.keeping import save

CASES = [(8, 1), (8, 5), (128, 5)]
"""Bottleneck sizes and epochs of *fast*."""


def child(what: str, code_size: int, epochs: int) -> None:
    """Train in this process, and print its peak resident memory in MB."""
    from ae.data import sources
    from ae.presets import preset

    if what == "loop":
        from benchmarks.loops import plain_loop

        loop = plain_loop(preset("lab", code_size=code_size), str(sources.data_folder()))
        for _ in range(epochs):
            next(loop)
    else:
        from ae.train.loop import train

        for _ in train(preset("fast", code_size=code_size, epochs=epochs)):
            pass
    print(peak_megabytes())


def peak_megabytes() -> float:
    """Return the largest resident memory of this process so far, in MB of 1024 * 1024 bytes."""
    status = Path("/proc/self/status")
    if status.exists():  # getrusage would count the parent too, whose peak survives into a new process
        return next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM")) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024**2 if sys.platform == "darwin" else 1024)


def measure() -> dict:
    """Measure each case in its own process."""

    def peak(what: str, code_size: int, epochs: int) -> float:
        command = f"from benchmarks.memory import child; child({what!r}, {code_size}, {epochs})"
        done = subprocess.run(
            [sys.executable, "-c", command], env=os.environ, check=True, capture_output=True, text=True
        )
        megabytes = round(float(done.stdout.split()[-1]))
        print(f"{what:<5} bottleneck {code_size:>3}, {epochs:>2} epochs: {megabytes} MB", flush=True)
        return megabytes

    ours = [{"code_size": z, "epochs": e, "megabytes": peak("ours", z, e)} for z, e in CASES]
    loop = [{"code_size": 8, "epochs": e, "megabytes": peak("loop", 8, e)} for e in (1, 5)]
    return save("memory", {"n": 1, "ours": ours, "loop": loop})
