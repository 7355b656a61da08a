"""The rooms of the package: what each may import, how many there are, and how long a file may be."""

import ast
import re
from pathlib import Path

import pytest

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
    "plots": {"data", "analysis", "runs"},
    "cli": {"models", "data", "recipe", "presets", "train", "analysis", "runs", "plots"},
    "ui": {"models", "data", "recipe", "presets", "analysis", "runs", "plots"},
}
TOO_LONG = {"look.py", "main.py"}  # to be split next
FILES = sorted(ROOT.rglob("*.py"))


def room(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def imported(path: Path) -> set[str]:
    """The rooms that a file imports, wherever in it the import stands."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "ae":
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        found |= {name.split(".")[1] for name in names if name.startswith("ae.")}
    return found & set(BELOW)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_imports_only_rooms_below_its_own(path):
    if room(path) in BELOW:
        assert imported(path) <= BELOW[room(path)] | {room(path)}


def test_only_the_ui_imports_streamlit():
    importing = {room(path) for path in FILES if re.search(r"^\s*(import|from) streamlit", path.read_text(), re.M)}
    assert importing == {"ui"}


def test_the_package_has_at_most_ten_rooms_each_with_a_few_sentences_on_it():
    assert {room(path) for path in FILES} - {"__init__", "__main__"} == set(BELOW)
    assert len(BELOW) <= 10
    for package in ROOT.glob("*/__init__.py"):
        words = ast.get_docstring(ast.parse(package.read_text()))
        assert words and 2 <= len(re.findall(r"[.;:](\s|$)", words)) <= 6, package
        if room(package) != "ui":
            assert "Imports" in words, package


@pytest.mark.parametrize("path", [*FILES, *sorted(Path("tests").rglob("*.py"))], ids=str)
def test_no_file_is_longer_than_300_lines(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 300 or path.name in TOO_LONG
