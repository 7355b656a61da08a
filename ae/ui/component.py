"""Custom components; their JavaScript and CSS are in ``frontend/``, where editors and linters see them."""

from pathlib import Path

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

FRONTEND = Path(__file__).parent / "frontend"


def read(file: str) -> str:
    """Read a file of ``frontend/``."""
    return (FRONTEND / file).read_text(encoding="utf-8")


def component(name: str, html: str) -> ComponentRenderer:
    """Register the component defined by ``NAME.js`` and ``NAME.css``, with ``html`` as its initial content."""
    return st.components.v2.component(name, html=html, css=read(f"{name}.css"), js=read(f"{name}.js"))
