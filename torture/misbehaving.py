"""Tasks that a watched child must not get away with, to test that it does not."""

import os
from typing import Any


def do(task: dict[str, Any]) -> str:
    """Do a task in one of several bad ways."""
    match task["how"]:
        case "greedily":
            return "" if len(b"x" * (300 * 2**20)) else "no bytes"
        case "by running a command":
            os.system("true")
        case "by raising":
            raise ValueError("on purpose")
        case "by ending":
            os._exit(3)
    return ""
