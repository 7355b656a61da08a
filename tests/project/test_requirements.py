"""The requirements are exactly the imported packages."""

import ast
import re
import sys

from rooms import FILES, libraries

from ae import PROJECT

DISTRIBUTIONS = {
    "PIL": "pillow",
    "sklearn": "scikit-learn",
    "font_source_sans_pro": "font-source-sans-pro",
    "imageio_ffmpeg": "imageio-ffmpeg",
}
"""Packages by their module's name, if the two differ."""
DISTRIBUTIONS_BACK = {distribution: module for module, distribution in DISTRIBUTIONS.items()}
USED_BY_TORCH = {"tensorboard"}
"""Packages of exports that torch imports, not this project."""
PAGES = [PROJECT / "streamlit_app.py", *(PROJECT / "pages").glob("*.py")]


def required(name: str) -> dict[str, str]:
    lines = (PROJECT / name).read_text(encoding="utf-8").splitlines()
    return dict(re.sub(r"\[.*\]", "", line).split("==") for line in lines if not line.startswith(("#", "-r")))


def optional() -> set[str]:
    return {*required("requirements-export.txt"), *required("requirements-cluster.txt")}


def test_the_requirements_are_what_the_package_and_the_pages_import():
    imported = set().union(*map(libraries, [*FILES, *PAGES])) - set(sys.stdlib_module_names) - {"ae"}
    found = {DISTRIBUTIONS.get(name, name) for name in imported}
    assert found - optional() == set(required("requirements.txt"))
    assert found & optional() == optional() - USED_BY_TORCH


def test_the_requirements_of_exports_and_clusters_are_imported_only_by_functions():
    """So that everything else works without them."""
    modules = {DISTRIBUTIONS_BACK.get(name, name) for name in optional()}
    for path in FILES:
        tops = [node for node in ast.parse(path.read_text(encoding="utf-8")).body]
        names = {alias.name.partition(".")[0] for node in tops if isinstance(node, ast.Import) for alias in node.names}
        names |= {node.module.partition(".")[0] for node in tops if isinstance(node, ast.ImportFrom) and node.module}
        assert not names & modules, path


def test_every_version_is_pinned_and_none_twice():
    lists = [required(f"requirements{kind}.txt") for kind in ("", "-export", "-cluster", "-dev")]
    assert len({name for each in lists for name in each}) == sum(map(len, lists))
    assert all(re.fullmatch(r"[\d.]+", version) for each in lists for version in each.values())


def test_the_benchmarks_are_installed_before_they_run():
    makefile = (PROJECT / "Makefile").read_text(encoding="utf-8")
    assert "torchmetrics" in required("requirements-dev.txt")
    assert "\nbench: .venv/dev.stamp\n" in makefile
