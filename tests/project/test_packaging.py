"""``pip install .`` gives a command that works from any folder, without the checkout."""

import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

from ae import PROJECT

pytestmark = pytest.mark.timeout(400)  # the first test builds, the second installs
BIN = "Scripts" if os.name == "nt" else "bin"


def run(*command: object, **options) -> str:
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, timeout=110, check=False, **options)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def files(*pathspecs: str) -> set[str]:
    """Return the files that git tracks or would add, only those that match ``pathspecs`` if there are any."""
    found = run("git", "ls-files", "-co", "--exclude-standard", *pathspecs, cwd=PROJECT).splitlines()
    return {name for name in found if (PROJECT / name).is_file()}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """Build the wheel in a copy, because building leaves files behind."""
    source, target = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for name in files():
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(PROJECT / name, source / name)
    build = ("wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index", "-w", target)
    run(sys.executable, "-m", "pip", *build, source)
    (built,) = target.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory) -> Path:
    """An environment with the wheel, which takes everything else from the environment of the tests."""
    venv = tmp_path_factory.mktemp("venv")
    run(sys.executable, "-m", "venv", "--without-pip", venv)
    python = venv / BIN / "python"
    run(sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-deps", "--no-index", wheel)
    packages = run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip()
    (Path(packages) / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return venv / BIN


def test_the_wheel_has_the_whole_package_and_what_the_dashboard_needs(wheel):
    beside = files("streamlit_app.py", "pages", ".streamlit", "checkpoints")
    assert len(beside) > 100
    expected = files("ae") | {f"ae/project/{name}" for name in beside | {"docs/icon.png"}}
    names = set(zipfile.ZipFile(wheel).namelist())
    assert not expected - names
    assert not [name for name in names if "tests" in name or "benchmarks" in name]


def test_the_command_works_in_an_empty_folder_and_keeps_its_runs_at_home(installed, tmp_path):
    home, empty = tmp_path / "home", tmp_path / "empty"
    home.mkdir()
    empty.mkdir()
    hidden = ("AE_CHECKPOINTS", "AE_DATA", "PYTHONPATH")
    elsewhere = {name: value for name, value in os.environ.items() if name not in hidden}
    elsewhere |= {"HOME": str(home), "USERPROFILE": str(home)}
    command = installed / "autoencoder-lab"
    assert "train" in run(command, "--help", cwd=empty, env=elsewhere)
    shipped = {name.split("/")[1] for name in files("checkpoints/shipped-*")}
    listed = run(command, "list", cwd=empty, env=elsewhere)
    assert len(shipped) > 10
    assert not [id for id in shipped if id not in listed]
    assert {path.name for path in (home / "autoencoder-lab" / "checkpoints").glob("shipped-*")} == shipped
    look = (
        "from ae import PROJECT; from streamlit.testing.v1 import AppTest;"
        "page = AppTest.from_file(str(PROJECT / 'streamlit_app.py'), default_timeout=100).run();"
        "assert not page.exception, page.exception; print(PROJECT, page.title[0].value)"
    )
    place, _, title = run(installed / "python", "-c", look, cwd=empty, env=elsewhere).strip().partition(" ")
    assert title == "Autoencoder Lab"
    assert Path(place).is_relative_to(installed.parent)
    assert not list(empty.iterdir())
