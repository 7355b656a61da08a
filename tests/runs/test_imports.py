"""Listing, stopping, renaming and deleting runs is fast, because it imports nothing heavy."""

import subprocess
import sys

import pytest

HEAVY = ("torch", "numpy", "pandas", "sklearn", "plotly", "safetensors", "streamlit")
MODULES = ("folders", "reading", "queue", "tickets", "editing", "card", "files", "filenames", "log", "processes")


@pytest.mark.parametrize("module", MODULES)
def test_it_imports_nothing_heavy(module):
    script = f"import sys, ae.runs.{module}; print(*sorted(set(sys.modules) & set({HEAVY})))"
    assert subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout == "\n"


def test_reading_a_run_imports_nothing_heavy(finished):
    """Its state, history, metrics and weights' epoch."""
    script = (
        f"import sys; sys.path.insert(0, '.'); from ae.runs import editing, folders, queue, reading; "
        f"run = folders.find('{finished.id}'); print(queue.state(run), len(reading.read_history(run)), "
        f"reading.saved_epoch(run), len(reading.read_metrics(run)) > 5, sorted(set(sys.modules) & set({HEAVY})))"
    )
    printed = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert printed == "finished 3 2 True []\n"
