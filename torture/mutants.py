"""Damage a run's folder, by accident or by malice."""

import functools
import json
import os
import random
from collections.abc import Callable
from pathlib import Path

from ae.runs import filenames
from torture import hostile
from torture.copies import clear, read, write
from torture.tensors import arrays, state, weights

JSON = (filenames.RECIPE, filenames.ABOUT, filenames.METRICS, filenames.TICKET)
FILES = (
    *JSON,
    filenames.HISTORY,
    filenames.WEIGHTS,
    filenames.STATE,
    filenames.PREVIEW,
    filenames.REPLAY,
    filenames.CARD,
    filenames.LOG,
    filenames.LOCK,
    filenames.STOP,
    filenames.ERROR,
)


def mutate(chance: random.Random, run: Path, outside: Path, mark: Path) -> str:
    """Damage a run's folder in one to three ways.

    Args:
        chance: decides how.
        run: the folder.
        outside: a file outside the folder of runs that nothing may change.
        mark: the file that pickles create if they are loaded.

    Returns:
        what was done.
    """
    if chance.random() < 0.03:
        return f"itself {itself(chance, run, outside)}"
    done = []
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        kind = chance.choice(KINDS)
        done.append(f"{kind.__name__} {kind(chance, run, outside, mark)}")
    return ", ".join(done)


def bits(chance: random.Random, run: Path, *_: Path) -> str:
    """Flip bits of a file, more often near its beginning."""
    name = chance.choice(FILES)
    content = bytearray(read(run / name))
    for _ in range(chance.choice((1, 1, 3, 50))):
        if content:
            at = chance.randrange(min(len(content), chance.choice((40, 400, 10**7))))
            content[at] ^= 1 << chance.randrange(8)
    write(run / name, bytes(content))
    return name


def length(chance: random.Random, run: Path, *_: Path) -> str:
    """Cut a file, or append to it: garbage, itself, or a hole of gigabytes."""
    name = chance.choice(FILES)
    content = read(run / name)
    kind = chance.randrange(5)
    if kind < 2:
        write(run / name, content[: chance.randrange(len(content) + 1)])
    elif kind == 2:
        write(run / name, content + chance.randbytes(chance.choice((1, 100, 10_000))))
    elif kind == 3:
        write(run / name, content * 2)
    else:
        write(run / name, content)
        os.truncate(run / name, chance.choice((2**20, 63 * 2**20, 65 * 2**20, 10 * 2**30)))
    return name


def other(chance: random.Random, run: Path, outside: Path, mark: Path) -> str:
    """Put a file's content under another name."""
    name, source = chance.choice(FILES), chance.choice(FILES)
    write(run / name, read(run / source))
    return f"{source} as {name}"


def pickled(chance: random.Random, run: Path, outside: Path, mark: Path) -> str:
    """Put a pickle that runs a command under any name."""
    name = chance.choice((*FILES, filenames.STATE, filenames.WEIGHTS, filenames.PREVIEW))
    write(run / name, chance.choice(_pickles(mark)))
    return name


def zipped(chance: random.Random, run: Path, *_: Path) -> str:
    """Put a zip bomb under any name."""
    name = chance.choice((*FILES, filenames.STATE, filenames.STATE, filenames.PREVIEW))
    which = chance.randrange(5)
    write(run / name, _zip_bomb(which))
    return f"{name} {which}"


def text(chance: random.Random, run: Path, *_: Path) -> str:
    """Put a hostile text under any name."""
    name = chance.choice((*FILES, filenames.ERROR, filenames.LOG))
    content = hostile.text(chance).encode("utf-8", errors="surrogatepass")
    write(run / name, content * chance.choice((1, 1, 1000)))
    return name


def no_json(chance: random.Random, run: Path, *_: Path) -> str:
    """Put JSON that is hard to parse into a JSON file."""
    name = chance.choice(JSON)
    write(run / name, hostile.bad_json(chance))
    return name


