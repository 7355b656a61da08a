"""The training loop: a generator that yields an ``Epoch`` after each pass over the images."""

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler, OneCycleLR, ReduceLROnPlateau

from ae.data import datasets
from ae.data.augmentation import augment
from ae.models.base import Autoencoder, Loss
from ae.models.penalties import weighted
from ae.models.registry import build
from ae.recipe import Recipe, continues
from ae.train.device import autocast_for, check_scratch_memory, keep_freed_memory, pick_device, reproducible
from ae.train.optimisers import make_optimiser, make_scheduler

CHUNK = 250
"""Images measured at a time, to bound memory."""


@dataclass(frozen=True)
class Epoch:
    """The state of training after an epoch. Two epochs are equal if all their numbers but ``seconds`` are equal."""

    number: int
    """0 is before any training."""
    training_loss: float
    """The recipe's loss, mean over pixels and images, during the epoch; at epoch 0 measured on the first 10,000
    training images."""
    validation_loss: float | None
    """The loss on the validation images after the epoch; None if the recipe splits off none."""
    test_loss: float | None
    """The loss on the test images after the epoch if there are no validation images, else None."""
    learning_rate: float
    """Of the epoch's last step; 0 at epoch 0."""
    seconds: float = field(compare=False)
    """Duration of the epoch, measuring included."""
    active_units: int
    """Units that are active on the validation (or test) images; see ``Autoencoder.active_units``."""
    batch_losses: tuple[float, ...]
    """The loss of each batch, in order; none at epoch 0."""
    training_error: float | None
    """The part of ``training_loss`` that is reconstruction error; None if it is all of it."""
    monitored_error: float | None
    """The part of ``monitored_loss`` that is reconstruction error; None if it is all of it."""
    model: Autoencoder = field(compare=False, repr=False)
    """The network itself, in eval mode; the next epoch changes its weights."""
    state: Callable[[], dict[str, Any]] = field(compare=False, repr=False)
    """Returns the state from which ``train(..., state=...)`` goes on after this epoch. Valid until the next begins."""

    @property
    def monitored_loss(self) -> float:
        """The validation loss, or the test loss if there are no validation images."""
        return next(loss for loss in (self.validation_loss, self.test_loss) if loss is not None)


