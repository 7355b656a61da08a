"""Texts: durations and lists in words, and texts from files and file names, which may hold anything."""

from collections.abc import Sequence

LONGEST = 200


def printable(text: object, most: int = LONGEST) -> str:
    """Return the first ``most`` characters of a text, with spaces for line ends and all others that can't be seen."""
    start = str(text)[:most]
    return start if start.isprintable() else "".join(c if c.isprintable() else " " for c in start)


def duration(seconds: float) -> str:
    """Format a duration: 4 s, 3 min 20 s, 2 h 5 min."""
    whole = round(seconds)
    if whole < 60:
        return f"{seconds:.1f} s" if seconds < 9.95 else f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def listed(words: Sequence[str]) -> str:
    """Return words as a list in a sentence: "a, b and c"."""
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))
