"""Are there too many parameters?"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from ae.data.texts import listed
from ae.runs import names, reading
from ae.runs.findings.question import Mark, Panel, Part, Question, Row, Scope, panel
from ae.runs.findings.words import EPOCHS, change, order, seeds, shared
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
    least = rows.groupby(["code_size", "width"])["validation"].mean().unstack().idxmin(axis=1)
    marks = [Mark(names.units(size), width, f"{width:,}") for size, width in least.items()]
    x, y = ("width", "Width of the hidden layers"), "Squared error per pixel"
    validation = "Validation loss by width; ringed: the lowest"
    return [
        panel(named, "validation", title=validation, x=x, y=y, lines="size", log=True, marks=marks),
        panel(named, "training", title="Training loss by width", x=x, y=y, lines="size", log=True),
    ]


def _answer(rows: pd.DataFrame) -> str:
    too_many, best, above = [], {}, []
    widest, sizes = int(rows["width"].max()), [str(size) for size in sorted(rows["code_size"].unique())]
    for size, part in rows.groupby("code_size"):
        losses = {int(width): each["validation"] for width, each in part.groupby("width")}
        best[str(size)] = min(losses, key=lambda width: losses[width].mean())
        if order(losses[widest], losses[best[str(size)]]) > 0:
            too_many.append(str(size))
        training = part.loc[part["width"] == widest, "training"].mean()
        above.append(change(losses[widest].mean() / training - 1))
    verdict = (
        f"With {listed(too_many)} latent units there are"
        if 0 < len(too_many) < len(sizes)
        else ("Yes" if too_many else "No, the widest network is as good as any")
    )
    where = [f"{width:,} with {size} latent units" for size, width in best.items()]
    same = len(set(best.values())) == 1
    lowest = f"{best[sizes[0]]:,} at every bottleneck size" if same else listed(where)
    return (
        f"{verdict}: from {rows['parameters'].min():,} to {rows['parameters'].max():,} parameters, the validation loss "
        f"is lowest at width {lowest}. At width {widest:,} it differs from the training loss by {listed(above)} with "
        f"{listed(sizes)} latent units (n = {seeds(rows)})."
    )


QUESTION = Question(
    name="width",
    sentence="Are there too many parameters for so small a dataset?",
    context="The course lab's network has more than 600,000 parameters for 60,000 training images. One that is too "
    "large could memorise them instead of learning what digits have in common.",
    method=f"A network with a residual block on each side and hidden layers {WIDTHS[0]} to {WIDTHS[-1]:,} units wide, "
    f"with {SIZES[0]}, {SIZES[1]} and {SIZES[2]} latent units, trained as the preset fast, for {EPOCHS} epochs; 5,000 "
    "training images are split off to measure the validation loss.",
    seeds=(0, 1, 2),
    minutes=20,
    parts=_parts,
    measure=_measure,
    panels=_panels,
    answer=_answer,
)
