"""How long commands and training take to start, and how much memory training and the dashboard need.

Wall-clock times are given with CPU times, which vary less on a busy machine.
"""

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from unittest.mock import patch

from ae.presets import preset
from ae.runs import folders, queue, reading, standby
from benchmarks.keeping import Result, save
from benchmarks.markdown import titled
from benchmarks.serving import ADDRESS, ROOT, browser, serving

COMMANDS = ("--help", "list", "show shipped-fast-z8", "presets")
SCREENS = ("", "train", "compare", "reconstruct", "denoise", "interpolate", "latent_space")
WARM_SECONDS = 12
"""How long to wait for a warm trainer to finish its imports."""


def run_command(arguments: Sequence[str]) -> dict[str, float]:
    """Run ``python -m ae``; return its wall-clock and CPU seconds."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run([sys.executable, "-m", "ae", *arguments], cwd=ROOT, check=True, capture_output=True)
    seconds, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    return {"seconds": seconds, "cpu": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime}


def first_point(dataset: str, *, warm: bool) -> dict[str, float]:
    """Start a run like a click on Train; return the seconds until its history has the first epoch."""
    if warm:
        standby.prepare()
        time.sleep(WARM_SECONDS)
    run = folders.create(preset("fast", dataset=dataset, epochs=1))
    began = time.perf_counter()
    queue.start(run)
    while not reading.read_history(run):
        time.sleep(0.005)
    seconds = time.perf_counter() - began
    while queue.state(run) in queue.ACTIVE:
        time.sleep(0.1)
    return {"seconds": seconds}


def peak_of_training(dataset: str) -> float:
    """Train *fast* as the command line does; return the process's peak resident memory in MB."""
    program = (
        "import sys; import ae.__main__ as ae; from benchmarks.memory import peak_megabytes; "
        f"sys.argv = ['ae', 'train', '--preset', 'fast', '--dataset', {dataset!r}]; ae.main(); "
        "print(peak_megabytes())"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True, capture_output=True, text=True)
    return float(done.stdout.split()[-1])


def server_memory() -> dict[str, float]:
    """Open every screen once; return the server's resident memory in MB after each."""
    found = {}
    environment = {**os.environ, "AE_CHECKPOINTS": str(ROOT / "checkpoints")}
    with serving(environment) as server, browser() as page:
        for screen in SCREENS:
            page.goto(f"{ADDRESS}/{screen}")
            page.locator("[data-testid='stAppViewContainer'] h1").first.wait_for(timeout=120_000)
            page.wait_for_timeout(1000)
            page.locator("[data-testid='stStatusWidget']").wait_for(state="detached", timeout=120_000)
            lines = Path(f"/proc/{server}/status").read_text().splitlines()
            found[screen or "home"] = next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024
            print(f"server after {screen or 'home'}: {found[screen or 'home']:.0f} MB", flush=True)
    return found


def summary(found: Sequence[dict[str, float]]) -> dict[str, float]:
    """Return median, least and most of the wall-clock seconds, and the median of the CPU seconds if measured."""
    seconds = [one["seconds"] for one in found]
    times = {"median": statistics.median(seconds), "least": min(seconds), "most": max(seconds), "n": len(found)}
    cpu = [one["cpu"] for one in found if "cpu" in one]
    return times | ({"cpu": statistics.median(cpu)} if cpu else {})


def measure(n: int) -> Result:
    """Measure everything: each time n times, memory once."""
    starts = {}

    def keep(name: str, found: Sequence[dict[str, float]]) -> None:
        starts[name] = summary(found)
        print(f"{name}: {starts[name]['median']:.2f} s", flush=True)

    for command in COMMANDS:
        with patch.dict(os.environ, AE_CHECKPOINTS=str(ROOT / "checkpoints")):
            run_command(command.split())
            keep(f"`python -m ae {command}`", [run_command(command.split()) for _ in range(n)])
    with tempfile.TemporaryDirectory(prefix="starts-") as folder, patch.dict(os.environ, AE_CHECKPOINTS=folder):
        training = ["train", "--preset", "fast", "--dataset", "digits"]
        run_command(training)
        keep("10 epochs on the built-in digits, all in all", [run_command(training) for _ in range(n)])
        for dataset, title in (("digits", "built-in digits"), ("mnist", "MNIST")):
            with patch.object(standby, "CHECK_SECONDS", 1e6):
                keep(f"click to first point, {title}, warm", [first_point(dataset, warm=True) for _ in range(n)])
            with patch.object(standby, "_wanted", False):
                keep(f"click to first point, {title}, cold", [first_point(dataset, warm=False) for _ in range(n)])
        peaks = {name: peak_of_training(name) for name in ("mnist", "digits")}
    return save("starts", {"n": n, "starts": starts, "training_megabytes": peaks, "server_megabytes": server_memory()})


def table(found: Result) -> str:
    """Return the section on starts in docs/BENCHMARKS.md."""
    lines = [
        (
            name,
            f"{one['median']:.2f} s",
            f"{one['least']:.2f} to {one['most']:.2f} s",
            f"{one['cpu']:.2f} s" if "cpu" in one else "–",
            one["n"],
        )
        for name, one in found.get("starts", {}).items()
    ]
    section = titled("Starts and memory", ("what", "median", "range", "CPU time", "n"), lines, found)
    if not section:
        return ""
    peaks, server = found["training_megabytes"], found["server_megabytes"]
    return (
        f"{section}\n\nA training process takes at most {peaks['mnist']:.0f} MB on MNIST and {peaks['digits']:.0f} MB "
        f"on the built-in digits (*fast*, 10 epochs); the server takes {server['home']:.0f} MB after Home and "
        f"{max(server.values()):.0f} MB after every screen was opened once. Importing torch alone takes 500 MB of each."
    )
