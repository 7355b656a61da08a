"""Simulate a process that is killed while it writes."""

import itertools

from ae.runs import files


class Killed(BaseException):
    """A simulated kill, which ``except Exception`` does not catch."""


def die_at(n, patch, *, torn):
    """Simulate a kill at the recorder's n-th write; if torn, halfway through it."""
    count = itertools.count(1)
    replace, append = files.replace, files.append

    def dying_replace(path, content, **options):
        if next(count) == n:
            if torn:  # a kill leaves the temporary file
                (path.parent / f".{path.name}-left").write_bytes(content[: len(content) // 2])
            raise Killed
        replace(path, content, **options)

    def dying_append(path, text, **options):
        if next(count) == n:
            if torn:
                append(path, text[: len(text) // 2], **options)
            raise Killed
        append(path, text, **options)

    patch.setattr(files, "replace", dying_replace)
    patch.setattr(files, "append", dying_append)
