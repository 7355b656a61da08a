"""Custom components; their JavaScript and CSS are in ``frontend/``, where editors and linters see them.

A component's file may import from the others, as in ``import { paintDigit } from "./digit.js"``. Streamlit takes the
script as one text, so the imported files are put in front of it, each in a scope of its own.
"""

import base64
import re
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlencode

import numpy as np
import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

FRONTEND = Path(__file__).parent / "frontend"
_IMPORT = re.compile(r'^import \{[^}]*\} from "\./([\w-]+\.js)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function|class|const) (\w+))", re.MULTILINE)


def read(file: str) -> str:
    """Read a file of ``frontend/``."""
    return (FRONTEND / file).read_text(encoding="utf-8")


def script(file: str) -> str:
    """Read a script together with the files that it imports, each once, before those that need it."""
    found: dict[str, str] = {}

    def add(name: str) -> None:
        if name in found:
            return
        text = read(name)
        for needed in _IMPORT.findall(text):
            add(needed)
        found[name] = _IMPORT.sub("", text)

    add(file)
    main = found.pop(file)
    return "\n".join([*(scoped(text) for text in found.values()), main])


def scoped(text: str) -> str:
    """Wrap a module in a function, so that only what it exports is visible outside."""
    names = ", ".join(_EXPORT.findall(text))
    return f"const {{ {names} }} = (() => {{\n{_EXPORT.sub('', text)}return {{ {names} }};\n}})();"


def component(name: str, html: str, *, styles: Sequence[str] = ()) -> ComponentRenderer:
    """Register the component defined by ``NAME.js`` and ``NAME.css``, with ``html`` as its initial content.

    Args:
        name: of its files.
        html: its content before the script runs.
        styles: the names of further CSS files that it uses, such as "digit".
    """
    css = "\n".join(read(f"{style}.css") for style in (*styles, name) if (FRONTEND / f"{style}.css").exists())
    return st.components.v2.component(name, html=html, css=css or None, js=script(f"{name}.js"))


def in_base64(values: np.ndarray, kind: str) -> str:
    """Encode numbers as a kind, such as "<f4" or "u1", for ``fromBase64`` of ``frontend/digit.js``."""
    return base64.b64encode(values.astype(kind).tobytes()).decode()


def server_address(what: str, **query: str) -> str:
    """Return the address at which a component asks the server by itself: a route of ``watching``, with its query."""
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return f"{f'/{base}' if base else ''}/watch/{what}?{urlencode(query)}"
