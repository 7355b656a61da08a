"""The loops that epochs are compared with: the coursework's loop in its usual form, and the matrix products alone."""

import time
from collections.abc import Iterator

import torch
import torch.nn.functional as F
from torch.utils.data import DataLoader
from torchvision import datasets, transforms

from ae.models.registry import build
from ae.recipe import Recipe


def plain_loop(recipe: Recipe, root: str) -> Iterator[tuple[float, torch.nn.Module]]:
    """Train a coursework recipe the usual way; yield the seconds of each epoch, and the model.

    It uses DataLoader and ToTensor, one image at a time, reads the loss at every step, and has no validation.
    """
    torch.manual_seed(recipe.seed)
    model = build(recipe)
    images = datasets.MNIST(root, train=True, transform=transforms.ToTensor())
    loader = DataLoader(images, batch_size=recipe.batch_size, shuffle=True)
    optimiser = torch.optim.Adam(model.parameters(), lr=recipe.learning_rate, weight_decay=recipe.weight_decay)
    scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimiser, "min") if recipe.schedule == "plateau" else None
    while True:
        started, total = time.perf_counter(), 0.0
        model.train()
        for batch, _ in loader:
            if recipe.model == "mlp4":
                batch = batch.view(len(batch), -1)
                loss = F.mse_loss(model(batch), batch)
            else:
                loss = model.loss(batch, batch, beta=recipe.beta)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            total += loss.item()
        if scheduler:
            scheduler.step(total / len(loader))
        seconds = time.perf_counter() - started
        yield seconds, model.eval()


def products(precision: str) -> Iterator[float]:
    """Yield the seconds that the matrix products of an epoch of the lab's recipe take, forward and backward.

    No implementation of that recipe can be faster on this machine.
    """
    kind = torch.bfloat16 if precision == "bf16" else torch.float32
    sizes = [(784, 392), (392, 8), (8, 392), (392, 784)]
    weights = [torch.randn(o, i, dtype=kind) for i, o in sizes]
    values = [(torch.randn(2048, i, dtype=kind), torch.randn(2048, o, dtype=kind)) for i, o in sizes]
    while True:
        started = time.perf_counter()
        for start in range(0, 60_000, 2048):
            n = min(2048, 60_000 - start)
            for (i, _), weight, (inputs, gradients) in zip(sizes, weights, values, strict=True):
                x, g = inputs[:n], gradients[:n]
                x @ weight.T
                g.T @ x
                if i != 784:  # the image needs no gradient
                    g @ weight
        yield time.perf_counter() - started
