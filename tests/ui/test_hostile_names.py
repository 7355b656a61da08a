"""A run's name, tags and errors are text: no screen may interpret them as Markdown, and no chart as HTML."""

import json
import re
import shutil

import pytest
from screens import screen

from ae import ui
from ae.recipe import Recipe
from ae.runs import files, folders
from ae.ui.component import FRONTEND
from torture.markup import HOSTILE, rendered, texts

TAG = "<a href='https://example.org'>tag</a>"


pytestmark = pytest.mark.usefixtures("screens_alone")


@pytest.fixture
def hostile(finished, runs):
    """Two finished runs, one that failed and one in the queue, each with a hostile name, tag and error."""
    other = runs / "20260101-000000-other"
    shutil.copytree(finished.path, other)
    recipe = json.loads((other / "recipe.json").read_text()) | {"loss": "bce"}
    (other / "recipe.json").write_text(json.dumps(recipe))
    failed = folders.create(finished.recipe, name=HOSTILE)
    files.replace(failed.path / "error.txt", HOSTILE.encode())
    queued = folders.create(Recipe.from_dict(finished.recipe.to_dict() | {"seed": 1}), name=HOSTILE)
    for id in (finished.id, other.name, failed.id, queued.id):
        about = runs / id / "about.json"
        about.write_text(json.dumps(json.loads(about.read_text()) | {"name": HOSTILE, "tags": [TAG]}))
    (runs / "foreign :red[x] `code`").mkdir()
    return {"finished": finished.id, "other": other.name, "failed": failed.id, "queued": queued.id}


def assert_inert(app):
    assert not rendered(app)


@pytest.mark.parametrize(
    ("path", "query"),
    [
        (None, {}),
        ("pages/train.py", {}),
        ("pages/train.py", {"run": "finished"}),
        ("pages/train.py", {"run": "failed"}),
        ("pages/train.py", {"run": "queued"}),
        ("pages/compare.py", {"runs": "finished,other", "errors": "true"}),
        ("pages/compare.py", {"runs": "finished,other", "by": "Worst first", "differ": "true"}),
        ("pages/reconstruct.py", {"run": "finished"}),
        ("pages/denoise.py", {"runs": "finished,other"}),
        ("pages/interpolate.py", {"runs": "finished,other", "corners": "true"}),
        *(
            ("pages/latent_space.py", {"run": "finished", "view": view})
            for view in ["Map", "Units", "Samples", "Health", "Replay"]
        ),
    ],
)
def test_a_hostile_name_is_text_on_every_screen(hostile, path, query):
    ids = {key: ",".join(hostile.get(word, word) for word in value.split(",")) for key, value in query.items()}
    app = screen(path, **ids)
    assert any("example" in text for _, _, text in texts(app)) or path == "pages/latent_space.py"
    assert_inert(app)


def test_a_hostile_error_message_is_text(hostile):
    for path in (None, "pages/train.py", "pages/compare.py"):
        app = screen(path)
        app.session_state["notice"] = HOSTILE
        app.run()
        assert app.error
        assert_inert(app)


def test_no_script_interprets_data_as_html():
    for script in FRONTEND.glob("*.js"):
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write", script.read_text()), script.name


@pytest.mark.parametrize(
    "words", ["- a", "+ a", "1. a", "1) a", "    code", "# a", "> a", "a\n\nb", "| a |", "&lt;", "a -> b", "a -- b"]
)
def test_plain_leaves_nothing_that_starts_a_block_or_is_replaced(words):
    plain = ui.plain(words)
    assert plain[0] not in "-+#>| " and "\n" not in plain
    assert not any(sign in plain for sign in ("1.", "1)", "->", "--")) and not plain.startswith("&")


def test_plain_changes_no_visible_character():
    assert ui.plain(HOSTILE).replace("\\", "").replace("\N{WORD JOINER}", "") == HOSTILE
    assert ui.plain("Fast · bottleneck 8 · MNIST, seed 3") == "Fast · bottleneck 8 · MNIST, seed 3"
