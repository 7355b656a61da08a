"""Every example in docs/EXTENDING.md is short, and works in a copy of the project."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ae import PROJECT

pytestmark = pytest.mark.timeout(300)  # one test trains seven times, and opens seven screens
BLOCKS = re.findall(
    r"```python\n# (\S+\.py)(?:, (in|before) (\w+))?\n(.*?)```", (PROJECT / "docs" / "EXTENDING.md").read_text(), re.S
)
TRY = {
    "network": """
run = trained("--model", "linear", "--dataset", "digits")
assert "Linear" in choices("pages/train.py", "Network")
""",
    "penalty": """
run = trained("--model", "linear", "--penalty", "decorrelated", "--penalty-weight", "0.1", "--dataset", "digits")
assert "Decorrelated" in choices("pages/train.py", "Penalty on the code")
assert folders.find(run).recipe.term == "covariance"
""",
    "dataset": """
run = trained("--dataset", "bars", "--validation-images", "100")
assert "Bars" in choices("pages/train.py", "Dataset")
""",
    "noise": """
run = trained("--dataset", "digits")
assert main(["denoise", run, "--noise", "dark", "--strength", "0.5", "-o", "dark.png"]) == 0
assert "Darkness" in choices("pages/denoise.py", "Kind of noise", run)
""",
    "interpolation": """
run = trained("--dataset", "digits")
assert main(["interpolate", run, "--way", "slow", "-o", "slow.png"]) == 0
assert [way for way in choices("pages/interpolate.py", "Path", run) if way.lower() == "slow"]
""",
    "question": """
assert main(["study", "seeds", "--dataset", "digits", "--seeds", "0-1"]) == 0
question, scope = questions.find("seeds"), Scope("digits", (0, 1))
found = measuring.measure(question, scope, measuring.finished(question, scope))
keeping.write(found, keeping.own_file(question))
page = screen("pages/findings.py", question="seeds")
assert [each.value for each in page.title] == ["How much does the seed matter?"]
assert "**Little.**" in " ".join(each.value for each in page.markdown)
assert "The test MSE is 0." in " ".join(each.value for each in page.markdown)
""",
    "screen": """
page = screen("pages/average.py")
assert page.title[0].value == "Average"
assert "The mean image of each class" in " ".join(each.proto.body for each in page.get("html"))
assert "pages/average.py" in [path for path, *_ in ui.PAGES]
""",
}
"""The check of each example, which runs in the copy."""
PRELUDE = """
from screens import screen
from ae import ui
from ae.cli.main import main
from ae.runs import folders
from ae.runs.findings import keeping, measuring, questions
from ae.runs.findings.question import Scope


def trained(*flags):
    assert main(["train", "--preset", "fast", "-z", "2", "-e", "1", *flags]) == 0
    return folders.list_runs()[0].id


def choices(path, label, *runs):
    page = screen(path, **({"runs": runs[0]} if runs else {}))
    boxes = [*page.selectbox, *page.get("button_group")]
    (box,) = [box for box in boxes if box.label == label]
    return [getattr(option, "content", option) for option in box.options]
"""


@pytest.fixture(scope="module")
def copy(tmp_path_factory) -> Path:
    """A copy of the project with everything in docs/EXTENDING.md added."""
    folder = tmp_path_factory.mktemp("extended")
    for name in ("ae", "pages", "docs", ".streamlit"):
        shutil.copytree(PROJECT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copyfile(PROJECT / "streamlit_app.py", folder / "streamlit_app.py")
    shutil.copytree(
        PROJECT / "tests", folder / "tests", ignore=lambda _, names: [n for n in names if n != "screens.py"]
    )
    for path, where, name, code in BLOCKS:
        file = folder / path
        if not where:
            assert not file.exists()
            file.write_text(code, encoding="utf-8")
            continue
        text = file.read_text(encoding="utf-8")
        (line,) = re.findall(rf"^{name}\b.*[{{(]\n", text, re.M)
        file.write_text(text.replace(line, line + code if where == "in" else code + line), encoding="utf-8")
    return folder


def test_each_example_of_the_document_is_shorter_than_15_lines():
    text = (PROJECT / "docs" / "EXTENDING.md").read_text(encoding="utf-8")
    sections = [section for section in text.split("\n## ")[1:] if "```" in section]
    assert [section.splitlines()[0].split()[-1] for section in sections] == list(TRY)
    for section in sections:
        blocks = re.findall(r"```python\n# .*?\n(.*?)```", section, re.S)
        code = [
            line
            for block in blocks
            for line in block.splitlines()
            if line and not line.startswith(('"""', "import", "from"))
        ]
        assert blocks and len(code) < 15, section.splitlines()[0]


def test_the_examples_appear_everywhere_and_work(copy, tmp_path):
    environment = {**os.environ, "PYTHONPATH": f"{copy}{os.pathsep}{copy / 'tests'}", "AE_CHECKPOINTS": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", PRELUDE + "".join(TRY.values())],
        cwd=copy, env=environment, capture_output=True, text=True, timeout=200, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
