"""Words on what to do, for a mouse or for a finger."""

from collections.abc import Callable

import streamlit as st


def by_pointer(key: str, *, mouse: str, finger: str, show: Callable[[str], object] = st.markdown) -> None:
    """Show one of two sentences, that for the device's main pointer; ``frontend/frame.css`` hides the other.

    Args:
        key: tells the page's pairs of sentences apart.
        mouse: for a pointer that hovers.
        finger: for one that touches.
        show: shows a sentence, in Markdown.
    """
    for pointer, words in (("mouse", mouse), ("finger", finger)):
        with st.container(key=f"for_{pointer}_{key}"):
            show(words)
