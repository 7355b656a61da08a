"""The packages of ``ae``, which of them each may import, and the imports of a file."""

import ast
from pathlib import Path

import ae

ROOT = Path(ae.__file__).parent
BELOW = {
    "models": set(),
    "data": set(),
    "recipe": {"models", "data"},
    "presets": {"models", "data", "recipe"},
    "train": {"models", "data", "recipe"},
    "analysis": {"models", "data", "recipe"},
    "runs": {"models", "data", "recipe", "presets", "train", "analysis"},
    "plots": {"models", "data", "recipe", "presets", "analysis", "runs"},
    "cli": {"models", "data", "recipe", "presets", "train", "analysis", "runs", "plots"},
    "ui": {"models", "data", "recipe", "presets", "analysis", "runs", "plots"},
}
FILES = sorted(ROOT.rglob("*.py"))


def room(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def imports(path: Path) -> set[str]:
    """Return the full names that a file imports, anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return found


def libraries(path: Path) -> set[str]:
    return {name.partition(".")[0] for name in imports(path)}


def rooms_imported(path: Path) -> set[str]:
    return {name.split(".")[1] for name in imports(path) if name.startswith("ae.")} & set(BELOW)
