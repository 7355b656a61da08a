"""What the tour's steps claim, in words, computed from what is shown and from many images."""

from collections.abc import Sequence

from ae.data.datasets import Dataset
from ae.runs import reading
from ae.runs.folders import Run
from ae.ui import measuring, tour_planes
from ae.ui.noise_controls import Choice

MANY = 100
"""The least number of test images over which a rate is said."""


def way_claim(through: int, mixed: int, count: int) -> str:
    """Return what the images between two digits show.

    Args:
        through: the number of images through latent space, between its ends, that are clear digits.
        mixed: those of the cross-fade.
        count: of the images between the ends.
    """
    if through <= mixed:
        return "Here the way through latent space shows no more clear digits than a cross\u2011fade"
    which = f"all {count}" if through == count else f"{through} of {count}"
    faded = f"{mixed} {'is' if mixed == 1 else 'are'}" if mixed else "none is"
    return f"In latent space, {which} images in between are clear digits; cross\u2011faded, {faded}"


def rates(runs: Sequence[Run], dataset: Dataset, choice: Choice) -> str:
    """Return how many of many digits are recognised after two networks, and without any.

    Args:
        runs: the networks, that trained on noisy digits first.
        dataset: whose digits.
        choice: the noise.
    """
    if len(dataset.test_images) < MANY:
        return ""
    given, noisy, clean = measuring.recognition_rates(runs, choice)
    sample = measuring.sample_label(dataset, measuring.IMAGES)
    return (
        f" Of {sample} at this strength, **{noisy:.0%}** are recognised after the network trained on noisy digits, and "
        f"**{clean:.0%}** after the one trained on clean digits. The digit classifier, trained on noise as well, "
        f"recognises {given:.0%} of the noisy images themselves."
    )


def twin_gain(run: Run, twin: Run) -> str:
    """Return what the twin of a network with inactive units is, and what it gains by its further units."""
    ways = []
    if twin.recipe.code_activation != run.recipe.code_activation:
        ways.append("without the ReLU" if twin.recipe.code_activation == "none" else "with another activation")
    if not ways or twin.recipe.init != run.recipe.init:
        ways.append("from other random weights")
    mine, others = reading.read_metrics(run), reading.read_metrics(twin)
    used, size = others["active_units"], twin.recipe.code_size
    units = f"all {size} of its units" if used == size else f"{used} of its {size} units"
    lower = 1 - float(others["test_mse"]) / float(mine["test_mse"])
    gained = f", and its error is {lower:.0%} lower over all test images" if lower >= 0.005 else ""
    return f"The twin is the same network {' and '.join(ways)}: {units} move{gained}."


def noisy_claim(clean: int, noisy: int, count: int) -> str:
    """Return the claim about noise.

    Args:
        clean: the number of digits that are recognised after a network trained on clean digits.
        noisy: those recognised after a network trained on noisy digits.
        count: of all.
    """
    most = count / 2
    if clean < noisy:
        what = "Training on noise pays" if noisy > most else "Training on noise helps little against so much"
        return f"{what}: {noisy} of {count} digits are recognised, against {clean} without"
    if noisy > most:
        return f"So little noise harms neither network: {clean} and {noisy} of {count} digits are recognised"
    return f"Training on noisy digits gains nothing here: {noisy} of {count} are recognised, against {clean}"


def inside(vae: Run, plain: Sequence[Run]) -> str:
    """Return how many codes of a VAE, and of an ordinary autoencoder if there is one, are in the range of the grids."""
    share, *others = (tour_planes.within(run) for run in (vae, *plain))
    other = "".join(f", but only {each:.0%} of an ordinary autoencoder's" for each in others if each < share)
    return f"{share:.0%} lie in it{other}"
