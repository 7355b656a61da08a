"""A run's name, tags and errors are text: no screen may interpret them as Markdown, and no chart as HTML."""

import json
import re
import shutil

import pytest
from google.protobuf.descriptor import FieldDescriptor
from screens import screen

from ae import ui
from ae.recipe import Recipe
from ae.runs import files, folders
from ae.ui.component import FRONTEND

HOSTILE = (
    "![x](https://example.org/x.png) <a href='https://example.org'>link</a> :red[x] $x$ `code` **bold** _under_ "
    "~~struck~~ [link](https://b.org) :smile: :material/bolt: www.example.org a@example.org"
)
SYNTAX = (
    "![x](",
    "<a ",
    ":red[",
    "$x$",
    "`code`",
    "**bold**",
    "_under_",
    "~~struck~~",
    "](https",
    ":smile:",
    ":material/bolt:",
    "://example",
    "www.",
    "a@example",
)
"""How each part of HOSTILE would look if it were rendered."""
TAG = "<a href='https://example.org'>tag</a>"

SHOWN_AS_TEXT = {
    ("Selectbox", "options"),
    ("Selectbox", "raw_value"),
    ("MultiSelect", "options"),
    ("MultiSelect", "raw_values"),
    ("TextInput", "default"),
    ("TextInput", "value"),
    ("PlotlyChart", "alt"),
    ("PlotlyChart", "spec"),
    ("Html", "body"),
    ("BidiComponent", "json"),
    ("BidiComponent", "js_content"),
}
"""Fields of Streamlit's elements that do not render Markdown. Charts and HTML are checked separately, below, and so are
the scripts of our components."""

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


def texts(app):
    """Return every string that the screen sends to the browser, with its element and field."""
    for element in _leaves(app._tree):
        yield from _strings(element.proto)


def _leaves(block):
    if getattr(block, "proto", None) is not None:
        yield block
    for child in getattr(block, "children", {}).values():
        yield from _leaves(child)


def _strings(message):
    for field, value in message.ListFields():
        for each in value if field.is_repeated else [value]:
            if field.type == FieldDescriptor.TYPE_MESSAGE:
                yield from _strings(each)
            elif isinstance(each, str):
                yield message.DESCRIPTOR.name, field.name, each


def assert_inert(app):
    """Assert that no part of HOSTILE appears unescaped."""
    assert not app.exception
    for element, field, text in texts(app):
        if element == "PlotlyChart" and field == "spec":
            for name in _plotly_texts(json.loads(text)):
                assert "<a" not in name, name
        elif (element, field) == ("Html", "body"):
            assert "<a" not in text
        elif (element, field) not in SHOWN_AS_TEXT:
            found = [syntax for syntax in SYNTAX if re.search(rf"(?<!\\){re.escape(syntax)}", text)]
            assert not found, f"{element}.{field}: {text}"


def _plotly_texts(found):
    if isinstance(found, dict):
        for value in found.values():
            yield from _plotly_texts(value)
    elif isinstance(found, list):
        for value in found:
            yield from _plotly_texts(value)
    elif isinstance(found, str):
        yield found


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
