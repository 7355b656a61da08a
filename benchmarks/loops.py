"""The loops that epochs are compared with: the coursework's loop in its usual form, and the matrix products alone."""

import time
from collections.abc import Iterator

import torch
import torch.nn.functional as F
from torch.utils.data import DataLoader
from torchvision import datasets, transforms

from ae.models.options import PIXELS
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


def products(recipe: Recipe, precision: str) -> Iterator[float]:
    """Yield the seconds that the matrix products of an epoch of a recipe take, forward and backward.

    No implementation of that recipe can be faster on this machine.

    Args:
        recipe: of a fully connected network, trained on 60,000 images.
        precision: "bf16" or "fp32".
    """
    kind, size = torch.bfloat16 if precision == "bf16" else torch.float32, recipe.batch_size
    layers = [layer for layer in build(recipe).modules() if isinstance(layer, torch.nn.Linear)]
    weights = [layer.weight.detach().to(kind) for layer in layers]
    values = [(torch.randn(size, w.shape[1], dtype=kind), torch.randn(size, w.shape[0], dtype=kind)) for w in weights]
    while True:
        started = time.perf_counter()
        for start in range(0, 60_000, size):
            n = min(size, 60_000 - start)
            for weight, (inputs, gradients) in zip(weights, values, strict=True):
                x, g = inputs[:n], gradients[:n]
                x @ weight.T
                g.T @ x
                if weight.shape[1] != PIXELS:  # the image needs no gradient
                    g @ weight
        yield time.perf_counter() - started
