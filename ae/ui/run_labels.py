"""Short, distinct labels for runs that are shown side by side."""

from collections import Counter
from collections.abc import Callable, Collection, Sequence

from ae.runs.folders import Run


def labels(runs: Sequence[Run]) -> dict[str, str]:
    """Label runs, by id, with their bottleneck size; runs of the same name also with their time of creation, UTC."""
    labelled = _distinct(
        runs,
        _with_size,
        lambda run: f"{_with_size(run)} · {run.created[5:10]} {run.created[11:16]}",
        lambda run: f"{_with_size(run)} · {run.created[5:10]} {run.created[11:19]}",
    )
    return {run.id: label for run, label in labelled.items()}


def short_names(runs: Sequence[Run], *, taken: Collection[str] = ()) -> dict[Run, str]:
    """Shorten the names of runs, but keep them distinct from each other and from the names that are ``taken``.

    An ending that all share, such as the dataset, is left out; if a name is not unique, its time is added.
    """
    endings = {run.name.rpartition(" · ")[2] for run in runs}
    shared = len(runs) > 1 and len(endings) == 1 and all(" · " in run.name for run in runs)

    def short(run: Run) -> str:
        return run.name.rpartition(" · ")[0] if shared else run.name

    return _distinct(runs, short, lambda run: f"{short(run)} · {run.created[5:10]} {run.created[11:19]}", taken=taken)


def _with_size(run: Run) -> str:
    size = run.recipe.code_size
    known = {f"bottleneck {size}", f"z {size}"} & set(run.name.split(" · "))  # "z 8": runs of earlier versions
    return run.name if known else f"{run.name} · bottleneck {size}"


def _distinct(runs: Sequence[Run], *ways: Callable[[Run], str], taken: Collection[str] = ()) -> dict[Run, str]:
    """Name each run in the first of several ways that makes its name unique; the last resort is its id."""
    named = {run: ways[0](run) for run in runs}

    def with_id(run: Run) -> str:
        return f"{ways[0](run)} · {run.id}"

    for way in (*ways[1:], with_id):
        often = Counter([*named.values(), *taken])
        named = {run: way(run) if often[name] > 1 else name for run, name in named.items()}
    return named
