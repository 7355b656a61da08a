"""Are there too many parameters?"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from ae.data.texts import listed
from ae.runs import names, reading
from ae.runs.findings.question import Mark, Panel, Part, Question, Row, Scope, panel
from ae.runs.findings.words import EPOCHS, FAST, SHARED, change, order, seeds, shared
from ae.runs.folders import Run
from ae.runs.grid import Grid

if TYPE_CHECKING:
    from ae.data.datasets import Dataset
    from ae.models.base import Autoencoder

WIDTHS = (16, 64, 256, 1024)
SIZES = (2, 8, 32)


def _parts(scope: Scope) -> Sequence[Part]:
    base = replace(shared(scope.dataset), model="residual")
    varied = {"code_size": SIZES, "seed": scope.seeds}
    blocks = (("encoder_blocks", 1), ("decoder_blocks", 1))
    return [Part("fast", Grid(replace(base, sizes=(("width", width), *blocks)), varied)) for width in WIDTHS]


def _measure(run: Run, model: "Autoencoder", dataset: "Dataset") -> Iterable[Row]:
    last = reading.read_history(run)[-1]
    return [
        {
            "width": dict(run.recipe.sizes)["width"],
            "code_size": run.recipe.code_size,
            "seed": run.recipe.seed,
            "parameters": reading.read_metrics(run)["parameters"],
            "training": last.training_loss,
            "validation": last.monitored_loss,
        }
    ]


def _panels(rows: pd.DataFrame) -> list[Panel]:
    named = rows.sort_values("code_size").assign(size=lambda table: [names.units(size) for size in table["code_size"]])
    found, widest = _losses(rows), int(rows["width"].max())
    lowest = {size: _lowest(losses) for size, losses in found.items()}
    too_many = _too_many(found)
    stressed = too_many[0] if too_many else max(found)
    apart = max(abs(each) for each in _apart(rows))
    x, y = ("width", "Width of the hidden layers"), "Squared error per pixel"
    return [
        panel(
            named,
            "validation",
            title=f"New images: {'too wide is worse' if too_many else f'width {widest:,} is as good as any'}",
            x=x,
            y=f"{y} (lowest ringed)",
            better="lower",
            lines="size",
            log=True,
            marks=[Mark(names.units(size), width, "") for size, width in lowest.items()],
            main=names.units(stressed),
            brief="test error",
            brief_x="width",
        ),
        panel(
            named,
            "training",
            title=f"Training images: at most {apart:.0%} apart from that",
            x=x,
            y=y,
            lines="size",
            log=True,
        ),
    ]


def _losses(rows: pd.DataFrame) -> dict[int, dict[int, pd.Series]]:
    """Return the validation losses, by bottleneck size and width."""
    return {
        int(size): {int(width): each["validation"] for width, each in part.groupby("width")}
        for size, part in rows.groupby("code_size")
    }


def _lowest(losses: Mapping[int, pd.Series]) -> int:
    """Return the width with the lowest mean loss."""
    return min(losses, key=lambda width: losses[width].mean())


def _too_many(found: Mapping[int, Mapping[int, pd.Series]]) -> list[int]:
    """Return the bottleneck sizes with which the widest network is worse than another."""
    return [size for size, each in found.items() if order(each[max(each)], each[_lowest(each)]) > 0]


def _about(count: int) -> str:
    """Return a number of parameters in a word or two."""
    return f"{count / 1e6:.1f} million" if count >= 1e6 else f"{count:,}"


def _apart(rows: pd.DataFrame) -> list[float]:
    """Return the relative difference of validation from training loss in the widest network, by bottleneck size."""
    widest = rows[rows["width"] == rows["width"].max()]
    return [part["validation"].mean() / part["training"].mean() - 1 for _, part in widest.groupby("code_size")]


def _answer(rows: pd.DataFrame) -> str:
    widest, found = int(rows["width"].max()), _losses(rows)
    sizes, too_many = [f"{size}" for size in found], [f"{size}" for size in _too_many(found)]
    best = {size: _lowest(losses) for size, losses in found.items()}
    verdict = (
        f"With {listed(too_many)} latent units there are"
        if 0 < len(too_many) < len(sizes)
        else ("Yes" if too_many else f"No, even {_about(int(rows['parameters'].max()))} (width {widest:,}) do no harm")
    )
    where = [
        f"{width:,} with {listed([f'{size}' for size, its in best.items() if its == width])} units"
        for width in dict.fromkeys(best.values())
    ]
    same = len(set(best.values())) == 1
    lowest = f"{best[min(best)]:,} at every bottleneck size" if same else ", ".join(where)
    return (
        f"{verdict}: from {rows['parameters'].min():,} to {rows['parameters'].max():,} parameters, the loss on new "
        f"images is lowest at width {lowest}. At width {widest:,} it differs from the training loss by "
        f"{listed(list(map(change, _apart(rows))))} with {listed(sizes)} latent units (n = {seeds(rows)})."
    )


QUESTION = Question(
    name="width",
    sentence="Are there too many parameters for 60,000 images?",
    context="A network that is too large could memorise the images instead of learning from them.",
    method="The course lab's network has more than 600,000 parameters for 60,000 training images. Here, it is one "
    f"with a residual block on each side and hidden layers {WIDTHS[0]} to {WIDTHS[-1]:,} units wide, "
    f"with {SIZES[0]}, {SIZES[1]} and {SIZES[2]} latent units, trained as the preset {FAST.title}, for "
    f"{EPOCHS} epochs; 5,000 training images are split off to measure the validation loss.",
    trained=f"a residual network, otherwise {SHARED}",
    seeds=(0, 1, 2),
    minutes=20,
    parts=_parts,
    measure=_measure,
    panels=_panels,
    answer=_answer,
)
