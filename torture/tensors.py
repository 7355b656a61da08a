"""Damage the files of a run that hold numbers: its weights, its resume state, its preview and its replay."""

import io
import json
import random
import struct
from pathlib import Path

import numpy as np
import safetensors.torch
import torch

from ae.runs import filenames, replay
from torture import hostile
from torture.copies import read, write


def weights(chance: random.Random, run: Path, *_: Path) -> str:
    """Change the header or the values of the weights."""
    content = read(run / filenames.WEIGHTS)
    size = int.from_bytes(content[:8], "little")
    try:
        header = json.loads(content[8 : 8 + size])
        entry = header[chance.choice([*header, "new"])]
    except (ValueError, KeyError, TypeError):
        header, entry = {}, {}
    body, kind = content[8 + size :], chance.randrange(7)
    if kind == 0:
        entry["shape"] = chance.choice(([2**60], [2**30, 2**30], [-1], [], [0], [2**64], ["4"], None, [2**61, 8]))
    elif kind == 1:
        start, end = chance.choice(((0, 2**62), (0, 4), (4, 0), (-4, 4), (2**63, 2**64), (0, len(body))))
        entry["data_offsets"] = [start, end]
    elif kind == 2:
        entry["dtype"] = chance.choice(("F64", "BOOL", "F99", "BF16", "I64", 5, None))
    elif kind == 3:
        header["__metadata__"] = chance.choice(({}, {"epoch": "9" * 5000}, {"epoch": "-1"}, {"epoch": 1}, [], None))
    elif kind == 4:
        for name in chance.choice(([*header][:1], [*header][-1:], [*header])):
            header.pop(name, None)
    elif kind == 5:
        body = np.full(len(body) // 4, chance.choice((np.nan, np.inf, -1e38, 0.0, 1e30)), "<f4").tobytes()
    else:
        state = {"fc1.weight": torch.zeros(chance.choice((0, 1, 5, 393)), 784)}
        write(run / filenames.WEIGHTS, safetensors.torch.save(state, {"epoch": "2"}))
        return "of another shape"
    write(run / filenames.WEIGHTS, hostile.tensors(header, body))
    return f"kind {kind}"


def arrays(chance: random.Random, run: Path, *_: Path) -> str:
    """Change the sizes that the preview or the replay claims, or the numbers in it."""
    if chance.random() < 0.4:
        shape = chance.choice(
            ("(2, 8, 28, 28)", "(2, 10**9)", f"({2**60},)", "(2, -1, 28, 28)", "(2, 3, 28, 28)", "()")
        )
        kind = chance.choice(("|u1", "<f8", "|O", "<U99999999", "|V1", "(" * 80))
        header = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}}}".encode().ljust(117) + b"\n"
        content = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + bytes(2 * 8 * 784)
        write(run / filenames.PREVIEW, content)
        return f"preview {shape} {kind[:9]}"
    content = bytearray(read(run / filenames.REPLAY))
    kind = chance.randrange(3)
    if kind == 0 and len(content) >= 20:
        numbers = [chance.choice((0, 1, 15, 16, 17, 784, 1000, 2**31, 2**32 - 1)) for _ in range(3)]
        content[8:20] = struct.pack("<3I", *numbers)
    elif kind == 1:
        content[20:] = bytes([chance.choice((0, 0x7C, 0xFF))]) * len(content[20:])
    else:
        begun = replay.begin(np.zeros((1, 1, 28, 28), np.uint8), np.full(1, 255, np.uint8), 4)
        frames = (replay.frame(n, np.zeros((1, 1, 28, 28), np.uint8), np.full((1, 4), 1e9)) for n in range(80))
        content = bytearray(begun + b"".join(frames))
    write(run / filenames.REPLAY, bytes(content))
    return f"replay kind {kind}"


def state(chance: random.Random, run: Path, *_: Path) -> str:
    """Change the resume state, as somebody could who writes one."""
    try:
        content = torch.load(io.BytesIO(read(run / filenames.STATE)), weights_only=True)
    except Exception:
        content = {}
    if not isinstance(content, dict):
        content = {}
    key = chance.choice([*content, "new"])
    content[key] = chance.choice((None, -1, 2, 10**30, "x", [], {}, torch.zeros(3), float("nan"), {"a": {"b": []}}))
    buffer = io.BytesIO()
    torch.save(content, buffer)
    write(run / filenames.STATE, buffer.getvalue())
    return key
