"""The way from a page to the list of its models, where a narrow window hides the list in the sidebar."""

from collections.abc import Sequence

import streamlit as st

from ae.ui.component import component

_CHANGE = component("change_models", '<button type="button"><span></span>Change models</button>')


def change_models(colours: Sequence[str]) -> None:
    """Show a button that opens the sidebar at the list of models; ``frontend/frame.css`` hides it in a wide window.

    Args:
        colours: of the models, shown as dots.
    """
    with st.container(key="change_models", width="content"):
        _CHANGE(key="change", data={"colours": list(colours)}, width="content")