def field(chance: random.Random, run: Path, *_: Path) -> str:
    """Change, add or remove fields of a JSON file."""
    name = chance.choice(JSON)
    try:
        content = json.loads(read(run / name) or b"{}")
    except (ValueError, RecursionError):
        content = {}
    if not isinstance(content, dict):
        content = {}
    changed = []
    inner = [value for value in content.values() if isinstance(value, dict)]
    for _ in range(chance.choice((1, 1, 2))):
        if inner and chance.random() < 0.2:
            within = chance.choice(inner)
            changed.append(f"within {str(within)[:20]}")
            within[chance.choice([*within, hostile.text(chance)[:300]])] = hostile.value(chance)
            continue
        key = chance.choice([*content, hostile.text(chance)[:300], "tags", "knn_accuracy", "elbo", "recognition_rate"])
        if chance.random() < 0.1:
            content.pop(key, None)
        else:
            content[key] = hostile.value(chance)
        changed.append(key[:20])
    write(run / name, json.dumps(content).encode("utf-8", errors="surrogatepass"))
    return f"{name} {changed!a}"


def cell(chance: random.Random, run: Path, *_: Path) -> str:
    """Change cells of the history, or repeat, swap or multiply its lines."""
    rows = [line.split(",") for line in read(run / filenames.HISTORY).decode(errors="replace").split("\n")]
    kind = chance.randrange(6)
    at = chance.randrange(len(rows))
    if kind < 3 and rows[at]:
        word = str(chance.choice(hostile.NUMBERS)) if chance.random() < 0.7 else hostile.text(chance)[:1000]
        rows[at][chance.randrange(len(rows[at]))] = word
    elif kind == 3:
        rows.insert(at, rows[at])
    elif kind == 4:
        rows[at] = rows[-1]
    elif len(rows[-1]) > 3:
        rows += [[str(n), *rows[-1][1:-1], ""] for n in range(len(rows) - 1, chance.choice((100, 20_000)))]
        rows[-1][-1] = "0.1 " * chance.choice((1, 100_000))
    content = "\n".join(map(",".join, rows)) + "\n"
    write(run / filenames.HISTORY, content.encode("utf-8", errors="surrogatepass"))
    return f"kind {kind}"


def kind_of_file(chance: random.Random, run: Path, outside: Path, *_: Path) -> str:
    """Put something that is no file in a file's place: a folder, a pipe, a link out of the folder or in a circle."""
    name = chance.choice(FILES)
    path = run / name
    clear(path)
    kind = chance.choice(("nothing", "folder", "pipe", "device", "link", "circle", "dangling", "parent"))
    if kind == "folder":
        (path / "inside").mkdir(parents=True)
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind != "nothing":
        to = {"device": "/dev/zero", "link": outside, "circle": path, "dangling": run / "no", "parent": run.parent}
        path.symlink_to(to[kind])
    return f"{kind} as {name}"


def itself(chance: random.Random, run: Path, outside: Path, *_: Path) -> str:
    """Replace or rename the folder, or add to it."""
    kind = chance.choice(("file", "link", "circle", "renamed", "empty", "crowded", "inner"))
    if kind == "renamed":
        name = chance.choice((b"\xff\xfe", b"a\nb", b"<b>x", b"x" * 255, b"CON", b"-rf", b"a b", "\u202egnp".encode()))
        if not os.path.lexists(os.fsencode(run.parent) + b"/" + name):
            os.rename(os.fsencode(run), os.fsencode(run.parent) + b"/" + name)  # noqa: PTH104
            run.mkdir()
        return f"renamed {name!r}"
    if kind == "crowded":
        for n in range(300):
            (run / f".recipe.json-{n}").touch()
    elif kind == "inner":
        (run / "loop").symlink_to(run.parent)
    else:
        clear(run)
        if kind == "file":
            run.write_bytes(b"x")
        elif kind == "empty":
            run.mkdir()
        else:
            run.symlink_to(run if kind == "circle" else outside.parent)
    return kind


KINDS: tuple[Callable[..., str], ...] = (
    *(bits, length, other, pickled, zipped, text, no_json, cell, weights, arrays, state, kind_of_file),
    *(field,) * 5,
)


@functools.lru_cache(maxsize=4)
def _pickles(mark: Path) -> list[bytes]:
    return hostile.pickles(mark)


@functools.lru_cache(maxsize=8)
def _zip_bomb(which: int) -> bytes:
    return hostile.zip_bomb(random.Random(which))
