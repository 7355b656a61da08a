"""Libraries that only some exports need, and that are installed when they are wanted."""

from collections.abc import Iterable
from importlib.util import find_spec


def missing(modules: Iterable[str]) -> list[str]:
    """Return the names of the packages of those modules that are not installed."""
    return [name.replace("_", "-") for name in modules if find_spec(name) is None]


def why_not(what: str, modules: Iterable[str]) -> str:
    """Return a sentence on how to install what an export needs; empty if everything is here.

    Args:
        what: is exported, the first word of the sentence.
        modules: the modules that it imports.
    """
    absent = missing(modules)
    verb = "is" if len(absent) == 1 else "are"
    return (
        f"{what} needs {' and '.join(absent)}, which {verb} not installed: run python -m pip install {' '.join(absent)}"
        if absent
        else ""
    )


def need(what: str, *modules: str) -> None:
    """Check that the libraries of an export are installed.

    Raises:
        ValueError: some are missing; the message is that of ``why_not``.
    """
    if sentence := why_not(what, modules):
        raise ValueError(sentence)
