"""Weights alone, without the run."""

from ae.runs import files, model_file
from ae.runs.filenames import WEIGHTS
from ae.runs.folders import Run

LARGEST = 2**32


def state_dict(run: Run) -> dict[str, bytes]:
    """Return a file for ``torch.load(..., weights_only=True)``: names and tensors, nothing else."""
    return {f"{run.id}.pth": model_file.state_dict(run)}


def safetensors(run: Run) -> dict[str, bytes]:
    """Return the run's own safetensors file, which has the recipe and the epoch as its metadata."""
    model_file.load(run)  # which checks the file
    return {f"{run.id}.safetensors": files.read_bytes(run.path / WEIGHTS, LARGEST)}
