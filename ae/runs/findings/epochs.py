"""Is 50 epochs too long?"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from ae.presets import PRESETS, preset
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
    left = pd.concat([gains.assign(of="gain left"), spread.assign(of="seed spread")])
    x, y, last = ("epoch", "Epoch"), "Squared error per pixel", int(losses.index[-1])
    lab, enough = _lab(losses), _enough(losses)
    moved = float((losses.loc[last] / losses.loc[lab] - 1).mean())
    rest = f"less than the seeds differ from {enough[0]} on" if enough else "more than the seeds differ"
    first = panel(
        rows.assign(of=rows["of"].map({"Training": "training", "Validation": "validation"})),
        "loss",
        title=f"Epoch {lab} to {last}: the loss {_way(moved)}",
        x=x,
        y=f"Loss: {y[0].lower()}{y[1:]}",
        lines="of",
        better="lower",
        log=True,
        linear=True,
        marks=[Mark("validation", epoch, f"{epoch} epochs") for epoch in dict.fromkeys((lab, last))],
        brief="loss",
        brief_x="epochs",
    )
    second = panel(left, "loss", title=f"Left to gain: {rest}", x=x, y=y, lines="of", form=".5f", log=True, linear=True)
    return [first, second] if len(left) else [first]


def _validation(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the validation loss by epoch (rows) and seed (columns)."""
    return rows[rows["of"] == "Validation"].pivot(index="epoch", columns="seed", values="loss")


def _lab(losses: pd.DataFrame) -> int:
    """Return the lab's number of epochs, or the next smaller one whose losses are there."""
    return int([*losses.index[:1], *losses.index[losses.index <= LAB]][-1])


def _way(moved: float) -> str:
    """Return a relative change in words."""
    return f"{'falls' if moved < 0 else 'rises'} by {abs(moved):.1%}"


def _enough(losses: pd.DataFrame) -> list[int]:
    """Return the epochs before the last from which on less is left to gain than the losses of the seeds differ."""
    final, spread = losses.iloc[-1].mean(), losses.std(axis=1, ddof=1)
    return [int(epoch) for epoch in losses.index[:-1] if losses.loc[epoch].mean() - final < spread.loc[epoch]]


def _answer(rows: pd.DataFrame) -> str:
    losses = _validation(rows)
    last = int(losses.index[-1])
    lab, enough = _lab(losses), _enough(losses)
    final, spread = losses.loc[last], losses.std(axis=1, ddof=1)
    above = final.mean() / rows[(rows["of"] == "Training") & (rows["epoch"] == last)]["loss"].mean() - 1
    least, turned = int(losses.mean(axis=1).idxmin()), int((final > losses.min()).sum())
    ends = (
        f"ends above its lowest value in {turned} of {len(final)} runs"
        if turned
        else "is lowest at the end of each run"
    )
    if 2 * turned > len(final):
        verdict = f"Yes: on average the validation loss is lowest after epoch {least}, and it {ends}"
    else:
        moved = float((final / losses.loc[lab] - 1).mean())
        longer = f"No, {last} epochs lower the loss by {-moved:.0%} more"
        verdict = "It does no harm, but it gains little" if enough and enough[0] <= lab else longer
        verdict += (
            f": from epoch {lab} to {last} the loss on new images {_way(moved)}, and it "
            f"{ends}. It ends at {mean(final, '.5f')}"
        )
    left = (
        f"From epoch {enough[0]} on, the remaining gain is less than the spread between {seeds(rows)}"
        if enough
        else f"Even shortly before epoch {last}, the remaining gain is more than the spread between {seeds(rows)}"
    )
    ending = f"{verdict}. The training loss is {abs(above):.1%} {'lower' if above > 0 else 'higher'}."
    if len(final) < 2:  # there is no spread to compare with
        return ending
    return f"{ending} {left} (standard deviation {spread.loc[lab]:.1g} at epoch {lab})."


QUESTION = Question(
    name="epochs",
    sentence="Is 50 epochs too long?",
    context="A network that is trained for too long can begin to memorise its training images.",
    method=f"The course lab trains for {LAB} epochs; if a network memorises, the loss on other images rises. Here: the "
    "lab's recipe with Xavier initialisation and a linear code, so that inactive units don't hide the rest; "
    f"8 latent units, {LAST} epochs on 55,000 images. The loss on the 5,000 others is measured after every epoch.",
    trained=f"the preset {PRESETS['lab-xavier'].title} with a linear code, trained for {LAST} epochs",
    seeds=(0, 1, 2, 3, 4),
    minutes=10,
    parts=_parts,
    measure=_measure,
    panels=_panels,
    answer=_answer,
)