def train(
    recipe: Recipe,
    dataset: datasets.Dataset | None = None,
    *,
    state: dict[str, Any] | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> Iterator[Epoch]:
    """Train a model by a recipe, and yield after every epoch, epoch 0 (before any training) included.

    To stop after an epoch, stop iterating; to stop within one, let ``stop`` return True. On a CPU the same recipe gives
    the same epochs on the same machine, bit for bit, however often it is stopped and resumed: the random numbers of an
    epoch depend only on the recipe's seed and the epoch's number. On a GPU the random numbers are the same too, but the
    arithmetic is only as deterministic as torch makes it there; see ``ae.train.device.reproducible``. torch's global
    random state is not changed.

    Args:
        recipe: the settings.
        dataset: the recipe's dataset, if it is in memory already.
        state: the result of ``Epoch.state()``, to go on after that epoch.
        stop: called before every batch. Once it returns True, the epoch is given up: training ends with the weights of
            the last whole epoch, and can go on from that epoch's state, if it was written before the next one began.

    Raises:
        FloatingPointError: the loss is no longer finite; the model is reset to the previous epoch's weights.
        ae.data.sources.DataError: the dataset can't be loaded.
        RuntimeError: the state belongs to another recipe, or this machine has no such device.
        OSError: there is too little memory to begin with.
    """
    keep_freed_memory()
    images, monitored = (dataset or datasets.load(recipe.dataset)).split(recipe.validation_images)
    device = pick_device(recipe.device)
    images, monitored = images.to(device), monitored.to(device)

    model = fresh_model(recipe).to(device).eval()
    autocast = autocast_for(recipe.precision, device, model)
    check_scratch_memory()

    def measured(number: int, started: float, batch_losses: list[float], training: Losses, rate: float) -> Epoch:
        with reproducible(recipe.seed, 0, device), autocast():
            losses, active = measure(model, monitored, recipe)
        return Epoch(
            number=number,
            training_loss=training.loss,
            validation_loss=losses.loss if recipe.validation_images else None,
            test_loss=None if recipe.validation_images else losses.loss,
            learning_rate=rate,
            seconds=time.perf_counter() - started,
            active_units=active,
            batch_losses=tuple(batch_losses),
            training_error=training.error,
            monitored_error=losses.error,
            model=model,
            state=lambda: current(number),
        )

    def current(number: int) -> dict[str, Any]:
        if not number:  # the optimiser does not exist yet
            return {"recipe": recipe.to_dict(), "epoch": 0, "model": model.state_dict()}
        return {
            "recipe": recipe.to_dict(),
            "epoch": number,
            "model": model.state_dict(),
            "optimiser": optimiser.state_dict(),
            "scheduler": scheduler.state_dict() if scheduler else {},
        }

    if not state:
        begun = time.perf_counter()
        with reproducible(recipe.seed, 0, device), autocast():
            training, _ = measure(model, images[:10_000], recipe)
        yield measured(0, begun, [], training, 0.0)

    optimiser = make_optimiser(recipe, model)
    done, batches = state["epoch"] if state else 0, math.ceil(len(images) / recipe.batch_size)
    scheduler = make_scheduler(recipe, optimiser, epoch=max(done, 1), batches=batches)
    if state:
        _restore(recipe, state, model, optimiser, scheduler)
    for number in range(done + 1, recipe.epochs + 1):
        begun = time.perf_counter()
        if number - 1 in recipe.restarts:
            scheduler = make_scheduler(recipe, optimiser, epoch=number, batches=batches)
        good = {name: value.clone() for name, value in model.state_dict().items()}
        model.train()
        with reproducible(recipe.seed, number, device):
            passed = _pass(recipe, model, images, optimiser, scheduler, autocast, stop)
        model.eval()
        if not passed:
            model.load_state_dict(good)
            return
        batch_losses, training, rate = passed
        if isinstance(scheduler, ReduceLROnPlateau):
            scheduler.step(training.loss)
        epoch = measured(number, begun, batch_losses, training, rate)
        if not (math.isfinite(epoch.training_loss) and math.isfinite(epoch.monitored_loss)):
            model.load_state_dict(good)
            raise FloatingPointError(
                f"the loss was no longer a finite number in epoch {number}: the weights of epoch {number - 1} are "
                f"kept; try a learning rate smaller than {recipe.learning_rate:g}"
            )
        yield epoch


def fresh_model(recipe: Recipe) -> Autoencoder:
    """Build the recipe's model on the CPU, with initial weights that depend only on its seed."""
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(recipe.seed)  # of the CPU alone, unlike torch.manual_seed
        return build(recipe)


class Losses(NamedTuple):
    """A loss, mean over pixels and images."""

    loss: float
    error: float | None
    """The part that is reconstruction error; None if it is all of it."""


@torch.no_grad()
def measure(model: Autoencoder, images: Tensor, recipe: Recipe) -> tuple[Losses, int]:
    """Return the recipe's loss, without noise, and the number of active units.

    A penalty that depends on a batch as a whole is that of ``CHUNK`` images at a time, mean over these.

    Args:
        model: in eval mode, on the device of ``images``.
        images: uint8, with shape (N, C, S, S), N >= 1.
        recipe: defines the reconstruction error, and what the loss adds to it.
    """
    losses = _losses(model, recipe)
    total, errors, codes = torch.zeros((), device=images.device), torch.zeros((), device=images.device), []
    for chunk in images.split(CHUNK):
        x = datasets.to_float(chunk)
        found = losses(x, x)
        total += found.total * len(chunk)
        errors += found.error * len(chunk)
        codes.append(found.codes.float())
    count = len(images)
    whole = Losses(total.item() / count, errors.item() / count if recipe.term else None)
    return whole, int(model.active_units(torch.cat(codes)).sum())


def _losses(model: Autoencoder, recipe: Recipe) -> Callable[[Tensor, Tensor], Loss]:
    """Return the function that computes the recipe's loss of images, seen and as they are."""
    return partial(model.losses, beta=recipe.beta, error=recipe.loss, penalty=weighted(recipe))


def _pass(
    recipe: Recipe,
    model: Autoencoder,
    images: Tensor,
    optimiser: Optimizer,
    scheduler: LRScheduler | None,
    autocast: Callable[[], torch.autocast],
    stop: Callable[[], bool],
) -> tuple[list[float], Losses, float] | None:
    """Train on all images once, in random order, or on fewer if ``stop`` returns True before a batch.

    The losses stay on the device until the end: reading each would make the CPU wait for it. They share one tensor:
    allocated one by one between batches, they would leave holes in memory that the next batch does not fit into.

    Returns:
        the loss of each batch, the loss of all images, and the last learning rate; None if it was stopped.
    """
    batches = torch.randperm(len(images)).to(images.device).split(recipe.batch_size)
    sizes, losses = [len(chosen) for chosen in batches], _losses(model, recipe)
    found = torch.empty(2 if recipe.term else 1, len(batches), device=images.device)  # the loss, and the error in it
    for number, chosen in enumerate(batches):
        if stop():
            return None
        # (B, C, S, S); images[chosen] would take 40 times as long
        target = datasets.to_float(images.index_select(0, chosen))
        if recipe.augmentation:
            target = augment(target, recipe.augmentation)
        seen = _with_noise(target, recipe) if recipe.noise else target
        optimiser.zero_grad()
        with autocast():
            loss = losses(seen, target)
            total = loss.total
        total.backward()
        optimiser.step()
        rate = optimiser.param_groups[0]["lr"]
        if isinstance(scheduler, OneCycleLR):
            scheduler.step()
        found[0, number] = total.detach()
        if recipe.term:
            found[1, number] = loss.error.detach()
    batch_losses = found.tolist()
    means = [
        math.fsum(loss * size for loss, size in zip(row, sizes, strict=True)) / len(images) for row in batch_losses
    ]
    return batch_losses[0], Losses(means[0], means[1] if recipe.term else None), rate


def _with_noise(images: Tensor, recipe: Recipe) -> Tensor:
    """Add the recipe's Gaussian noise to images (B, C, S, S), and clip them to [0, 1]."""
    strength: float | Tensor = recipe.noise
    if recipe.noise_levels == "varied":
        strength = recipe.noise * torch.rand(len(images), 1, 1, 1, device=images.device)
    return (images + strength * torch.randn_like(images)).clamp_(0, 1)


def _restore(
    recipe: Recipe, state: dict[str, Any], model: Autoencoder, optimiser: Optimizer, scheduler: LRScheduler | None
) -> None:
    try:
        if not continues(recipe, Recipe.from_dict(state["recipe"]), state["epoch"]):
            raise ValueError
        model.load_state_dict(state["model"])
        if state["epoch"]:
            optimiser.load_state_dict(state["optimiser"])
        if state["epoch"] and scheduler:
            scheduler.load_state_dict(state["scheduler"])
    except (RuntimeError, KeyError, ValueError, TypeError, AttributeError) as error:
        raise RuntimeError("the resume state belongs to another recipe, or is damaged") from error
