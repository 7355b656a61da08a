"""Short, distinct labels for runs: the bottleneck size, then the name."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence

from ae.runs import names, reading
from ae.runs.folders import Run


def labels(runs: Sequence[Run]) -> dict[str, str]:
    """Label runs, by id, with bottleneck size and name; runs of the same label also with their time of creation."""
    return {run.id: label for run, label in _distinct(runs, _with_size).items()}


def short_names(runs: Sequence[Run], *, taken: Collection[str] = ()) -> dict[Run, str]:
    """Label runs that are shown side by side, distinct from each other and from the names that are ``taken``.

    The dataset at the end of their names is left out if all have the same. If their names differ in the bottleneck size
    alone, that is all they are called: "8 units".
    """
    alike = len({run.recipe.dataset for run in runs}) == 1

    def short(run: Run) -> str:
        return names.without_dataset(_with_size(run), run.recipe.dataset) if alike else _with_size(run)

    rests = {short(run).removeprefix(names.units(run.recipe.code_size)) for run in runs}
    sizes = {run.recipe.code_size for run in runs}
    if len(rests) == 1 and len(sizes) == len(runs) > 1:
        return {run: names.units(run.recipe.code_size) for run in runs}
    return _distinct(runs, short, taken=taken)


def with_progress(names: Mapping[Run, str]) -> dict[Run, str]:
    """Add, to the names of runs that have not finished, the epoch of their weights: "8 · Fast, epoch 14 of 60"."""
    named = {}
    for run, name in names.items():
        epoch = reading.saved_epoch(run)
        named[run] = name if epoch in (None, run.recipe.epochs) else f"{name}, epoch {epoch} of {run.recipe.epochs}"
    return named


def _with_size(run: Run) -> str:
    return names.size_first(run.name, run.recipe.code_size)


def _distinct(runs: Sequence[Run], label: Callable[[Run], str], *, taken: Collection[str] = ()) -> dict[Run, str]:
    """Label each run, if needed with its time of creation, UTC, to the minute or the second; at worst with its id."""
    labelled = {run: label(run) for run in runs}
    for add in (
        lambda run: f"{run.created[5:10]} {run.created[11:16]}",
        lambda run: f"{run.created[5:10]} {run.created[11:19]}",
        lambda run: run.id,
    ):
        often = Counter([*labelled.values(), *taken])
        labelled = {run: f"{label(run)} · {add(run)}" if often[old] > 1 else old for run, old in labelled.items()}
    return labelled
