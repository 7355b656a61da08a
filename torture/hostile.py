"""Hostile texts, numbers, JSON and pickles."""

import io
import json
import pickle
import random
import struct
import zipfile
from pathlib import Path
from typing import Any

import torch

MARKUP = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<a href='https://example.org'>link</a>",
    "![x](https://example.org/x.png)",
    "[link](javascript:alert(1))",
    ":red[x] $x^2$ `code` **bold** _under_ ~~struck~~",
    ":material/bolt: :smile: www.example.org a@example.org",
    "# heading\n\n- item\n\n| a | b |\n|---|---|",
    "&lt;b&gt; &amp; &#x27;",
)
TEXTS = (
    "",
    " ",
    "\0",
    "a\nb\r\nc\u2028d",
    "\u202egnp.exe\u202c \u2066x\u2069 \u200f",
    "\u200b\u200d\ufeff\u2060",
    "\ud800",
    "e\u0301" * 300,
    "Z\u0351\u036b\u0343" * 100,
    "\N{PILE OF POO}" * 50,
    "../../../../etc/passwd",
    "..\\..\\x",
    "C:\\Windows\\x",
    "%s%n{0.__class__}{z!r}${x}`x`$(touch x)",
    "CON",
    "-",
    "--help",
    "=1+1",
    "x" * 255,
    "x" * 100_000,
    "ä" * 128,
    "null",
    "last",
    *MARKUP,
)
NUMBERS: tuple[Any, ...] = (
    0,
    -1,
    1,
    0.5,
    -0.0,
    2**31 - 1,
    2**31,
    2**63,
    -(2**63) - 1,
    2**64,
    10**400,
    1e-320,
    1e308,
    float("nan"),
    float("inf"),
    float("-inf"),
)


def text(chance: random.Random) -> str:
    """Return a hostile text, sometimes two or a random one."""
    kind = chance.randrange(4)
    if kind == 0:
        return "".join(chr(chance.choice([chance.randrange(32, 127), chance.randrange(1, 0x3000)])) for _ in range(20))
    return chance.choice(TEXTS) if kind < 3 else chance.choice(TEXTS)[:500] + chance.choice(TEXTS)[:500]


def value(chance: random.Random, depth: int = 0) -> Any:
    """Return a hostile value for a field of a JSON file."""
    kind = chance.randrange(9 if depth < 3 else 6)
    if kind < 2:
        return text(chance)
    if kind < 4:
        return chance.choice(NUMBERS)
    if kind < 6:
        return chance.choice((None, True, False, "5", "1e3"))
    if kind == 6:
        return [value(chance, depth + 1) for _ in range(chance.choice((0, 1, 3, 1000 if depth == 0 else 4)))]
    if kind == 7:
        return {text(chance)[:200]: value(chance, depth + 1) for _ in range(chance.choice((0, 1, 5)))}
    return [[[[]]]]


def bad_json(chance: random.Random) -> bytes:
    """Return JSON that is hard on a parser, or only almost JSON."""
    many = chance.choice((10, 1000, 200_000))
    return chance.choice(
        (
            b"[" * many,
            b'{"a":' * many,
            b"[" * many + b"]" * many,
            b'{"a":' * many + b"1" + b"}" * many,
            b"9" * many,
            b'{"epochs": ' + b"9" * many + b"}",
            b"NaN",
            b'{"format": 1, "format": 2}',
            b'"' + b"\\u0000" * many + b'"',
            b"\xef\xbb\xbf{}",
            b"{}" * many,
            b"\xff\xfe" + "{}".encode("utf-16-le"),
            b"[" + b"0," * many + b"0]",
            b"{" + b",".join(b'"k%d": 0' % i for i in range(many)) + b"}",
        )
    )


class Bomb:
    """An object whose unpickling runs a command, which leaves a file."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> Any:
        import os

        return os.system, (f"touch '{self.mark}'",)


def pickles(mark: Path) -> list[bytes]:
    """Return pickles, bare and as torch writes them, that create the file ``mark`` if they are loaded."""
    bomb = Bomb(mark)
    found = [pickle.dumps(bomb, protocol=n) for n in (0, 2, 4)]
    for content, zipped in (({"epoch": 1, "model": bomb}, True), (bomb, True), (bomb, False)):
        buffer = io.BytesIO()
        torch.save(content, buffer, _use_new_zipfile_serialization=zipped)
        found.append(buffer.getvalue())
    array = b"\x93NUMPY\x01\x00"
    header = b"{'descr': '|O', 'fortran_order': False, 'shape': (1,)}".ljust(117) + b"\n"
    found.append(array + struct.pack("<H", len(header)) + header + found[0])
    return found


def zip_bomb(chance: random.Random, megabytes: int = 400) -> bytes:
    """Return a small zip file whose members are large, named as in a file that torch wrote or at random."""
    buffer, zeros = io.BytesIO(), bytes(2**20)
    names = ["archive/data.pkl", "archive/version", "archive/data/0", "archive/byteorder", "a.npy"]
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        large = chance.choice(names)
        for name in names:
            if name != large:
                archive.writestr(name, b"3" if name.endswith("version") else b"\x80\x02}q\x00.")
                continue
            with archive.open(name, "w", force_zip64=True) as member:
                for _ in range(megabytes):
                    member.write(zeros)
    return buffer.getvalue()


def tensors(header: Any, body: bytes = b"") -> bytes:
    """Return a safetensors file with any header."""
    packed = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(packed)) + packed + body
