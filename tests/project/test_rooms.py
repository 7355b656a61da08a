"""The packages of ``ae``: what each may import, how many there are, and how long a file may be."""

import ast
import importlib
import re
from pathlib import Path

import pytest
from rooms import BELOW, FILES, ROOT, libraries, room, rooms_imported

import ae

TESTS = sorted((ROOT.parent / "tests").rglob("*.py"))
PAGES = sorted([ROOT.parent / "streamlit_app.py", *(ROOT.parent / "pages").glob("*.py")])


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_imports_only_packages_below_its_own(path):
    if room(path) in BELOW:
        assert rooms_imported(path) <= BELOW[room(path)] | {room(path)}


@pytest.mark.parametrize(
    ("library", "rooms"),
    [("streamlit", {"ui"}), ("plotly", {"plots", "ui"}), ("sklearn", {"analysis"}), ("argparse", {"cli"})],
)
def test_a_library_is_imported_only_where_it_belongs(library, rooms):
    assert {room(path) for path in FILES if library in libraries(path)} == rooms


def test_training_does_not_touch_files():
    for path in FILES:
        if room(path) == "train":
            assert not libraries(path) & {"pathlib", "io", "json", "csv", "shutil", "tempfile", "safetensors"}
            text = path.read_text(encoding="utf-8")
            assert not re.search(r"\bopen\(|torch\.(save|load)\(|\bos\.(?!environ)", text), path


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_a_page_neither_trains_nor_draws_nor_reads_files(path):
    assert "train" not in rooms_imported(path)
    assert not libraries(path) & {"plotly", "os", "pathlib", "io", "json", "subprocess", "threading"}


def test_the_package_has_at_most_ten_entries_each_with_a_few_sentences_on_it():
    assert {room(path) for path in FILES} - {"__init__", "__main__"} == set(BELOW)
    assert len(BELOW) <= 10
    for package in ROOT.glob("*/__init__.py"):
        words = ast.get_docstring(ast.parse(package.read_text(encoding="utf-8")))
        assert words and 2 <= len(re.findall(r"[.;:](\s|$)", words)) <= 6, package
        if room(package) != "ui":
            assert "Imports" in words, package


@pytest.mark.parametrize("name", re.findall(r"``(ae\.[\w.]+)``", ae.__doc__))
def test_the_public_names_exist_and_have_docstrings(name):
    module, _, thing = name.rpartition(".")
    assert getattr(importlib.import_module(module), thing).__doc__


@pytest.mark.parametrize("path", [*FILES, *TESTS, *PAGES], ids=lambda path: str(path.relative_to(ROOT.parent)))
def test_no_file_is_longer_than_300_lines(path: Path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 300
