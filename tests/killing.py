"""Let a write be the last thing that a process does."""

import itertools

from ae.runs import files


class Killed(BaseException):
    """The end of the process, as far as ``except Exception`` is concerned."""


def die_at(n, patch, *, torn):
    """Let the n-th write of the recorder be the last thing that its process does; torn: only half of it is done."""
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
