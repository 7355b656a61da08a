"""Texts from files and file names, which may hold anything."""

LONGEST = 200


def printable(text: object, most: int = LONGEST) -> str:
    """Return the first ``most`` characters of a text, with spaces for line ends and all others that can't be seen."""
    return "".join(c if c.isprintable() else " " for c in str(text)[:most])
