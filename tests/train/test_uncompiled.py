"""Optimisers without torch's compiler take the same steps, and training does not import the compiler."""

import subprocess
import sys
from pathlib import Path

import pytest
import torch
from tiny import quick, same

import ae
from ae.models.registry import build
from ae.train.optimisers import make_optimiser

THEIRS = {
    "adam": lambda p: torch.optim.Adam(p, lr=1e-3, weight_decay=1e-5, fused=True),
    "adamw": lambda p: torch.optim.AdamW(p, lr=1e-3, weight_decay=1e-5, fused=True),
    "sgd": lambda p: torch.optim.SGD(p, lr=1e-3, weight_decay=1e-5, momentum=0.9, fused=True),
}


@pytest.mark.parametrize("name", THEIRS)
def test_the_steps_are_torch_s_to_the_bit(name):
    recipe = quick(optimiser=name, learning_rate=1e-3, weight_decay=1e-5)
    images = torch.rand(32, 1, 28, 28, generator=torch.Generator().manual_seed(0))
    torch.manual_seed(0)
    ours = build(recipe)
    theirs = build(recipe)
    theirs.load_state_dict(ours.state_dict())
    steps = {ours: make_optimiser(recipe, ours), theirs: THEIRS[name](theirs.parameters())}
    for model, optimiser in steps.items():
        for _ in range(3):
            optimiser.zero_grad()
            model.loss(images, images).backward()
            optimiser.step()
    assert same(ours.state_dict(), theirs.state_dict())
    one, other = (optimiser.state_dict() for optimiser in steps.values())
    assert one["param_groups"] == other["param_groups"]


PROGRAM = """
import sys
from ae.presets import preset
from ae.train import train
for optimiser in sys.argv[1:]:
    for epoch in train(preset("fast", dataset="digits", epochs=1, optimiser=optimiser)):
        epoch.state()
print("torch._dynamo" in sys.modules, "sklearn" in sys.modules)
"""


def test_training_imports_neither_a_compiler_nor_scikit_learn():
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *THEIRS, "muon"],
        cwd=Path(ae.__file__).parent.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "False False\n"
