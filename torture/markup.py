"""Whether a screen renders what it should only show: the elements of a page that was run without a browser."""

import json
import re
from collections.abc import Iterator

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from streamlit.testing.v1 import AppTest

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
_UNESCAPED = re.compile(r"(?<!\\)(" + "|".join(map(re.escape, SYNTAX)) + ")")

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


def texts(app: AppTest) -> Iterator[tuple[str, str, str]]:
    """Return every string that the screen sends to the browser, with its element and field."""
    for element in _leaves(app._tree):
        yield from _strings(element.proto)


def _leaves(block):
    if getattr(block, "proto", None) is not None:
        yield block
    for child in getattr(block, "children", {}).values():
        yield from _leaves(child)


def _strings(message: Message):
    for field, value in message.ListFields():
        for each in value if field.is_repeated else [value]:
            if field.type == FieldDescriptor.TYPE_MESSAGE:
                yield from _strings(each)
            elif isinstance(each, str):
                yield message.DESCRIPTOR.name, field.name, each


def rendered(app: AppTest) -> str:
    """Return where a part of HOSTILE appears unescaped, or the exception that the page shows; empty if all is well."""
    for shown in app.exception:
        return f"an exception: {shown.message or shown.proto.type} ({' < '.join(shown.stack_trace[-2:])})"
    for element, field, text in texts(app):
        if element == "PlotlyChart" and field == "spec":
            for name in _plotly_texts(json.loads(text)):
                if "<a" in name:
                    return f"in a chart: {name}"
        elif (element, field) == ("Html", "body"):
            if "<a" in text:
                return f"in HTML: {text[:300]}"
        elif (element, field) not in SHOWN_AS_TEXT and _UNESCAPED.search(text):
            return f"{element}.{field}: {text[:300]}"
    return ""


def _plotly_texts(found):
    if isinstance(found, dict):
        for value in found.values():
            yield from _plotly_texts(value)
    elif isinstance(found, list):
        for value in found:
            yield from _plotly_texts(value)
    elif isinstance(found, str):
        yield found
