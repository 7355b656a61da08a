"""Is 50 epochs too long?"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from ae.presets import preset
from ae.runs import reading
from ae.runs.findings.question import Mark, Panel, Part, Question, Row, Scope, panel
from ae.runs.findings.words import mean, seeds
from ae.runs.folders import Run
from ae.runs.grid import Grid

if TYPE_CHECKING:
    from ae.data.datasets import Dataset
    from ae.models.base import Autoencoder

LAB, LAST = 50, 100
"""The lab's number of epochs, and that of these runs."""

SEEN = (1, 2, 3, 5, 7, 10, 15, 20, 25, 30, 40, 50, 60, 70, 80, 90, 100)
"""The epochs whose losses are kept."""


def _parts(scope: Scope) -> Sequence[Part]:
    images = preset("fast", dataset=scope.dataset).validation_images
    base = preset("lab-xavier", dataset=scope.dataset, epochs=LAST, code_activation="none", validation_images=images)
    return [Part("lab-xavier", Grid(base, {"seed": scope.seeds}))]


def _measure(run: Run, model: "Autoencoder", dataset: "Dataset") -> Iterable[Row]:
    for line in reading.read_history(run):
        if line.epoch in (*SEEN, run.recipe.epochs):
            for of, loss in (("Training", line.training_loss), ("Validation", line.monitored_loss)):
                yield {"epoch": line.epoch, "seed": run.recipe.seed, "of": of, "loss": loss}


def _panels(rows: pd.DataFrame) -> list[Panel]:
    losses = _validation(rows)
    gains = (losses - losses.iloc[-1]).iloc[:-1].melt(ignore_index=False, value_name="loss").reset_index()
    spread = losses.std(axis=1, ddof=1).iloc[:-1].rename("loss").reset_index()
    left = pd.concat([gains.assign(of="Above the final value"), spread.assign(of="Standard deviation over seeds")])
    x, y = ("epoch", "Epoch"), "Squared error per pixel"
    marks = [Mark("Validation", epoch, f"{epoch}") for epoch in losses.index if epoch in (LAB, LAST)]
    title = "Loss while training, lower is better"
    first = panel(rows, "loss", title=title, x=x, y=y, lines="of", log=True, marks=marks)
    second = panel(
        left, "loss", title="Validation loss above its final value", x=x, y=y, lines="of", form=".5f", log=True
    )
    return [first, second] if len(left) else [first]


def _validation(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the validation loss by epoch (rows) and seed (columns)."""
    return rows[rows["of"] == "Validation"].pivot(index="epoch", columns="seed", values="loss")


def _answer(rows: pd.DataFrame) -> str:
    losses = _validation(rows)
    last = int(losses.index[-1])
    lab = int(losses.index[losses.index <= LAB][-1])
    final, spread = losses.loc[last], losses.std(axis=1, ddof=1)
    above = final.mean() / rows[(rows["of"] == "Training") & (rows["epoch"] == last)]["loss"].mean() - 1
    enough = [int(epoch) for epoch in losses.index if losses.loc[epoch].mean() - final.mean() < spread.loc[epoch]]
    least, turned = int(losses.mean(axis=1).idxmin()), int((final > losses.min()).sum())
    ends = f"above its lowest value in {turned} of {len(final)} runs"
    if 2 * turned > len(final):
        verdict = f"Yes: on average the validation loss is lowest after epoch {least}, and it ends {ends}"
    else:
        verdict = "It does no harm, but it gains little" if enough and enough[0] <= lab else f"No, {last} are better"
        change = (final / losses.loc[lab] - 1).mean()
        way = "falls" if change < 0 else "rises"
        verdict += (
            f": from epoch {lab} to {last} the validation loss {way} by {abs(change):.1%}, to {mean(final, '.5f')}, "
            f"and it ends {ends}"
        )
    left = (
        f"From epoch {enough[0]} on, the remaining gain is less than the spread between {seeds(rows)}"
        if enough and enough[0] < last
        else f"Even shortly before epoch {last}, the remaining gain is more than the spread between {seeds(rows)}"
    )
    ending = f"{verdict}. The training loss is {abs(above):.1%} {'lower' if above > 0 else 'higher'}."
    if len(final) < 2:  # there is no spread to compare with
        return ending
    return f"{ending} {left} (standard deviation {spread.loc[lab]:.1g} at epoch {lab})."


QUESTION = Question(
    name="epochs",
    sentence="Is 50 epochs too long?",
    context="The course lab trains for 50 epochs. A network that is trained for too long can begin to memorise its "
    "training images, and then the loss on other images rises again.",
    method="The lab's recipe with Xavier initialisation and a linear code, so that inactive units don't hide the rest; "
    f"8 latent units, {LAST} epochs on 55,000 images. The loss on the 5,000 others is measured after every epoch.",
    seeds=(0, 1, 2, 3, 4),
    minutes=10,
    parts=_parts,
    measure=_measure,
    panels=_panels,
    answer=_answer,
)
