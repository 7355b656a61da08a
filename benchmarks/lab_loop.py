"""Time an epoch of the lab's recipe: the lab's loop as everyone writes it, ours, and the matrix products alone.

In turn, in one run, so that only ratios matter; needs MNIST (``AE_DATA``) and a quiet machine. The last line is JSON.
"""

import argparse
import itertools
import json
import os
import platform
import statistics
import time

import torch
from torch.utils.data import DataLoader
from torchvision import datasets, transforms

from ae import data
from ae.models import build
from ae.recipe import preset
from ae.train import has_bf16, train


def lab_loop(root: str):
    """The lab's loop (SEEDS.md, A): DataLoader, ToTensor, one image at a time, a number read at every step."""
    torch.manual_seed(0)
    model = build("mlp4", 8, code_activation="relu")
    images = datasets.MNIST(root, train=True, transform=transforms.ToTensor())
    loader = DataLoader(images, batch_size=2048, shuffle=True)
    optimiser = torch.optim.Adam(model.parameters(), lr=1e-3, weight_decay=1e-5)
    scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimiser, "min")
    loss_function = torch.nn.MSELoss()
    while True:
        started = time.perf_counter()
        total = 0.0
        for batch, _ in loader:
            x = batch.view(len(batch), -1)
            loss = loss_function(model(x), x)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            total += loss.item()
        scheduler.step(total / len(loader))
        yield time.perf_counter() - started


def ours(dataset: data.Dataset, precision: str):
    """Our trainer by the lab's recipe, measuring on the held-out images after each epoch included."""
    epochs = train(preset("lab", precision=precision, epochs=10_000), dataset)
    next(epochs)
    for epoch in epochs:
        yield epoch.seconds


def products(precision: str):
    """The matrix products of an epoch alone, forward and backward: no training is faster on this machine."""
    kind = torch.bfloat16 if precision == "bf16" else torch.float32
    sizes = [(784, 392), (392, 8), (8, 392), (392, 784)]
    weights = [torch.randn(o, i, dtype=kind) for i, o in sizes]
    while True:
        started = time.perf_counter()
        for start in range(0, 60_000, 2048):
            n = min(2048, 60_000 - start)
            for (i, o), weight in zip(sizes, weights, strict=True):
                x, g = torch.empty(n, i, dtype=kind), torch.empty(n, o, dtype=kind)
                x @ weight.T
                g.T @ x
                if i != 784:  # nothing flows back into the image
                    g @ weight
        yield time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-n", type=int, default=7, help="epochs of each, after one to warm up (7)")
    n = parser.parse_args().n
    root = data.data_folder()
    try:
        dataset = data.load("mnist")
    except data.DataError as error:
        raise SystemExit(str(error)) from None
    native = has_bf16(torch.device("cpu"))
    runners = {"lab loop": lab_loop(str(root)), "ours fp32": ours(dataset, "fp32"), "products fp32": products("fp32")}
    if native:
        runners |= {"ours bf16": ours(dataset, "bf16"), "products bf16": products("bf16")}
    seconds: dict[str, list[float]] = {name: [] for name in runners}
    for turn in range(n + 1):
        for name, runner in runners.items():
            taken = next(itertools.islice(runner, 1))
            if turn:
                seconds[name].append(taken)
    machine = f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, torch {torch.__version__}"
    print(f"Seconds for an epoch of the lab's recipe on MNIST, n = {n}, {torch.get_num_threads()} threads; {machine}\n")
    medians = {name: statistics.median(values) for name, values in seconds.items()}
    for name, values in seconds.items():
        ratio = medians["lab loop"] / medians[name]
        print(f"{name:<14} median {medians[name]:.3f}  {min(values):.3f} to {max(values):.3f}  {ratio:.1f} x the lab's")
    report = {"benchmark": "lab_loop", "n": n, "machine": machine, "threads": torch.get_num_threads()}
    print(json.dumps(report | {"seconds": seconds, "median": medians}))


if __name__ == "__main__":
    main()
