"""The README is short, and its files, links, commands and code exist and work."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from rooms import BELOW

from ae import PROJECT
from ae.cli import main as cli
from ae.presets import preset

TEXT = (PROJECT / "README.md").read_text(encoding="utf-8")
DOCUMENTS = sorted([PROJECT / "README.md", *(PROJECT / "docs").glob("*.md"), PROJECT / "benchmarks" / "LOG.md"])


def block(opening: str) -> str:
    """Return the text of the fenced block that begins with these words."""
    (found,) = [text for text in re.findall(r"```\w*\n(.*?)```", TEXT, re.S) if text.startswith(opening)]
    return found


def tree() -> dict[str, set[str]]:
    """Return the path at the start of each entry of the tree, with the files that the entry mentions."""
    found: dict[str, set[str]] = {}
    for line in block("streamlit_app.py").splitlines():
        name, _, words = line.strip().partition(" ")
        if line.startswith(" " * 10):
            words = line
        else:
            path = f"ae/{name}" if line.startswith("  ") else name
            found[path] = set()
        found[path] |= set(re.findall(r"\w+\.py", words))
    return found


def test_it_is_at_most_165_lines():
    assert len(TEXT.splitlines()) <= 165


def test_every_path_in_the_tree_exists():
    assert len(tree()) > 15
    for path, mentioned in tree().items():
        assert (PROJECT / path).exists(), path
        assert not [name for name in mentioned if not (PROJECT / path / name).is_file()], path


def test_every_package_and_every_folder_is_in_the_tree_in_the_order_of_imports():
    names = [
        path.removeprefix("ae/").removesuffix("/").removesuffix(".py") for path in tree() if path.startswith("ae/")
    ]
    assert set(names) - {""} == set(BELOW)
    for name, below in BELOW.items():
        assert below <= set(names[: names.index(name)]), name
    tracked = subprocess.run(["git", "ls-files"], cwd=PROJECT, capture_output=True, text=True, check=True).stdout
    folders = {line.partition("/")[0] for line in tracked.splitlines() if "/" in line and not line.startswith(".")}
    assert folders <= {path.partition("/")[0] for path in tree()}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_leads_somewhere(document):
    links = re.findall(r"\]\((?!https?:)([^)#]+)", document.read_text(encoding="utf-8"))
    assert not [link for link in links if not (document.parent / link).exists()]


def test_every_command_exists():
    lines = [line for line in block("python -m ae train").splitlines() if line]
    assert len(lines) == 12
    for line in lines:
        words = shlex.split(line, comments=True)[3:]
        cli._parser(words[0]).parse_args(words)
        also = re.findall(r"[a-z]+", line.partition("# also:")[2])
        assert set(also) <= set(cli.COMMANDS), line


def test_the_python_example_runs_and_prints_every_epoch():
    code = block("from ae.presets")
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True)
    epochs = preset("fast", dataset="digits").epochs
    assert [line.split()[0] for line in done.stdout.splitlines()] == [str(number) for number in range(epochs + 1)]


def test_the_tree_names_the_file_of_what_a_reader_looks_for():
    looked_for = {
        "builds its bottleneck": ("ae/models/mlp.py", "code_size|N_bottleneck"),
        "filenames.py names its files": ("ae/runs/filenames.py", "model.safetensors"),
        "loss_curve.py": ("ae/plots/loss_curve.py", "def loss_curve"),
        "denoise.py (PSNR of denoised images)": ("ae/analysis/denoise.py", "metrics.psnr"),
        "docs/EXTENDING.md": ("docs/EXTENDING.md", "## A dataset"),
    }
    for words, (path, inside) in looked_for.items():
        assert words in TEXT
        assert re.search(inside, (PROJECT / path).read_text(encoding="utf-8")), path


def test_the_pictures_are_small():
    pictures = [PROJECT / link for link in re.findall(r"!\[[^]]*\]\(([^)]+)\)", TEXT)]
    assert pictures
    assert not [path.name for path in pictures if path.stat().st_size > 1_000_000]


def test_the_documents_are_in_use():
    unused = {path.name for path in (PROJECT / "docs").iterdir() if path.is_file()} - {
        Path(link).name for link in re.findall(r"docs/[\w.-]+", TEXT)
    }
    assert unused <= {"icon.png"}
