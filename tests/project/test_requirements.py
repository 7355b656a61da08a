"""The requirements are exactly the imported packages."""

import re
import sys

from rooms import FILES, libraries

from ae import PROJECT

DISTRIBUTIONS = {"PIL": "pillow", "sklearn": "scikit-learn", "font_source_sans_pro": "font-source-sans-pro"}
"""Packages by their module's name, if the two differ."""
PAGES = [PROJECT / "streamlit_app.py", *(PROJECT / "pages").glob("*.py")]


def required(name: str) -> dict[str, str]:
    lines = (PROJECT / name).read_text(encoding="utf-8").splitlines()
    return dict(line.split("==") for line in lines if not line.startswith(("#", "-r")))


def test_the_requirements_are_what_the_package_and_the_pages_import():
    imported = set().union(*map(libraries, [*FILES, *PAGES])) - set(sys.stdlib_module_names) - {"ae"}
    assert {DISTRIBUTIONS.get(name, name) for name in imported} == set(required("requirements.txt"))


def test_every_version_is_pinned_and_none_twice():
    main, development = required("requirements.txt"), required("requirements-dev.txt")
    assert not set(main) & set(development)
    assert all(re.fullmatch(r"[\d.]+", version) for version in (main | development).values())


def test_the_benchmarks_are_installed_before_they_run():
    makefile = (PROJECT / "Makefile").read_text(encoding="utf-8")
    assert "torchmetrics" in required("requirements-dev.txt")
    assert "\nbench: .venv/dev.stamp\n" in makefile
