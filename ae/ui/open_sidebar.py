"""The ways from a page to its models and its settings, where a narrow window hides these in the sidebar."""

from collections.abc import Sequence

import streamlit as st

from ae.ui.component import component

_CHANGE = component("open_sidebar", '<button type="button"><span></span><b></b></button>')


def change_models(colours: Sequence[str]) -> None:
    """Show a button that opens the sidebar at the list of models; ``frontend/frame.css`` hides it in a wide window.

    Args:
        colours: of the models, shown as dots.
    """
    with st.container(key="change_models", width="content"):
        data = {"words": "Change models", "colours": list(colours), "to": ".st-key-runs_choice"}
        _CHANGE(key="change", data=data, width="content")


def open_settings() -> None:
    """Show a button that opens the sidebar at the form of Train."""
    data = {"words": "Settings", "colours": [], "to": ".st-key-form_preset"}
    _CHANGE(key="settings", data=data, width="content")
